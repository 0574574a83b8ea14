"""The sandbox against its own contract: whatever is sent, only documented answers in documented shapes come back.

Requests are made up by schemathesis from docs/oms-openapi.yaml, valid and invalid; once as they come, once with the ids
of things that exist, so that more than the 404s is seen.
"""

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as openapi_checks

from tests.control import Control
from tests.sandbox.api import Api, cash_of, found

CONTRACT = Path(__file__).parent.parent.parent / "docs" / "oms-openapi.yaml"
CHECKS = [
    not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.response_headers_conformance,
]


def contract(*, with_coverage: bool) -> Any:
    """The contract; with coverage also the cases schemathesis derives for every keyword of every schema."""
    config = schemathesis.Config.from_dict({"phases": {"coverage": {"enabled": with_coverage}}})
    return schemathesis.openapi.from_path(CONTRACT, config=config)


def bounded(examples: int) -> settings:
    return settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


schema, of_things_that_exist = contract(with_coverage=True), contract(with_coverage=False)


class World:
    """A sandbox in which one of everything exists."""

    def __init__(self, control: Control) -> None:
        control.reset()
        self.api = Api(control)
        alice = self.api.rich("1000.00")
        store = cash_of(self.api.store())
        quote = self.api.quote(alice, "10.00")
        sent = self.api.send(alice, "10.00")
        cash_in = found(self.api.cash_in(alice, "50.00"))
        webhook = found(self.api.post("webhooks", {"url": "https://example.com/hook", "enabled": False}))
        account = found(self.api.post(f"customers/{alice.customer}/virtual-accounts", {}))
        address = found(self.api.post(f"customers/{alice.customer}/deposit-addresses", {}))
        self.names = {
            "customerId": alice.customer, "walletId": alice.wallet, "quoteId": quote["id"],
            "transactionId": sent["id"], "cashInId": cash_in["id"], "virtualAccountId": account["id"],
            "depositAddressId": address["id"], "accountNumber": cash_in["depositInstructions"]["barcode"], **store,
        }  # fmt: skip
        self.id_under = {
            "customers": alice.customer, "wallets": alice.wallet, "accounts": alice.wallet, "webhooks": webhook["id"],
        }  # fmt: skip

    def put_in(self, case: Any) -> None:
        """Replace made-up ids, in path and body, by those of things that exist."""
        for name in case.path_parameters or {}:
            known = self.names.get(name, self.id_under.get(case.path.split("/")[1]))
            case.path_parameters[name] = known or case.path_parameters[name]
        self._replace(case.body)

    def _replace(self, value: Any) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                if name in self.names and isinstance(inner, str):
                    value[name] = self.names[name]
                elif name == "wallet" and isinstance(inner, dict) and "id" in inner:
                    inner["id"] = self.names["walletId"]
                self._replace(inner)


@pytest.fixture(scope="module")
def world(sandbox_process: Control) -> World:
    return World(sandbox_process)


def send(case: Any, world: World) -> None:
    headers = {"Authorization": world.api.session.headers["Authorization"]}
    case.call_and_validate(base_url=world.api.base_url, headers=headers, checks=CHECKS)


@pytest.mark.slow
@schema.parametrize()  # type: ignore[untyped-decorator]
@bounded(2)
def test_whatever_is_sent_the_answer_is_documented(case: Any, world: World) -> None:
    send(case, world)


@pytest.mark.slow
@of_things_that_exist.parametrize()  # type: ignore[untyped-decorator]
@bounded(5)
def test_whatever_is_asked_of_things_that_exist_the_answer_is_documented(case: Any, world: World) -> None:
    world.put_in(case)
    send(case, world)


def test_every_operation_of_the_contract_is_served(api: Api) -> None:
    """Nothing in the file is only on paper: each path answers something else than 'nothing here'."""
    missing = []
    for result in schema.get_all_operations():
        operation = result.ok()
        url = api.base_url + operation.path.replace("{", "x").replace("}", "")
        answer = api.session.request(operation.method, url, headers={"Idempotency-Key": operation.label}, timeout=60)
        if answer.status_code == 405 or "nothing at this address" in answer.text:
            missing.append(operation.label)
    assert not missing
