"""The control API for tests: JSON under /control/api, without a token. The sandbox listens on this machine only."""

import json
from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import Response

from walletapp.sandbox import (
    accounts,
    addresses,
    amounts,
    banks,
    cash_orders,
    counter,
    customers,
    journal,
    ledger,
    rails,
    reviews,
    rules,
    settling,
    transactions,
)
from walletapp.sandbox.control import bodies, compliance, redelivery
from walletapp.sandbox.cycle import SandboxDep
from walletapp.sandbox.errors import ApiError, not_found
from walletapp.sandbox.wire import answer, iso

router = APIRouter(prefix="/control/api")


@router.get("/health")
async def health(sandbox: SandboxDep) -> Response:
    async with sandbox.store.reading() as tx:
        tx.one("SELECT 1")
        return answer(200, {"ok": True, "now": iso(tx.now)})


@router.get("/settings")
async def read_settings(sandbox: SandboxDep) -> Response:
    return answer(200, sandbox.store.settings.model_dump(by_alias=True, mode="json"))


@router.post("/settings")
async def change_settings(request: Request, sandbox: SandboxDep) -> Response:
    try:
        changes = json.loads(await request.body())
        settings = await sandbox.store.change_settings(changes)
    except (ValueError, TypeError, ValidationError) as problem:
        raise ApiError(400, "invalidSettings", str(problem)) from problem
    return answer(200, settings.model_dump(by_alias=True, mode="json"))


@router.post("/clock")
async def advance_clock(body: bodies.Advance, sandbox: SandboxDep) -> Response:
    return answer(200, {"now": iso(await sandbox.store.advance_clock(body.advance))})


@router.post("/reset")
async def reset(sandbox: SandboxDep, body: bodies.Reset | None = None) -> Response:
    await sandbox.store.reset(keep_webhooks=body is not None and body.keep_webhooks)
    return answer(200, {"ok": True})


@router.post("/customers/{customer_id}/decision")
async def decide(customer_id: str, body: bodies.Decide, sandbox: SandboxDep) -> Response:
    async with sandbox.store.transaction() as tx:
        decided = reviews.Decided(body.decision, body.endorsement, body.requirement, body.reason)
        customers.decide(tx, customer_id, decided)
        return answer(200, customers.shown(tx, customers.row_of(tx, customer_id)))


@router.post("/cash/pay")
async def pay_cash(body: bodies.Pay, sandbox: SandboxDep) -> Response:
    async with sandbox.store.transaction() as tx:
        row = cash_orders.row_of_code(tx, body.code)
        transaction_id = counter.take_cash(tx, row, amounts.parse(body.amount, "usd"))
        paid = cash_orders.shown(cash_orders.row_of(tx, row["id"]))
        return answer(200, {"cashIn": paid, "transactionId": transaction_id})


@router.post("/cash/expire")
async def expire_code(body: bodies.Code, sandbox: SandboxDep) -> Response:
    async with sandbox.store.transaction() as tx:
        row = cash_orders.row_of_code(tx, body.code)
        counter.expire_now(tx, row)
        return answer(200, {"cashIn": cash_orders.shown(cash_orders.row_of(tx, row["id"]))})


@router.post("/wallets/{wallet_id}/deposit")
async def deposit(wallet_id: str, body: bodies.Deposit, sandbox: SandboxDep) -> Response:
    """`wallet_id` may also be the wallet's address."""
    async with sandbox.store.transaction() as tx:
        row = ledger.with_address(tx, wallet_id) or ledger.row_of(tx, wallet_id)
        micro = amounts.parse(body.amount, row["asset"])
        sender = body.from_address or addresses.new_address()
        tx_hash = rails.receive_on_chain(tx, row["id"], micro, sender, body.tx_hash or None)
        balance = amounts.show(ledger.row_of(tx, row["id"])["balance_minor"], row["asset"])
        return answer(200, {"walletId": row["id"], "txHash": tx_hash, "fromAddress": sender, "balance": balance})


@router.post("/transactions/{transaction_id}/settle")
async def settle(transaction_id: str, body: bodies.Settle, sandbox: SandboxDep) -> Response:
    async with sandbox.store.transaction() as tx:
        if body.outcome == "completed":
            settling.complete(tx, transaction_id)
        else:
            settling.fail(tx, transaction_id, body.code, body.message)
        return answer(200, transactions.shown(tx, transactions.row_of(tx, transaction_id)))


@router.post("/transactions/{transaction_id}/return")
async def return_payout(transaction_id: str, body: bodies.Return, sandbox: SandboxDep) -> Response:
    async with sandbox.store.transaction() as tx:
        returned = rails.return_payout(tx, transaction_id, body.reason)
        return answer(200, transactions.shown(tx, transactions.row_of(tx, returned)))


@router.post("/transactions/{transaction_id}/review")
async def put_under_review(transaction_id: str, sandbox: SandboxDep) -> Response:
    async with sandbox.store.transaction() as tx:
        compliance.put_under_review(tx, transaction_id)
        return answer(200, transactions.shown(tx, transactions.row_of(tx, transaction_id)))


@router.post("/virtual-accounts/{account_id}/deposit")
async def bank_deposit(account_id: str, body: bodies.BankDeposit, sandbox: SandboxDep) -> Response:
    async with sandbox.store.transaction() as tx:
        account = accounts.row_of(tx, account_id, "virtualAccount")
        cents = amounts.parse(body.amount, "usd")
        transaction_id = rails.bank_deposit(tx, account, cents, body.rail, body.sender_name)
        return answer(200, transactions.shown(tx, transactions.row_of(tx, transaction_id)))


@router.post("/external-accounts/{account_id}/decision")
async def decide_account(account_id: str, body: bodies.DecideAccount, sandbox: SandboxDep) -> Response:
    async with sandbox.store.transaction() as tx:
        return answer(200, accounts.shown(banks.decide(tx, account_id, body.decision)))


@router.get("/rules")
async def list_rules(sandbox: SandboxDep) -> Response:
    async with sandbox.store.reading() as tx:
        return answer(200, {"data": [counted.shown() for counted in rules.every(tx)]})


@router.post("/rules", status_code=201)
async def add_rule(rule: rules.Rule, sandbox: SandboxDep) -> Response:
    async with sandbox.store.transaction() as tx:
        return answer(201, rules.add(tx, rule).shown())


@router.delete("/rules")
async def clear_rules(sandbox: SandboxDep) -> Response:
    async with sandbox.store.transaction() as tx:
        return answer(200, {"removed": rules.clear(tx)})


@router.delete("/rules/{number}")
async def remove_rule(number: int, sandbox: SandboxDep) -> Response:
    async with sandbox.store.transaction() as tx:
        if not rules.clear(tx, number):
            raise not_found("rule")
        return answer(200, {"removed": 1})


@router.get("/journal")
async def read_journal(sandbox: SandboxDep) -> Response:
    async with sandbox.store.reading() as tx:
        return answer(200, {"data": journal.entries(tx)})


@router.get("/postings")
async def read_postings(sandbox: SandboxDep) -> Response:
    async with sandbox.store.reading() as tx:
        return answer(200, {"data": journal.postings(tx)})


@router.get("/deliveries")
async def list_deliveries(sandbox: SandboxDep) -> Response:
    async with sandbox.store.reading() as tx:
        data: list[dict[str, Any]] = [redelivery.shown(tx, row) for row in redelivery.newest(tx)]
        return answer(200, {"data": data})


@router.post("/deliveries/{delivery_id}/redeliver")
async def redeliver(delivery_id: str, sandbox: SandboxDep) -> Response:
    async with sandbox.store.transaction() as tx:
        redelivery.again(tx, delivery_id)
        return answer(200, redelivery.shown(tx, redelivery.row_of(tx, delivery_id)))


@router.post("/webhooks/{webhook_id}/compliance")
async def make_compliance_only(webhook_id: str, sandbox: SandboxDep) -> Response:
    """What only OMS's own admin API can do: let a webhook get compliance events, and nothing else."""
    async with sandbox.store.transaction() as tx:
        return answer(200, compliance.make_compliance_only(tx, webhook_id))
