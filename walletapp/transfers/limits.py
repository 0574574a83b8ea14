"""How much may be put in as cash, and how much may be sent: the table, what is left of it, and saying no.

What must stay true: windows roll (nothing resets at midnight) and are counted from our own rows; every refusal names
the number and the next possible time; of all limits that apply the tightest is named. `require_*` is asked when a draft
is made, to say no early, and again under the wallet's row lock when it is confirmed, which is what counts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from walletapp.money import Currency, Money
from walletapp.refusals import Refusal
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import OPEN, Kind, State
from walletapp.wallet.models import Wallet


@dataclass(frozen=True, slots=True)
class Window:
    """At most `most` minor units, and at most `times` movements, in any stretch of `days` days."""

    days: int
    most: int
    times: int | None = None

    @property
    def span(self) -> timedelta:
        return timedelta(days=self.days)

    @property
    def words(self) -> str:
        return "24 hours" if self.days == 1 else f"{self.days} days"


# Cash, in cents: OMS's published limits (payments/cash-ins-and-cash-outs), which it enforces at the counter as well.
CASH_LEAST = 20_00
CASH_MOST = 500_00
CASH_MOST_AT = {"walmart": 1_000_00}
CASH_WINDOWS = (Window(1, 1_500_00, 3), Window(7, 3_500_00, 12), Window(30, 5_000_00, 20))

# Sends, in millionths of a USDC: ours, so that a stolen password cannot empty a wallet in one afternoon.
SEND_MOST = 5_000_000_000
SEND_WINDOWS = (Window(1, 10_000_000_000),)


class LimitReached(Refusal):
    """More than a limit allows right now. Nothing was changed."""

    code = "limit"

    def __init__(self, message: str, *, possible_at: datetime | None = None) -> None:
        super().__init__(message, field="amount")
        self.possible_at = possible_at


@dataclass(frozen=True, slots=True)
class Use:
    """Something that counts: for a window's length from `at`, or, for a code that is out, until it runs out."""

    minor: int
    at: datetime
    ends_at: datetime | None = None

    def frees_at(self, window: Window) -> datetime:
        return self.ends_at or self.at + window.span


@dataclass(frozen=True, slots=True)
class Room:
    """What one window has left. `uses` are those that lie in it, the first to leave it first."""

    window: Window
    currency: Currency
    uses: tuple[Use, ...]

    @property
    def limit(self) -> Money:
        return Money(self.window.most, self.currency)

    @property
    def left(self) -> Money:
        return Money(max(self.window.most - sum(use.minor for use in self.uses), 0), self.currency)

    @property
    def times_left(self) -> int | None:
        return None if self.window.times is None else max(self.window.times - len(self.uses), 0)

    @property
    def grows_at(self) -> datetime | None:
        """When more becomes possible. None while nothing is used."""
        return self.uses[0].frees_at(self.window) if self.uses else None

    def allows(self, amount: Money) -> bool:
        return self.times_left != 0 and amount <= self.left

    def allows_at(self, amount: Money) -> datetime | None:
        """When there is room for `amount`; None for now. More than the limit itself waits for an empty window."""
        used, at = sum(use.minor for use in self.uses), None
        for gone, use in enumerate(self.uses):
            has_times = self.window.times is None or len(self.uses) - gone < self.window.times
            if used + amount.minor <= self.window.most and has_times:
                break
            used, at = used - use.minor, use.frees_at(self.window)
        return at


@dataclass(frozen=True, slots=True)
class Limits:
    """Everything that limits the next movement: `least` and `most` for one, `rooms` for all within a time."""

    least: Money
    most: Money
    rooms: tuple[Room, ...]

    @property
    def most_now(self) -> Money:
        """The largest amount possible right now. Zero when nothing is, also when less is left than the least."""
        largest = min(self.most, *(room.left for room in self.rooms))
        is_shut = largest < self.least or any(room.times_left == 0 for room in self.rooms)
        return Money.zero(largest.currency) if is_shut else largest

    @property
    def tightest(self) -> Room | None:
        """The window that allows less than one movement may be; None when none does."""
        narrow = [room for room in self.rooms if not room.allows(self.most)]
        return min(narrow, key=lambda room: (room.times_left != 0, room.left), default=None)

    @property
    def next_at(self) -> datetime | None:
        """When something is possible again; None when it is now."""
        return None if self.most_now else self.possible_at(self.least)

    def possible_at(self, amount: Money) -> datetime | None:
        """When every window has room for `amount`; None when all have it now."""
        return max((at for room in self.rooms if (at := room.allows_at(amount))), default=None)

    @property
    def sentence(self) -> str:
        """All of it in one line, for the small print under an amount."""
        windows = (f"{_said(room.left)} of {_said(room.limit)} left in {room.window.words}" for room in self.rooms)
        return f"At most {_said(self.most)} at once; {', '.join(windows)}."


def cash_limits(wallet: Wallet, store_name: str, now: datetime, *, apart_from: UUID | None = None) -> Limits:
    """What limits the next cash-in of the wallet's owner at this store."""
    uses = list(_cash_uses(wallet, now, apart_from))
    most = next((most for chain, most in CASH_MOST_AT.items() if store_name.lower().startswith(chain)), CASH_MOST)
    rooms = tuple(_room(window, Currency.USD, uses, now) for window in CASH_WINDOWS)
    return Limits(Money(CASH_LEAST, Currency.USD), Money(most, Currency.USD), rooms)


def send_limits(wallet: Wallet, now: datetime) -> Limits:
    """What limits the next send of the wallet's owner."""
    since = now - max(window.span for window in SEND_WINDOWS)
    sent = Transfer.objects.filter(user_id=wallet.user_id, kind=Kind.SEND, confirmed_at__gt=since)
    counted = sent.filter(Q(state__in=OPEN) | Q(state=State.COMPLETED))
    uses = [Use(transfer.amount_minor, transfer.confirmed_at or now) for transfer in counted]
    rooms = tuple(_room(window, wallet.currency, uses, now) for window in SEND_WINDOWS)
    return Limits(Money(1, wallet.currency), Money(SEND_MOST, wallet.currency), rooms)


def require_within_cash_limits(
    wallet: Wallet, amount: Money, store_name: str, now: datetime, *, apart_from: UUID | None = None
) -> None:
    """Raise LimitReached when this much cash may not be brought to this store now.

    `apart_from` is the transfer itself, when it is about a new code for one that counts already. The caller holds the
    wallet's row lock when the answer has to stay true.
    """
    limits = cash_limits(wallet, store_name, now, apart_from=apart_from)
    if amount < limits.least:
        raise LimitReached(f"The least a store takes is {_said(limits.least)}. Nothing was charged.")
    _require(limits, amount, each="This store takes at most {most} at a time.", nothing="Nothing was charged.")


def require_within_send_limits(wallet: Wallet, amount: Money, now: datetime) -> None:
    """Raise LimitReached when this much may not be sent now. The caller holds the wallet's row lock when it counts."""
    _require(send_limits(wallet, now), amount, each="You can send at most {most} at once.", nothing="Nothing was sent.")


def _require(limits: Limits, amount: Money, *, each: str, nothing: str) -> None:
    if amount > limits.most and limits.most_now == limits.most:
        raise LimitReached(f"{each.format(most=_said(limits.most))} {nothing}")
    refusing = [room for room in limits.rooms if not room.allows(amount)]
    if not refusing and amount <= limits.most:
        return
    at = limits.possible_at(min(amount, limits.most))
    when = f" {_said(min(amount, limits.most))} is possible again from {at:%b} {at.day}, {at:%H:%M} UTC." if at else ""
    raise LimitReached(f"{_why(limits, refusing)}{when} {nothing}", possible_at=at)


def _why(limits: Limits, refusing: Iterable[Room]) -> str:
    """The tightest limit, with its numbers."""
    room = min(refusing, key=lambda room: (room.times_left != 0, room.left), default=limits.tightest)
    assert room  # something refused, so there is one
    verb = "send" if room.currency is Currency.USDC else "add"
    if room.times_left == 0:
        return (
            f"{room.window.times} cash deposits are possible in {room.window.words}, and all of them are taken. "
            "A code that is not paid yet counts as one until it runs out."
        )
    return f"You can {verb} {_said(room.left)} more now: the limit is {_said(room.limit)} in {room.window.words}."


def _room(window: Window, currency: Currency, uses: list[Use], now: datetime) -> Room:
    inside = [use for use in uses if use.at > now - window.span]
    return Room(window, currency, tuple(sorted(inside, key=lambda use: use.frees_at(window))))


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


def _said(money: Money) -> str:
    return f"${money.text()}" if money.currency is Currency.USD else str(money)
