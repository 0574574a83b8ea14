"""A supervisor with two small programs, run as its own process by test_supervisor.py.

`parent` starts a grandchild, as gunicorn and Celery do. `deaf` does not listen to SIGTERM.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from walletapp.demo import ground
from walletapp.demo.plan import PYTHON, Plan, Program
from walletapp.demo.supervisor import Stopped, Supervisor


def parent(pids: str) -> None:
    """Start a grandchild that cares for nothing, and note its pid."""
    grandchild = subprocess.Popen([PYTHON, "-m", "tests.demo.stage", "deaf"])
    with Path(pids).open("a") as out:
        out.write(f"{grandchild.pid}\n")
    time.sleep(600)


def deaf() -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(600)


def main(data: Path) -> None:
    """Run both until asked to stop."""
    plan = Plan(data=data, ends_with=os.getppid())
    ground.prepare_folder(plan)
    supervisor = Supervisor(plan, print, ground.lock_folder(plan))
    supervisor.obey_signals()
    try:
        for name in ("parent", "deaf"):
            command = (PYTHON, "-m", "tests.demo.stage", name, str(data / "grandchildren"))
            supervisor.start(Program(name, "", command), os.environ)
        supervisor.note(ready=True)
        while True:
            supervisor.look_after(0.05)
    except Stopped:
        pass
    finally:
        supervisor.stop()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["parent", pids]:
            parent(pids)
        case ["deaf", *_]:
            deaf()
        case [folder]:
            main(Path(folder))
