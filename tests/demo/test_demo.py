"""The real demo, as `make demo` runs it: it comes up, heals itself, and is gone without a trace when it ends."""

import os
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.own_time import clock
from tests.running import Demo, running_demo, wait_until
from walletapp.demo.control import is_up
from walletapp.demo.logins import LOGINS, PASSWORD

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PROGRAMS = ["broker", "sandbox", "web", "worker", "beat"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("demo")) as demo:
        yield demo


def processes_of(data: Path) -> list[int]:
    """Every process of this machine that has to do with the folder, by its environment or its command line."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            try:
                told = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
            except OSError:
                continue
            if str(data).encode() in told:
                found.append(int(process.name))
    return found


def is_well(demo: Demo) -> bool:
    return is_up(f"{demo.site_url}/healthz") and is_up(f"{demo.sandbox_url}/control/api/health")


def test_it_is_up_within_a_minute_and_says_how_to_use_it(demo: Demo) -> None:
    # The minute is for a machine with nothing else to do; other tests run beside this one.
    share = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert demo.facts()["seconds"] < 60 * share
    console = (demo.data / "console.log").read_text()
    for told in (
        demo.site_url,
        f"{demo.site_url}/demo/mail/",
        f"{demo.site_url}/admin/",
        f"{demo.sandbox_url}/control",
    ):
        assert told in console
    assert PASSWORD in console
    assert all(login.email in console for login in LOGINS)
    assert "127.0.0.1" not in console


def test_what_it_keeps_can_be_read_by_its_user_only(demo: Demo) -> None:
    assert (demo.data / "broker").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("path", ["/", "/account/login/", "/account/signup/", "/demo/mail/", "/admin/login/"])
def test_its_pages_open(demo: Demo, path: str) -> None:
    with urllib.request.urlopen(f"{demo.site_url}{path}", timeout=10) as page:
        assert page.status == 200
        assert "Harbor" in page.read().decode()


@pytest.mark.parametrize("name", ["web", "worker"])
def test_a_killed_grandchild_is_replaced_by_its_own_parent(demo: Demo, name: str) -> None:
    parent, child = demo.pid(name), children_of(demo.pid(name))[0]
    os.kill(child, signal.SIGKILL)
    wait_until(lambda: child not in (now := children_of(parent)) and len(now) >= 2, 30, "another child")
    assert demo.pid(name) == parent


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_killed_with_9_runs_again_within_five_seconds(demo: Demo, name: str) -> None:
    killed = demo.kill(name)
    began = clock()
    demo.wait_for_another(name, than=killed, seconds=5)
    assert clock() - began < 5
    wait_until(lambda: is_well(demo), 60, f"all is well after {name} was killed")
    assert killed not in processes_of(demo.data)


@pytest.mark.parametrize("name", ["web", "worker"])
def test_a_killed_program_takes_its_own_children_along(demo: Demo, name: str) -> None:
    wait_until(lambda: len(children_of(demo.pid(name))) >= 2, 60, f"{name} has its children")
    children = children_of(demo.pid(name))
    demo.wait_for_another(name, than=demo.kill(name))
    wait_until(lambda: not set(children) & set(processes_of(demo.data)), 5, "its children are gone")
    wait_until(lambda: is_well(demo), 60, "all is well")


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_killed_with_9_it_leaves_no_process_and_comes_back_with_its_data(tmp_path: Path) -> None:
    with running_demo(tmp_path, seed=False) as first:
        # Five programs, a supervisor, a reaper, two web workers at least.
        wait_until(lambda: len(processes_of(tmp_path)) >= 9, 30, "all of them run")
        socket = first.facts()["redis_url"].removeprefix("unix://").partition("?")[0]
        first.process.kill()
        first.process.wait()
        wait_until(lambda: not processes_of(tmp_path), 8, "no process is left")
        wait_until(lambda: not Path(socket).parent.exists(), 2, "the folder of the socket is gone")

    with running_demo(tmp_path, seed=False) as second:
        assert second.facts()["problem"] == ""
        began = clock()
        assert second.stop() == 0
        assert clock() - began < 8
    assert not processes_of(tmp_path)
