"""Many people sending at once: a number of sends, or sends for as long as something else goes on."""

import itertools
import random
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests

from tests.faults.ground import amounts, pairs
from tests.faults.holder import Holder, Refused

AT_ONCE = 6


@dataclass
class Sent:
    """What came of the sends, as those who pressed the button saw it."""

    confirmed: list[str] = field(default_factory=list)
    of: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # e-mail -> theirs
    refused: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)

    def send(self, holder: Holder, to: str, amount: str) -> None:
        try:
            transfer = holder.send(to, amount)
            self.confirmed.append(transfer)
            self.of[holder.email].append(transfer)
        except Refused as no:
            self.refused.append(str(no))
        except requests.RequestException as error:
            self.unanswered.append(str(error)[:200])


def send_many(holders: Sequence[Holder], count: int, draw: random.Random) -> Sent:
    """So many sends, some at the same time."""
    sent = Sent()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        drawn = zip(pairs(draw, holders, count), amounts(draw, count), strict=True)
        list(pool.map(lambda it: sent.send(it[0][0], it[0][1], it[1]), drawn))
    return sent


@contextmanager
def sending(holders: Sequence[Holder], draw: random.Random, *, at_once: int = 3, pause: float = 0.0) -> Iterator[Sent]:
    """Sends one after the other, in some threads, until the block ends."""
    sent, over = Sent(), threading.Event()
    turn, drawn = threading.Lock(), _endless(holders, draw)

    def go_on() -> None:
        while not over.wait(pause):
            with turn:
                holder, to, amount = next(drawn)
            sent.send(holder, to, amount)

    with ThreadPoolExecutor(at_once) as pool:
        for _ in range(at_once):
            pool.submit(go_on)
        try:
            yield sent
        finally:
            over.set()


def _endless(holders: Sequence[Holder], draw: random.Random) -> Iterator[tuple[Holder, str, str]]:
    for _ in itertools.count():
        holder, to = pairs(draw, holders, 1)[0]
        yield holder, to, amounts(draw, 1)[0]
