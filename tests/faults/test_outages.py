"""Row 7: OMS dark or half dark, the database killed or locked, the broker killed, flushed or away, while people send.

Meanwhile pages answer from what is stored, with its time; a page that speaks of a transfer says nothing that is not so
at OMS; afterwards what waited is done within minutes, and nothing is lost.
"""

import random
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace

import psycopg
import pytest
import requests

from tests.faults import invariants
from tests.faults.figures import Figures
from tests.faults.ground import Ground
from tests.faults.holder import Holder
from tests.faults.traffic import sending
from tests.own_time import clock

ROW = 7
SIZES = {"quick": 1, "full": 20}
DARK_SECONDS, DRAIN_SECONDS = 6, 300
SAID = re.compile(r'<section[^>]*aria-label="Status">(.*?)</h2>', re.DOTALL)


@contextmanager
def oms_dark(ground: Ground) -> Iterator[None]:
    """Nobody answers at OMS's address."""
    ground.net.set("oms", down=True)
    yield
    ground.net.set("oms")


@contextmanager
def oms_silent(ground: Ground) -> Iterator[None]:
    """OMS takes connections and says nothing."""
    ground.net.set("oms", timeout=True)
    yield
    ground.net.set("oms")


@contextmanager
def oms_half_dark(ground: Ground) -> Iterator[None]:
    """Prices are given and orders are not taken."""
    rule = ground.control.fault("errorBefore", status=503, method="POST", path="/transactions$")
    yield
    ground.control.delete(f"rules/{rule['id']}")


@contextmanager
def database_killed(ground: Ground) -> Iterator[None]:
    """Every connection to the database is cut five times a second: by its server, or by the network on SQLite's side.

    SQLite has no server; there the programs that have it open are what dies, which is row 2, so its writers wait here.
    """
    if not ground.database_url:
        with database_locked(ground):
            yield
        return
    over = threading.Event()

    def kill() -> None:
        with psycopg.connect(ground.database_url, autocommit=True) as own:
            while not over.wait(0.2):
                own.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

    killer = threading.Thread(target=kill)
    killer.start()
    yield
    over.set()
    killer.join()


@contextmanager
def database_locked(ground: Ground) -> Iterator[None]:
    """Somebody holds what every writer needs."""
    with ExitStack() as stack:
        if ground.database_url:
            holder = stack.enter_context(psycopg.connect(ground.database_url))
            holder.execute("LOCK TABLE transfers_transfer, wallet_wallet IN EXCLUSIVE MODE")
            yield
            holder.rollback()
        else:
            file = sqlite3.connect(ground.database, isolation_level=None)
            stack.callback(file.close)
            file.execute("BEGIN IMMEDIATE")
            yield
            file.execute("ROLLBACK")


@contextmanager
def broker_killed(ground: Ground) -> Iterator[None]:
    """The broker dies with -9 and is there again after the outage."""
    ground.broker.kill()
    yield
    ground.broker.start()


@contextmanager
def broker_flushed(ground: Ground) -> Iterator[None]:
    """Everything the broker and the cache knew is gone: bells, leases of the broker, tokens, limits."""
    ground.broker.client.flushall()
    yield
    ground.broker.client.flushall()


@contextmanager
def broker_away(ground: Ground) -> Iterator[None]:
    """The broker lives, and the way to it does not."""
    ground.net.set("redis", down=True)
    yield
    ground.net.set("redis")


type Outage = Callable[[Ground], AbstractContextManager[None]]
OUTAGES = (
    oms_dark, oms_silent, oms_half_dark, database_killed, database_locked, broker_killed, broker_flushed, broker_away,
)  # fmt: skip
BUSY = (database_killed, database_locked)  # then a page may be a plain 503


@dataclass
class Reader:
    """Somebody who keeps looking at the dashboard and at their last transfers, and writes down what was wrong."""

    ground: Ground
    holder: Holder
    transfers: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    without_time: list[str] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)
    looked: int = 0

    def look_for(self, seconds: float) -> None:
        over = time.monotonic() + seconds
        while time.monotonic() < over:
            with suppress(requests.RequestException):
                self.look()
            time.sleep(0.2)

    def look(self) -> None:
        page = self.holder.get("/home/")
        if page.status_code != 200:
            self.broken.append(f"/home/ {page.status_code}")
        elif not re.search(r"As of|Last known", page.text):
            self.without_time.append(f"/home/ of {self.holder.email}")
        for transfer in self.transfers[-4:]:
            self.read(transfer)
        self.looked += 1

    def read(self, transfer: str) -> None:
        """A page may lag behind OMS, and never be ahead of it."""
        page = self.holder.get(f"/transfers/{transfer}/")
        if page.status_code != 200:
            self.broken.append(f"/transfers/ {page.status_code}")
        found = SAID.search(page.text)
        said = " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""
        sql = f"SELECT status FROM transactions WHERE doc LIKE '%{transfer}%'"
        became = [status for (status,) in self.ground.sandbox(sql)]
        if (said.startswith("Done") and became != ["completed"]) or (
            said.startswith("Did not happen") and set(became) - {"failed"}
        ):
            self.untrue.append(f"{transfer}: the page says {said[:60]!r}, OMS {became}")


def measure(ground: Ground, size: int, seed: int, figures: Figures, outage: "Outage" = oms_dark) -> None:
    """`size` times this outage under traffic."""
    ground.calm()
    holders, draw = ground.people(12)[:4], random.Random(f"{seed} {outage.__name__}")
    alarms = len(ground.books.ask("breaks"))
    sender = holders[0]
    looker = replace(sender, session=requests.Session(), lock=threading.Lock(), saw=[])
    looker.sign_in()
    drained, name = [], outage.__name__.replace("_", " ")
    reader = Reader(ground, looker)
    for _ in range(size):
        with sending(holders, draw, pause=0.2) as sent:
            reader.transfers = sent.of[sender.email]
            time.sleep(1)
            with outage(ground):
                reader.look_for(DARK_SECONDS)
            time.sleep(1)
        drained.append(_drained(ground))
    figures.hold(f"{name}: looks at pages", reader.looked, f">= {3 * size}", reader.looked >= 3 * size)
    figures.zero(f"{name}: pages that did not answer from what is stored", [] if outage in BUSY else reader.broken)
    figures.zero(f"{name}: balances without their time", reader.without_time)
    figures.zero(f"{name}: untrue statements", reader.untrue)
    bad = [it for holder in [*holders, looker] for it in holder.saw if not it.startswith("503")]
    figures.zero(f"{name}: pages that broke (5xx but a plain 503)", bad)
    figures.at_most(f"{name}: all done after it", max(drained), DRAIN_SECONDS, "s")
    invariants.check(ground, figures, kept_alarms=alarms)


def _drained(ground: Ground) -> float:
    began = clock()
    with suppress(TimeoutError):
        return ground.at_rest(DRAIN_SECONDS + 60)
    return clock() - began


@pytest.mark.parametrize("outage", OUTAGES, ids=lambda it: it.__name__)
def test_an_outage_costs_time_and_nothing_else(
    outage: Outage, ground: Ground, size: int, seed: int, figures: Figures
) -> None:
    measure(ground, size, seed, figures, outage)
