"""One movement as one line of a list: which words, which sign, which page it leads to.

What must stay true: nothing is called sent or received before it is done; the direction decides the sign; what did not
happen has no sign at all, because nothing moved.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from walletapp.money import Money
from walletapp.wallet.models import Movement
from walletapp.wallet.states import MovementKind, Word
from walletapp.web.templatetags.wallet_tags import dollars, short_party

# kind -> (done, under way, did not happen, icon, word before the other party)
_SPOKEN = {
    MovementKind.CASH_IN: ("Cash added", "Adding cash", "Add cash", "cash", "at"),
    MovementKind.BANK_IN: ("Added by bank", "Arriving by bank", "Add by bank", "bank", "from"),
    MovementKind.DEPOSIT: ("Received", "Arriving", "Receive", "in", "from"),
    MovementKind.RECEIVED: ("Received", "Arriving", "Receive", "in", "from"),
    MovementKind.SEND: ("Sent", "Sending", "Send", "out", "to"),
    MovementKind.WITHDRAWAL: ("Withdrawn", "Withdrawing", "Withdraw", "bank", "to"),
    MovementKind.RETURNED: ("Came back", "Coming back", "Come back", "back", "from"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """What components/_row.html takes. `amount` stands in place of the signed `money` when nothing moved."""

    url: str
    icon: str
    title: str
    sub: str
    money: Money
    word: str
    at: datetime
    amount: str


def rows_of(user: Any, movements: Iterable[Movement]) -> list[Row]:
    """The lines about these movements of one person, with the names their address book has."""
    listed = list(movements)
    names = saved_names(user, listed)
    return [row_of(movement, names.get(movement.pk, "")) for movement in listed]


def saved_names(user: Any, movements: Iterable[Movement]) -> dict[UUID, str]:
    """By the id of a movement, what its owner calls the other party. One question, however many there are."""
    ids = [movement.pk for movement in movements if movement.kind == MovementKind.SEND]
    names: dict[UUID, str] = import_string(f"{settings.SAVED_NAMES}.names_of")(user, ids) if ids else {}
    return names


def row_of(movement: Movement, name: str = "") -> Row:
    """The line about this movement. `name` is what its owner calls the other party."""
    done, under_way, undone, icon, before = _SPOKEN[MovementKind(movement.kind)]
    is_undone = movement.word == Word.DID_NOT_HAPPEN
    came_back = movement.reverses_id is not None or movement.word == Word.CAME_BACK
    title = undone if is_undone else under_way if movement.is_pending else done
    party = short_party(movement.other_party)
    return Row(
        url=reverse(movement.page, args=[movement.pk]),
        icon="stopped" if is_undone else "back" if came_back else icon,
        title="Came back" if came_back and not movement.is_pending and not is_undone else title,
        sub=f"{before} {name} ({party})" if name else f"{before} {party}",
        money=movement.signed_amount,
        word=str(Word(movement.word).label),
        at=movement.finished_at or movement.created_at,
        amount=dollars(movement.amount) if is_undone else "",
    )
