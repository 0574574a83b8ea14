"""Every form that OMS's pages show for one thing (contract section 11, C1 to C22) passes through client and webhook.

The payloads lie in `payloads/`, one file for each contradiction.
"""

import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.oms import handlers
from tests.oms.conftest import KEY
from tests.oms.deliveries import SECRET, deliver
from tests.oms.wire import Wire, says
from walletapp.money import Currency, Money
from walletapp.oms import bodies
from walletapp.oms.client import OmsClient
from walletapp.oms.models import InboundEvent
from walletapp.oms.schemas import AccessToken
from walletapp.oms.tasks import sweep_events

PAYLOADS = {path.stem: json.loads(path.read_text()) for path in sorted((Path(__file__).parent / "payloads").iterdir())}
CALLS = [(name, index) for name, payload in PAYLOADS.items() for index in range(len(payload["client"]))]
ONE = Money(1, Currency.USDC)
EVENTS = [(name, index) for name, payload in PAYLOADS.items() for index in range(len(payload["webhook"]))]

READS: dict[str, tuple[str, Callable[[OmsClient, Any], Any]]] = {
    "quote": ("/quotes/{}", lambda client, body: client.get_quote(body["id"])),
    "transaction": ("/transactions/{}", lambda client, body: client.get_transaction(body["id"])),
    "cashIn": ("/cash-ins/{}", lambda client, body: client.get_cash_in(body["id"])),
    "customer": ("/customers/{}", lambda client, body: client.get_customer(body["id"])),
    "wallet": ("/wallets/{}", lambda client, body: client.get_wallet(body["id"])),
    "webhook": ("/webhooks/{}", lambda client, body: client.get_webhook(body["id"])),
    "customers": ("/customers", lambda client, body: client.list_customers()),
    "transactions": ("/transactions", lambda client, body: client.list_transactions()),
    "walletTransactions": (
        "/accounts/wlt_1/transactions",
        lambda client, body: client.list_wallet_transactions("wlt_1"),
    ),
    "locations": (
        "/cash-locations",
        lambda client, body: client.list_cash_locations(
            provider="greendot", latitude=Decimal("38.495133"), longitude=Decimal("-121.505336")
        ),
    ),
    "token": ("/networks", lambda client, body: AccessToken.from_json(body)),
    "simulation": (
        "/deposit-addresses/da_1/simulate",
        lambda client, body: client.simulate_address_deposit("da_1", b"{}", key=KEY),
    ),
}


def test_there_is_a_payload_for_each_of_the_22() -> None:
    assert list(PAYLOADS) == [f"c{number:02}" for number in range(1, 23)]


@pytest.mark.parametrize(("name", "index"), CALLS, ids=[f"{name}-{index}" for name, index in CALLS])
def test_the_client_reads_every_documented_form(wire: Wire, client: OmsClient, name: str, index: int) -> None:
    case = PAYLOADS[name]["client"][index]
    path, call = READS[case["read"]]
    body = case["body"]
    path = path.format(body.get("id") if isinstance(body, dict) else "")
    for method in ("GET", "POST"):
        wire.on(f"{method} {path}", says(200, body))
    result = call(client, body)
    for field, expected in case["expect"].items():
        assert _plain(_look(result, field)) == expected, field


def _look(value: Any, field: str) -> Any:
    for part in field.split("."):
        value = value[int(part)] if part.isdigit() else getattr(value, part)
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Money):
        return value.wire()
    if isinstance(value, Decimal):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


@pytest.fixture
def _routes(settings: Any) -> None:
    settings.OMS_WEBHOOK_SECRETS = [SECRET]
    settings.OMS_EVENT_ROUTES = "tests.oms.handlers.ROUTES"
    settings.CELERY_TASK_ALWAYS_EAGER = True
    handlers.seen.clear()
    handlers.failing.clear()


@pytest.mark.django_db
@pytest.mark.usefixtures("_routes")
@pytest.mark.parametrize(("name", "index"), EVENTS, ids=[f"{name}-{index}" for name, index in EVENTS])
def test_every_documented_delivery_reaches_the_handler_of_its_kind(name: str, index: int) -> None:
    case = PAYLOADS[name]["webhook"][index]
    assert deliver(case["envelope"]) == 202
    event = InboundEvent.objects.get()
    assert (event.kind, event.resource_id) == (case["kind"], case["resource"])
    assert event.event_name == (case["envelope"].get("event") or case["envelope"].get("eventType") or "")
    apply_everything()
    event.refresh_from_db()
    assert event.state == ("applied" if case["resource"] else "ignored")
    assert handlers.seen == ([(case["kind"], case["resource"])] if case["resource"] else [])
    assert deliver(case["envelope"]) == 200
    assert InboundEvent.objects.count() == 1


def apply_everything() -> None:
    from walletapp.oms import inbox

    sweep_events()
    for pk in InboundEvent.due().values_list("pk", flat=True):
        inbox.apply(pk)


# ----- what we send (C2, C4, C6, C12, C13, C18, C20) -----


def test_we_send_the_names_of_the_reference() -> None:
    body = json.loads(
        bodies.cash_in_body(
            customer_id="cst_1",
            wallet_id="wlt_1",
            location_id="loc_1",
            location_reference="ref",
            indicated_amount=Money(10_000, Currency.USD),
        )
    )
    assert body["destination"]["wallet"] == {"id": "wlt_1"}
    assert body["cash"] == {"locationId": "loc_1", "locationReference": "ref"}


def test_full_identity_is_sent_on_create() -> None:
    body = json.loads(
        bodies.customer_body(
            external_id="u1",
            first_name="Alice",
            last_name="Moreau",
            email="alice@example.com",
            phone="+12125551234",
            birth_date=date(1990, 5, 15),
            nationality="US",
            residential_address=bodies.address(line1="1 Main St", city="Reno", state="NV", zip_code="89501"),
            documents=[bodies.identity_document(kind="ssn", number="123456789")],
            ip_address="203.0.113.7",
            signed_agreement=True,
        )
    )
    assert body["type"] == "individual"
    assert body["identifyingInformation"] == [{"type": "ssn", "number": "123456789", "issuingCountry": "US"}]
    assert body["endorsements"] == ["basic", "cryptoCustody", "usd"]
    assert body["birthDate"] == "1990-05-15"


def test_we_never_ask_for_a_developer_fee_or_name_the_fixed_side() -> None:
    body = bodies.send_quote_body(
        customer_id="cst_1", wallet_id="wlt_1", to_wallet_id="wlt_2", source_amount=Money(1_000_000, Currency.USDC)
    )
    assert not re.search(rb"developerFees|fixedAmountSide", body)


@pytest.mark.parametrize("amounts", [{}, {"source_amount": ONE, "destination_amount": ONE}])
def test_a_quote_request_has_exactly_one_amount(amounts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="exactly one amount"):
        bodies.send_quote_body(customer_id="cst_1", wallet_id="wlt_1", to_wallet_id="wlt_2", **amounts)


def test_every_post_but_the_token_carries_a_key(wire: Wire, client: OmsClient) -> None:
    quote = PAYLOADS["c20"]["client"][0]["body"]
    wire.on("POST /quotes", says(201, quote))
    body = bodies.cash_quote_body(
        customer_id=quote["customerId"],
        wallet_id=quote["destination"]["wallet"]["id"],
        location_id=quote["source"]["cash"]["locationId"],
        location_reference="ref",
        source_amount=Money(10_000, Currency.USD),
    )
    client.create_quote(body, key=KEY)
    keys = {request.path: request.headers.get("idempotency-key") for request in wire.requests}
    assert keys == {"/v0.9/auth/token": None, "/v0.9/quotes": KEY}
