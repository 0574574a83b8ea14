"""What a test run needs around it, made before Django reads its settings: a data folder, a Valkey, a port for OMS.

Loaded as a pytest plugin (`-p tests.surroundings` in pyproject.toml) because conftest files come too late for that.
Each process of a parallel run gets its own of everything. REDIS_URL and DATABASE_URL from outside are used as they are,
with a database number of its own for each process on a real Redis.
"""

import atexit
import os
import shutil
import socket
import tempfile
from contextlib import ExitStack
from pathlib import Path

from walletapp.demo.broker import embedded_valkey

_MADE = "WALLETAPP_TEST_VALKEY"

_stack = ExitStack()
atexit.register(_stack.close)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _redis_url(folder: Path) -> str:
    given = os.environ.get("REDIS_URL")
    if not given or os.environ.get(_MADE):
        os.environ[_MADE] = "1"
        return _stack.enter_context(embedded_valkey(folder))
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return f"{given.rstrip('/').rsplit('/', 1)[0]}/{int(worker) + 1}" if given.startswith("redis://") else given


FOLDER = Path(tempfile.mkdtemp(prefix="walletapp-tests-"))
_stack.callback(shutil.rmtree, FOLDER, ignore_errors=True)
SANDBOX_PORT = _free_port()

os.environ |= {
    "WALLETAPP_DATA": str(FOLDER),
    "OMS_BASE_URL": f"http://localhost:{SANDBOX_PORT}/v0.9",
    "OMS_ABSENCE_SECONDS": "2",
    "OMS_DEADLINE_SECONDS": "60",  # a busy machine is no fault; tests of the deadline set their own
    "SITE_URL": "http://localhost:8000",
    "REDIS_URL": _redis_url(FOLDER),
    "LOG_LEVEL": "WARNING",
}
