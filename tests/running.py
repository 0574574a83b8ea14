"""Start the real demo from a test or a script, on a folder and ports of its own, and take its programs down one by one.

It is the same supervisor in a process of its own, so what holds here holds for `make demo`.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.own_time import clock
from walletapp.demo.ground import free_ports
from walletapp.demo.plan import CHECKOUT, PYTHON

# Beginnings of the names of settings that a test run sets for itself and that are not meant for a demo it starts.
_OURS = (
    "DATABASE_URL", "DEBUG", "DEMO", "FIELD_KEYS", "LOG_LEVEL", "OMS_", "PORT", "REDIS_URL", "SANDBOX_PORT",
    "SECRET_KEY", "SITE_URL", "WALLETAPP_",
)  # fmt: skip


@dataclass
class Demo:
    """A demo that is up."""

    data: Path
    site_url: str
    sandbox_url: str
    process: "subprocess.Popen[bytes]"

    def facts(self) -> dict[str, Any]:
        """What the supervisor wrote down: supervisor, reaper, children (name to pid), redis_url, ready."""
        facts: dict[str, Any] = json.loads((self.data / "pids.json").read_text())
        return facts

    def pid(self, name: str) -> int:
        """The process of web, worker, beat, broker or sandbox; 0 while it is being restarted."""
        return int(self.facts()["children"][name])

    def kill(self, name: str, number: int = signal.SIGKILL) -> int:
        """Kill one program, with -9 unless told otherwise; the pid it had."""
        pid = self.pid(name)
        os.kill(pid, number)
        return pid

    def wait_for_another(self, name: str, than: int, seconds: float = 10) -> int:
        """Wait until the program runs again under another pid; returns that."""
        give_up = clock() + seconds
        while (pid := self.pid(name)) in {0, than}:
            if clock() > give_up:
                raise TimeoutError(f"{name} was not started again in {seconds} s")
            time.sleep(0.05)
        return pid

    def log(self, name: str) -> str:
        return (self.data / "logs" / f"{name}.log").read_text(errors="replace")

    def stop(self, seconds: float = 15) -> int:
        """Ask it to stop, as Ctrl-C does, and wait; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(seconds)


def start_demo(
    data: Path,
    *,
    env: Mapping[str, str] | None = None,
    sandbox_options: Sequence[str] = (),
    sandbox_settings: Mapping[str, object] | None = None,
    seed: bool = True,
    ports: tuple[int, int] | None = None,
    oms_url: str = "",
    seconds: float = 180,
) -> Demo:
    """Start a demo on `data` and `ports` (free ones); returns when it is ready. Raises RuntimeError with what it said.

    `oms_url` is the wallet's way to the sandbox when something is to stand between them.
    """
    port, sandbox_port = ports or free_ports(2)
    command = [PYTHON, "-m", "walletapp.demo", "--data", str(data)]
    command += ["--port", str(port), "--sandbox-port", str(sandbox_port)]
    command += ["--ends-with", str(os.getpid())]  # a test run that is killed leaves no demo behind
    command += ["--oms-url", oms_url] if oms_url else []
    command += [f"--sandbox-option={option}" for option in sandbox_options]
    command += [] if seed else ["--no-seed"]
    command += ["--sandbox-settings", json.dumps(dict(sandbox_settings))] if sandbox_settings is not None else []
    data.mkdir(parents=True, exist_ok=True)
    console = data / "console.log"
    with console.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=CHECKOUT, env=clean_environment(env or {}), stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    demo = Demo(data, f"http://localhost:{port}", f"http://localhost:{sandbox_port}", process)
    give_up = clock() + seconds
    while not _is_ready(demo):
        if process.poll() is not None or clock() > give_up:
            demo.stop()
            raise RuntimeError(f"the demo did not come up: {console.read_text(errors='replace')}")
        time.sleep(0.05)
    if problem := demo.facts()["problem"]:
        demo.stop()
        raise RuntimeError(problem)
    return demo


@contextmanager
def running_demo(data: Path, **how: Any) -> Iterator[Demo]:
    """A demo for the length of a test; takes what start_demo() takes."""
    demo = start_demo(data, **how)
    try:
        yield demo
    finally:
        demo.stop()


def clean_environment(chosen: Mapping[str, str]) -> dict[str, str]:
    """The environment without what the test run itself was told of the wallet's surroundings, and `chosen` on top."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)} | dict(chosen)


def wait_until(true: Callable[[], bool], seconds: float, what: str) -> None:
    """Poll until it is so. Raises TimeoutError."""
    give_up = clock() + seconds
    while not true():
        if clock() > give_up:
            raise TimeoutError(f"not within {seconds} s: {what}")
        time.sleep(0.05)


def _is_ready(demo: Demo) -> bool:
    try:
        facts = demo.facts()
    except (OSError, ValueError):
        return False
    return bool(facts.get("ready")) and facts["supervisor"] == demo.process.pid
