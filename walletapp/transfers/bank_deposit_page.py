"""What the page of a bank deposit says and shows: where the money is, what came, each fee, the rate, what arrived."""

from decimal import Decimal, InvalidOperation
from typing import Any

from walletapp.transfers import overdue
from walletapp.transfers.bank_arrivals import BankArrival
from walletapp.transfers.models import Transfer
from walletapp.transfers.quotes import FEE_LABELS
from walletapp.transfers.states import State, word_for
from walletapp.transfers.telling import Telling

_RAILS = {"ach": "ACH", "wire": "Wire"}


def tell_about(transfer: Transfer) -> Telling:
    """The words for a deposit."""
    word = word_for(transfer.kind, transfer.state).label
    if transfer.state == State.COMPLETED:
        return Telling(word, f"{transfer.amount} arrived", "It is in your wallet and can be used now.")
    if transfer.is_final:
        return Telling(word, "It was not added to your wallet", transfer.reason, "Nothing was charged by us.")
    if overdue.is_late(transfer):
        return Telling(
            word,
            "Later than usual",
            "Our bank partner has your money and takes longer than usual to convert it. Your money is safe.",
            "Our staff have been told. We keep checking and write to you as soon as it changes.",
        )
    return Telling(
        word,
        "Your bank transfer is here",
        "Our bank partner has it and is converting it to USDC.",
        "Usually done within an hour. You can leave this page; we write to you when it is in your wallet.",
    )


def page_facts(transfer: Transfer) -> dict[str, Any]:
    """The context of templates/transfers/bank/_deposit.html, under the one name `deposit`."""
    arrival = BankArrival.objects.filter(transfer=transfer).select_related("account", "transfer__wallet").first()
    if arrival is None:
        return {}
    facts = {
        "rail": _RAILS.get(transfer.rail, "Bank transfer"),
        "sender": arrival.sender,
        "to": f"Your account number at {arrival.account.bank_name}",
        "rate": _rate_in_words(arrival),
        "lines": _lines(arrival),
        "total": _total(transfer),
    }
    return {"deposit": facts}


def _lines(arrival: BankArrival) -> list[dict[str, Any]]:
    """What came and every fee: with the rate between them they come to what arrives."""
    if arrival.came is None:
        return []
    lines: list[dict[str, Any]] = [{"label": "You sent", "amount": arrival.came}]
    lines.append({"label": f"Fee: {FEE_LABELS['oms']}", "amount": arrival.fee})
    if arrival.fee_out:
        lines.append({"label": f"Fee on arrival: {FEE_LABELS['oms']}", "amount": arrival.fee_out})
    return lines


def _total(transfer: Transfer) -> dict[str, Any] | None:
    if transfer.is_final and transfer.state != State.COMPLETED:
        return None
    if not transfer.amount_minor:
        return None
    label = "Arrived in your wallet" if transfer.state == State.COMPLETED else "Expected in your wallet"
    return {"label": label, "amount": transfer.amount}


def _rate_in_words(arrival: BankArrival) -> str:
    try:
        return f"1 USD = {Decimal(arrival.rate).normalize():f} USDC" if arrival.rate else ""
    except InvalidOperation:
        return ""
