"""What the pages about transfers show: rows of facts and figures, taken from stored rows only."""

import hashlib
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from walletapp.money import Money
from walletapp.payees import only_saved
from walletapp.payees.models import Payee
from walletapp.transfers import (
    again,
    asking,
    bank_deposit_page,
    confirming,
    limits,
    moving,
    pauses,
    sending,
    withdrawal_page,
)
from walletapp.transfers.cash_page import page_facts, rate_in_words
from walletapp.transfers.exchange_question import SAID, AtExchange
from walletapp.transfers.models import Attempt, Transfer
from walletapp.transfers.quotes import Quote
from walletapp.transfers.states import AT_OMS, Kind, State
from walletapp.transfers.wording import tell_about
from walletapp.wallet.models import Wallet

PAYEES_AT_HAND = 12  # more are found in the address book itself

# What one side gives and what the other gets, in the customer's words.
_LABELS = {
    Kind.SEND: ("You pay", "They get"),
    Kind.CASH_IN: ("You bring", "You receive"),
    Kind.WITHDRAWAL: ("You pay", "Your bank gets"),
}
_BUSY = {Kind.SEND: "Sending...", Kind.CASH_IN: "Getting your code...", Kind.WITHDRAWAL: "Withdrawing..."}


def before_sending(user: Any) -> dict[str, Any]:
    """What a person should know before typing an amount."""
    wallet = Wallet.objects.filter(user=user, custody=Wallet.Custody.CUSTODIAL).first()
    return {
        "wallet": wallet,
        "send_limits": limits.send_limits(wallet, timezone.now()) if wallet else None,
        "payees": Payee.objects.for_user(user)[:PAYEES_AT_HAND],
        "only_saved": only_saved.standing(user),
        **pauses.shown(user, wallet),
    }


def chosen_payee(user: Any, payee_id: str) -> str:
    """What one would type to pay this entry of one's own address book; empty when there is none such."""
    try:
        found = Payee.objects.for_user(user).filter(pk=UUID(payee_id)).first()
    except ValueError:
        return ""
    return found.named_by if found else ""


def review(draft: Transfer) -> dict[str, Any]:
    """The review page: the newest quote, what it changed since the one before, and the digest that is signed."""
    quotes = list(draft.quotes.order_by("number"))
    quote = quotes[-1]
    changed = changes(quotes[-2], quote) if len(quotes) > 1 else []
    now = timezone.now()
    return {
        "transfer": draft,
        "quote": quote,
        "changes": changed,
        "is_same": all(row["same"] for row in changed),
        "fee_lines": fee_block(draft, quote),
        "arrives": {"label": _arrives_label(draft, quote), "amount": quote.they_get},
        "facts": facts(draft, quote),
        "recipient": moving.recipient_name(draft) if draft.kind == Kind.SEND else "",
        "saved_name": confirming.saved_name(draft),
        "earlier": _earlier(draft) if draft.kind == Kind.SEND else None,
        "exchange_unknown": draft.at_exchange == AtExchange.UNKNOWN,
        "button": button(draft, quote),
        "busy": _BUSY[Kind(draft.kind)],
        "change_url": again.url_of(draft),
        "why_asked": asking.reason_to_ask(draft, quote),
        "digest": confirming.review_digest(draft, quote),
        "server_now": now,
        "confirm_before": quote.confirm_before,
        "is_expired": quote.is_expired,
        # A page left open renews the price by itself a few times, then waits for its reader.
        "renews_itself": len(quotes) <= 3,
        "remaining": _remaining(draft, quote),
    }


def _earlier(draft: Transfer) -> sending.EarlierSends:
    return sending.earlier_sends(draft.user, draft.to_wallet_id, draft.to_address)


def changes(old: Quote, new: Quote) -> list[dict[str, Any]]:
    """Old and new side by side, figure by figure, with the difference."""
    paid, got = _LABELS[Kind(new.transfer.kind)]
    rows = [(paid, old.you_pay, new.you_pay), (got, old.they_get, new.they_get)]
    return [
        {"label": label, "old": before, "new": after, "difference": after - before, "same": before == after}
        for label, before, after in rows
    ]


def fee_block(draft: Transfer, quote: Quote) -> list[dict[str, Any]]:
    """What is paid, then every fee: lines that visibly sum to what arrives."""
    lines: list[dict[str, Any]] = [{"label": _LABELS[Kind(draft.kind)][0], "amount": quote.you_pay}]
    fee = "About this fee" if quote.is_estimate else "Fee"
    return lines + [{"label": f"{fee}: {line.label}", "amount": line.amount} for line in quote.fee_lines]


def facts(draft: Transfer, quote: Quote) -> list[dict[str, Any]]:
    if draft.kind == Kind.CASH_IN:
        return [
            {"label": "Store", "value": draft.store_name},
            {"label": "Address", "value": draft.store_address},
            {"label": "Rate", "value": rate_in_words(quote)},
        ]
    if draft.kind == Kind.WITHDRAWAL:
        return withdrawal_page.facts(draft, quote)
    lines = [{"label": "From", "value": "Your wallet"}, {"label": "Network", "value": "Polygon"}]
    if draft.at_exchange:
        lines.append({"label": "The address is", "value": SAID[AtExchange(draft.at_exchange)]})
    return lines


def button(draft: Transfer, quote: Quote) -> str:
    """The act, in the button itself."""
    if draft.kind == Kind.WITHDRAWAL:
        return withdrawal_page.button(draft, quote)
    return "Get my cash code" if draft.kind == Kind.CASH_IN else f"Send {quote.they_get} on Polygon"


def status(found: Transfer) -> dict[str, Any]:
    """The status page and its live part. `version` changes whenever anything shown may have changed."""
    context: dict[str, Any] = {
        "transfer": found,
        "telling": tell_about(found),
        "party": moving.other_party(found),
        "saved_name": confirming.saved_name(found),
        "figures": figures(found),
        "explorer": sending.explorer_link(found),
        "can_save": _can_save(found),
        "can_cancel": found.is_outgoing and _is_unsent(found),
        "check_url": reverse("transfers:check", args=[found.pk]),
        "cancel_url": reverse("transfers:cancel", args=[found.pk]),
        "server_now": timezone.now(),
    }
    if found.kind == Kind.CASH_IN:
        context |= page_facts(found)
    if found.kind == Kind.BANK_IN:
        context |= bank_deposit_page.page_facts(found)
    if found.external_account_id:
        context |= withdrawal_page.page_facts(found)
    context["version"] = version(found, context["telling"].title)
    return context


def version(found: Transfer, title: str) -> str:
    codes = [(code.code, code.status, code.is_payable) for code in found.codes.all()]
    said = [found.state, found.tx_hash, found.cash_paid_minor, found.oms_sub_status, title, codes]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def figures(found: Transfer) -> list[dict[str, Any]]:
    """The amounts of a confirmed transfer, as lines that sum."""
    if found.quote is None:
        return []
    if found.kind == Kind.CASH_IN and found.cash_paid is not None and found.cash_paid != found.quote.you_pay:
        return []  # another amount was paid than quoted: the cash page shows both
    return [
        *fee_block(found, found.quote),
        {"label": _arrives_label(found, found.quote), "amount": found.quote.they_get},
    ]


def _arrives_label(draft: Transfer, quote: Quote) -> str:
    return _LABELS[Kind(draft.kind)][1] + (" about" if quote.is_estimate else "")


def _remaining(draft: Transfer, quote: Quote) -> Money | None:
    if not draft.is_outgoing:
        return None
    left = draft.wallet.available - quote.you_pay
    return left if left.minor >= 0 else None


def _can_save(found: Transfer) -> bool:
    """Whether it is offered to save whom this went to."""
    has_gone = found.kind == Kind.SEND and found.state in {*AT_OMS, State.READY, State.COMPLETED}
    return has_gone and not confirming.saved_name(found)


def _is_unsent(found: Transfer) -> bool:
    may_have_arrived = found.tries.exclude(outcome=Attempt.Outcome.NOT_SENT).exists()
    return found.state in {State.READY, State.SUBMITTING} and not may_have_arrived
