"""Row 3: OMS answers ambiguously to one order in five, and nothing is doubled, lost, or called what it is not.

Answers lost after the order was taken, 503 before, 500 after, slow ones and wrong bodies, an error kept under the key
for ever, 409 and 422 where nothing was refused, tokens that end in between, 429; quotes and lists that cannot be read
while the outcome is looked for; and webhooks doubled, dropped, late and out of order. It comes in waves, because people
can press quicker than two workers work, for as long as they like: after each the faults stop, and all has to be final.
"""

import random
from typing import Any

from tests.faults import invariants
from tests.faults.figures import Figures
from tests.faults.ground import Ground
from tests.faults.traffic import Sent, send_many
from tests.own_time import clock

ROW = 3
SIZES = {"quick": 500, "full": 10_000}
WAVE, FINAL_WITHIN = 500, 60
ORDER: dict[str, Any] = {"method": "POST", "path": "/transactions$"}

RULES: tuple[dict[str, Any], ...] = (
    {"fault": "dropAfterAccept", "probability": 0.05, **ORDER},
    {"fault": "errorBefore", "status": 503, "probability": 0.05, **ORDER},
    {"fault": "errorAfter", "status": 500, "probability": 0.05, **ORDER},
    {"fault": "delay", "when": "after", "seconds": 3, "probability": 0.01, **ORDER},
    {"fault": "delay", "when": "after", "seconds": 22, "probability": 0.01, "times": 2, **ORDER},
    {"fault": "mutate", "body": '{"id": "txn_', "probability": 0.0025, **ORDER},
    {"fault": "mutate", "remove": ["id", "status"], "probability": 0.0025, **ORDER},
    {"fault": "errorAfter", "status": 500, "sticky": True, "probability": 0.005, **ORDER},
    {"fault": "errorBefore", "status": 500, "sticky": True, "probability": 0.005, **ORDER},
    {"fault": "errorAfter", "status": 409, "probability": 0.01, **ORDER},
    {"fault": "errorBefore", "status": 409, "probability": 0.005, **ORDER},
    {"fault": "errorBefore", "status": 422, "again": True, "probability": 0.3, **ORDER},
    {"fault": "errorBefore", "status": 409, "again": True, "probability": 0.3, **ORDER},
    {"fault": "expireToken", "probability": 0.01, **ORDER},
    {"fault": "errorBefore", "status": 429, "headers": {"Retry-After": "1"}, "probability": 0.01, **ORDER},
    {"fault": "errorBefore", "status": 503, "probability": 0.02, "method": "GET", "path": "/quotes/"},
    {"fault": "dropBefore", "probability": 0.02, "method": "GET", "path": "/transactions"},
    {"fault": "webhookBeforeAnswer", "probability": 0.05, **ORDER},
    {"fault": "duplicateWebhook", "probability": 0.1, "event": "transaction"},
    # Of what goes out: what comes in by bank is known by its deliveries alone until the next comparison.
    {"fault": "dropWebhook", "probability": 0.1, "event": "^transaction.crypto"},
    {"fault": "delayWebhook", "probability": 0.1, "seconds": 2, "event": "transaction"},
    {"fault": "reorderWebhook", "probability": 0.1, "seconds": 2, "event": "transaction"},
)


def measure(ground: Ground, size: int, seed: int, figures: Figures) -> None:
    """`size` errands in waves while the rules hold; then what became of each."""
    ground.calm()
    ground.control.settings(quoteSeconds=60)  # long enough that most reach OMS through all this
    holders, draw = ground.people(12), random.Random(seed)
    alarms = len(ground.books.ask("breaks"))
    sent, seconds, fired = Sent(), [], 0
    for _ in range(size // WAVE):
        for rule in RULES:
            ground.control.fault(**rule, seed=draw.getrandbits(31))
        send_many(holders, WAVE, draw, sent)
        fired += sum(rule["fired"] for rule in ground.control.get("rules")["data"])
        ground.control.no_faults()
        seconds.append(_settled(ground))
    figures.hold("sends, withdrawals and deposits", sent.told, f"{size}", sent.count == size)
    figures.hold("faults that struck", fired, f">= {size // 6}", fired >= size // 6)
    figures.at_most("all final after the faults stop", max(seconds), FINAL_WITHIN, "s")
    figures.zero("pages that answered 5xx", [it for holder in holders for it in holder.saw])
    invariants.check(ground, figures, kept_alarms=alarms)


def _settled(ground: Ground) -> float:
    began = clock()
    try:
        return ground.at_rest(4 * FINAL_WITHIN)
    except TimeoutError:
        return clock() - began


def test_nothing_is_doubled_lost_or_misreported(ground: Ground, size: int, seed: int, figures: Figures) -> None:
    measure(ground, size, seed, figures)
