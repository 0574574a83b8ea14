"""The buttons of the control room: each does one thing and returns to its page with a sentence."""

import json
from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Depends, Form, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from walletapp.sandbox import (
    accounts,
    addresses,
    amounts,
    banks,
    cash_orders,
    counter,
    customers,
    ledger,
    rails,
    reviews,
    rules,
    settling,
    webhooks,
)
from walletapp.sandbox.control import compliance, redelivery
from walletapp.sandbox.cycle import SandboxDep
from walletapp.sandbox.errors import ApiError
from walletapp.sandbox.state import Sandbox
from walletapp.sandbox.store import Tx


async def from_this_site(request: Request) -> None:
    """No other site's page may press these buttons through the visitor's browser."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise ApiError(403, "otherSite", "This form came from another site.")


router = APIRouter(prefix="/control", dependencies=[Depends(from_this_site)])
Text = Annotated[str, Form()]
Empty = Annotated[str, Form()]


async def _do(sandbox: Sandbox, page: str, action: Callable[[Tx], str]) -> Response:
    """Run the action in a transaction of its own and say how it went."""
    try:
        async with sandbox.store.transaction() as tx:
            said = {"said": action(tx)}
    except ApiError as refusal:
        said = {"said": refusal.message, "refused": "1"}
    return RedirectResponse(f"/control/{page}?{urlencode(said)}", status_code=303)


@router.post("/cashier/pay")
async def pay(sandbox: SandboxDep, code: Text, amount: Text) -> Response:
    def action(tx: Tx) -> str:
        cents = amounts.parse(amount.strip().removeprefix("$"), "usd")
        counter.take_cash(tx, cash_orders.row_of_code(tx, code), cents)
        return f"Took ${amounts.show(cents, 'usd')} for {code}."

    return await _do(sandbox, "cashier", action)


@router.post("/cashier/expire")
async def expire(sandbox: SandboxDep, code: Text) -> Response:
    def action(tx: Tx) -> str:
        counter.expire_now(tx, cash_orders.row_of_code(tx, code))
        return f"{code} has run out."

    return await _do(sandbox, "cashier", action)


@router.post("/reviewer/decide")
async def decide(
    sandbox: SandboxDep,
    customer: Text,
    decision: Annotated[reviews.Decision, Form()],
    requirement: Empty = "",
    reason: Empty = "",
) -> Response:
    def action(tx: Tx) -> str:
        changed = customers.decide(tx, customer, reviews.Decided(decision, "", requirement, reason))
        return f"{', '.join(changed)}: {reviews.OUTCOME[decision]}." if changed else "That changes nothing."

    return await _do(sandbox, "reviewer", action)


@router.post("/chain/deposit")
async def deposit(sandbox: SandboxDep, wallet: Text, amount: Text, sender: Empty = "") -> Response:
    def action(tx: Tx) -> str:
        row = ledger.with_address(tx, wallet) or ledger.row_of(tx, wallet)
        micro = amounts.parse(amount.strip(), row["asset"])
        rails.receive_on_chain(tx, row["id"], micro, sender.strip() or addresses.new_address())
        return f"{amounts.show(micro, row['asset'])} USDC arrived at {row['address']}."

    return await _do(sandbox, "chain", action)


@router.post("/bank/deposit")
async def bank_deposit(
    sandbox: SandboxDep, account: Text, amount: Text, rail: Text = "ach_in", sender: Empty = ""
) -> Response:
    def action(tx: Tx) -> str:
        cents = amounts.parse(amount.strip().removeprefix("$"), "usd")
        row = accounts.row_of(tx, account, "virtualAccount")
        rails.bank_deposit(tx, row, cents, _known_rail(rail), sender.strip())
        return f"${amounts.show(cents, 'usd')} arrived by {rails.RAILS[rail]}."

    return await _do(sandbox, "bank", action)


@router.post("/bank/return")
async def bank_return(sandbox: SandboxDep, transaction: Text, reason: Text = banks.NO_ACCOUNT) -> Response:
    return await _do(sandbox, "bank", lambda tx: f"Returned as {rails.return_payout(tx, transaction, reason)}.")


@router.post("/bank/decide")
async def decide_account(sandbox: SandboxDep, account: Text, decision: Annotated[banks.Decision, Form()]) -> Response:
    def action(tx: Tx) -> str:
        return f"{account} is {accounts.doc_of(banks.decide(tx, account, decision))['status']}."

    return await _do(sandbox, "bank", action)


@router.post("/bank/settle")
async def settle_payout(sandbox: SandboxDep, transaction: Text, outcome: Text) -> Response:
    return await _settle(sandbox, "bank", transaction, outcome)


@router.post("/transactions/settle")
async def settle(sandbox: SandboxDep, transaction: Text, outcome: Text) -> Response:
    return await _settle(sandbox, "transactions", transaction, outcome)


async def _settle(sandbox: Sandbox, page: str, transaction: str, outcome: str) -> Response:
    def action(tx: Tx) -> str:
        if outcome == "completed":
            settling.complete(tx, transaction)
        elif outcome == "review":
            compliance.put_under_review(tx, transaction)
        else:
            settling.fail(tx, transaction, "providerFailed", "The provider could not deliver the funds.")
        return f"{transaction}: {outcome}."

    return await _do(sandbox, page, action)


@router.post("/webhooks/redeliver")
async def redeliver(sandbox: SandboxDep, delivery: Text) -> Response:
    def action(tx: Tx) -> str:
        redelivery.again(tx, delivery)
        return f"{delivery} goes out again."

    return await _do(sandbox, "webhooks", action)


@router.post("/webhooks/switch")
async def switch_webhook(sandbox: SandboxDep, webhook: Text) -> Response:
    def action(tx: Tx) -> str:
        enabled = not webhooks.row_of(tx, webhook)["enabled"]
        tx.run("UPDATE webhooks SET enabled = ? WHERE id = ?", enabled, webhook)
        return f"{webhook} is {'enabled' if enabled else 'paused'}."

    return await _do(sandbox, "webhooks", action)


@router.post("/faults/add")
async def add_rule(sandbox: SandboxDep, fault: Text, path: Empty = "", more: Empty = "") -> Response:
    def action(tx: Tx) -> str:
        try:
            pattern = {"event" if fault in rules.WEBHOOK_FAULTS else "path": path}
            rule = rules.Rule.model_validate({"fault": fault, **pattern, **json.loads(more or "{}")})
        except (ValueError, TypeError, ValidationError) as problem:
            raise ApiError(400, "invalidRule", f"Not a rule: {problem}") from problem
        return f"Rule {rules.add(tx, rule).number} is on."

    return await _do(sandbox, "faults", action)


@router.post("/faults/clear")
async def clear_rules(sandbox: SandboxDep) -> Response:
    return await _do(sandbox, "faults", lambda tx: f"{rules.clear(tx)} rules removed.")


@router.post("/settings/change")
async def change_settings(sandbox: SandboxDep, name: Text, value: Text) -> Response:
    try:
        await sandbox.store.change_settings({name: json.loads(value)})
    except (ValueError, ValidationError) as problem:
        said = {"said": f"Not a value for {name}: {problem}", "refused": "1"}
    else:
        said = {"said": f"{name} is now {value}."}
    return RedirectResponse(f"/control/settings?{urlencode(said)}", status_code=303)


@router.post("/settings/clock")
async def advance_clock(sandbox: SandboxDep, minutes: Annotated[int, Form(ge=1, le=60 * 24 * 40)]) -> Response:
    await sandbox.store.advance_clock(minutes * 60)
    return RedirectResponse(
        f"/control/settings?{urlencode({'said': f'{minutes} minutes have passed.'})}", status_code=303
    )


def _known_rail(rail: str) -> str:
    if rail not in rails.RAILS:
        raise ApiError(400, "invalidRequest", "No such rail.")
    return rail
