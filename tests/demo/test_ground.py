"""Before the demo starts: its ports, its folder, its broker."""

import os
import shutil
import socket
import sqlite3
import stat
import subprocess
import time
from pathlib import Path

import pytest
import redis

from tests.running import clean_environment
from walletapp.demo import broker, ground
from walletapp.demo.plan import CHECKOUT, PYTHON, Plan


def demo(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [PYTHON, "-m", "walletapp.demo", *arguments],
        cwd=CHECKOUT, env=clean_environment(environment), capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_port_in_use_is_one_sentence_that_names_another(tmp_path: Path, address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, 0), family=family) as taken:
        port = taken.getsockname()[1]
        answer = demo("--data", str(tmp_path), "--port", str(port), "--sandbox-port", str(ground.free_ports(1)[0]))
    assert answer.returncode == 1
    assert len(answer.stdout.splitlines()) == 1
    assert f"Port {port} is in use" in answer.stdout
    assert "make demo PORT=" in answer.stdout


def test_the_sandboxs_port_is_looked_at_too(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = demo("--data", str(tmp_path), "--port", str(ground.free_ports(1)[0]), "--sandbox-port", str(port))
    assert "make demo SANDBOX_PORT=" in answer.stdout


def test_two_equal_ports_are_refused(tmp_path: Path) -> None:
    answer = demo("--data", str(tmp_path), "--port", "18123", "--sandbox-port", "18123")
    assert (answer.returncode, answer.stdout) == (1, "PORT and SANDBOX_PORT must differ.\n")


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_a_port_that_is_no_port_is_refused_in_words(port: str) -> None:
    answer = demo(PORT=port)
    assert answer.returncode == 1
    assert "PORT must be a port number" in answer.stderr


def test_tables_that_cannot_be_brought_up_to_date_are_said_with_what_helps(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "db.sqlite3") as db:
        db.execute("CREATE TABLE django_migrations (id INTEGER PRIMARY KEY, app TEXT, name TEXT, applied TEXT)")
        db.execute("INSERT INTO django_migrations VALUES (1, 'account', '0001_initial', '2026-01-01')")
    answer = subprocess.run(
        [PYTHON, "manage.py", "prepare_demo"], cwd=CHECKOUT, capture_output=True, text=True, timeout=100, check=False,
        env=clean_environment({"DEMO": "1", "WALLETAPP_DATA": str(tmp_path)}),
    )  # fmt: skip
    assert answer.returncode != 0
    assert "`make demo-reset` forgets that demo" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_reset_empties_the_folder(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "db.sqlite3").write_text("old")
    assert demo("--data", str(tmp_path), "--reset").returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_reset_refuses_while_a_demo_runs(tmp_path: Path) -> None:
    plan = Plan(data=tmp_path)
    ground.prepare_folder(plan)
    plan.record.write_text(f'{{"supervisor": {os.getpid()}}}')
    lock = ground.lock_folder(plan)
    answer = demo("--data", str(tmp_path), "--reset")
    os.close(lock)
    assert answer.returncode == 1
    assert "already running" in answer.stdout
    assert plan.record.exists()


def test_the_broker_can_be_reached_by_its_user_only(tmp_path: Path) -> None:
    with broker.embedded_valkey(tmp_path) as url:
        path = Path(url.removeprefix("unix://").partition("?")[0])
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
        assert len(str(path)) < 108
        assert redis.Redis.from_url(url).config_get("port")["port"] == "0"
    assert not path.parent.exists()


def test_the_broker_keeps_what_it_took_over_a_kill_minus_9(tmp_path: Path) -> None:
    folder = broker.socket_folder()
    for expected in (None, b"kept"):
        with subprocess.Popen(broker.program(tmp_path, folder).command, stdout=subprocess.DEVNULL) as server:
            while not broker.answers(folder):
                time.sleep(0.02)
            client = redis.Redis.from_url(broker.redis_url(folder))
            assert client.get("bell") == expected
            client.set("bell", "kept")
            server.kill()
    shutil.rmtree(folder)


def test_a_long_temporary_folder_does_not_make_the_socket_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    folder = broker.socket_folder()
    assert len(broker.redis_url(folder)) < 120
    assert not list(long.iterdir())
    folder.rmdir()
