"""Each guard with a small measurement that needs it: green as the wallet is, red with the guard taken away.

The guards are taken away here, in the test's own process, and put back; the wallet has no switch for any of it. Where
two guards stand behind each other, the sandbox takes the other one away: it forgets keys, or takes a quote twice.
"""

import json
import random
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, connections, models
from django.test import Client
from django.urls import reverse

from tests.builders import make_holder, usdc
from tests.control import Control
from tests.faults import planting, test_races
from tests.faults.figures import Figures
from tests.oms.deliveries import SECRET, envelope, sign
from tests.racing import at_once, crashes
from tests.transfers.steps import confirm as press
from tests.transfers.steps import confirmed, drafted, work
from walletapp import event_routes
from walletapp.oms import inbox, schemas, webhooks
from walletapp.oms.client import get_client
from walletapp.oms.endpoints import Secret
from walletapp.oms.envelope import read_envelope
from walletapp.oms.errors import OmsOutcomeUnknown, OmsRejected
from walletapp.oms.models import InboundEvent
from walletapp.refusals import Refusal
from walletapp.transfers import executing, frozen, moving, states, tracking
from walletapp.transfers.models import Transfer
from walletapp.transfers.quotes import Quote
from walletapp.transfers.states import State
from walletapp.transfers.tasks import push

MONEY = {"method": "POST", "path": "/transactions$"}

Patch = pytest.MonkeyPatch


@dataclass(frozen=True, slots=True)
class Guard:
    """`measure` records what must hold; `remove` takes the guard away for as long as the context lasts."""

    name: str
    measure: Callable[[Control, Figures], None]
    remove: Callable[[Patch], Any]


# --- What is measured -------------------------------------------------------------------------------------------------


def slept_through(sandbox: Control, figures: Figures) -> None:
    """A worker is put to sleep in the middle of its call, past its lease; OMS would take one quote twice."""
    sandbox.settings(quoteSingleUse=False)
    transfer = confirmed(make_holder(sandbox), amount=usdc("25"))
    sandbox.fault("delay", seconds=2, times=1, **MONEY)

    def second_worker() -> None:
        time.sleep(0.7)
        Transfer.objects.filter(pk=transfer.pk).update(lease_until=None)
        work(transfer)

    figures.zero("crashes", crashes(at_once([partial(push, str(transfer.pk)), second_worker])))
    figures.at_most("executions of one transfer", len(sandbox.sends()), 1, "times")


def lost_answer(sandbox: Control, figures: Figures) -> None:
    sandbox.fault("dropAfterAccept", times=1, **MONEY)
    transfer = work(confirmed(make_holder(sandbox), amount=usdc("25")))
    is_wrong = transfer.state == State.FAILED and bool(sandbox.sends())
    figures.zero("said not to have happened, and paid", int(is_wrong))


def one_quote_for_two(sandbox: Control, figures: Figures) -> None:
    """OMS gives the same price to two drafts."""
    alice = make_holder(sandbox)
    first = drafted(alice, amount=usdc("1"))
    sandbox.fault("mutate", method="POST", path="/quotes$", times=1, set={"id": first.quotes.get().oms_id})
    drafts = [first]
    try:
        drafts.append(drafted(alice, amount=usdc("1")))
    except Refusal:
        figures.hold("the second draft", "refused", "refused or carried out", holds=True)
    for draft in drafts:
        press(draft)
    results = [_try(partial(work, draft)) for draft in drafts] + [_try(partial(work, draft)) for draft in drafts]
    figures.zero("crashes", crashes(results))
    figures.at_most("transfers resting on one execution", _begun(drafts), 1, "")


def _begun(drafts: list[Transfer]) -> int:
    return Transfer.objects.filter(pk__in=[draft.pk for draft in drafts]).exclude(state=State.QUOTED).count()


def many_workers(sandbox: Control, figures: Figures) -> None:
    """OMS remembers no key and takes a quote twice, so nobody but one worker may speak to it."""
    sandbox.settings(quoteSingleUse=False, idempotencySeconds=0)
    for _ in range(3):
        transfer = confirmed(make_holder(sandbox), amount=usdc("1"))
        at_once([partial(push, str(transfer.pk))] * 6)
    counts: dict[str, int] = {}
    for row in sandbox.sends():
        counts[row["metadata"]["transferId"]] = counts.get(row["metadata"]["transferId"], 0) + 1
    figures.zero("executed twice", [f"{key} x {n}" for key, n in counts.items() if n > 1])


def hands_at_once(sandbox: Control, figures: Figures) -> None:
    draw = random.Random(1)
    test_races.measure("one form x 10", partial(test_races.one_form, draw), 4, figures)
    test_races.measure("whole balance x 20", partial(test_races.whole_balance, draw), 3, figures)
    test_races.measure("daily limit x 50", partial(test_races.daily_limit, draw), 2, figures)


def lying_event(sandbox: Control, figures: Figures) -> None:
    """Signed, and untrue: OMS itself still says processing."""
    transfer = work(confirmed(make_holder(sandbox), amount=usdc("25")))
    said = get_client().get_transaction(str(transfer.oms_id)).raw
    told = envelope(f"whd_{uuid.uuid4().hex}", data={**said, "status": "completed"})
    raw = json.dumps(told).encode()
    inbox.store(raw, read_envelope(raw), Secret("test", "test", ""))
    inbox.apply(InboundEvent.objects.get(event_id=told["id"]).pk)
    transfer.refresh_from_db()
    figures.zero("said to be done, and not done", int(transfer.state == State.COMPLETED))


def late_reader(sandbox: Control, figures: Figures) -> None:
    """A worker read the transfer, slept, and wakes up after another one has applied its end."""
    transfer = planting.order(make_holder(sandbox))
    long_ago = get_client().get_transaction(str(transfer.oms_id))
    planting.end(sandbox, transfer)
    result = _try(partial(tracking.settle, str(transfer.pk), long_ago))
    transfer.refresh_from_db()
    figures.zero("crashes", crashes([result]))
    figures.zero("fell back after its end", int(transfer.state != State.COMPLETED))


def forgeries(sandbox: Control, figures: Figures) -> None:
    body = json.dumps(envelope("whd_forged")).encode()
    headers = {
        "unsigned": None,
        "empty": "",
        "another secret": sign(body, secret="whsec_" + "cd" * 32),
        "another body": sign(b"{}"),
        "too old": sign(body, at=time.time() - 301),
        "cut short": sign(body)[:-2],
    }
    url = reverse("oms:webhook", args=["test-path-token"])
    answers = {
        how: Client().post(
            url, body, content_type="application/json", headers={"Webhook-Signature": header} if header else {}
        )
        for how, header in headers.items()
    }
    figures.zero("forgeries accepted", [how for how, answer in answers.items() if answer.status_code < 300])
    figures.zero("forgeries kept", InboundEvent.objects.all())


def _try(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except Exception as error:  # noqa: BLE001 - what a person or a worker would have met
        return error


# --- What is taken away -----------------------------------------------------------------------------------------------


@contextmanager
def fresh_key_per_retry(patch: Patch) -> Iterator[None]:
    call = executing._call

    def with_fresh_key(transfer: Transfer) -> executing.Answer:
        transfer.idem_key = f"fresh-{uuid.uuid4()}"
        return call(transfer)

    patch.setattr(executing, "_call", with_fresh_key)
    yield


@contextmanager
def timeout_is_failure(patch: Patch) -> Iterator[None]:
    call = executing._call

    def without_doubt(transfer: Transfer) -> executing.Answer:
        try:
            return call(transfer)
        except OmsOutcomeUnknown as lost:
            raise OmsRejected(str(lost), status=400) from lost

    patch.setattr(executing, "_call", without_doubt)
    yield


@contextmanager
def quote_not_unique(patch: Patch) -> Iterator[None]:
    unique = Quote._meta.get_field("oms_id")
    repeatable = models.CharField(max_length=128, null=True, blank=True)
    repeatable.set_attributes_from_name("oms_id")
    repeatable.model = Quote
    with connection.schema_editor() as editor:
        editor.alter_field(Quote, unique, repeatable)
    yield
    Quote.objects.update(oms_id=None)
    with connection.schema_editor() as editor:
        editor.alter_field(Quote, repeatable, unique)


@contextmanager
def no_lease(patch: Patch) -> Iterator[None]:
    patch.setattr(Transfer, "claim", classmethod(lambda cls, pk: cls.objects.get(pk=pk)))
    yield


@contextmanager
def no_queue_at_the_database(patch: Patch) -> Iterator[None]:
    """SQLite: a transaction takes the write lock only when it writes. PostgreSQL: no row is locked by who reads it."""
    if connection.vendor == "sqlite":
        options = connections.settings["default"]["OPTIONS"]
        patch.setitem(options, "transaction_mode", "DEFERRED")
    else:
        patch.setattr(type(connection.features), "has_select_for_update", False)
    yield


@contextmanager
def event_is_believed(patch: Patch) -> Iterator[None]:
    def believe(oms_id: str, data: Any) -> None:
        found = schemas.Transaction.from_json(data)
        if ours := tracking.find_ours(found):
            tracking.settle(str(ours.pk), found)

    patch.setitem(event_routes.EVENT_ROUTES, "transaction", [believe])
    yield


@contextmanager
def state_may_fall(patch: Patch) -> Iterator[None]:
    """No guard in the code and none in the database."""
    patch.setattr(Transfer, "is_final", property(lambda self: False))
    anywhere = {state: frozenset(states.State) for state in states.MOVES}
    patch.setattr(moving, "MOVES", anywhere)
    with connection.schema_editor() as editor:
        frozen._backwards(None, editor)
    yield
    with connection.schema_editor() as editor:
        frozen._forwards(None, editor)


@contextmanager
def signature_unchecked(patch: Patch) -> Iterator[None]:
    patch.setattr(webhooks, "_signer", lambda raw, header: Secret("anybody", "anybody", SECRET))
    yield


GUARDS = (
    Guard("one key for every attempt", slept_through, fresh_key_per_retry),
    Guard("no answer is not a failure", lost_answer, timeout_is_failure),
    Guard("a quote is used once", one_quote_for_two, quote_not_unique),
    Guard("one worker holds the lease", many_workers, no_lease),
    Guard("writers queue", hands_at_once, no_queue_at_the_database),
    Guard("an event is only a bell", lying_event, event_is_believed),
    Guard("a state only climbs", late_reader, state_may_fall),
    Guard("a delivery is signed", forgeries, signature_unchecked),
)


def measured(guard: Guard, sandbox: Control, patch: Patch, *, removed: bool) -> Figures:
    """The guard's measurement from a fresh start, with the guard or without."""
    sandbox.reset()
    cache.clear()
    figures = Figures(10)
    if not removed:
        guard.measure(sandbox, figures)
        return figures
    with patch.context() as here, guard.remove(here):
        guard.measure(sandbox, figures)
    return figures


def red(figures: Figures) -> str:
    """What gave the missing guard away."""
    return "; ".join(f"{it.measure}: {it.value.splitlines()[0]}" for it in figures.broken)
