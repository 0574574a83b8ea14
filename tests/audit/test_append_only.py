"""Rows that can be added and never changed."""

import pytest
from django.db import DatabaseError, connection, transaction

from walletapp.audit.append_only import protect, protected_tables, unprotect
from walletapp.audit.models import AuditEvent
from walletapp.audit.trail import record

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> AuditEvent:
    return record(None, "test.event")


def test_an_event_cannot_be_changed(event: AuditEvent) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.filter(pk=event.pk).update(reason="better so")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        event.save()


def test_an_event_cannot_be_deleted(event: AuditEvent) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        event.delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditevent")
    assert AuditEvent.objects.count() == 1


def test_the_database_itself_names_its_guarded_tables() -> None:
    assert "audit_auditevent" in protected_tables(connection)


def test_guarding_twice_is_guarding_once(event: AuditEvent) -> None:
    protect(connection, "audit_auditevent")
    protect(connection, "audit_auditevent")
    unprotect(connection, "audit_auditevent")
    AuditEvent.objects.filter(pk=event.pk).update(reason="nothing is left of it")
    protect(connection, "audit_auditevent")
