"""A real gunicorn on the database of the test, for what only a socket can say."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.db import connection

from tests import surroundings
from tests.house import source


@contextmanager
def served(environment: Mapping[str, str], *, port: int = 0, options: Sequence[str] = ()) -> Iterator[int]:
    """The port of a server that is ended with the block. Sees what was committed."""
    port = port or surroundings._free_port()
    command = [sys.executable, "-m", "gunicorn", "walletapp.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    whole = {**os.environ, "DATABASE_URL": _database(), **environment}
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(collect, cwd=source.ROOT, env=whole, check=True, timeout=120)
    log = (surroundings.FOLDER / "gunicorn.log").open("wb")
    with subprocess.Popen([*command, *options], cwd=source.ROOT, env=whole, stdout=log, stderr=log) as process:
        try:
            _wait_for(port, process)
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            log.close()


def _database() -> str:
    made = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{made['NAME']}"
    return f"postgres://{made['USER']}:{made['PASSWORD']}@{made['HOST']}:{made['PORT']}/{made['NAME']}"


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError((surroundings.FOLDER / "gunicorn.log").read_text()[-2000:])
