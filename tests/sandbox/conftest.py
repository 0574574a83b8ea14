"""The sandbox under test: the shared process, processes of one's own that may be killed, and a webhook receiver."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.control import Control
from tests.sandbox.api import Api
from tests.sandbox.receiver import Receiver


@pytest.fixture
def api(sandbox: Control) -> Api:
    return Api(sandbox)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


class Own:
    """A sandbox process of one test, which may be killed and started again on the same data."""

    def __init__(self, data: Path, *options: str) -> None:
        self.data = data
        self.options = options
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.control = Control(f"http://127.0.0.1:{self.port}")
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "walletapp.sandbox", "--port", str(self.port), "--data", str(self.data)]
        self.process = subprocess.Popen([*command, *self.options], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline().decode()
        self.wait_until_up()

    def wait_until_up(self) -> None:
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up:
            try:
                self.control.get("health")
            except requests.RequestException:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the sandbox is not up")

    def kill(self) -> None:
        self.process.kill()
        self.close()

    def close(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=60)


@pytest.fixture
def own_sandbox(tmp_path: Path) -> Iterator[Callable[..., Own]]:
    started: list[Own] = []

    def start(*options: str) -> Own:
        started.append(Own(tmp_path / "sandbox.sqlite3", *options))
        return started[-1]

    yield start
    for own in started:
        own.close()
