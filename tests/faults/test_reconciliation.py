"""Row 6: twelve kinds of difference between us and OMS, planted among rows that agree, are all found, and no others.

Rows in which only we are behind are no difference: they are among the clean ones and must be brought up to date.
"""

import time
import uuid
from datetime import timedelta
from itertools import batched

import pytest
import time_machine
from django.utils import timezone

from tests.control import Control
from tests.faults import planting
from tests.faults.figures import Figures
from tests.faults.planting import KINDS, Planted
from walletapp.transfers.models import Transfer
from walletapp.transfers.reconciling import GRACE, reconcile
from walletapp.wallet.models import Break, ReconciliationRun

ROW = 6
SIZES = {"quick": 500, "full": 10_000}
EACH_HOLDER = 50
LONGEST = 60  # seconds of one run


@pytest.mark.django_db(transaction=True)
def test_every_planted_difference_is_found_and_nothing_else(sandbox: Control, size: int, figures: Figures) -> None:
    measure(sandbox, size, figures)


def measure(sandbox: Control, size: int, figures: Figures) -> None:
    """`size` clean rows, and one planted difference for about every eight (quick) or seventeen (full) of them."""
    planted = plant(sandbox, 60 if size <= 500 else 600)
    behind = clean(sandbox, size)
    first, seconds = run(2 * GRACE)
    second, seconds_again = run(4 * GRACE)  # a balance that is too high may be money just arriving
    opened = list(Break.objects.filter(closed_at=None))
    again, seconds_then = run(4 * GRACE)

    found = {(one.kind, one.key) for one in opened}
    figures.zero("planted and not found", [f"{it.what} {it.key}" for it in planted if (it.kind, it.key) not in found])
    figures.zero("found where nothing was planted", strangers(planted, opened))
    figures.zero("behind and not brought up to date", Transfer.objects.filter(pk__in=behind).exclude(state="completed"))
    figures.hold("planted in how many rows", f"{len(planted)} in {size}", "12 kinds", holds=True)
    figures.zero("opened again by the next run", Break.objects.count() - len(opened))
    figures.zero("could not be compared", [one.error for one in (first, second, again) if one.error])
    figures.at_most("one run", max(seconds, seconds_again, seconds_then), LONGEST, "s")


def plant(sandbox: Control, count: int) -> list[Planted]:
    """A wallet of its own for every difference, so that what it causes elsewhere is seen as well."""
    return [
        kind(sandbox, holder)
        for holders in batched(planting.holders(sandbox, count), len(KINDS))
        for kind, holder in zip(KINDS, holders, strict=False)
    ]


def clean(sandbox: Control, count: int) -> list[uuid.UUID]:
    """Sends that ended on both sides; of every tenth we have not heard the end yet. Returns those."""
    behind: list[uuid.UUID] = []
    for holder in planting.holders(sandbox, max(count // EACH_HOLDER, 1)):
        for number in range(min(count, EACH_HOLDER)):
            transfer = planting.order(holder)
            if number % 10:
                planting.end(sandbox, transfer)
            else:
                sandbox.settle(str(transfer.oms_id))
                behind.append(transfer.pk)
    return behind


def run(later: timedelta) -> tuple[ReconciliationRun, float]:
    """One comparison, later than anything could still be under way."""
    with time_machine.travel(timezone.now() + later + timedelta(seconds=1)):
        began = time.perf_counter()
        return reconcile(), time.perf_counter() - began


def strangers(planted: list[Planted], opened: list[Break]) -> list[str]:
    """Breaks about nothing that was planted."""
    expected = {(it.kind, it.key) for it in planted}
    allowed = {(kind, it.wallet.pk) for it in planted for kind in it.follows}
    return [
        f"{one.kind} {one.key}"
        for one in opened
        if (one.kind, one.key) not in expected and (one.kind, one.wallet_id) not in allowed
    ]
