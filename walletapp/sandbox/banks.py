"""The banks on the other side: whose name an account is in, how long a rail takes, which accounts go wrong.

Names are compared as a bank's clerk would: letters only, without regard to case, first and last name in any order.
"""

from typing import Any, Literal

from walletapp.sandbox import accounts, customers, events
from walletapp.sandbox.errors import ApiError
from walletapp.sandbox.settings import Settings
from walletapp.sandbox.store import Row, Tx

Decision = Literal["verify", "decline"]
WAITS, REFUSES = "0001", "0009"
NO_ACCOUNT = "R03 no account or unable to locate account"
RETURNS = {"0002": "R02 account closed", "0003": NO_ACCOUNT}
NAME_DIFFERS = "nameMismatch"


def is_same_name(said: str, customer_doc: dict[str, Any]) -> bool:
    """Whether `said` is the customer, middle names left aside."""
    spoken = _words(said)
    wanted = _words(f"{customer_doc.get('firstName') or ''} {customer_doc.get('lastName') or ''}")
    return bool(wanted) and wanted <= spoken


def seconds_of(rail: str | None, settings: Settings) -> float:
    """How long money takes on a rail before it is settled."""
    if rail == "ach":
        return settings.ach_seconds
    return settings.wire_seconds if rail in ("wire", "international_wire") else settings.settle_seconds


def first_answer(tx: Tx, row: Row, owner_name: str) -> Row:
    """What the bank says of an external account that was just registered."""
    events.emit(tx, "externalAccount.created", accounts.shown(row))
    if not is_same_name(owner_name, customers.doc_of(customers.row_of(tx, row["customer_id"]))):
        return _say(tx, row, status="declined", declineReason=NAME_DIFFERS)
    return row if ending(row) == WAITS else _say(tx, row, status="verified")


def decide(tx: Tx, account_id: str, decision: Decision) -> Row:
    """A person says it instead. Raises ApiError(409) when that is what is said already."""
    row = accounts.row_of(tx, account_id, "externalAccount")
    status = "verified" if decision == "verify" else "declined"
    if accounts.doc_of(row)["status"] == status:
        raise ApiError(409, "alreadyDecided", f"The account is {status} already.")
    return _say(tx, row, status=status, declineReason=None if decision == "verify" else "bankDeclined")


def ending(row: Row) -> str:
    """The last four digits: all that is kept, and what decides how the account behaves."""
    return str(accounts.doc_of(row)["bankDetails"]["accountNumber"])[-4:]


def ending_of_payout(tx: Tx, doc: dict[str, Any]) -> str:
    """The ending of the account a payout goes to; empty for everything else."""
    account_id = doc["destination"].get("externalAccountId")
    return ending(accounts.row_of(tx, account_id, "externalAccount")) if account_id else ""


def _say(tx: Tx, row: Row, **values: str | None) -> Row:
    doc = {**accounts.doc_of(row), **values}
    changed = accounts.keep(tx, row, {name: value for name, value in doc.items() if value is not None})
    events.emit(tx, f"externalAccount.{doc['status']}", accounts.shown(changed))
    return changed


def _words(name: str) -> set[str]:
    letters = "".join(c if c.isalpha() else " " for c in name.replace("'", "").casefold())
    return set(letters.split())
