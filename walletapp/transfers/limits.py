"""How much may be put in as cash, sent, or withdrawn: the tables, what counts, and what is left.

What must stay true: windows are counted from our own rows. `require_*` is asked when a draft is made, to say no early,
and again under the wallet's row lock when it is confirmed, which is what counts.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from walletapp.money import Currency, Money
from walletapp.transfers.bank_rails import Rail
from walletapp.transfers.models import Transfer
from walletapp.transfers.own_limits import Most, own_limit
from walletapp.transfers.states import OPEN, Kind, State
from walletapp.transfers.windows import LimitReached, Limits, Room, Use, Window, in_words, require
from walletapp.wallet.models import Wallet

# Cash, in cents: OMS's published limits (payments/cash-ins-and-cash-outs), which it enforces at the counter as well.
CASH_LEAST = 20_00
CASH_MOST = 500_00
CASH_MOST_AT = {"walmart": 1_000_00}
CASH_WINDOWS = (Window(1, 1_500_00, 3), Window(7, 3_500_00, 12), Window(30, 5_000_00, 20))

# Sends, in millionths of a USDC: ours, so that a stolen password cannot empty a wallet in one afternoon.
SEND_MOST = 5_000_000_000
SEND_WINDOWS = (Window(1, 10_000_000_000),)


def cash_limits(wallet: Wallet, store_name: str, now: datetime, *, apart_from: UUID | None = None) -> Limits:
    """What limits the next cash-in of the wallet's owner at this store."""
    uses = list(_cash_uses(wallet, now, apart_from))
    most = next((most for chain, most in CASH_MOST_AT.items() if store_name.lower().startswith(chain)), CASH_MOST)
    rooms = _rooms(CASH_WINDOWS, Currency.USD, uses, now)
    return Limits("add", Money(CASH_LEAST, Currency.USD), Money(most, Currency.USD), rooms)


def house_most() -> Most:
    """The most anybody may send."""
    return Most.of(SEND_MOST, SEND_WINDOWS[0].most)


def send_limits(wallet: Wallet, now: datetime) -> Limits:
    """What limits the next send of the wallet's owner: the house, and what they set for themselves below it."""
    most = house_most()
    if (own := own_limit(wallet.user_id, now)) is not None:
        most = most.lowered_to(own)
    windows = (Window(1, most.in_a_day.minor),)
    uses = _out_uses(wallet, windows, now, kind=Kind.SEND)
    return Limits("send", Money(1, wallet.currency), most.at_once, _rooms(windows, wallet.currency, uses, now))


def withdrawal_limits(wallet: Wallet, rail: Rail, now: datetime) -> Limits:
    """What limits the next withdrawal of the wallet's owner by this rail. What came back still counts: it went out."""
    uses = _out_uses(wallet, rail.windows, now, kind=Kind.WITHDRAWAL, rail=rail.key)
    return Limits("withdraw", rail.least, rail.most, _rooms(rail.windows, wallet.currency, uses, now))


def require_within_cash_limits(
    wallet: Wallet, amount: Money, store_name: str, now: datetime, *, apart_from: UUID | None = None
) -> None:
    """Raise LimitReached when this much cash may not be brought to this store now.

    `apart_from` is the transfer itself, when it is about a new code for one that counts already. The caller holds the
    wallet's row lock when the answer has to stay true.
    """
    limits = cash_limits(wallet, store_name, now, apart_from=apart_from)
    if amount < limits.least:
        raise LimitReached(f"The least a store takes is {in_words(limits.least)}. Nothing was charged.")
    require(limits, amount, each="This store takes at most {most} at a time.", nothing="Nothing was charged.")


def require_within_send_limits(wallet: Wallet, amount: Money, now: datetime) -> None:
    """Raise LimitReached when this much may not be sent now. The caller holds the wallet's row lock when it counts."""
    require(send_limits(wallet, now), amount, each="You can send at most {most} at once.", nothing="Nothing was sent.")


def require_within_withdrawal_limits(wallet: Wallet, rail: Rail, amount: Money, now: datetime) -> None:
    """Raise LimitReached when this much may not go out by this rail now. As with sends, the lock makes it count."""
    limits = withdrawal_limits(wallet, rail, now)
    if amount < limits.least:
        raise LimitReached(f"The least by {rail.name} is {in_words(limits.least)}. Nothing was withdrawn.")
    each = f"By {rail.name} you can withdraw at most {{most}} at once."
    require(limits, amount, each=each, nothing="Nothing was withdrawn.")


def _rooms(windows: Sequence[Window], currency: Currency, uses: list[Use], now: datetime) -> tuple[Room, ...]:
    return tuple(_room(window, currency, uses, now) for window in windows)


def _room(window: Window, currency: Currency, uses: list[Use], now: datetime) -> Room:
    inside = [use for use in uses if use.at > now - window.span]
    return Room(window, currency, tuple(sorted(inside, key=lambda use: use.frees_at(window))))


def _out_uses(wallet: Wallet, windows: Sequence[Window], now: datetime, **which: str) -> list[Use]:
    """What left the wallet, and what is on its way out."""
    since = now - max(window.span for window in windows)
    gone = Transfer.objects.filter(user_id=wallet.user_id, confirmed_at__gt=since, **which)
    counted = gone.filter(Q(state__in=OPEN) | Q(state=State.COMPLETED))
    return [Use(minor, at or now) for minor, at in counted.values_list("amount_minor", "confirmed_at")]


def _cash_uses(wallet: Wallet, now: datetime, apart_from: UUID | None) -> Iterator[Use]:
    """Codes that are out count with what was said, cash that was paid with what was paid, also where it then failed.

    What ran out unpaid, was cancelled or refused does not count.
    """
    since = now - max(window.span for window in CASH_WINDOWS)
    mine = Transfer.objects.filter(user_id=wallet.user_id, kind=Kind.CASH_IN)
    if apart_from:
        mine = mine.exclude(pk=apart_from)
    for done in mine.filter(finished_at__gt=since, cash_paid_minor__isnull=False):
        yield Use(done.cash_paid_minor or 0, done.finished_at or now)
    for out in mine.filter(state__in=OPEN).select_related("quote").prefetch_related("codes"):
        said = out.quote.source_gross_minor if out.quote else 0
        codes = list(out.codes.all())
        ends_at = next((code.expires_at for code in codes if code.is_payable), None)
        if out.state != State.AWAITING_CASH or ends_at or not codes:
            # It could be paid this minute, so it counts from now.
            yield Use(said if out.cash_paid_minor is None else out.cash_paid_minor, now, ends_at)
