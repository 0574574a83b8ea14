"""Rolling windows: how much fits into one, what is left of it, when there is room again, and saying no.

What must stay true: nothing resets at midnight; every refusal names the number and the next possible time; of all
limits that apply the tightest is named. Which limits there are, and what counts towards them, is `limits.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from walletapp.money import Currency, Money
from walletapp.refusals import Refusal


class LimitReached(Refusal):
    """More than a limit allows right now. Nothing was changed."""

    code = "limit"

    def __init__(self, message: str, *, possible_at: datetime | None = None) -> None:
        super().__init__(message, field="amount")
        self.possible_at = possible_at


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
    """Everything that limits the next movement: `least` and `most` for one, `rooms` for all within a time.

    `verb` is what the person does: add, send, withdraw.
    """

    verb: str
    least: Money
    most: Money
    rooms: tuple[Room, ...]

    def lowered_to(self, most: Money | None) -> "Limits":
        """The same with at most this for one movement; None changes nothing."""
        return self if most is None else replace(self, most=min(self.most, most))

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
        windows = (
            f"{in_words(room.left)} of {in_words(room.limit)} left in {room.window.words}" for room in self.rooms
        )
        return f"At most {in_words(self.most)} at once; {', '.join(windows)}."


def require(limits: Limits, amount: Money, *, each: str, nothing: str) -> None:
    """Raise LimitReached when `amount` is more than is possible now. `each` says the most for one, with {most}."""
    if amount > limits.most and limits.most_now == limits.most:
        raise LimitReached(f"{each.format(most=in_words(limits.most))} {nothing}")
    refusing = [room for room in limits.rooms if not room.allows(amount)]
    if not refusing and amount <= limits.most:
        return
    at = limits.possible_at(min(amount, limits.most))
    possible = in_words(min(amount, limits.most))
    when = f" {possible} is possible again from {at:%b} {at.day}, {at:%H:%M} UTC." if at else ""
    raise LimitReached(f"{_why(limits, refusing)}{when} {nothing}", possible_at=at)


def in_words(money: Money) -> str:
    """$25.00, or 25.00 USDC."""
    return f"${money.text()}" if money.currency is Currency.USD else str(money)


def _why(limits: Limits, refusing: Iterable[Room]) -> str:
    """The tightest limit, with its numbers."""
    room = min(refusing, key=lambda room: (room.times_left != 0, room.left), default=limits.tightest)
    assert room  # something refused, so there is one
    if room.times_left == 0:
        return (
            f"{room.window.times} cash deposits are possible in {room.window.words}, and all of them are taken. "
            "A code that is not paid yet counts as one until it runs out."
        )
    left, limit = in_words(room.left), in_words(room.limit)
    return f"You can {limits.verb} {left} more now: the limit is {limit} in {room.window.words}."
