"""One child process of the demo: how it starts, how it is found dead, how it is stopped.

What must stay true: each child leads a process group of its own, and when the child is gone nothing of its group is
left (a gunicorn or Celery that was killed leaves its own children behind otherwise). A child is never left running
by a supervisor that died: on Linux the kernel sends it SIGTERM, and reaper.py ends its whole group everywhere.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from walletapp.demo.plan import CHECKOUT, Program
from walletapp.demo.reaper import signal_group

_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1
_LONGEST_LOG = 5_000_000
_FORGIVEN_AFTER = 30.0
_LONGEST_PAUSE = 4.0


def _die_with(supervisor: int) -> None:
    """In the new child, before it becomes the program: ask the kernel to end it when the supervisor dies."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != supervisor:  # it died before we asked
            os._exit(1)


class Child:
    """A program that is kept running."""

    def __init__(self, program: Program, environment: Mapping[str, str], logs: Path) -> None:
        self.program = program
        self.name = program.name
        self.environment = dict(environment)
        self.log = logs / f"{program.name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.deaths: list[float] = []
        self.start_at = 0.0

    @property
    def pid(self) -> int:
        return self.process.pid if self.process else 0

    def start(self) -> int:
        """Start it; its words go to its own log file. Returns the number of its process group."""
        if self.log.exists() and self.log.stat().st_size > _LONGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        supervisor = os.getpid()
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.program.command,
                cwd=CHECKOUT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lambda: _die_with(supervisor),  # noqa: PLW1509 -- the supervisor has one thread
            )
        return self.process.pid

    def exit_code(self) -> int | None:
        """None while it runs. Once it is dead, whatever it left behind is killed."""
        if self.process is None:
            return None
        code = self.process.poll()
        if code is not None:
            signal_group(self.process.pid, signal.SIGKILL)
        return code

    def mourn(self) -> float:
        """Note a death, and plan the next start: at once the first time, later when it keeps dying. Never over 5 s."""
        now = time.monotonic()
        self.deaths = [at for at in self.deaths if now - at < _FORGIVEN_AFTER] + [now]
        pause = min(_LONGEST_PAUSE, 0.1 * 2.0 ** (len(self.deaths) - 1))
        self.process = None
        self.start_at = now + pause
        return pause

    def last_words(self, lines: int = 5) -> list[str]:
        """The end of its log, for a child that cannot stay up."""
        if not self.log.exists():
            return []
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - 4000))
            return log.read().decode(errors="replace").splitlines()[-lines:]
