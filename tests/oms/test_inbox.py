"""Applying deliveries: once, twice, out of order, not yet, never."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.oms import handlers
from tests.oms.deliveries import SECRET, deliver, envelope
from walletapp.oms import inbox, tasks
from walletapp.oms.models import InboundEvent, WebhookEndpoint
from walletapp.oms.tasks import apply_event, sweep_events

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _routes(settings: Any) -> None:
    settings.OMS_WEBHOOK_SECRETS = [SECRET]
    settings.OMS_EVENT_ROUTES = "tests.oms.handlers.ROUTES"
    handlers.seen.clear()
    handlers.failing.clear()


def receive(delivery: str = "whd_1", **more: Any) -> InboundEvent:
    deliver(envelope(delivery, **more))
    return InboundEvent.objects.get(event_id=delivery)


def now_due(event: InboundEvent) -> None:
    InboundEvent.objects.filter(pk=event.pk).update(due_at=timezone.now())


def test_a_delivery_is_applied_once() -> None:
    event = receive()
    apply_event(str(event.pk))
    event.refresh_from_db()
    assert handlers.seen == [("transaction", "txn_1")]
    assert (event.state, event.due_at, event.attempts) == ("applied", None, 1)
    assert event.applied_at is not None
    assert event.lease_token == ""


def test_applying_it_twice_does_nothing_more() -> None:
    event = receive()
    for _ in range(3):
        apply_event(str(event.pk))
    assert handlers.seen == [("transaction", "txn_1")]


def test_a_row_that_somebody_holds_is_left_alone() -> None:
    event = receive()
    assert InboundEvent.claim(event.pk) is not None
    apply_event(str(event.pk))
    assert handlers.seen == []


def test_a_worker_that_died_loses_nothing() -> None:
    event = receive()
    InboundEvent.claim(event.pk)
    InboundEvent.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    apply_event(str(event.pk))
    assert handlers.seen == [("transaction", "txn_1")]


def test_a_worker_that_lost_its_lease_does_not_overwrite_the_next_one() -> None:
    event = receive()
    slow = InboundEvent.claim(event.pk)
    assert slow is not None
    InboundEvent.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    apply_event(str(event.pk))
    inbox._try_again(slow, RuntimeError("late"))
    event.refresh_from_db()
    assert event.state == "applied"


def test_order_does_not_matter_because_each_delivery_only_asks_for_a_new_look() -> None:
    late = receive("whd_2", sequence=2)
    early = receive("whd_1", sequence=1)
    for event in (late, early):
        apply_event(str(event.pk))
    assert handlers.seen == [("transaction", "txn_1")]
    assert set(InboundEvent.objects.values_list("state", flat=True)) == {"applied"}


def test_one_look_answers_what_came_before_it_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, held = receive("whd_1"), receive("whd_2"), receive("whd_3")
    InboundEvent.claim(held.pk)
    other = receive("whd_4", data={"id": "txn_2", "object": "transaction"})

    def look(resource_id: str, data: Any) -> None:
        receive("whd_5")  # while OMS is answering

    monkeypatch.setitem(handlers.ROUTES, "transaction", [look])
    apply_event(str(first.pk))
    states = dict(InboundEvent.objects.values_list("event_id", "state"))
    done = {"whd_1": "applied", "whd_2": "applied"}
    assert states == done | {"whd_3": "received", "whd_4": "received", "whd_5": "received"}
    second.refresh_from_db()
    assert (second.due_at, second.last_error) == (None, "")
    assert second.applied_at
    assert InboundEvent.due().filter(pk=other.pk).exists()


def test_a_look_that_failed_answers_nothing() -> None:
    first, second = receive("whd_1"), receive("whd_2")
    handlers.failing.append(handlers.FAILURES["broken"])
    apply_event(str(first.pk))
    second.refresh_from_db()
    assert second.state == "received"
    assert second.due_at


def test_each_deposit_is_looked_at_because_each_is_other_money() -> None:
    for number in (1, 2):
        receive(f"whd_{number}", data={"object": "wallet", "id": "wlt_1", "deposit": {"txHash": f"0x{number}"}})
    sweep_events()
    assert handlers.seen == [("wallet", "wlt_1")] * 2


def test_one_deposit_told_many_times_is_looked_at_once() -> None:
    for number in range(3):
        receive(f"whd_{number}", data={"object": "wallet", "id": "wlt_1", "deposit": {"txHash": "0x1", "amount": "5"}})
    receive("whd_4", data={"object": "wallet", "id": "wlt_1", "deposit": {"txHash": "0x1", "amount": "6"}})
    sweep_events()
    assert handlers.seen == [("wallet", "wlt_1")] * 2
    assert set(InboundEvent.objects.values_list("state", flat=True)) == {"applied"}


def test_a_sweep_goes_on_as_long_as_something_new_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "BATCH", 2)
    for number in range(7):
        receive(f"whd_{number}", data={"id": f"txn_{number}", "object": "transaction"})
    sweep_events()
    assert {resource for _, resource in handlers.seen} == {f"txn_{number}" for number in range(7)}


def test_a_sweep_ends_although_something_stays_due(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    monkeypatch.setattr(inbox, "apply", tried.append)
    event = receive()
    sweep_events()
    assert tried == [str(event.pk)]


def test_what_is_not_known_yet_is_parked_and_applied_later() -> None:
    event = receive()
    handlers.failing.append(handlers.FAILURES["not yet"])
    apply_event(str(event.pk))
    event.refresh_from_db()
    assert event.state == "parked"
    assert event.due_at is not None
    assert timedelta(seconds=2) < event.due_at - timezone.now() < timedelta(seconds=6)
    handlers.failing.clear()
    now_due(event)
    apply_event(str(event.pk))
    event.refresh_from_db()
    assert (event.state, event.last_error) == ("applied", "")


def test_what_is_never_known_is_given_up_after_the_last_step_with_an_alert(caplog: pytest.LogCaptureFixture) -> None:
    event = receive()
    handlers.failing.append(handlers.FAILURES["not yet"])
    waits: list[Any] = []
    for _ in range(len(inbox.PARKED_STEPS) + 1):
        now_due(event)
        apply_event(str(event.pk))
        event.refresh_from_db()
        waits.append(event.due_at)
    assert (event.state, event.due_at) == ("dead", None)
    assert waits[-2] - timezone.now() > timedelta(hours=11)
    assert any("ALERT event" in record.message for record in caplog.records)


def test_an_error_backs_off_and_is_given_up_in_the_end(caplog: pytest.LogCaptureFixture) -> None:
    event = receive()
    handlers.failing.append(handlers.FAILURES["broken"])
    for attempt in range(1, inbox.GIVE_UP_AFTER + 1):
        now_due(event)
        apply_event(str(event.pk))
        event.refresh_from_db()
        assert event.attempts == attempt
        assert event.last_error == "RuntimeError: broken"
        assert event.state == ("dead" if attempt == inbox.GIVE_UP_AFTER else "received")
    assert any("ALERT event" in record.message for record in caplog.records)


def test_an_outage_of_oms_never_gives_a_delivery_up() -> None:
    event = receive()
    handlers.failing.append(handlers.FAILURES["away"])
    for _ in range(inbox.GIVE_UP_AFTER + 5):
        now_due(event)
        apply_event(str(event.pk))
    event.refresh_from_db()
    assert event.state == "received"
    assert event.due_at is not None
    assert event.due_at - timezone.now() < timedelta(seconds=61)


def test_one_poison_delivery_does_not_hold_up_the_others() -> None:
    poison, fine = receive("whd_1"), receive("whd_2")
    handlers.failing.append(handlers.FAILURES["broken"])
    apply_event(str(poison.pk))
    handlers.failing.clear()
    apply_event(str(fine.pk))
    assert handlers.seen == [("transaction", "txn_1")]


@pytest.mark.parametrize(
    "data", [{}, {"object": "unheardOf", "id": "uh_1"}, {"object": "transaction"}, {"object": "transaction", "id": 7}]
)
def test_what_nobody_handles_is_kept_and_ignored(data: dict[str, Any]) -> None:
    event = receive(data=data)
    apply_event(str(event.pk))
    event.refresh_from_db()
    assert (event.state, event.due_at) == ("ignored", None)
    assert handlers.seen == []


def test_handlers_run_outside_any_transaction_of_ours(settings: Any) -> None:
    settings.OMS_EVENT_ROUTES = "tests.oms.test_inbox.DEPTH_ROUTES"
    event = receive()
    apply_event(str(event.pk))
    assert depths == [outer_depth()]


depths: list[int] = []
DEPTH_ROUTES = {"transaction": [lambda resource_id, data: depths.append(outer_depth())]}


def outer_depth() -> int:
    return len(transaction.get_connection().savepoint_ids)


def test_the_sweep_applies_everything_that_is_due() -> None:
    due, resting, held = receive("whd_1"), receive("whd_2"), receive("whd_3")
    InboundEvent.objects.filter(pk=resting.pk).update(state="applied", due_at=None)
    InboundEvent.claim(held.pk)
    sweep_events()
    tried = InboundEvent.objects.filter(attempts__gt=0).exclude(pk=held.pk)
    assert [it.pk for it in tried] == [due.pk]
    assert due.pk not in InboundEvent.due().values_list("pk", flat=True)
    held.refresh_from_db()
    assert held.state == "received"


def test_receiving_rings_once_on_commit(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as rung:
        receive()
        deliver(envelope())
    assert len(rung) == 1


@pytest.mark.parametrize("state", ["parked", "dead", "conflict"])
def test_what_rests_can_be_applied_again(state: str) -> None:
    event = receive()
    InboundEvent.objects.update(state=state, due_at=None, attempts=12, last_error="x")
    assert inbox.apply_again(event) is True
    apply_event(str(event.pk))
    event.refresh_from_db()
    assert (event.state, event.attempts) == ("applied", 1)


@pytest.mark.parametrize("state", ["received", "applied", "ignored"])
def test_what_is_done_or_at_work_is_not_applied_again(state: str) -> None:
    event = receive()
    InboundEvent.objects.update(state=state, due_at=None)
    assert inbox.apply_again(event) is False


def test_a_conflict_that_comes_while_it_is_being_applied_wins() -> None:
    event = receive()
    held = InboundEvent.claim(event.pk)
    assert held is not None
    deliver(envelope(sequence=99))
    assert inbox._finish(held, InboundEvent.State.APPLIED) is False
    event.refresh_from_db()
    assert event.state == "conflict"


def test_compliance_only_events_are_kept_and_look_like_any_other(caplog: pytest.LogCaptureFixture) -> None:
    event = receive(event="transaction.cryptoToCrypto.underReview")
    apply_event(str(event.pk))
    assert handlers.seen == [("transaction", "txn_1")]
    assert "underReview" not in caplog.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "somewhere"},
        {"sequence": -1},
        {"state": "applied", "due_at": timezone.now()},
        {"state": "dead", "due_at": timezone.now()},
    ],
)
def test_the_database_itself_refuses_what_cannot_be(wrong: dict[str, Any]) -> None:
    receive()
    with pytest.raises(IntegrityError), transaction.atomic():
        InboundEvent.objects.update(**wrong)


def test_the_database_refuses_a_second_row_under_one_id() -> None:
    first = receive()
    with pytest.raises(IntegrityError), transaction.atomic():
        InboundEvent.objects.create(
            endpoint=first.endpoint, event_id=first.event_id, body=first.body, body_sha256="0" * 64, secret_id="x"
        )


def test_an_endpoint_is_active_only_with_id_and_secret() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        WebhookEndpoint.objects.create(url="https://x.example/", active=True)
    assert json.dumps(envelope())
