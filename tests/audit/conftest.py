"""Tests that really commit: the tables that refuse to be emptied are emptied between tests all the same."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from walletapp.audit.append_only import protect, protected_tables, unprotect


@pytest.fixture
def _guarded_tables(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[str]]:
    """Set up before the database of the test, so that the guards come back after it has been emptied."""
    tables: list[str] = []
    yield tables
    with django_db_blocker.unblock():
        for table in tables:
            protect(connection, table)
        connection.close()


@pytest.fixture
def committed(_guarded_tables: list[str], transactional_db: None) -> Iterator[None]:
    """A database in which commits are commits, also for other threads."""
    yield
    _guarded_tables += protected_tables(connection)
    for table in _guarded_tables:
        unprotect(connection, table)
