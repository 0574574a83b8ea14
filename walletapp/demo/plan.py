"""What one run of the demo is: its folder, its addresses, its programs and the environment they get.

Decided once, before anything starts, and never changed after. Knows nothing of Django: the supervisor has to be up
before Django is, and must not fall with it.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
PYTHON = sys.executable

_WEB = (
    "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--timeout", "30", "--graceful-timeout", "2",
    "--access-logfile", "-", "--access-logformat", "%(m)s %(U)s %(s)s %(B)s %(L)s",  # no query strings, no Referer
    "--no-control-socket", "--preload",
)  # fmt: skip
_WORKER = (
    "worker", "--pool", "prefork", "--concurrency", "2", "--loglevel", "INFO",
    "--without-gossip", "--without-mingle", "--without-heartbeat",
)  # fmt: skip
_BEAT = ("beat", "--loglevel", "WARNING", "--pidfile", "")


@dataclass(frozen=True)
class Program:
    """A command of the demo: its name in the logs, what it is in a few words, and its words."""

    name: str
    says: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """One run of the demo."""

    data: Path
    port: int = 8000
    sandbox_port: int = 8900
    seed: bool = True
    ends_with: int = 0  # the process without which this demo makes no sense: a test run
    sandbox_options: tuple[str, ...] = ()
    sandbox_settings: str = '{"autoPaySeconds": 25}'
    oms_url: str = ""  # the wallet's way to the sandbox when it is not the straight one: a fault proxy
    outside: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    @property
    def site_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://localhost:{self.sandbox_port}"

    @property
    def control_url(self) -> str:
        """The JSON door of the sandbox's control room."""
        return f"{self.sandbox_url}/control/api"

    @property
    def has_own_broker(self) -> bool:
        return not self.outside.get("REDIS_URL")

    @property
    def has_own_sandbox(self) -> bool:
        return not self.outside.get("OMS_BASE_URL")

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def record(self) -> Path:
        """Where the running demo writes which processes it has, for tests and for the curious."""
        return self.data / "pids.json"

    def environment(self, redis_url: str) -> dict[str, str]:
        """What every child gets: the caller's environment, and on top what makes this run a demo."""
        ours = {
            "DEMO": "1",
            "DEBUG": self.outside.get("DEBUG") or "0",  # the pages of production, error pages too
            "DJANGO_SETTINGS_MODULE": "walletapp.settings",
            "PORT": str(self.port),
            "SANDBOX_PORT": str(self.sandbox_port),
            "SITE_URL": self.site_url,
            "WALLETAPP_DATA": str(self.data),
            "REDIS_URL": redis_url,
            "PYTHONUNBUFFERED": "1",
        }
        # The sandbox's chain is on no public explorer.
        if self.has_own_sandbox and not self.outside.get("EXPLORER_URL"):
            ours["EXPLORER_URL"] = f"{self.sandbox_url}/control/explorer"
        return {**self.outside, **ours, **({"OMS_BASE_URL": self.oms_url} if self.oms_url else {})}

    def sandbox(self) -> Program:
        database = str(self.data / "sandbox.sqlite3")
        command = ("-m", "walletapp.sandbox", "--port", str(self.sandbox_port), "--data", database)
        return Program("sandbox", f"a local OMS on {self.sandbox_url}", (PYTHON, *command, *self.sandbox_options))

    def wallet(self) -> Sequence[Program]:
        """The programs of the wallet itself, the same as in production."""
        celery = (PYTHON, "-m", "celery", "--app", "walletapp.celery", "--quiet")
        gunicorn = (PYTHON, "-m", "gunicorn", "walletapp.wsgi", "--bind", f"127.0.0.1:{self.port}")
        return (
            Program("web", f"gunicorn on {self.site_url}", (*gunicorn, *_WEB)),
            Program("worker", "Celery worker, two processes", (*celery, *_WORKER)),
            Program("beat", "Celery beat, the clock", (*celery, *_BEAT)),
        )
