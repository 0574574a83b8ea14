"""The demo as a stage for tests: its own supervisor with everything it starts, on a folder and ports of its own.

One for each way of running it, kept for the whole test run. Where DATABASE_URL and REDIS_URL are given, the stage uses
a database and a Redis number of its own there. Nothing here touches the wallet's tables: what tests see is pages, the
demo's mailbox, the sandbox's control room, and commands of manage.py.
"""

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dj_database_url
import redis

from tests.control import Control
from tests.running import Demo, clean_environment, running_demo
from walletapp.demo.plan import CHECKOUT, PYTHON

# How long an authenticator app shows a code here: nobody wants to wait half a minute for the next one.
CODE_SECONDS = 1

_CROWD = 12

# How fast things happen by themselves while nobody asks for something else.
BRISK: dict[str, object] = {
    "auto": True,
    "kycSeconds": 1,
    "settleSeconds": 1,
    "achSeconds": 1,
    "wireSeconds": 1,
    "returnSeconds": 1,
    "autoPaySeconds": 0,
    "quoteSeconds": 60,
    "codeSeconds": 3600,
}


@dataclass(frozen=True)
class Stage:
    """A demo that is up, and everybody else's side of it."""

    demo: Demo
    control: Control
    environment: dict[str, str]
    funding: str
    crowd: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.demo.site_url

    def calm(self) -> None:
        """No faults, and the clocks of the beginning. Called before every test."""
        self.control.no_faults()
        self.control.settings(**BRISK)

    def somebody_new(self, password: str) -> str:
        """The e-mail of a verified customer nobody has met. Made by the dozen: to start a program takes long."""
        if not self.crowd:
            door = f"{self.demo.sandbox_url}/control/api"
            made = self.manage("seed_demo", "--crowd", str(_CROWD), "--password", password, "--control", door)
            self.crowd.extend(made.split())
        return self.crowd.pop()

    def manage(self, *words: str) -> str:
        """Run a command of manage.py on the stage's own data; what it printed. Raises when it says no."""
        ran = subprocess.run(
            [PYTHON, "manage.py", *words],
            cwd=CHECKOUT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if ran.returncode:
            raise AssertionError(f"manage.py {' '.join(words)} said no: {ran.stdout[-2000:]}{ran.stderr[-2000:]}")
        return ran.stdout


@contextmanager
def staged(
    folder: Path, *, funding: str = "quote", seed: bool = False, own_broker: bool = False, **chosen: str
) -> Iterator[Stage]:
    """Start a demo in `folder`. `funding` is OMS_CASH_FUNDING; `chosen` are more settings.

    Of the demo's own people there is the staff alone, unless it is to `seed` the others. With `own_broker` it runs its
    embedded Valkey even where a Redis is given.
    """
    with _backends(own_broker) as backends:
        env = {
            "OMS_CASH_FUNDING": funding,
            "LOG_LEVEL": "INFO",
            "TOTP_SECONDS": str(CODE_SECONDS),
            **backends,
            **chosen,
        }
        with running_demo(folder, env=env, sandbox_settings=BRISK, seed=seed, seconds=240) as demo:
            yield Stage(demo, Control(demo.sandbox_url), _environment(demo, env), funding)


def _environment(demo: Demo, env: dict[str, str]) -> dict[str, str]:
    """What a command needs to work on the demo's data."""
    ours = {
        "DEMO": "1",
        "DEBUG": "0",
        "PORT": demo.site_url.rpartition(":")[2],
        "SANDBOX_PORT": demo.sandbox_url.rpartition(":")[2],
        "SITE_URL": demo.site_url,
        "WALLETAPP_DATA": str(demo.data),
        "REDIS_URL": demo.facts()["redis_url"],
    }
    return clean_environment(env | ours)


@contextmanager
def _backends(own_broker: bool) -> Iterator[dict[str, str]]:
    """A PostgreSQL database and a Redis number for one stage, when servers are given; else nothing."""
    given: dict[str, str] = {}
    admin = os.environ.get("DATABASE_URL", "")
    name = f"stage_{secrets.token_hex(4)}"
    if admin.startswith("postgres"):
        run_sql(admin, f'CREATE DATABASE "{name}"')
        given["DATABASE_URL"] = f"{admin.rpartition('/')[0]}/{name}"
    # tests/surroundings.py sets one of its own when none is given, and says so.
    if os.environ.get("REDIS_URL") and "WALLETAPP_TEST_VALKEY" not in os.environ and not own_broker:
        given["REDIS_URL"] = _free_redis_number(os.environ["REDIS_URL"])
    try:
        yield given
    finally:
        if "REDIS_URL" in given:
            redis.Redis.from_url(given["REDIS_URL"]).flushdb()
        if "DATABASE_URL" in given:
            run_sql(admin, f'DROP DATABASE "{name}" WITH (FORCE)')


def _free_redis_number(url: str) -> str:
    """One of the upper numbers of that Redis; the lower ones belong to the processes of the test run."""
    server = url.rpartition("/")[0] if url.count("/") > 2 else url
    for number in range(15, 7, -1):
        candidate = f"{server}/{number}"
        client = redis.Redis.from_url(candidate)
        if client.dbsize() == 0 and client.set("stage", "taken", nx=True):
            return candidate
    raise RuntimeError("every number of the given Redis is in use")


def run_sql(url: str, statement: str) -> None:
    """Run one statement on a PostgreSQL server, outside any transaction."""
    import psycopg

    place: dict[str, Any] = dict(dj_database_url.parse(url))
    with psycopg.connect(
        host=place["HOST"], port=place["PORT"] or 5432, user=place["USER"], password=place["PASSWORD"] or None,
        dbname=place["NAME"], autocommit=True,
    ) as connection:  # fmt: skip
        connection.execute(statement.encode())
