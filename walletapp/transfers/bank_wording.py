"""What the customer reads about a withdrawal to a bank, and about one that came back.

A bank's day is said as a day, never as hours; "came back" says first where the money is now, then why, then what helps.
"""

from django.utils.formats import date_format

from walletapp.transfers import bank_reasons, overdue
from walletapp.transfers.bank_reasons import Remedy
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import FINAL, Kind, State, word_for
from walletapp.transfers.telling import Telling
from walletapp.transfers.windows import in_words

DAY = "l, F j"

_WHAT_HELPS = {
    Remedy.FIX_ACCOUNT: "Money to these numbers would come back again. Add the right account, then withdraw again.",
    Remedy.ASK_BANK: "Ask your bank about it, or choose another account, then withdraw again.",
    Remedy.TRY_AGAIN: "You can withdraw it again.",
}


def tell_about(transfer: Transfer) -> Telling | None:
    """The words for a withdrawal or a return; None where those for every transfer are right."""
    if transfer.state in {State.UNKNOWN, State.QUOTED}:
        return None
    if transfer.kind == Kind.RETURNED:
        return _came_back(transfer)
    if transfer.state == State.COMPLETED:
        return _paid_out(transfer)
    return _not_withdrawn(transfer) if transfer.state in FINAL else _on_its_way(transfer)


def _on_its_way(transfer: Transfer) -> Telling:
    word, account = word_for(transfer.kind, transfer.state).label, transfer.external_account
    if overdue.is_late(transfer):
        return Telling(
            word,
            "Later than usual",
            f"It should have been in {account} by {_day(transfer)}. Your money is safe. Do not withdraw it again.",
            "Our staff can see that it is late. We keep checking and write to you as soon as it changes.",
        )
    if transfer.state == State.PROCESSING:
        return Telling(
            word,
            "On its way to your bank",
            f"{in_words(transfer.delivered)} should be in {account} by {_day(transfer)}.",
            "Banks work on business days. You can leave this page; we write to you when it is paid out.",
        )
    return Telling(word, "Withdrawing...", "Your money is set aside for this.", "This takes a few seconds.")


def _paid_out(transfer: Transfer) -> Telling:
    word, title = word_for(transfer.kind, transfer.state).label, f"{in_words(transfer.delivered)} was paid out"
    if getattr(transfer, "returned_by", None):
        return Telling(word, title, f"It was paid to {transfer.external_account}, and your bank sent it back.")
    return Telling(
        word,
        title,
        f"It was paid to {transfer.external_account}. Your bank may take until the end of its day to show it.",
        "A bank can still send money back in the days after. Then it is in your balance again, and we write to you.",
    )


def _not_withdrawn(transfer: Transfer) -> Telling:
    return Telling(
        word_for(transfer.kind, transfer.state).label,
        "Not withdrawn",
        transfer.reason or "Nothing left your wallet.",
        "All of it is in your available balance." if transfer.confirmed_at else "",
    )


def _came_back(transfer: Transfer) -> Telling:
    word = word_for(transfer.kind, transfer.state).label
    if transfer.state == State.COMPLETED:
        helps = _WHAT_HELPS[bank_reasons.explain(transfer.bank_reason).remedy]
        text = f"It is in your balance again. {transfer.reason}"
        return Telling(word, f"{transfer.amount} came back", text, helps)
    if transfer.state in FINAL:
        text = "The receipt of your withdrawal stays as it is. You do not need to do anything."
        return Telling(word, "It has not reached your wallet", transfer.reason, text)
    text = f"{transfer.reason} {transfer.amount} is on its way back to your wallet."
    return Telling(word, "Your bank sent it back", text, "We write to you as soon as it is in your balance.")


def _day(transfer: Transfer) -> str:
    return date_format(transfer.expected_on, DAY) if transfer.expected_on else "the end of the day"
