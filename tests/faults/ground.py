"""The ground a row stands on: the whole demo in its own processes, a bad network to be, people with money, the books.

The wallet reaches OMS, Redis and PostgreSQL through the fault proxy. DATABASE_URL decides the engine; the broker is
always a Valkey of the ground's own, because it is killed. Everything is on loopback, in one folder, and ends with it.
"""

import os
import secrets
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dj_database_url
import redis

from tests.browser.stage import run_sql
from tests.control import Control
from tests.faults.books import Books
from tests.faults.holder import Holder
from tests.faults.proxy import Proxies, proxies
from tests.own_time import clock
from tests.running import Demo, clean_environment, start_demo
from walletapp.demo import broker
from walletapp.demo.ground import free_ports
from walletapp.demo.plan import CHECKOUT, PYTHON
from walletapp.faultpoints import POINTS

# How the sandbox behaves while a row wants nothing else. A price is short, so that what hangs is decided soon.
CALM: dict[str, object] = {
    "auto": True, "kycSeconds": 0.2, "settleSeconds": 0.3, "autoPaySeconds": 0, "quoteSeconds": 20,
    "achSeconds": 0.3, "wireSeconds": 0.3, "returnSeconds": 0.5,
    "tokenSeconds": 3600,
    "webhookBackoff": [1, 2, 3, 5, 5, 5, 5, 10, 10, 10, 30, 30, 60],
}  # fmt: skip
WALLET = {"TOTP_SECONDS": "1", "LOG_LEVEL": "INFO", "OMS_ABSENCE_SECONDS": "5", "QUOTES_A_MINUTE": "1000000"}


class Broker:
    """The Valkey behind the proxy: killed and started again by the test."""

    def __init__(self, data: Path, folder: Path) -> None:
        self.data, self.folder = data, folder
        self.start()

    @property
    def client(self) -> "redis.Redis":
        """The straight way, past the proxy."""
        return redis.Redis.from_url(broker.redis_url(self.folder), socket_timeout=5)

    def start(self) -> None:
        command = broker.program(self.data, self.folder).command
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until("the broker", 10, lambda: broker.answers(self.folder))

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@dataclass
class Ground:
    """Everything a row can do to the wallet, and everybody it can do it with."""

    demo: Demo
    control: Control
    net: Proxies
    broker: Broker
    books: Books
    points: Path
    environment: dict[str, str]
    database_url: str  # the straight way to PostgreSQL, "" on SQLite
    starting: dict[str, Any]  # how the demo was started, to start it again
    holders: list[Holder] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.demo.site_url

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.demo.data / "db.sqlite3"

    def calm(self) -> None:
        """A good network, no rules, no armed points."""
        for name in ("oms", "redis", "database"):
            self.net.set(name)
        self.control.no_faults()
        self.control.settings(**CALM)
        for file in self.points.iterdir():
            file.unlink(missing_ok=True)
        for holder in self.holders:
            holder.saw.clear()

    def people(self, count: int, amount: str = "900") -> list[Holder]:
        """So many holders, signed in. Those that are there already are taken first."""
        missing = count - len(self.holders)
        if missing > 0:
            names = [f"holder-{secrets.token_hex(4)}" for _ in range(missing)]
            made = self.books.ask(
                "make_people", names=names, amount=amount, control=f"{self.control.base_url}/control/api"
            )
            fresh = [Holder(self.url, self.control, **it) for it in made]
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(Holder.sign_in, fresh))
            self.holders += fresh
        return self.holders[:count]

    def arm(self, point: str, nth: int = 1) -> None:
        """The n-th pass of this point, in whatever process, is its process's last."""
        assert point in POINTS
        (self.points / f"{point}.0").unlink(missing_ok=True)
        (self.points / f"{point}.{nth}").touch()

    def has_fired(self, point: str) -> bool:
        return (self.points / f"{point}.0").exists()

    def sandbox(self, sql: str) -> list[Any]:
        """Ask the sandbox's own file. Reads only."""
        with sqlite3.connect(f"file:{self.demo.data / 'sandbox.sqlite3'}?mode=ro", uri=True, timeout=20) as db:
            return db.execute(sql).fetchall()

    def at_rest(self, seconds: float, mark: str = "", *, is_told: bool = True) -> float:
        """Wait until OMS has nothing under way and no transfer is open, no delivery waits, and what came by bank is
        known here (unless OMS's deliveries are kept back); the seconds it took. Raises TimeoutError."""
        began = clock()

        def is_done() -> bool:
            if self.sandbox("SELECT 1 FROM jobs WHERE kind IN ('settle', 'returnPayout') LIMIT 1"):
                return False
            waiting = self.books.ask("events", mark=mark)
            if self.books.ask("open_transfers") or {"received", "parked"} & set(waiting):
                return False
            return not is_told or not self.arrivals_at_oms() - set(self.books.ask("arrivals"))

        wait_until("everything is final", seconds, is_done, pause=0.5)
        return clock() - began

    def arrivals_at_oms(self) -> set[str]:
        """OMS's transactions for what banks brought or sent back."""
        return {
            key for (key,) in self.sandbox("SELECT transaction_id FROM journal WHERE kind IN ('bankDeposit', 'return')")
        }

    def stop(self) -> None:
        """Stop every program, and read no books: nobody has the database open."""
        self.books.close()
        self.demo.stop()

    def start(self) -> None:
        """Start them again where they were."""
        self.demo = start_demo(self.demo.data, **self.starting)
        self.books = Books(self.environment, self.demo.data / "logs" / "books.log")

    def manage(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [PYTHON, "manage.py", *words], cwd=CHECKOUT, env=self.environment, capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip


@contextmanager
def grounded(folder: Path, *, people: int = 12, settings: Mapping[str, str] | None = None) -> Iterator[Ground]:
    """Start a ground in `folder`. `settings`: of the wallet, on top of what it needs."""
    with ExitStack() as stack:
        net = stack.enter_context(proxies())
        valkey = Broker(folder, broker.socket_folder())
        stack.callback(valkey.kill)
        ports = free_ports(2)
        ways = {"oms": net.open("oms", "127.0.0.1", ports[1])}
        ways["redis"] = net.open("redis", str(valkey.folder / "valkey.sock"))
        straight, through = stack.enter_context(_database(net))
        points = folder / "points"
        points.mkdir(parents=True)
        environment = {
            **WALLET, **through, "REDIS_URL": f"redis://127.0.0.1:{ways['redis']}/0",
            "WALLETAPP_FAULTPOINTS": str(points), **(settings or {}),
        }  # fmt: skip
        oms_url = f"http://localhost:{ways['oms']}/v0.9"
        how: dict[str, Any] = {
            "env": environment, "seed": False, "seconds": 240, "ports": (ports[0], ports[1]), "oms_url": oms_url,
            "sandbox_settings": CALM,
        }  # fmt: skip
        demo = start_demo(folder, **how)
        ours = _environment(demo, environment | ({"DATABASE_URL": straight} if straight else {}), oms_url)
        books = Books(ours, folder / "logs" / "books.log")
        ground = Ground(demo, Control(demo.sandbox_url), net, valkey, books, points, ours, straight, how)
        stack.callback(ground.stop)
        ground.people(people)
        yield ground


def _environment(demo: Demo, env: Mapping[str, str], oms_url: str) -> dict[str, str]:
    """What a command needs to work on the ground's data, without crash points."""
    ours = {
        "DEMO": "1", "DEBUG": "0", "PORT": demo.site_url.rpartition(":")[2], "SITE_URL": demo.site_url,
        "OMS_BASE_URL": oms_url, "WALLETAPP_DATA": str(demo.data),
    }  # fmt: skip
    return clean_environment({name: value for name, value in env.items() if name != "WALLETAPP_FAULTPOINTS"} | ours)


@contextmanager
def _database(net: Proxies) -> Iterator[tuple[str, dict[str, str]]]:
    """A database of its own where PostgreSQL is given: the straight way to it, and the setting that goes the other."""
    admin = os.environ.get("DATABASE_URL", "")
    if not admin.startswith("postgres"):
        net.open("database", "127.0.0.1", 9)
        yield "", {}
        return
    name, place = f"faults_{secrets.token_hex(4)}", dj_database_url.parse(admin)
    run_sql(admin, f'CREATE DATABASE "{name}"')
    port = net.open("database", str(place["HOST"]), int(place["PORT"] or 5432))
    login = f"{place['USER']}:{place['PASSWORD']}" if place["PASSWORD"] else str(place["USER"])
    try:
        yield f"{admin.rpartition('/')[0]}/{name}", {"DATABASE_URL": f"postgres://{login}@127.0.0.1:{port}/{name}"}
    finally:
        run_sql(admin, f'DROP DATABASE "{name}" WITH (FORCE)')


def wait_until(what: str, seconds: float, true: Callable[[], object], pause: float = 0.05) -> None:
    """Poll until it is so. Raises TimeoutError."""
    give_up = clock() + seconds
    while not true():
        if clock() > give_up:
            raise TimeoutError(f"not within {seconds} s: {what}")
        time.sleep(pause)
