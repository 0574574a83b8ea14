"""Comparing with OMS: what heals by itself, and what becomes a break."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.builders import usdc, wallet_of
from tests.control import Control
from tests.transfers.steps import confirmed, finished, work
from walletapp.accounts.models import User
from walletapp.transfers.models import Transfer
from walletapp.transfers.reconciling import GRACE, reconcile
from walletapp.transfers.states import State
from walletapp.wallet.models import Break, Wallet

pytestmark = pytest.mark.django_db


def test_when_everything_agrees_there_is_no_break(sandbox: Control, alice: User) -> None:
    finished(sandbox, confirmed(alice, amount=usdc("25")))
    run = reconcile()

    assert run.error == ""
    assert run.compared >= 2
    assert (run.differences, Break.objects.count()) == (0, 0)


def test_a_transfer_that_is_behind_is_brought_up_to_date(sandbox: Control, alice: User) -> None:
    transfer = work(confirmed(alice, amount=usdc("25")))
    sandbox.settle(str(transfer.oms_id))
    reconcile()

    transfer.refresh_from_db()
    assert transfer.state == State.COMPLETED
    assert wallet_of(alice).available == usdc("75")
    assert Break.objects.count() == 0


def test_a_balance_that_differs_becomes_one_break_however_often_it_is_seen(sandbox: Control, alice: User) -> None:
    Wallet.objects.filter(user=alice).update(available_minor=99_000_000)
    reconcile()
    reconcile()

    found = Break.objects.get(kind="balance")
    assert found.detail == {"remote": "100.000000", "ours": "99.000000"}


def test_a_transfer_that_oms_does_not_list_becomes_a_break_and_freezes_the_wallet(
    sandbox: Control, alice: User
) -> None:
    transfer = finished(sandbox, confirmed(alice, amount=usdc("25")))
    Transfer.objects.filter(pk=transfer.pk).update(oms_id="txn_nowhere", first_sent_at=timezone.now() - 2 * GRACE)
    reconcile(since=timezone.now() - timedelta(hours=1))

    assert Break.objects.filter(kind="local-without-remote", key=str(transfer.pk)).exists()
    assert wallet_of(alice).frozen_reason


def test_oms_being_away_is_noted_and_nothing_is_concluded(sandbox: Control, alice: User) -> None:
    sandbox.fault("errorBefore", method="GET", path="/transactions$", status=503)
    run = reconcile()

    assert run.error
    assert Break.objects.count() == 0
