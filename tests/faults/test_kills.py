"""Row 2: kill -9 at every crash point, at random times, and by OMS's hand right after it accepted, while people send.

The kills follow each other without a pause for recovery. What must hold: nothing doubled, lost or orphaned, and a
minute after the last kill nothing is open any more.
"""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from tests.faults import invariants
from tests.faults.figures import Figures
from tests.faults.ground import Ground, wait_until
from tests.faults.holder import insist
from tests.faults.traffic import sending
from tests.own_time import clock
from walletapp.faultpoints import POINTS

ROW = 2
SIZES = {"quick": 100, "full": 1_000}
FINAL_WITHIN = 60
STRIKES_WITHIN = 30
PROGRAMS = ("web", "worker", "beat", "sandbox")


def measure(ground: Ground, size: int, seed: int, figures: Figures, kinds: Sequence[str] = ()) -> None:
    """`size` kills under traffic; `kinds` when not all of them are wanted."""
    ground.calm()
    holders, draw = ground.people(12), random.Random(seed)
    alarms = len(ground.books.ask("breaks"))
    plan = [draw.choice(kinds) for _ in range(size)] if kinds else plan_of(size, draw)
    struck: Counter[str] = Counter()
    with sending(holders, draw, pause=1.0) as sent:
        for kind in plan:
            struck[kind] += kill(ground, kind, draw)
    seconds = final_after_the_last(ground)
    figures.hold("kills", struck.total(), f">= {size * 95 // 100}", struck.total() >= size * 95 // 100)
    points = sum(1 for point in POINTS if struck[point])
    figures.hold(
        "crash points that killed", points, str(len(POINTS)), points == len(POINTS) or bool(kinds) or size < 100
    )
    figures.hold(
        "sends and withdrawals confirmed meanwhile", len(sent.confirmed), f">= {size}", len(sent.confirmed) >= size
    )
    figures.at_most("nothing stuck after the last kill", seconds, FINAL_WITHIN, "s")
    invariants.check(ground, figures, kept_alarms=alarms)


def plan_of(size: int, draw: random.Random) -> list[str]:
    """70 % at points, each as often as the others; 15 % by OMS; 10 % a process at random; 5 % a whole program."""
    shares = {"oms": size * 15 // 100, "process": size * 10 // 100, "program": size * 5 // 100}
    plan = [kind for kind, share in shares.items() for _ in range(share)]
    plan += [POINTS[number % len(POINTS)] for number in range(size - len(plan))]
    draw.shuffle(plan)
    return plan


def kill(ground: Ground, kind: str, draw: random.Random) -> bool:
    """One kill of this kind; False when nobody came to where it waited."""
    if kind in POINTS:
        return at_point(ground, kind, draw.randint(1, 3))
    act: dict[str, Callable[[], bool]] = {
        "oms": lambda: by_oms(ground),
        "process": lambda: one_process(ground, draw),
        "program": lambda: whole_program(ground, draw),
    }
    return act[kind]()


def at_point(ground: Ground, point: str, nth: int) -> bool:
    ground.arm(point, nth)
    with suppress(TimeoutError):
        wait_until(point, STRIKES_WITHIN, lambda: ground.has_fired(point))
    for left in range(1, nth + 1):
        (ground.points / f"{point}.{left}").unlink(missing_ok=True)
    return ground.has_fired(point)


def by_oms(ground: Ground) -> bool:
    """OMS has committed the order and has not answered: its caller dies in between."""

    def act() -> bool:
        rule = ground.control.fault("killCaller", method="POST", path="/transactions$", times=1)

        def has_fired() -> bool:
            rules = ground.control.get("rules")["data"]
            return any(it["fired"] for it in rules if it["id"] == rule["id"])

        with suppress(TimeoutError):
            wait_until("an order", STRIKES_WITHIN, has_fired, pause=0.1)
        fired = has_fired()
        ground.control.delete(f"rules/{rule['id']}")
        return fired

    return insist(act)  # the control room is away while the sandbox is


def one_process(ground: Ground, draw: random.Random) -> bool:
    """A process of the web server or of the worker, at some moment."""
    time.sleep(draw.uniform(0.1, 1))
    found = children(ground.demo.pid(draw.choice(["web", "worker"])))
    with suppress(ProcessLookupError):
        if found:
            os.kill(draw.choice(found), signal.SIGKILL)
    return bool(found)


def whole_program(ground: Ground, draw: random.Random) -> bool:
    """A program with all its processes, the broker too, at some moment; it has to come up again."""
    time.sleep(draw.uniform(0.1, 1))
    name = draw.choice([*PROGRAMS, "broker"])
    if name == "broker":
        ground.broker.kill()
        ground.broker.start()
        return True
    ground.demo.wait_for_another(name, ground.demo.kill(name), 15)
    return True


def children(parent: int) -> list[int]:
    """The processes that this one has started."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, _, rest = status.read_text().rpartition(")")
            if rest.split()[1] == str(parent):
                found.append(int(name.split()[0]))
    return sorted(found)


def final_after_the_last(ground: Ground) -> float:
    began = clock()
    with suppress(TimeoutError):
        return ground.at_rest(4 * FINAL_WITHIN)
    return clock() - began


def test_whatever_dies_money_moves_once(ground: Ground, size: int, seed: int, figures: Figures) -> None:
    measure(ground, size, seed, figures)
