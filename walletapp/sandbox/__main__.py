"""`python -m walletapp.sandbox`: run the sandbox until it is told to stop."""

import argparse
import fcntl
import logging
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from walletapp.sandbox.app import build
from walletapp.sandbox.protocol import CuttableProtocol
from walletapp.sandbox.settings import Settings


class AnnouncingServer(uvicorn.Server):
    """Says in one line that it listens, once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if sockets:
            host, port = sockets[0].getsockname()[:2]
            where = f"http://{host}:{port}"
            sys.stdout.write(f"OMS sandbox on {where}/v0.9, control room on {where}/control\n")
            sys.stdout.flush()


def main() -> None:
    options = _parser().parse_args()
    logging.basicConfig(level=logging.WARNING, format="sandbox %(levelname)s %(name)s: %(message)s")
    with _sole_owner(options.data):
        _serve(options)


def _serve(options: argparse.Namespace) -> None:
    listener = _listen(options.host, options.port)
    defaults = Settings(
        auto=options.auto,
        quote_seconds=options.quote_seconds,
        auto_pay_seconds=options.auto_pay_seconds,
        kyc_seconds=options.kyc_seconds,
        settle_seconds=options.settle_seconds,
    )
    config = uvicorn.Config(
        build(options.data, options.key, options.secret, defaults),
        http=CuttableProtocol,
        ws="none",
        access_log=False,
        log_level="warning",
        # The application sets its own Date, which can be made to run wrong.
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    AnnouncingServer(config).run(sockets=[listener])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m walletapp.sandbox", description="A local OMS Payments API.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8900, help="port, 0 for any free one (default: 8900)")
    parser.add_argument("--data", default="var/sandbox.sqlite3", help="file everything is kept in")
    parser.add_argument(
        "--auto",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="reviews and settlements happen by themselves",
    )
    parser.add_argument("--quote-seconds", type=float, default=60, help="life of a quote (default: 60)")
    parser.add_argument("--kyc-seconds", type=float, default=4, help="with --auto: time to a review's decision")
    parser.add_argument("--settle-seconds", type=float, default=4, help="with --auto: time to settlement")
    parser.add_argument(
        "--auto-pay-seconds", type=float, default=0, help="with --auto: cash is paid after this; 0 = never"
    )
    parser.add_argument("--key", default="sk_sdbx_demo", help="API key (default: sk_sdbx_demo)")
    parser.add_argument(
        "--secret",
        default=os.environ.get("SANDBOX_SECRET", "demo-secret-not-for-production"),
        help="API secret (default: SANDBOX_SECRET, or the demo's)",
    )
    return parser


@contextmanager
def _sole_owner(data: str) -> Iterator[None]:
    """Hold the data file for this process alone. The lock goes with the process, however it ends."""
    Path(data).parent.mkdir(parents=True, exist_ok=True)
    with Path(f"{data}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"Another sandbox is using {data}; stop it or give --data another file.")
        yield


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle off only where the protocol is named; with it on, every answer waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as problem:
        sys.exit(f"Cannot listen on {host}:{port}: {problem.strerror}. Is something else using the port?")
    return listener


if __name__ == "__main__":
    main()
