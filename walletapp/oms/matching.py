"""Is the answer about what we asked? A success that speaks of something else is an unknown outcome.

Only what both sides say is compared: OMS leaves fields out, and absence proves nothing. Called by the client with the
very bytes that were sent.
"""

import json
from collections.abc import Iterable
from typing import Any

from walletapp.oms.errors import BadShape
from walletapp.oms.schemas import (
    CashIn,
    Customer,
    ExternalAccount,
    Quote,
    Side,
    Transaction,
    VirtualAccount,
    Wallet,
    Webhook,
)


def _refuse_difference(what: str, pairs: Iterable[tuple[str, Any, Any]]) -> None:
    for name, asked, answered in pairs:
        if asked not in (None, "") and answered not in (None, "") and asked != answered:
            raise BadShape(what, f"the answer has another {name} than was asked for")


def customer(body: bytes, answer: Customer) -> None:
    _refuse_difference("customer", [("externalId", json.loads(body).get("externalId"), answer.external_id)])


def wallet(customer_id: str, body: bytes, answer: Wallet) -> None:
    asked = json.loads(body)
    _refuse_difference(
        "wallet",
        [
            ("customer", customer_id, answer.customer_id),
            ("asset", asked.get("asset"), answer.asset),
            ("chain", asked.get("chain"), answer.chain),
        ],
    )


def quote(body: bytes, answer: Quote) -> None:
    asked = json.loads(body)
    _refuse_difference("quote", [("customer", asked["customerId"], answer.customer_id)])
    for name, side in (("source", answer.source), ("destination", answer.destination)):
        _refuse_difference(f"quote.{name}", _sides(asked[name], side))
        _refuse_other_amount(name, asked[name].get("amount"), side)


def _sides(asked: dict[str, Any], side: Side) -> list[tuple[str, Any, Any]]:
    target = asked.get("wallet", {})
    return [
        ("asset", asked.get("asset"), side.asset),
        ("network", asked.get("network"), side.network),
        ("wallet", asked.get("walletId"), side.wallet_id),
        ("destination wallet", target.get("id"), side.target.wallet_id),
        ("address", target.get("blockchainAddress", "").lower(), side.target.address.lower()),
        ("account", target.get("externalAccount"), side.target.external_account),
        ("store", asked.get("cash", {}).get("locationId"), side.cash.location_id),
    ]


def _refuse_other_amount(name: str, asked: str | None, side: Side) -> None:
    """The fixed amount must come back. Which of gross and net it fixes is not documented, so either will do."""
    known = [amount.wire() for amount in (side.gross, side.net) if amount is not None]
    if asked is not None and known and asked not in known:
        raise BadShape(f"quote.{name}", "the answer has another amount than was asked for")


def transaction(body: bytes, answer: Transaction) -> None:
    asked = json.loads(body)
    _refuse_difference(
        "transaction",
        [
            ("quote", asked["quoteId"], answer.quote_id),
            ("transferId", asked["metadata"]["transferId"], answer.transfer_id),
            ("partner number", asked["partnerTransactionId"], answer.partner_no),
        ],
    )


def cash_in(body: bytes, answer: CashIn) -> None:
    asked = json.loads(body)
    _refuse_difference(
        "cashIn",
        [
            ("customer", asked["customerId"], answer.customer_id),
            ("wallet", asked["destination"]["wallet"]["id"], answer.destination.target.wallet_id),
            ("store", asked["cash"]["locationId"], answer.cash.location_id),
        ],
    )


def virtual_account(customer_id: str, body: bytes, answer: VirtualAccount) -> None:
    asked = json.loads(body)
    _refuse_difference(
        "virtualAccount",
        [
            ("customer", customer_id, answer.customer_id),
            ("wallet", asked["destination"]["wallet"]["id"], answer.target.wallet_id),
            ("accountId", asked.get("metadata", {}).get("accountId"), answer.our_id),
        ],
    )


def external_account(customer_id: str, body: bytes, answer: ExternalAccount) -> None:
    asked = json.loads(body)
    _refuse_difference(
        "externalAccount",
        [
            ("customer", customer_id, answer.customer_id),
            ("number", asked["bankDetails"]["accountNumber"][-4:], answer.bank.account_number[-4:]),
            ("accountId", asked.get("metadata", {}).get("accountId"), answer.our_id),
        ],
    )


def webhook(body: bytes, answer: Webhook) -> None:
    _refuse_difference("webhook", [("url", json.loads(body).get("url"), answer.url)])


def same_id(asked: str, answered: str) -> None:
    """A read must give the very resource that was asked for."""
    _refuse_difference("resource", [("id", asked, answered)])
