"""Fixtures every test may ask for: the sandbox as a real process, its control room, the three people, time, workers."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from waffle import get_waffle_flag_model, get_waffle_switch_model

from tests import surroundings
from tests.control import Control
from walletapp import celery, features
from walletapp.audit.append_only import protect, protected_tables, unprotect
from walletapp.oms import client, sockets

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Without it the bells of a test would knock at a broker that is not ours (RabbitMQ on this machine).
celery.app.set_default()

# Hashing is slow on purpose; hundreds of sign-ins in a test run are not what it is meant to slow down.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# A busy machine is no fault of OMS. Tests of these limits set their own.
sockets.CONNECT_SECONDS, sockets.SILENCE_SECONDS = 30.0, 60.0

# An authenticator app's next code comes in a second instead of half a minute. Each is taken once all the same.
settings.MFA_TOTP_PERIOD, settings.MFA_TOTP_TOLERANCE = 1, 29

# Nor is waiting so that answers take the same time, which has a test of its own.
settings.EVEN_ANSWER_SECONDS = 0

# Static files are not collected for a test run, so there is no list of hashed names to look them up in.
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


# Whole files go to a worker, so the long ones go first: otherwise one of them is begun last and the others wait for it.
_LONG = (
    "tests/journeys/test_killed",
    "tests/demo/",
    "tests/sandbox/test_contract",
    "tests/journeys/",
    "tests/sandbox/",
)


def _is_the_same_on_every_database(item: pytest.Item) -> bool:
    """A test that starts no programs and has no database would only be run a second time."""
    starts_programs = item.get_closest_marker("browser") or item.get_closest_marker("faults")
    asks = item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return not (starts_programs or asks)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get("DATABASE_URL"):
        again = [item for item in items if _is_the_same_on_every_database(item)]
        items[:] = [item for item in items if item not in set(again)]
        config.hook.pytest_deselected(items=again)

    def wait(item: pytest.Item) -> int:
        return next((place for place, name in enumerate(_LONG) if item.nodeid.startswith(name)), len(_LONG))

    items.sort(key=wait)


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Control]:
    """One sandbox for this test process. Nothing happens in it by itself: tests play everybody."""
    port = surroundings.SANDBOX_PORT
    command = [sys.executable, "-m", "walletapp.sandbox", "--port", str(port), "--no-auto"]
    command += ["--data", str(surroundings.FOLDER / "sandbox.sqlite3")]
    log = (surroundings.FOLDER / "sandbox.log").open("wb")
    with subprocess.Popen(command, stdout=log, stderr=log) as process:
        control = Control(f"http://localhost:{port}")
        try:
            _wait_for(control, process, log.name)
            yield control
        finally:
            process.terminate()
            log.close()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Browser"]:
    """One Chromium for this test process. Here, because Playwright runs but once in a process."""
    from tests.browser import looking
    from tests.browser.chromium import chromium

    run = tmp_path_factory.getbasetemp()
    looking.seen_in = (run.parent if "PYTEST_XDIST_WORKER" in os.environ else run) / "states-seen"
    with chromium() as browser:
        yield browser


def _wait_for(control: Control, process: "subprocess.Popen[bytes]", log: str) -> None:
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        try:
            control.get("health")
        except requests.RequestException:
            if process.poll() is not None:
                break
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the sandbox did not start: {Path(log).read_text()[-2000:]}")


@pytest.fixture
def sandbox(sandbox_process: Control) -> Control:
    """The sandbox, emptied, with the settings it starts with. The client's token and breakers are forgotten too."""
    sandbox_process.reset()
    cache.clear()
    client._clients.clear()
    return sandbox_process


@pytest.fixture(autouse=True, scope="session")
def _guarded_tables_can_be_emptied() -> Iterator[None]:
    """Between tests that really commit Django empties every table; those that refuse it look away for that moment."""
    empty = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def empty_all(case: TransactionTestCase) -> None:
        tables = protected_tables(connection)
        for table in tables:
            unprotect(connection, table)
        empty(case)
        for table in tables:
            protect(connection, table)
        _make_flags_and_switches()

    TransactionTestCase._fixture_teardown = empty_all  # type: ignore[attr-defined]
    yield
    TransactionTestCase._fixture_teardown = empty  # type: ignore[attr-defined]


def _make_flags_and_switches() -> None:
    """As the migrations do."""
    flags, switches = get_waffle_flag_model().objects, get_waffle_switch_model().objects
    for name, note in features.FLAGS.items():
        flags.get_or_create(name=name, defaults={"note": note, "superusers": False})
    for name, note in features.SWITCHES.items():
        switches.get_or_create(name=name, defaults={"note": note, "active": features.AS_USUAL[name]})


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    """Rate limits and once-only marks of one test are not the next one's."""
    yield
    cache.clear()
