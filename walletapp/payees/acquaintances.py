"""The addresses a person knows, and refusing one that only looks like one of them.

What must stay true: whom the person chose (paid, or saved) counts before whoever paid them, because anybody can pay
them; of two that are alike the one known first is believed, because whoever imitates comes later; dust makes nobody
known. So nobody can keep a person from paying whom they paid before, and nobody can slip in beside them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import Max, Min

from walletapp.chain.lookalikes import Piece, is_alike, pieces
from walletapp.payees.models import Payee
from walletapp.refusals import Refusal
from walletapp.wallet.models import Movement, Wallet
from walletapp.wallet.states import Direction, MovementKind, Word

# What somebody must have paid at least to count as known, in millionths of a USDC: imitating has to cost something.
DUST = 1_000_000
_PAYING = (MovementKind.SEND, MovementKind.DEPOSIT, MovementKind.RECEIVED)
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)


class LookAlike(Refusal):
    """The address is made like one this person knows. Nothing was changed. Both are there to be shown in full."""

    code = "look_alike"

    def __init__(self, typed: str, known: "Acquaintance") -> None:
        super().__init__(
            "This is not the address you know: only its ends look like it. Addresses like this are made to be mistaken "
            "for another. Nothing was sent.",
            field="to",
        )
        self.typed, self.known = typed, known

    @property
    def typed_pieces(self) -> list[Piece]:
        return list(pieces(self.typed, self.known.address))

    @property
    def known_pieces(self) -> list[Piece]:
        return list(pieces(self.known.address, self.typed))


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """An address this person knows, since when, and how that is said to them."""

    address: str
    since: datetime
    how: str


def require_unlike(user: Any, address: str) -> None:
    """Raises LookAlike when the address imitates one that this person knew before it."""
    for known in acquaintances(user):
        if known.address.lower() == address.lower():
            return
        if is_alike(known.address, address):
            raise LookAlike(address, known)


def acquaintances(user: Any) -> list[Acquaintance]:
    """Everybody with an address whom this person knows: those they chose first, then the others, each by age."""
    chosen = _by_age(_moved(user, Direction.OUT, "You have paid it before"), _saved(user))
    return [*chosen, *_by_age(_moved(user, Direction.IN, "It has paid you before"))]


def _by_age(*groups: Iterator[Acquaintance]) -> list[Acquaintance]:
    """Each address once, known since the first time and by the last of its descriptions; the oldest first."""
    known: dict[str, Acquaintance] = {}
    for one in chain.from_iterable(groups):
        before = known.get(one.address.lower(), one)
        known[one.address.lower()] = Acquaintance(one.address, min(before.since, one.since), one.how)
    return sorted(known.values(), key=lambda one: one.since)


def _saved(user: Any) -> Iterator[Acquaintance]:
    for payee in Payee.objects.for_user(user):
        yield Acquaintance(payee.address, payee.saved_at, f"You saved it as {payee.nickname}")


def _moved(user: Any, direction: Direction, how: str) -> Iterator[Acquaintance]:
    """From the rows this person sees, which is where a wrong address would be copied from."""
    seen = (
        Movement.objects.filter(wallet__user=user, kind__in=_PAYING, direction=direction)
        .exclude(word=Word.DID_NOT_HAPPEN)
        .order_by()
        .values("other_party")
        .annotate(since=Min("created_at"), most=Max("amount_minor"))
    )
    found = {row["other_party"]: row["since"] for row in seen if direction == Direction.OUT or row["most"] >= DUST}
    emails = [party for party in found if "@" in party]
    theirs = Wallet.objects.custodial().filter(user__email__in=emails).values_list("user__email", "address")
    addresses = {**{party: party for party in found if _ADDRESS.fullmatch(party)}, **dict(theirs)}
    for party, address in addresses.items():
        yield Acquaintance(address, found[party], how)
