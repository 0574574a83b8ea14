"""Rows as work items: one worker at a time, nothing lost when it dies, one winner for every move."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, transaction
from django.utils import timezone

from tests.builders import make_user
from walletapp.durable import TRIES, durable
from walletapp.later import HEARD_WITHIN, ring
from walletapp.transitions import advance
from walletapp.wallet.models import Wallet
from walletapp.work import LEASE, backoff, work_through

pytestmark = pytest.mark.django_db


@pytest.fixture
def row() -> Wallet:
    return Wallet.objects.create(user=make_user(), idem_key="k", due_at=timezone.now())


def test_a_due_row_is_claimed_once(row: Wallet) -> None:
    first, second = Wallet.claim(row.pk), Wallet.claim(row.pk)

    assert first is not None
    assert first.attempts == 1
    assert second is None


def test_a_row_that_is_not_due_is_not_claimed(row: Wallet) -> None:
    Wallet.objects.update(due_at=timezone.now() + timedelta(minutes=1))
    assert Wallet.claim(row.pk) is None


def test_a_dead_workers_row_is_free_again_when_its_lease_ends(row: Wallet) -> None:
    dead = Wallet.claim(row.pk)
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        alive = Wallet.claim(row.pk)

    assert dead is not None
    assert alive is not None
    assert alive.attempts == 2
    assert dead.done() is False, "it lost the row and may not give it back"
    assert alive.done() is True


def test_a_finished_row_wants_nothing(row: Wallet) -> None:
    claimed = Wallet.claim(row.pk)
    assert claimed is not None
    claimed.done()
    assert not Wallet.due().exists()


def test_waits_grow_and_stay_between_half_and_the_whole_step() -> None:
    for attempts, step in ((1, 0.5), (3, 5), (8, 1800), (50, 1800)):
        for _ in range(20):
            assert step * 0.5 <= backoff(attempts).total_seconds() <= step


def test_only_one_of_two_makes_a_move(row: Wallet) -> None:
    same = Wallet.objects.get(pk=row.pk)
    assert advance(row, to="suspended", frm=["opening"]) is True
    assert advance(same, to="closed", frm=["opening"]) is False
    assert (row.state, same.state) == ("suspended", "opening")


def test_the_bell_may_be_broken(row: Wallet, django_capture_on_commit_callbacks: Any) -> None:
    class Broken:
        name = "broken"

        def apply_async(self, args: tuple[str], *, expires: int) -> None:
            raise ConnectionError("no broker")

    with django_capture_on_commit_callbacks(execute=True):
        ring(Broken(), row.pk)


def test_the_bell_rings_only_after_commit(row: Wallet, django_capture_on_commit_callbacks: Any) -> None:
    heard: list[tuple[str, int]] = []

    class Bell:
        name = "bell"

        def apply_async(self, args: tuple[str], *, expires: int) -> None:
            heard.append((args[0], expires))

    with django_capture_on_commit_callbacks(execute=True):
        ring(Bell(), row.pk)
        assert heard == []
    assert heard == [(str(row.pk), HEARD_WITHIN)]  # unheard for longer, it is the sweep's


def test_a_sweep_works_through_what_is_due_and_one_that_fails_holds_nobody_up() -> None:
    done: list[str] = []

    def act(key: str) -> None:
        done.append(key)
        if key == "2":
            raise RuntimeError("poison")

    work_through([1, 2, 3], act)
    assert done == ["1", "2", "3"]


def test_a_sweep_lets_others_have_the_process_after_a_while() -> None:
    done: list[str] = []
    with time_machine.travel(0, tick=False):
        work_through([1, 2, 3], done.append, seconds=0)
    assert done == []


def test_a_locked_database_is_tried_again_and_then_said() -> None:
    calls: list[int] = []

    def locked() -> None:
        calls.append(1)
        raise OperationalError("database is locked")

    with pytest.raises(OperationalError):
        durable(locked)()
    assert 1 <= len(calls) <= TRIES


@pytest.mark.django_db(transaction=True)
def test_a_money_function_refuses_to_run_inside_somebody_elses_transaction() -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        durable(lambda: None)()


@pytest.mark.django_db(transaction=True)
def test_a_lock_that_goes_away_is_waited_for() -> None:
    calls: list[int] = []

    @durable
    def twice_locked() -> str:
        calls.append(1)
        if len(calls) < TRIES:
            raise OperationalError("database is locked")
        return "done"

    assert twice_locked() == "done"
    assert len(calls) == TRIES
