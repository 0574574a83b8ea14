"""The chain: each event stands on the one before, and any change is found."""

from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from tests.builders import make_user
from walletapp.audit.append_only import unprotect
from walletapp.audit.models import AuditEvent, AuditHead
from walletapp.audit.trail import record, verify_chain


@pytest.fixture
def five(db: None) -> list[AuditEvent]:
    return [record(None, f"test.{number}", number=number) for number in range(5)]


def tamper(seq: int, **changes: Any) -> None:
    """As somebody who owns the database might."""
    unprotect(connection, "audit_auditevent")
    AuditEvent.objects.filter(seq=seq).update(**changes)


def test_an_untouched_chain_is_whole(five: list[AuditEvent]) -> None:
    assert verify_chain() == ""
    assert [event.seq for event in five] == [1, 2, 3, 4, 5]
    assert five[1].prev_hash == five[0].hash


@pytest.mark.django_db
def test_an_empty_chain_is_whole() -> None:
    assert verify_chain() == ""


@pytest.mark.django_db
def test_an_event_says_who_did_what_to_what() -> None:
    user = make_user("staff")
    event = record(user, "user.changed", user, "asked for by mail", fields=["is_active"], count=1, on=True)
    event.refresh_from_db()
    assert (event.actor, event.object_type, event.object_id) == (user, "accounts.user", str(user.pk))
    assert event.detail == {"fields": ["is_active"], "count": 1, "on": True}
    assert verify_chain() == ""


@pytest.mark.parametrize(
    "changes", [{"reason": "x"}, {"action": "x"}, {"detail": {}}, {"object_id": "7"}, {"hash": "0" * 64}]
)
def test_a_changed_event_is_found(five: list[AuditEvent], changes: dict[str, Any]) -> None:
    tamper(3, **changes)
    assert "event 3" in verify_chain()


def test_a_removed_event_is_found(five: list[AuditEvent]) -> None:
    unprotect(connection, "audit_auditevent")
    AuditEvent.objects.filter(seq=3).delete()
    assert verify_chain() == "event 3 is missing"


def test_a_cut_off_end_is_found(five: list[AuditEvent]) -> None:
    unprotect(connection, "audit_auditevent")
    AuditEvent.objects.filter(seq=5).delete()
    assert verify_chain() == "the chain should end at event 5, it ends at event 4"
    AuditHead.objects.update(seq=4, hash=five[3].hash)
    assert verify_chain() == "the end of the chain is not what was written"


def test_a_new_secret_still_verifies_what_the_old_one_wrote(five: list[AuditEvent], settings: Any) -> None:
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another secret key, long enough to be one"
    assert "event 1" in verify_chain()
    settings.SECRET_KEY_FALLBACKS = [old]
    assert verify_chain() == ""
    record(None, "test.after")
    assert verify_chain() == ""


@pytest.mark.django_db
def test_floats_are_refused_because_engines_write_them_differently() -> None:
    with pytest.raises(TypeError):
        record(None, "test.float", amount=0.1)


def test_an_event_stands_and_falls_with_its_transaction(committed: None) -> None:
    with pytest.raises(RuntimeError, match="belongs into the transaction"):
        record(None, "test.outside")
    with transaction.atomic():
        record(None, "test.undone")
        transaction.set_rollback(True)
    with transaction.atomic():
        record(None, "test.done")
    assert [event.action for event in AuditEvent.objects.all()] == ["test.done"]
    assert verify_chain() == ""


def test_writers_at_the_same_time_make_one_chain(committed: None) -> None:
    def write(number: int) -> None:
        try:
            for _ in range(5):
                with transaction.atomic():
                    record(None, "test.race", number=number)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert AuditEvent.objects.count() == 20
    assert verify_chain() == ""


def test_the_command_says_whether_it_is_whole(five: list[AuditEvent]) -> None:
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert "whole: 5 events" in out.getvalue()
    tamper(2, reason="x")
    with pytest.raises(CommandError, match="event 2"):
        call_command("verify_audit")
