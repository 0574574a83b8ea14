"""What the customer reads about a transfer: the state's word, one sentence of what it means for the money, what next.

Nothing is said that is not known to be true: "did not happen" only ever after proof, "done" only after OMS said so.
"""

from walletapp.transfers import bank_deposit_page, bank_wording, overdue
from walletapp.transfers.exchange_question import AtExchange
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import WORDS, Kind, State
from walletapp.transfers.telling import Telling
from walletapp.wallet.states import Word

_CHECKING = Telling(
    Word.CHECKING.label,
    "We are confirming this with our payment partner",
    "Your money is safe and on hold. Please do not send it again.",
    "We keep asking by ourselves and tell you here and by e-mail. This usually takes a few minutes.",
)

_CHECKING_CASH = Telling(
    Word.CHECKING.label,
    "We are finding out whether your code was made",
    "No cash was taken: nothing is charged until you pay at the counter. Please do not start another one.",
    "We keep asking by ourselves and show the code here. This usually takes less than a minute.",
)


def tell_about(transfer: Transfer) -> Telling:
    """The words for a confirmed transfer."""
    if telling := _about_banks(transfer):
        return telling
    match State(transfer.state):
        case State.UNKNOWN:
            return _CHECKING_CASH if transfer.kind == Kind.CASH_IN else _CHECKING
        case State.READY | State.SUBMITTING | State.PROCESSING | State.AWAITING_CASH:
            return _under_way(transfer)
        case State.COMPLETED:
            return _done(transfer)
        case State.QUOTED:
            return Telling(Word.WAITING_FOR_YOU.label, "Not confirmed yet", "Nothing was sent.")
        case State.FAILED | State.CANCELED | State.EXPIRED:
            return _not_happened(transfer)


def _about_banks(transfer: Transfer) -> Telling | None:
    if transfer.kind == Kind.BANK_IN:
        return bank_deposit_page.tell_about(transfer)
    return bank_wording.tell_about(transfer) if transfer.external_account_id else None


def _under_way(transfer: Transfer) -> Telling:
    word = WORDS[State(transfer.state)].label
    if transfer.kind == Kind.CASH_IN:
        return _cash_under_way(transfer, word)
    if overdue.is_late(transfer):
        return Telling(
            word,
            "Later than usual",
            "It is with our payment partner and takes longer than usual. Your money is safe. Do not send it again.",
            "Our staff can see that it is late. We keep checking and write to you as soon as it changes.",
        )
    if transfer.state == State.PROCESSING:
        return Telling(
            word,
            "On its way",
            f"{transfer.amount} left your available balance and is on its way.",
            "Usually done within a minute. You can leave this page; we will write to you.",
        )
    return Telling(word, "Sending...", "Your money is set aside for this.", "This takes a few seconds.")


def _cash_under_way(transfer: Transfer, word: str) -> Telling:
    codes = [code.is_payable for code in transfer.codes.all()]
    if transfer.state == State.AWAITING_CASH and codes and not any(codes):
        return Telling(
            word,
            "Your code has run out",
            "If you have not paid, nothing was charged. Get a new code when you are at the store: it costs nothing.",
            "If you did pay, keep the receipt: this page changes as soon as the store tells us.",
        )
    if transfer.state == State.AWAITING_CASH and codes:
        return Telling(
            word,
            "Pay at the counter",
            f"Show the code at {transfer.store_name} and hand over the cash.",
            "Nothing is charged until you pay at the counter.",
        )
    if transfer.state == State.PROCESSING:
        return Telling(
            Word.WAITING_FOR_STORE.label,
            "The store has your cash",
            "We are waiting for the store's confirmation. Keep the receipt until this page says Done.",
            "Usually done within a few minutes.",
        )
    return Telling(word, "Getting your code...", "Nothing is charged until you pay at the counter.")


def _done(transfer: Transfer) -> Telling:
    word = Word.DONE.label
    if transfer.kind == Kind.CASH_IN:
        return Telling(word, f"{transfer.amount} arrived", "It is in your wallet and can be used now.")
    if transfer.kind == Kind.SEND:
        return Telling(word, f"{transfer.amount - transfer.fee} arrived", *_where(transfer))
    return Telling(word, f"{transfer.amount} arrived", "It is in your wallet and can be used now.")


def _where(transfer: Transfer) -> tuple[str, str]:
    """What is known of money that was sent: what an exchange does with it is not."""
    if transfer.to_wallet_id:
        return "It is in their wallet.", ""
    may_be_exchange = transfer.at_exchange in {AtExchange.YES, AtExchange.UNKNOWN}
    return "It is at this address on Polygon.", "An exchange still has to show it in the account." * may_be_exchange


def _not_happened(transfer: Transfer) -> Telling:
    if transfer.kind == Kind.CASH_IN and transfer.cash_paid_minor:
        return Telling(
            Word.DID_NOT_HAPPEN.label,
            "Your cash did not arrive",
            transfer.reason,
            "Our staff have been told. The receipt proves what you paid.",
        )
    if transfer.kind == Kind.CASH_IN:
        return Telling(
            Word.DID_NOT_HAPPEN.label,
            "No cash was taken",
            transfer.reason or "Nothing was charged.",
            "If you did pay at the counter, keep the receipt and write to us: we will find it.",
        )
    return Telling(
        Word.DID_NOT_HAPPEN.label,
        "Not sent",
        transfer.reason or "Nothing left your wallet.",
        "All of it is in your available balance. You can try again; if it happens twice, write to us."
        if transfer.confirmed_at
        else "",
    )
