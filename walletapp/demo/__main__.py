"""`python -m walletapp.demo`: the whole wallet on this machine, in one foreground process."""

import argparse
import os
import shutil
import sys
import time
from pathlib import Path

from walletapp.demo import ground, startup
from walletapp.demo.control import Refused
from walletapp.demo.plan import CHECKOUT, Plan
from walletapp.demo.supervisor import Failed, Stopped, Supervisor


def say(text: str) -> None:
    """Tell the person at the console."""
    print(text, flush=True)  # noqa: T201 -- this is a console program


def main(arguments: list[str] | None = None) -> int:
    """Run the demo until it is asked to stop. The exit status is 0 unless it could not start."""
    wanted = parse(arguments)
    try:
        plan = make_plan(wanted)
        ground.prepare_folder(plan)
        lock = ground.lock_folder(plan)
        if wanted.reset:
            return reset(plan)
        ground.require_free_ports(plan)
    except Failed as failure:
        say(str(failure))
        return 1
    return run(plan, lock)


def run(plan: Plan, lock: int) -> int:
    """Start everything, stay, and stop everything."""
    supervisor = Supervisor(plan, say, lock)
    supervisor.obey_signals()
    try:
        startup.bring_up(plan, supervisor)
        while True:
            supervisor.look_after(0.1)
    except Stopped:
        say("\nStopping.")
        return 0
    except (Failed, Refused) as failure:
        say(f"\n{failure}")
        return 1
    finally:
        began = time.monotonic()
        supervisor.stop()
        say(f"Everything is stopped ({time.monotonic() - began:.1f} s).")


def reset(plan: Plan) -> int:
    """Empty the data folder. The caller holds its lock, so nothing runs in it."""
    for path in plan.data.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    say(f"{plan.data} is empty.")
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line; what it leaves out comes from the environment."""
    parser = argparse.ArgumentParser(prog="python -m walletapp.demo", description="The wallet on this machine.")
    parser.add_argument("--port", type=int, default=number("PORT", 8000))
    parser.add_argument("--sandbox-port", type=int, default=number("SANDBOX_PORT", 8900))
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("WALLETAPP_DATA") or CHECKOUT / "var"))
    parser.add_argument("--no-seed", action="store_true", help="start without the ready-made people, but for the staff")
    parser.add_argument("--sandbox-option", action="append", default=[], help="for the sandbox, e.g. --no-auto")
    parser.add_argument("--sandbox-settings", help="JSON for the sandbox's /control/api/settings")
    parser.add_argument("--ends-with", type=int, default=0, metavar="PID", help="stop when this parent process is gone")
    parser.add_argument("--oms-url", default="", help="the wallet's way to the sandbox, such as a proxy before it")
    parser.add_argument("--reset", action="store_true", help="empty the data folder and end")
    return parser.parse_args(arguments)


def make_plan(wanted: argparse.Namespace) -> Plan:
    """What is to run. Raises Failed when two addresses are the same."""
    if wanted.port == wanted.sandbox_port:
        raise Failed("PORT and SANDBOX_PORT must differ.")
    chosen = {"sandbox_settings": wanted.sandbox_settings} if wanted.sandbox_settings else {}
    return Plan(
        data=wanted.data.resolve(),
        port=wanted.port,
        sandbox_port=wanted.sandbox_port,
        seed=not wanted.no_seed,
        ends_with=wanted.ends_with,
        oms_url=wanted.oms_url,
        sandbox_options=tuple(wanted.sandbox_option),
        **chosen,
    )


def number(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdigit() or not 0 < int(text) < 65_536:
        sys.exit(f"{name} must be a port number between 1 and 65535, not {text!r}.")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
