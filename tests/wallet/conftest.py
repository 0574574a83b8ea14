"""What the tests of the wallet share: hearing the bells, and movements without a transfer behind them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from uuid import uuid4

import pytest
from celery.signals import before_task_publish
from django.db import connection, transaction

from walletapp.audit.append_only import protect, protected_tables, unprotect
from walletapp.wallet.models import Movement, Wallet
from walletapp.wallet.states import Direction, MovementKind, Word

type MakeMovement = Callable[..., Movement]
type Bells = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def bells(django_capture_on_commit_callbacks: Any) -> Bells:
    """The row ids that workers are rung for within the block, as they really go to the broker."""

    @contextmanager
    def listening() -> Iterator[list[str]]:
        heard: list[str] = []

        def hear(body: Any = None, **kwargs: Any) -> None:
            heard.extend(body[0])

        # Celery knows a listener by its address in memory, which an earlier test's may have had.
        name = uuid4().hex
        before_task_publish.connect(hear, weak=False, dispatch_uid=name)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                yield heard
        finally:
            before_task_publish.disconnect(dispatch_uid=name)

    return listening


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    """Commits are real, for tests with threads. Afterwards also the tables are emptied that refuse to be."""
    yield
    tables = protected_tables(connection)
    for table in tables:
        unprotect(connection, table)
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
    for table in tables:
        protect(connection, table)


@pytest.fixture
def movement() -> MakeMovement:
    """One row of the activity."""

    def make(wallet: Wallet, **fields: Any) -> Movement:
        values: dict[str, Any] = {
            "id": uuid4(),
            "kind": MovementKind.SEND,
            "direction": Direction.OUT,
            "word": Word.DONE,
            "amount_minor": 25_000_000,
            "other_party": "bob@example.com",
            "page": "transfers:transfer",
        }
        return Movement.objects.create(wallet=wallet, **{**values, **fields})

    return make
