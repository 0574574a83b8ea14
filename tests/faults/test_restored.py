"""Row 8: a backup is put back, and many sends were made after it.

The copy knows some of them as drafts, some as confirmed and not yet given to OMS, most not at all. Nothing may be sent
again, and every one of them has to end as what it was, because the wallet compares before it sends.
"""

import os
import random
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from tests.browser.stage import run_sql
from tests.faults import invariants
from tests.faults.figures import Figures
from tests.faults.ground import Ground, grounded, wait_until
from tests.faults.traffic import errands, send_many

ROW = 8
SIZES = {"quick": 20, "full": 200}
HEALED_WITHIN = 300
BEFORE = 6  # sends before the backup, drafts in it, and confirmed ones in it that OMS has not seen


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """One of its own: its database goes back in time."""
    with grounded(tmp_path_factory.mktemp("restored"), people=6) as ground:
        yield ground


def measure(ground: Ground, size: int, seed: int, figures: Figures) -> None:
    """`size` sends after the backup."""
    ground.calm()
    holders, draw = ground.people(6), random.Random(seed)
    alarms = len(ground.books.ask("breaks"))
    send_many(holders, BEFORE, draw)
    ground.at_rest(180)
    ground.control.settings(quoteSeconds=120)
    drawn = islice((it for it in errands(holders, draw) if it.to), 2 * BEFORE)
    drafts = [(it.holder, it.holder.draft(it.to, it.amount)) for it in drawn]
    ground.net.set("redis", down=True)  # so that no worker hears of what is confirmed now
    for holder, draft in drafts[:BEFORE]:
        holder.confirm(draft)
    ground.stop()
    back_up(ground)
    ground.net.set("redis")  # nothing comes up without it
    ground.start()
    ground.calm()
    for holder, draft in drafts[BEFORE:]:
        holder.confirm(draft)
    sent = send_many(holders, size, draw)
    ground.at_rest(120)
    executed = invariants.outgoing(ground)
    ground.stop()
    put_back(ground)
    ground.start()
    wait_until("all was compared", HEALED_WITHIN, lambda: all(done for _, done in standstills(ground)), pause=0.5)
    seconds = ground.at_rest(HEALED_WITHIN)
    noticed = [why for why, _ in standstills(ground)]
    figures.hold("the older copy was noticed", "; ".join(noticed) or "no", "yes", bool(noticed))
    figures.hold("movements after the backup", sent.told, str(size), sent.count == size)
    figures.zero("paid again", len(invariants.outgoing(ground)) - len(executed))
    figures.at_most("all final after that", seconds, 60, "s")
    invariants.check(ground, figures, kept_alarms=alarms)


def standstills(ground: Ground) -> list[tuple[str, bool]]:
    return [(why, done) for why, done in ground.books.ask("standstills")]


def back_up(ground: Ground) -> None:
    """A copy of the database, while nobody has it open."""
    if ground.database_url:
        name = ground.database_url.rpartition("/")[2]
        run_sql(os.environ["DATABASE_URL"], f'CREATE DATABASE "{name}_copy" TEMPLATE "{name}"')
        return
    for file in _files(ground):
        shutil.copy2(file, file.with_name(f"copy-{file.name}"))


def put_back(ground: Ground) -> None:
    """The copy in the place of the database."""
    if ground.database_url:
        admin, name = os.environ["DATABASE_URL"], ground.database_url.rpartition("/")[2]
        run_sql(admin, f'DROP DATABASE "{name}" WITH (FORCE)')
        run_sql(admin, f'ALTER DATABASE "{name}_copy" RENAME TO "{name}"')
        return
    for file in _files(ground):
        file.unlink()
    for copy in ground.demo.data.glob("copy-*"):
        copy.rename(copy.with_name(copy.name.removeprefix("copy-")))


def _files(ground: Ground) -> list[Path]:
    return sorted(ground.demo.data.glob("db.sqlite3*"))


def test_after_a_restore_nothing_is_sent_twice(ground: Ground, size: int, seed: int, figures: Figures) -> None:
    measure(ground, size, seed, figures)
