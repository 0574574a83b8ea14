"""What SQLite has to be before money is written to it, whatever database the run itself is given."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pysqlite3
import pytest
from django.db.utils import OperationalError

from tests.house import source
from walletapp import sqlite


def run(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    ours = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, *words], env=ours | environment, cwd=source.ROOT, capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip


def test_a_sqlite_with_the_wal_reset_bug_is_refused_at_start() -> None:
    started = run(
        "-c", "from pysqlite3 import dbapi2; dbapi2.sqlite_version_info = (3, 51, 2); import walletapp.settings"
    )
    assert started.returncode != 0
    assert "can corrupt a WAL database" in started.stderr


@pytest.mark.parametrize(
    ("unsafe", "name"),
    [
        ("PRAGMA journal_mode=DELETE", "journal_mode"),
        ("PRAGMA synchronous=NORMAL", "synchronous"),
        ("PRAGMA foreign_keys=OFF", "foreign_keys"),
    ],
)
def test_a_connection_without_the_safe_settings_is_refused(tmp_path: Path, unsafe: str, name: str) -> None:
    file = pysqlite3.connect(tmp_path / "db.sqlite3")
    for setting in sqlite.SETTINGS["OPTIONS"]["init_command"].split(";"):
        file.execute(setting)
    sqlite.require_safe(file.execute)
    file.execute(unsafe)
    with pytest.raises(sqlite.UnsafeDatabase, match=name):
        sqlite.require_safe(file.execute)
    file.close()


def test_every_new_connection_is_looked_at(tmp_path: Path) -> None:
    code = (
        "import django; django.setup(); from django.db import connection; from walletapp import sqlite;"
        "sqlite.SAFE['synchronous'] = 3; connection.ensure_connection()"
    )
    asked = run("-c", code, WALLETAPP_DATA=str(tmp_path), DJANGO_SETTINGS_MODULE="walletapp.settings")
    assert "SQLite's synchronous is 2 and has to be 3" in asked.stderr


class Writer:
    """A connection of Django's, as far as a turn at writing is concerned."""

    def __init__(self, path: Path) -> None:
        self.raw = pysqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.context = {"connection": SimpleNamespace(connection=self.raw)}

    def begin(self) -> None:
        sqlite.take_turn(self._execute, sqlite.BEGIN, None, False, self.context)

    def _execute(self, sql: str, *_: object) -> object:
        try:
            return self.raw.execute(sql)
        except pysqlite3.OperationalError as error:
            raise OperationalError(str(error)) from error


def test_a_writer_asks_for_its_turn_every_few_milliseconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = Writer(tmp_path / "db"), Writer(tmp_path / "db")
    first.begin()
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 5:
            first.raw.execute("COMMIT")

    monkeypatch.setattr("walletapp.sqlite.time.sleep", wait)
    second.begin()
    assert second.raw.in_transaction
    assert len(waits) == 5
    assert max(waits) <= 0.005
    assert second.raw.execute("PRAGMA busy_timeout").fetchone() == (sqlite.PATIENCE * 1000,)


def test_a_writer_whose_turn_never_comes_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "PATIENCE", 0.02)
    first, second = Writer(tmp_path / "db"), Writer(tmp_path / "db")
    first.begin()
    with pytest.raises(OperationalError, match="locked"):
        second.begin()
    first.raw.execute("ROLLBACK")
    second.begin()


def test_what_is_worth_no_waiting_asks_whether_it_could_write_at_once(tmp_path: Path) -> None:
    first, second = Writer(tmp_path / "db"), Writer(tmp_path / "db")
    of_django = SimpleNamespace(
        vendor="sqlite", in_atomic_block=False, ensure_connection=lambda: None, connection=second.raw
    )
    assert sqlite.could_write_at_once(of_django)
    first.begin()
    assert not sqlite.could_write_at_once(of_django)
    first.raw.execute("ROLLBACK")
    assert sqlite.could_write_at_once(of_django)
    assert not second.raw.in_transaction
    assert second.raw.execute("PRAGMA busy_timeout").fetchone() == (sqlite.PATIENCE * 1000,)


def test_a_damaged_file_is_not_worked_on(tmp_path: Path) -> None:
    good = run("manage.py", "migrate", "audit", "--verbosity", "0", WALLETAPP_DATA=str(tmp_path))
    assert good.returncode == 0, good.stderr
    file = tmp_path / "db.sqlite3"
    content = bytearray(file.read_bytes())
    content[4096 * 3 : 4096 * 6] = b"\xff" * 4096 * 3
    file.write_bytes(content)
    refused = run("manage.py", "migrate", "--verbosity", "0", WALLETAPP_DATA=str(tmp_path))
    assert refused.returncode != 0
    assert "audit.E001" in refused.stderr
