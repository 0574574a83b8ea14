"""Fault rules: which calls and which webhook events go wrong, and how often. Durable, counted, replayable.

A rule matches by method and path (a regular expression searched in the full path) or, for webhook faults, by event
name. Of its matches it fires on the `nth` ones, with `probability` (drawn from `seed` and the number of the match, so
that a run can be repeated), at most `times` times. docs/sandbox.md has the table of faults.
"""

import json
import random
import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from walletapp.sandbox.store import Row, Store, Tx

RequestFault = Literal[
    "errorBefore", "dropBefore", "expireToken", "delay", "drip", "mutate",
    "errorAfter", "dropAfterAccept", "webhookBeforeAnswer", "killCaller", "killSandbox",
]  # fmt: skip
WebhookFault = Literal["duplicateWebhook", "dropWebhook", "delayWebhook", "reorderWebhook"]
REQUEST_FAULTS: tuple[str, ...] = get_args(RequestFault)
WEBHOOK_FAULTS: tuple[str, ...] = get_args(WebhookFault)


class Rule(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)

    fault: RequestFault | WebhookFault
    method: str | None = None
    path: str = ""
    event: str = ""
    nth: int | tuple[int, ...] | None = None
    times: Annotated[int, Field(ge=1)] | None = None
    probability: Annotated[float, Field(ge=0, le=1)] = 1
    seed: int = 0
    status: Annotated[int, Field(ge=200, le=599)] = 503
    seconds: Annotated[float, Field(ge=0, le=600)] = 1
    when: Literal["before", "after"] = "before"
    """For `delay`: before or after the call is executed."""
    again: bool = False
    """Only calls whose Idempotency-Key came before, since the sandbox started: retries."""
    sticky: bool = False
    """For errors: the error is stored under the idempotency key, so every retry of that key gets it again."""
    headers: dict[str, str] = Field(default_factory=dict)
    body: str | None = None
    """For errors and `mutate`: this text is answered as it stands."""
    set: dict[str, Any] = Field(default_factory=dict)
    """For `mutate`: dotted path -> value put there."""
    remove: tuple[str, ...] = ()
    """For `mutate`: dotted paths taken out."""

    @model_validator(mode="after")
    def patterns_compile(self) -> Self:
        for pattern in (self.path, self.event):
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"not a regular expression: {error}") from error
        return self

    def matches_call(self, method: str, path: str, is_again: bool = False) -> bool:
        if self.fault in WEBHOOK_FAULTS or (self.again and not is_again):
            return False
        return self.method in (None, method) and re.search(self.path, path) is not None

    def matches_event(self, event: str) -> bool:
        return self.fault in WEBHOOK_FAULTS and re.search(self.event, event) is not None

    def fires(self, seen: int, fired: int) -> bool:
        """Whether the `seen`-th match (counted from 1) is to go wrong."""
        if self.times is not None and fired >= self.times:
            return False
        if self.nth is not None and seen not in ((self.nth,) if isinstance(self.nth, int) else self.nth):
            return False
        return random.Random(f"{self.seed}:{seen}").random() < self.probability  # noqa: S311 - replay, not secrecy


@dataclass(frozen=True)
class Counted:
    number: int
    rule: Rule
    seen: int
    fired: int

    def shown(self) -> dict[str, Any]:
        fields = self.rule.model_dump(by_alias=True, exclude_defaults=True)
        return {"id": self.number, **fields, "seen": self.seen, "fired": self.fired}


def every(tx: Tx) -> list[Counted]:
    return [_counted(row) for row in tx.all("SELECT * FROM rules ORDER BY number")]


def add(tx: Tx, rule: Rule) -> Counted:
    doc = rule.model_dump_json(by_alias=True, exclude_defaults=True)
    row = tx.one("INSERT INTO rules (doc) VALUES (?) RETURNING *", doc)
    assert row is not None
    return _counted(row)


def clear(tx: Tx, number: int | None = None) -> int:
    return tx.run("DELETE FROM rules WHERE ? IS NULL OR number = ?", number, number)


async def for_call(store: Store, method: str, path: str, is_again: bool) -> list[Rule]:
    """The rules that fire on this call, their counters already moved on."""
    async with store.reading() as tx:
        concerned = any(counted.rule.matches_call(method, path, is_again) for counted in every(tx))
    if not concerned:
        return []
    async with store.transaction() as tx:
        return [c.rule for c in every(tx) if c.rule.matches_call(method, path, is_again) and _count(tx, c)]


def for_event(tx: Tx, event: str) -> list[Rule]:
    """The webhook rules that fire on one delivery of `event`."""
    return [c.rule for c in every(tx) if c.rule.matches_event(event) and _count(tx, c)]


def _count(tx: Tx, counted: Counted) -> bool:
    fires = counted.rule.fires(counted.seen + 1, counted.fired)
    tx.run("UPDATE rules SET seen = seen + 1, fired = fired + ? WHERE number = ?", int(fires), counted.number)
    return fires


def _counted(row: Row) -> Counted:
    return Counted(row["number"], Rule.model_validate(json.loads(row["doc"])), row["seen"], row["fired"])
