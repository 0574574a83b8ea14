"""Money that comes in without a quote: bank transfers, deposit addresses and returned payouts.

OMS makes the transaction by itself. A return is a new movement that names the one it reverses; history stays as it is.
"""

from typing import Any

from walletapp.sandbox import accounts, banks, customers, journal, ledger, pricing, settling, transactions
from walletapp.sandbox.addresses import new_address
from walletapp.sandbox.amounts import show
from walletapp.sandbox.errors import ApiError
from walletapp.sandbox.quotes import ONE
from walletapp.sandbox.store import Row, Tx

RAILS = {"ach_in": "ach", "wire_in": "wire", "swift_in": "international_wire"}


def bank_deposit(tx: Tx, account: Row, cents: int, rail: str, sender: str = "") -> str:
    """Dollars arrive at a virtual account; they are converted and will be credited on settlement. The transaction.

    From a `sender` who is not the customer they are not credited: the transaction fails and they go back.
    """
    customers.able_to_pay(tx, account["customer_id"])
    owner = customers.doc_of(customers.row_of(tx, account["customer_id"]))
    sender = sender or f"{owner.get('firstName') or ''} {owner.get('lastName') or ''}".strip()
    wallet = _wallet_of(tx, account)
    price = pricing.price_source("usd", wallet["asset"], cents, pricing.bank_deposit_fees, tx.settings.usd_to_usdc_rate)
    network = "ach" if rail == "ach_in" else "wire"
    more = {"virtualAccountId": account["id"], "rail": RAILS[rail]}
    if not banks.is_same_name(sender, owner):
        more["subStatus"] = settling.SENDER_DIFFERS
    source = {"network": network, "bankDetails": {"ownerName": sender}}
    return _inbound(tx, wallet, price, source=source, more=more, kind="fiatToCrypto", entry="bankDeposit")


def address_deposit(tx: Tx, account: Row, micro: int) -> str:
    """USDC arrives at a deposit address and is passed on to the wallet. The transaction."""
    wallet = _wallet_of(tx, account)
    network = accounts.doc_of(account)["source"]["network"]
    price = pricing.price_source("usdc", wallet["asset"], micro, pricing.internal_send, ONE)
    source = {"network": network, "wallet": {"blockchainAddress": new_address()}}
    more = {"depositAddressId": account["id"], "rail": "crypto"}
    return _inbound(tx, wallet, price, source=source, more=more, kind="cryptoToCrypto", entry="chainDeposit")


def return_payout(tx: Tx, transaction_id: str, reason: str) -> str:
    """The receiving bank sends a completed payout back: what it got returns to the wallet. The new transaction."""
    row = transactions.row_of(tx, transaction_id)
    if row["type"] != "cryptoToFiat" or row["status"] != "completed":
        raise ApiError(409, "notReturnable", "Only a completed bank payout can be returned.")
    if _is_returned(tx, transaction_id):
        raise ApiError(409, "alreadyReturned", "This payout was returned before.")
    doc = transactions.doc_of(row)
    wallet = ledger.row_of(tx, row["source_wallet_id"])
    cents = doc["minor"]["credit"]
    price = pricing.price_source("usd", wallet["asset"], cents, pricing.internal_send, ONE)
    more = {"rail": doc["rail"], "metadata": {"reverses": transaction_id, "returnReason": reason}}
    network = {"network": doc["destination"]["network"]}
    return _inbound(tx, wallet, price, source=network, more=more, kind="fiatToCrypto", entry="return")


def return_by_itself(tx: Tx, transaction_id: str) -> None:
    """What became of a payout to an account that is not there; nothing when somebody returned it by hand before."""
    doc = transactions.doc_of(transactions.row_of(tx, transaction_id))
    if not _is_returned(tx, transaction_id):
        return_payout(tx, transaction_id, banks.RETURNS[banks.ending_of_payout(tx, doc)])


def _is_returned(tx: Tx, transaction_id: str) -> bool:
    sql = "SELECT count(*) FROM transactions WHERE json_extract(doc, '$.metadata.reverses') = ?"
    return bool(tx.count(sql, transaction_id))


def receive_on_chain(tx: Tx, wallet_id: str, micro: int, from_address: str, tx_hash: str | None = None) -> str:
    """Somebody outside sends USDC straight to a wallet: no transaction, only balance and event. The hash."""
    wallet = ledger.row_of(tx, wallet_id)
    used = ledger.receive_from_outside(tx, wallet_id, micro, from_address, tx_hash)
    journal.record(
        tx, "chainDeposit", micro, wallet["asset"], doc={"metadata": {"walletId": wallet_id, "txHash": used}}
    )
    return used


def _inbound(
    tx: Tx,
    wallet: Row,
    price: pricing.Price,
    *,
    source: dict[str, Any],
    more: dict[str, Any],
    kind: settling.Type,
    entry: journal.Kind,
) -> str:
    doc = {
        "source": {"asset": price.source_asset, **source, **price.source()},
        "destination": {
            "asset": wallet["asset"], "network": wallet["chain"], "walletId": wallet["id"],
            "wallet": {"walletId": wallet["id"], "blockchainAddress": wallet["address"]}, **price.destination(),
        },
        "rates": price.rates(), "fixedAmountSide": "source", "subStatus": "fundsReceived",
        "minor": {"debit": price.gross, "credit": price.delivered}, **more,
    }  # fmt: skip
    parties = settling.Parties(wallet["customer_id"], wallet["customer_id"], None, wallet["id"])
    transaction_id = settling.begin(tx, settling.Beginning(kind, parties, doc))
    journal.record(tx, entry, price.gross, price.source_asset, transaction_id=transaction_id, doc=doc)
    settling.await_settlement(tx, transaction_id, show(price.gross, price.source_asset))
    settling.announce(tx, transaction_id)
    return transaction_id


def _wallet_of(tx: Tx, account: Row) -> Row:
    return ledger.row_of(tx, accounts.doc_of(account)["destination"]["wallet"]["id"])
