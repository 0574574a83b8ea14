"""What must hold before the demo starts: its folder is ours alone, nobody else runs in it, its ports are free."""

import fcntl
import json
import os
import socket
import time
from pathlib import Path

from walletapp.demo.plan import Plan
from walletapp.demo.supervisor import Failed

_REAPERS_TIME = 8.0


def prepare_folder(plan: Plan) -> None:
    """Make the data folder, readable by this user alone: it holds the database of the demo's customers."""
    plan.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    plan.logs.mkdir(exist_ok=True)


def lock_folder(plan: Plan) -> int:
    """Take the folder; it is free again when supervisor and reaper are gone. Raises Failed when a demo runs in it."""
    lock = os.open(plan.data / "demo.lock", os.O_RDWR | os.O_CREAT, 0o600)
    give_up = time.monotonic() + _REAPERS_TIME
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if _supervisor_lives(plan.record) or time.monotonic() > give_up:
                raise Failed(f"A demo is already running on {plan.data}: stop it first.") from None
            time.sleep(0.1)
        else:
            return lock


def require_free_ports(plan: Plan) -> None:
    """Raises Failed with one sentence for the first port that somebody else listens on."""
    wanted = [("PORT", plan.port)] + ([("SANDBOX_PORT", plan.sandbox_port)] if plan.has_own_sandbox else [])
    for name, port in wanted:
        if not is_free(port):
            free = free_ports(1)[0]
            raise Failed(f"Port {port} is in use: stop what uses it, or choose another one: make demo {name}={free}")


def is_free(port: int) -> bool:
    """Whether neither loopback address has a listener, and we may listen ourselves."""
    for family, address in ((socket.AF_INET6, "::1"), (socket.AF_INET, "127.0.0.1")):
        with socket.socket(family) as probe:
            probe.settimeout(0.5)
            if probe.connect_ex((address, port)) == 0:
                return False
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago, all different."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def _supervisor_lives(record: Path) -> bool:
    try:
        os.kill(json.loads(record.read_text())["supervisor"], 0)
    except (OSError, ValueError, KeyError):
        return False
    return True
