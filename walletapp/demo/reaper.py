"""Makes sure nothing outlives the demo, not even when the supervisor is killed with -9.

A tiny process of its own session that reads lines from the supervisor: `watch GROUP`, `forget GROUP`, `remove PATH`.
When the pipe ends the supervisor is gone, however it went: every process group still watched is asked to stop, then
killed, and the paths are removed. On Linux the kernel tells direct children as well (children.py); this one also
reaches grandchildren, and works on every Unix. Standard library only, so that it starts at once.
"""

import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterable

PATIENCE = 3.0


def signal_group(group: int, number: int) -> bool:
    """Send to every process of the group; False when there is none left."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:  # macOS says so of a group that holds only zombies
        return False
    return True


def end_groups(groups: Iterable[int], patience: float = PATIENCE) -> None:
    """Ask all groups to stop, give them `patience` seconds together, then kill what is left."""
    left = [group for group in groups if signal_group(group, signal.SIGTERM)]
    give_up = time.monotonic() + patience
    while left and time.monotonic() < give_up:
        time.sleep(0.05)
        left = [group for group in left if signal_group(group, 0)]
    for group in left:
        signal_group(group, signal.SIGKILL)


def main() -> None:
    """Listen until the supervisor is gone, then clear up."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    paths: list[str] = []
    for line in sys.stdin:
        verb, _, what = line.rstrip("\n").partition(" ")
        if verb == "watch":
            groups.add(int(what))
        elif verb == "forget":
            groups.discard(int(what))
        elif verb == "remove":
            paths.append(what)
    end_groups(groups)
    for path in paths:
        with contextlib.suppress(OSError):
            shutil.rmtree(path, ignore_errors=True)


if __name__ == "__main__":
    main()
