"""Comparing with OMS: what heals by itself, and what becomes a break."""

import uuid
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from tests.builders import make_user, usdc, wallet_of
from tests.control import Control
from tests.transfers.steps import confirmed, finished, work
from walletapp.accounts.models import User
from walletapp.oms.client import get_client
from walletapp.transfers import tasks
from walletapp.transfers.depositing import apply_deposit
from walletapp.transfers.models import Transfer
from walletapp.transfers.reconciling import GRACE, look_again, reconcile
from walletapp.transfers.states import State
from walletapp.wallet import breaks, ledger
from walletapp.wallet.models import Break, Movement, ReconciliationRun, Wallet

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
    Wallet.objects.filter(user=alice).update(available_minor=101_000_000)
    reconcile()
    reconcile()

    found = Break.objects.get(kind="balance")
    assert found.detail == {"remote": "100.000000", "ours": "101.000000"}


def test_money_that_is_just_arriving_is_no_break_unless_it_lasts(sandbox: Control, alice: User) -> None:
    Wallet.objects.filter(user=alice).update(available_minor=99_000_000)
    reconcile()
    said = StringIO()
    with pytest.raises(CommandError):  # over the stored figure, which is another kind
        call_command("reconcile", stdout=said)
    assert "looked at again within minutes: 1" in said.getvalue()
    look_again()
    assert not Break.objects.filter(kind="balance").exists()

    with time_machine.travel(timezone.now() + GRACE):
        tasks.tidy_transfers()
    found = Break.objects.get(kind="balance")
    assert found.detail == {"remote": "100.000000", "ours": "99.000000"}


def test_money_that_has_arrived_is_forgotten_by_the_next_look(sandbox: Control, alice: User) -> None:
    Wallet.objects.filter(user=alice).update(available_minor=99_000_000)
    reconcile()
    Wallet.objects.filter(user=alice).update(available_minor=100_000_000)
    look_again()
    assert wallet_of(alice).more_at_oms_since is None

    Wallet.objects.filter(user=alice).update(available_minor=99_000_000)
    with time_machine.travel(timezone.now() + GRACE):
        reconcile()
    assert not Break.objects.filter(kind="balance").exists()


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


def test_a_balance_that_agrees_again_closes_its_break_with_a_note(sandbox: Control, alice: User) -> None:
    wallet, tx_hash = wallet_of(alice), "0x" + "cd" * 32
    sandbox.deposit(str(wallet.oms_id), "7", txHash=tx_hash)
    reconcile()
    with time_machine.travel(timezone.now() + GRACE):
        reconcile()
    assert Break.objects.filter(kind="balance", closed_at=None).exists()

    apply_deposit(str(wallet.oms_id), {"deposit": {"amount": "7", "asset": "usdc", "txHash": tx_hash}})
    reconcile()
    assert Break.objects.get(kind="balance").how_closed == "The balances agree again."


def test_a_balance_that_could_not_be_read_closes_nothing(sandbox: Control, alice: User) -> None:
    wallet = wallet_of(alice)
    breaks.open_break("balance", wallet.pk, wallet=wallet)
    sandbox.fault("errorBefore", method="GET", path="/balance$", status=503)
    reconcile()

    assert Break.objects.get().closed_at is None


@pytest.mark.parametrize(
    ("path", "value", "word"),
    [
        ("source.amountGross", "24.000000", "amount"),
        ("source.feesDeducted.total", "0.200000", "fee"),
        ("destination.wallet.blockchainAddress", "0x" + "1" * 40, "address"),
        ("status", "failed", "OMS says failed"),
    ],
)
def test_an_end_that_oms_tells_differently_is_a_contradiction(
    sandbox: Control, alice: User, path: str, value: str, word: str
) -> None:
    transfer = finished(sandbox, confirmed(alice, amount=usdc("25")))
    sandbox.fault("mutate", method="GET", path="/transactions$", set={f"data.0.{path}": value})
    run = reconcile()

    found = Break.objects.get()
    assert (found.kind, found.key) == ("contradiction", str(transfer.pk))
    assert word in found.detail["problem"]
    assert run.differences == 1
    assert wallet_of(alice).frozen_reason
    transfer.refresh_from_db()
    assert transfer.state == State.COMPLETED


def test_money_held_for_no_transfer_is_a_break_and_stops_the_wallet(sandbox: Control, alice: User) -> None:
    wallet = wallet_of(alice)
    with transaction.atomic():
        ledger.hold(
            Movement.objects.create(
                id=uuid.uuid4(), wallet=wallet, kind="send", direction="out", word="in_progress",
                amount_minor=5_000_000, other_party="nobody", page="transfers:transfer",
            )
        )  # fmt: skip
    reconcile()

    found = Break.objects.get()
    assert (found.kind, found.detail) == ("hold-without-transfer", {"held": "5000000", "open transfers": "0"})
    assert wallet_of(alice).frozen_reason


def test_a_stored_balance_that_its_entries_do_not_give_is_a_break(sandbox: Control, alice: User) -> None:
    wallet = wallet_of(alice)
    Wallet.objects.filter(pk=wallet.pk).update(available_minor=99_000_000)
    reconcile()

    found = Break.objects.get(kind="ledger")
    assert found.key == f"{wallet.pk}:available"
    assert found.detail == {"stored": "99000000", "by entries": "100000000"}


def test_an_open_transfer_that_nobody_works_on_is_stuck_until_it_moves_on(sandbox: Control, alice: User) -> None:
    transfer = work(confirmed(alice, amount=usdc("25")))
    reconcile()
    assert not Break.objects.exists()

    Transfer.objects.filter(pk=transfer.pk).update(due_at=None)
    reconcile()
    assert Break.objects.get(kind="stuck").key == str(transfer.pk)
    assert not wallet_of(alice).frozen_reason

    sandbox.settle(str(transfer.oms_id))
    reconcile()
    assert Break.objects.get(kind="stuck").how_closed == "It moved on."


def test_money_that_left_without_us_stops_the_wallet_it_left(sandbox: Control, alice: User) -> None:
    sandbox.settings(quoteSingleUse=False, idempotencySeconds=0)
    transfer = finished(sandbox, confirmed(alice, amount=usdc("25")))
    Transfer.objects.filter(pk=transfer.pk).update(lease_token="")
    get_client().execute_transaction(bytes(transfer.request_body), key=f"second-{uuid.uuid4()}")
    reconcile()

    assert set(Break.objects.values_list("kind", flat=True)) == {"duplicate-remote", "balance"}
    assert wallet_of(alice).frozen_reason


def test_the_command_says_what_differs_and_who_looks_after_it(sandbox: Control, alice: User) -> None:
    said = StringIO()
    call_command("reconcile", stdout=said)
    assert "differences: 0" in said.getvalue()

    Wallet.objects.filter(user=alice).update(available_minor=101_000_000)
    with pytest.raises(CommandError, match="something differs") as failed:
        call_command("reconcile", days=7, stdout=said)
    assert failed.value.returncode == 1
    assert f"balance {wallet_of(alice).pk} (owner: nobody)" in said.getvalue()

    breaks.assign_break(Break.objects.get(kind="balance").pk, None, make_user("sam", is_staff=True))
    with pytest.raises(CommandError):
        call_command("reconcile", stdout=said)
    assert "owner: sam-" in said.getvalue()


def test_the_command_says_when_oms_could_not_be_asked(sandbox: Control, alice: User) -> None:
    sandbox.fault("errorBefore", method="GET", path="/transactions$", status=503)
    with pytest.raises(CommandError, match="could not be asked"):
        call_command("reconcile", stdout=StringIO())


def test_both_comparisons_are_run_by_the_clock(sandbox: Control, alice: User) -> None:
    beat: dict[str, Any] = settings.CELERY_BEAT_SCHEDULE
    assert beat["transfers.tasks.reconcile"]["schedule"].seconds == 3600
    assert beat["transfers.tasks.reconcile_week"]["schedule"].seconds == 86_400
    tasks.reconcile()
    tasks.reconcile_week()

    hourly, weekly = ReconciliationRun.objects.order_by("pk")
    assert hourly.covers_since and weekly.covers_since  # noqa: PT018
    assert timezone.now() - weekly.covers_since > timedelta(days=6, hours=23)
