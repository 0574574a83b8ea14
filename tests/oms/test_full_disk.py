"""A database that has no room says so to OMS, which delivers again; nothing is acknowledged that was not kept."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from django.db import DatabaseError, connection
from pytest_django import Settings

from tests.oms.deliveries import SECRET, deliver, envelope
from walletapp.oms.models import InboundEvent


@contextmanager
def _full() -> Iterator[None]:
    """No room for another page. A PostgreSQL whose disk is full is made read-only by whoever looks after it."""
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if is_sqlite:
            cursor.execute("CREATE TABLE filler (stuff BLOB)")
            cursor.execute("PRAGMA page_count")
            cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
            with suppress(DatabaseError):
                while True:
                    cursor.execute("INSERT INTO filler VALUES (zeroblob(2000))")
        else:
            cursor.execute("SET default_transaction_read_only = on")
    yield
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1073741823" if is_sqlite else "SET default_transaction_read_only = off")
        if is_sqlite:
            cursor.execute("DROP TABLE filler")


@pytest.mark.django_db(transaction=True)
def test_a_delivery_that_cannot_be_kept_is_not_acknowledged(settings: Settings) -> None:
    settings.OMS_WEBHOOK_PATH_TOKEN, settings.OMS_WEBHOOK_SECRETS = "test-path-token", [SECRET]
    told = envelope("whd_full", data={"id": "txn_1", "object": "transaction", "note": "x" * 20_000})
    with _full():
        assert deliver(told) == 503
    assert not InboundEvent.objects.exists()
    assert deliver(told) == 202
