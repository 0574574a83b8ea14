"""Withdrawing to a bank account of one's own, by ACH or by wire.

From the form to the review page, and what is asked once more when it is confirmed. Everything after that is what
happens to a send: `confirming.py`, `executing.py`, `tracking.py`; what a bank sends back is `returning.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.html import format_html

from walletapp import features
from walletapp.banking.accounts import most_while_new, require_payable
from walletapp.banking.models import ExternalAccount
from walletapp.money import Currency, Money
from walletapp.refusals import Refusal
from walletapp.transfers import bank_reasons, limits
from walletapp.transfers.bank_rails import RAILS, Rail
from walletapp.transfers.bank_reasons import Remedy
from walletapp.transfers.models import Transfer
from walletapp.transfers.quotes import Quote
from walletapp.transfers.quoting import MAX, price
from walletapp.transfers.sending import require_enough, sending_wallet
from walletapp.transfers.states import Kind, State
from walletapp.transfers.windows import Limits
from walletapp.wallet.ledger import InsufficientFunds
from walletapp.wallet.models import Wallet


class CannotBePaid(Refusal):
    """No money can go to this account. Nothing was changed."""

    code = "cannot_be_paid"

    def __init__(self, message: str) -> None:
        super().__init__(message, field="account")


@dataclass(frozen=True, slots=True)
class Choice:
    """One rail as it is offered, before anything is typed."""

    rail: Rail
    limits: Limits
    arrives_on: date
    confirm_by: str


def start(user: Any, *, account_id: UUID | str, rail: str, amount: Money | None, side: str) -> Transfer:
    """A priced draft of a withdrawal, to be reviewed. `amount` is None for Max; dollars for the destination side.

    Raises a Refusal (and then nothing exists) or OmsUnavailable. Not safe to repeat, and harmless when repeated.
    """
    chosen = RAILS[rail]
    features.require_open(chosen.feature, user)
    wallet = sending_wallet(user)
    account = find_account(user, account_id)
    require_payable(account, Money.zero(Currency.USD), timezone.now())  # for how much is known with the price
    if amount is not None:
        _require_enough(wallet, account, Money.from_wire(amount.wire(), wallet.currency))
    if amount is not None and amount.currency is wallet.currency:
        limits.require_within_withdrawal_limits(wallet, chosen, amount, timezone.now())
    transfer = Transfer.objects.create(
        user=user,
        wallet=wallet,
        kind=Kind.WITHDRAWAL,
        external_account=account,
        rail=chosen.key,
        asked_minor=amount.minor if amount else None,
        asked_side=side if amount else MAX,
    )
    try:
        quote = price(transfer)
        _require_enough(wallet, account, quote.you_pay)
        _require_room(transfer, wallet, quote)
    except Exception:
        transfer.quotes.all().delete()
        transfer.delete()  # a draft that cannot be confirmed is nothing
        raise
    return transfer


def _require_enough(wallet: Wallet, account: ExternalAccount, pays: Money) -> None:
    """As for a send. Who could not have it either because the account is new reads both at once."""
    now = timezone.now()
    try:
        require_enough(wallet, pays)
    except InsufficientFunds as no:
        most = account.most_at(now)
        if most is None or pays <= Money.from_wire(most.wire(), pays.currency):
            raise
        raise InsufficientFunds(format_html("{} {}", str(no), most_while_new(account, now)), field="amount") from None


def require_allowed(transfer: Transfer, wallet: Wallet, quote: Quote) -> None:
    """What was asked at the form, asked again under the wallet's row lock. Raises a Refusal, nothing was changed."""
    find_account(transfer.user, str(transfer.external_account_id))
    _require_room(transfer, wallet, quote)


def _require_room(transfer: Transfer, wallet: Wallet, quote: Quote) -> None:
    """Raises LimitReached for what the rail allows, a refusal of banking for what the account does."""
    now = timezone.now()
    limits.require_within_withdrawal_limits(wallet, RAILS[transfer.rail], quote.you_pay, now)
    if transfer.external_account is not None:
        require_payable(transfer.external_account, quote.they_get, now)


def find_account(user: Any, account_id: UUID | str) -> ExternalAccount:
    """The person's own account. Raises CannotBePaid when it is not theirs, or when money to it only came back."""
    account = ExternalAccount.objects.for_user(user).kept().filter(pk=account_id).first()
    if account is None:
        raise CannotBePaid("Choose one of your bank accounts. Nothing was withdrawn.")
    if bounced := last_bounce(account):
        raise CannotBePaid(
            f"A withdrawal to {account.label} came back. {bounced.reason} Nothing was withdrawn. "
            "Remove it and add the right account."
        )
    return account


def last_bounce(account: ExternalAccount) -> Transfer | None:
    """The return that proved that money cannot reach these numbers: sent again it would only come back again."""
    returns = Transfer.objects.filter(external_account=account, kind=Kind.RETURNED).exclude(state=State.FAILED)
    newest = returns.order_by("-created_at").first()
    is_wrong = newest is not None and bank_reasons.explain(newest.bank_reason).remedy is Remedy.FIX_ACCOUNT
    return newest if is_wrong else None


def payable_accounts(user: Any) -> list[ExternalAccount]:
    """The accounts to choose from, the newest first."""
    kept = ExternalAccount.objects.for_user(user).payable()
    return [account for account in kept if not last_bounce(account)]


def choices(user: Any, wallet: Wallet, accounts: Sequence[ExternalAccount], now: datetime) -> list[Choice]:
    """The rails that are open to this person now, each with what it allows, to the account it allows the most to."""
    open_ones = [rail for rail in RAILS.values() if is_rail_open(rail, user)]
    caps = [most for account in accounts if (most := account.most_at(now))]
    most = Money.from_wire(max(caps).wire(), wallet.currency) if caps and len(caps) == len(accounts) else None
    allowed = {rail.key: limits.withdrawal_limits(wallet, rail, now).lowered_to(most) for rail in open_ones}
    return [Choice(rail, allowed[rail.key], rail.arrives_on(now), rail.confirm_by(now)) for rail in open_ones]


def is_rail_open(rail: Rail, user: Any) -> bool:
    """Whether this person can withdraw by it now."""
    return features.is_open(rail.feature, user)


def arrives_on(transfer: Transfer) -> date | None:
    """The day its owner is told; None where no bank is involved."""
    return RAILS[transfer.rail].arrives_on(timezone.now()) if transfer.kind == Kind.WITHDRAWAL else None
