"""Row 1: a storm of webhooks on the running server, about money that arrived and of which nobody has told it yet.

OMS keeps its own deliveries back; the test takes their bodies, gives each a delivery id of its own, signs and delivers
them: every deposit at least once, a fifth of all again, a third out of order, and forgeries in eight ways between them.
A deposit is known to the wallet by these deliveries alone, so one that is lost or applied twice shows in a balance.
"""

import http.client
import json
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.faults import invariants
from tests.faults.figures import Figures
from tests.faults.ground import Ground
from tests.faults.traffic import send_many
from tests.own_time import clock
from walletapp.sandbox.signing import header

ROW = 1
ALONE = True  # how soon a delivery is acknowledged is measured
SIZES = {"quick": 6_500, "full": 50_000}
ACK_P99_MS, BACKLOG_SECONDS = 250, 120
CONNECTIONS = 8
PATH = "/webhooks/oms/local/"
GOOD, COPY = "good", "copy"

# How a forgery differs from a true delivery. Each gets body, secret and time, and says what is sent instead.
type Forgery = Callable[[bytes, str, int], tuple[bytes, dict[str, str]]]


def _signed(body: bytes, secret: str, at: int) -> dict[str, str]:
    return {"Webhook-Signature": header(secret, body, at, "whole"), "Content-Type": "application/json"}


FORGERIES: dict[str, Forgery] = {
    "unsigned": lambda body, secret, at: (body, {"Content-Type": "application/json"}),
    "another secret": lambda body, secret, at: (body, _signed(body, f"{secret}0", at)),
    "another body": lambda body, secret, at: (body + b" ", _signed(body, secret, at)),
    "an old time": lambda body, secret, at: (body, _signed(body, secret, at - 301)),
    "half a signature": lambda body, secret, at: (
        body, {**_signed(body, secret, at), "Webhook-Signature": header(secret, body, at, "whole")[:50]},
    ),
    "no such scheme": lambda body, secret, at: (
        body, {**_signed(body, secret, at), "Webhook-Signature": header(secret, body, at, "whole").replace("v1", "v0")},
    ),
    "a name twice": lambda body, secret, at: (
        b'{"id": "x", ' + body[1:], _signed(b'{"id": "x", ' + body[1:], secret, at),
    ),
    "too large": lambda body, secret, at: (
        body + b" " * 262_144, _signed(body + b" " * 262_144, secret, at),
    ),
}  # fmt: skip


@dataclass
class Storm:
    """What is delivered, by whom it was signed, and what the server said."""

    host: str
    secret: str
    mark: str  # what the ids of the true ones begin with
    seconds: float = 0
    had: float = 1  # the share of that time that this machine had for itself
    load: list[tuple[str, bytes]] = field(default_factory=list)  # what it is, and its body
    answers: list[tuple[str, int, float]] = field(default_factory=list)  # what it was, the status, seconds

    def blow(self) -> None:
        """Deliver everything, over some connections at once."""
        began, had, turn, waiting = time.monotonic(), clock(), threading.Lock(), iter(self.load)

        def deliver() -> None:
            line = http.client.HTTPConnection(self.host, timeout=30)
            while True:
                with turn:
                    kind, body = next(waiting, ("", b""))
                if not kind:
                    return
                self.answers.append((kind, *self._deliver(line, kind, body)))

        with ThreadPoolExecutor(CONNECTIONS) as pool:
            for done in [pool.submit(deliver) for _ in range(CONNECTIONS)]:
                done.result()
        self.seconds = time.monotonic() - began
        self.had = (clock() - had) / self.seconds

    def _deliver(self, line: http.client.HTTPConnection, kind: str, body: bytes) -> tuple[int, float]:
        """Once; or again on a new connection, as OMS does, when an idle one was closed under it."""
        now = int(time.time())
        sent, headers = FORGERIES[kind](body, self.secret, now) if kind in FORGERIES else (body, None)
        for _ in range(3):
            began = time.monotonic()
            with suppress(http.client.RemoteDisconnected, ConnectionError):
                line.request("POST", PATH, sent, headers or _signed(body, self.secret, now))
                answer = line.getresponse()
                answer.read()
                return answer.status, time.monotonic() - began
            line.close()
        return 0, time.monotonic() - began


def measure(ground: Ground, size: int, seed: int, figures: Figures) -> None:
    """`size` deliveries in all."""
    ground.calm()
    draw, mark = random.Random(seed), f"storm-{time.time_ns()}-"
    alarms = len(ground.books.ask("breaks"))
    bodies = things_that_happened(ground, size, draw)
    secret = str(ground.sandbox("SELECT secret FROM webhooks WHERE enabled")[0][0])
    storm = Storm(urlsplit(ground.url).netloc, secret, mark)
    unique = [renamed(bodies[n % len(bodies)], f"{mark}{n}") for n in range(size * 10 // 13)]
    storm.load = arranged(unique, size, draw)
    storm.blow()
    judge(ground, storm, len(unique), figures)
    invariants.check(ground, figures, kept_alarms=alarms)


def things_that_happened(ground: Ground, size: int, draw: random.Random) -> list[bytes]:
    """Deposits, arrivals by bank, sends and withdrawals that OMS has not told of: what it would have delivered."""
    holders = ground.people(12)
    ground.control.fault("dropWebhook")
    before = ground.sandbox("SELECT count(*) FROM deliveries")[0][0]
    send_many(holders, min(size // 60, 200), draw)
    drawn = [
        (draw.choice(holders).wallet, f"{draw.randint(1, 9)}.{number:06}") for number in range(min(size // 8, 2_000))
    ]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda it: ground.control.deposit(*it), drawn))
    ground.at_rest(180, is_told=False)
    return [bytes(body) for (body,) in ground.sandbox(f"SELECT body FROM deliveries LIMIT -1 OFFSET {int(before)}")]


def renamed(body: bytes, name: str) -> bytes:
    """The same news as a delivery of its own."""
    told: dict[str, Any] = json.loads(body)
    return json.dumps({**told, "id": name, "eventId": f"evt-{name}"}, separators=(",", ":")).encode()


def arranged(unique: list[bytes], size: int, draw: random.Random) -> list[tuple[str, bytes]]:
    """A fifth of it again, a tenth of forgeries, and a third of everything at another place."""
    copies = [(COPY, body) for body in draw.sample(unique, len(unique) // 5)]
    ways = list(FORGERIES)
    count = size - len(unique) - len(copies)
    forged = [
        (ways[n % len(ways)], renamed(draw.choice(unique), f"forged-{n}-{draw.getrandbits(40)}")) for n in range(count)
    ]
    load = [(GOOD, body) for body in unique]
    for late in (*copies, *forged):
        load.insert(draw.randrange(len(load) + 1), late)
    for _ in range(len(load) * 3 // 20):  # each exchange moves two
        one, other = draw.randrange(len(load)), draw.randrange(len(load))
        load[one], load[other] = load[other], load[one]
    return load


def judge(ground: Ground, storm: Storm, unique: int, figures: Figures) -> None:
    drained = BACKLOG_SECONDS * 2.0
    with suppress(TimeoutError):
        drained = ground.at_rest(drained, storm.mark)
    ground.control.no_faults()
    true = [(status, took) for kind, status, took in storm.answers if kind not in FORGERIES]
    times = sorted(took for _, took in true)
    kept = ground.books.ask("event_ids", mark=storm.mark)
    figures.hold("deliveries", len(storm.answers), str(len(storm.load)), len(storm.answers) == len(storm.load))
    figures.at_most("acknowledged, 99 of 100 within", times[len(times) * 99 // 100] * 1000, ACK_P99_MS, "ms")
    figures.hold("of that time, had by this machine", f"{storm.had:.0%}", "-", True)
    figures.hold("acknowledged per second", f"{len(true) / storm.seconds:.0f}", "-", True)
    figures.zero("answered 5xx or not at all", [it for it in storm.answers if it[1] >= 500 or not it[1]])
    figures.zero("true ones refused", [it for it in true if not 200 <= it[0] < 300])
    figures.zero("invalid ones accepted", [it for it in storm.answers if it[0] in FORGERIES and it[1] < 400])
    figures.zero("invalid ones kept", ground.books.ask("event_ids", mark="forged-"))
    figures.zero("lost", unique - len(kept))
    figures.zero("kept twice", len(kept) - len(set(kept)))
    applied = ground.books.ask("events", mark=storm.mark)
    figures.hold("applied", applied, f"applied: {unique}", applied == {"applied": unique})
    figures.at_most("backlog empty after the storm", drained, BACKLOG_SECONDS, "s")


def test_a_storm_of_webhooks_is_applied_exactly_once(ground: Ground, size: int, seed: int, figures: Figures) -> None:
    measure(ground, size, seed, figures)
