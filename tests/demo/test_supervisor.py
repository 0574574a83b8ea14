"""The supervisor with small programs: what dies is started again, and nothing is ever left behind."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.own_time import clock
from tests.running import wait_until
from walletapp.demo.plan import CHECKOUT, PYTHON


class Stage:
    """A supervisor that runs stage.py's programs."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.process = subprocess.Popen([PYTHON, "-m", "tests.demo.stage", str(data)], cwd=CHECKOUT)
        wait_until(lambda: self.facts().get("ready", False) and bool(self.grandchildren()), 10, "the stage is up")

    def facts(self) -> dict[str, Any]:
        try:
            facts: dict[str, Any] = json.loads((self.data / "pids.json").read_text())
        except (OSError, ValueError):
            return {}
        return facts

    def grandchildren(self) -> list[int]:
        path = self.data / "grandchildren"
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def everybody(self) -> list[int]:
        facts = self.facts()
        return [facts["reaper"], *facts["children"].values(), *self.grandchildren()]

    def pid(self, name: str) -> int:
        return int(self.facts()["children"][name])


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    yield stage
    stage.process.kill()
    stage.process.wait()


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # A zombie whose parent does not look is dead all the same.
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_killed_program_runs_again_within_five_seconds(stage: Stage) -> None:
    first = stage.pid("parent")
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: stage.pid("parent") not in {0, first}, 5, "another parent")


def test_a_killed_program_leaves_no_grandchild(stage: Stage) -> None:
    grandchild = stage.grandchildren()[0]
    os.kill(stage.pid("parent"), signal.SIGKILL)
    wait_until(lambda: is_gone(grandchild), 5, "the grandchild is gone")


def test_a_program_that_keeps_dying_is_started_again_each_time_within_five_seconds(stage: Stage) -> None:
    for _ in range(4):
        pid = stage.pid("deaf")
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda pid=pid: stage.pid("deaf") not in {0, pid}, 5, "another one")  # type: ignore[misc]


def test_a_supervisor_killed_with_9_leaves_nothing_behind(stage: Stage) -> None:
    everybody = stage.everybody()
    stage.process.kill()
    stage.process.wait()
    wait_until(lambda: all(is_gone(pid) for pid in everybody), 6, "everything is gone")


def test_a_supervisor_whose_reaper_was_killed_starts_another_that_knows_everything(stage: Stage) -> None:
    reaper = stage.facts()["reaper"]
    os.kill(reaper, signal.SIGKILL)
    os.kill(stage.pid("parent"), signal.SIGKILL)  # so that the record is written again
    wait_until(lambda: stage.facts()["reaper"] != reaper and len(stage.grandchildren()) > 1, 5, "another reaper")
    everybody = stage.everybody()
    stage.process.kill()
    stage.process.wait()
    wait_until(lambda: all(is_gone(pid) for pid in everybody), 6, "everything is gone")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_stops_everything_when_asked_even_programs_that_do_not_listen(stage: Stage, number: int) -> None:
    everybody = stage.everybody()
    began = clock()
    stage.process.send_signal(number)
    assert stage.process.wait(10) == 0
    assert clock() - began < 8
    wait_until(lambda: all(is_gone(pid) for pid in everybody), 1, "everything is gone")
    assert not (stage.data / "pids.json").exists()


def test_asked_twice_it_does_not_wait_for_programs_that_do_not_listen(stage: Stage) -> None:
    began = clock()
    stage.process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    stage.process.send_signal(signal.SIGINT)
    stage.process.wait(10)
    assert clock() - began < 2


def test_a_second_supervisor_on_the_same_folder_is_refused(stage: Stage) -> None:
    second = subprocess.run(
        [PYTHON, "-m", "walletapp.demo", "--data", str(stage.data)],
        cwd=CHECKOUT, capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip
    assert second.returncode == 1
    assert "already running" in second.stdout


def test_the_folder_is_free_again_once_a_killed_supervisors_programs_are_gone(stage: Stage, tmp_path: Path) -> None:
    stage.process.kill()
    stage.process.wait()
    again = subprocess.Popen([PYTHON, "-m", "tests.demo.stage", str(tmp_path)], cwd=CHECKOUT)
    wait_until(lambda: stage.facts().get("supervisor") == again.pid, 10, "a second run")
    again.send_signal(signal.SIGTERM)
    assert again.wait(10) == 0


def test_a_demo_that_belongs_to_a_test_run_ends_with_it(tmp_path: Path) -> None:
    script = (
        "import sys; from tests.demo.test_supervisor import Stage; from pathlib import Path; Stage(Path(sys.argv[1]))"
    )
    run = subprocess.Popen(
        [PYTHON, "-c", f"{script}; sys.stdin.read()", str(tmp_path)], cwd=CHECKOUT, stdin=subprocess.PIPE
    )
    wait_until(
        lambda: (tmp_path / "grandchildren").exists() and (tmp_path / "pids.json").exists(), 20, "the stage is up"
    )
    everybody = [json.loads((tmp_path / "pids.json").read_text())["supervisor"]]
    run.kill()
    run.wait()
    wait_until(lambda: all(is_gone(pid) for pid in everybody), 8, "the supervisor is gone")
