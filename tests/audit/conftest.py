"""Tests that really commit, and the emptying of a table that refuses to be emptied."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from walletapp.audit.append_only import protect, unprotect
from walletapp.audit.models import AuditEvent, AuditHead


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database in which commits are commits, also for other threads, with an empty trail before and after.

    Not pytest-django's own: that empties every table, which guarded tables refuse.
    """
    with django_db_blocker.unblock():
        try:
            yield
        finally:
            unprotect(connection, "audit_auditevent")
            AuditEvent.objects.all().delete()
            AuditHead.objects.all().delete()
            protect(connection, "audit_auditevent")
            connection.close()
