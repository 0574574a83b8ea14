"""Answers of OMS that leave open what became of the money, or close a door: one by one, with the real sandbox."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.builders import make_holder, usdc, wallet_of
from tests.control import Control
from tests.transfers.steps import confirmed, drafted, finished, work
from walletapp.accounts.models import User
from walletapp.refusals import Refusal
from walletapp.transfers.confirming import review_digest
from walletapp.transfers.models import Attempt
from walletapp.transfers.states import State
from walletapp.transfers.tasks import push, sweep_transfers
from walletapp.wallet.models import Break

pytestmark = pytest.mark.django_db

MONEY = {"method": "POST", "path": "/transactions$"}


@pytest.mark.parametrize("fault", ["errorBefore", "errorAfter"])
def test_a_500_that_is_kept_under_the_key_is_looked_through_and_no_other_key_is_tried(
    sandbox: Control, alice: User, fault: str
) -> None:
    sandbox.fault(fault, status=500, sticky=True, times=1, **MONEY)
    transfer = confirmed(alice, amount=usdc("25"))
    for _ in range(3):
        transfer = work(transfer)
    executed = sandbox.sends()
    assert transfer.state == (State.PROCESSING if executed else State.UNKNOWN)
    assert wallet_of(alice).held == usdc("25")
    assert set(transfer.tries.values_list("idem_key", flat=True)) == {transfer.idem_key}

    sandbox.advance_clock(120)
    with time_machine.travel(timezone.now() + timedelta(seconds=120)):
        transfer = work(work(transfer))
    assert transfer.state == (State.PROCESSING if executed else State.FAILED)
    assert len(sandbox.sends()) == len(executed)


@pytest.mark.parametrize("status", [400, 409, 422])
def test_no_refusal_counts_after_an_attempt_that_may_have_run(sandbox: Control, alice: User, status: int) -> None:
    sandbox.fault("errorBefore", status=503, times=1, **MONEY)
    transfer = work(confirmed(alice, amount=usdc("25")))
    sandbox.fault("errorBefore", status=status, times=1, **MONEY)
    transfer = work(transfer)

    assert transfer.state == State.UNKNOWN
    assert wallet_of(alice).held == usdc("25")
    assert finished(sandbox, transfer).state == State.COMPLETED
    assert len(sandbox.sends()) == 1


def test_a_conflict_on_the_first_attempt_is_no_refusal(sandbox: Control, alice: User) -> None:
    sandbox.fault("errorAfter", status=409, times=1, **MONEY)
    transfer = work(confirmed(alice, amount=usdc("25")))
    assert transfer.state == State.UNKNOWN
    assert wallet_of(alice).held == usdc("25")

    assert work(transfer).state == State.PROCESSING
    assert len(sandbox.sends()) == 1


def test_a_customer_whom_oms_forbids_to_send_is_stopped_and_nobody_tries_again(sandbox: Control, alice: User) -> None:
    rule = sandbox.fault("errorBefore", status=403, **MONEY)
    transfer = work(confirmed(alice, amount=usdc("25")))
    assert transfer.state == State.FAILED
    assert wallet_of(alice).available == usdc("100")
    assert Break.objects.get().kind == "forbidden"
    with pytest.raises(Refusal, match="paused"):
        drafted(alice, amount=usdc("1"))

    work(transfer)
    seen = next(it["seen"] for it in sandbox.get("rules")["data"] if it["id"] == rule["id"])
    assert seen == 1


def test_too_many_requests_is_waited_for_as_long_as_oms_says(sandbox: Control, alice: User) -> None:
    sandbox.fault("errorBefore", status=429, headers={"Retry-After": "20"}, times=1, **MONEY)
    transfer = work(confirmed(alice, amount=usdc("25")))
    assert transfer.tries.get().outcome == Attempt.Outcome.NOT_SENT
    assert transfer.due_at
    assert timedelta(seconds=15) < transfer.due_at - timezone.now() <= timedelta(seconds=20)

    from walletapp.oms import client

    client._clients.clear()  # the breaker holds the endpoint for the same 20 seconds
    assert finished(sandbox, transfer).state == State.COMPLETED
    assert len(sandbox.sends()) == 1


def test_a_transfer_that_always_fails_does_not_hold_up_the_others(sandbox: Control, alice: User) -> None:
    sick, well = work(confirmed(alice, amount=usdc("1"))), work(confirmed(alice, amount=usdc("2")))
    sandbox.fault("mutate", method="GET", path=f"/transactions/{sick.oms_id}$", body="no JSON")
    for transfer in (sick, well):
        sandbox.settle(str(transfer.oms_id))
    for transfer in (sick, well):
        work(transfer)

    sick.refresh_from_db()
    well.refresh_from_db()
    assert (sick.state, well.state) == (State.PROCESSING, State.COMPLETED)
    assert sick.due_at, "it comes again later"
    assert sick.due_at > timezone.now()


def test_without_any_event_asking_brings_it_to_its_end(sandbox: Control, alice: User) -> None:
    transfer = work(confirmed(alice, amount=usdc("25")))
    assert transfer.due_at
    assert transfer.due_at - timezone.now() < timedelta(seconds=10)
    sandbox.settle(str(transfer.oms_id))
    with time_machine.travel(timezone.now() + timedelta(seconds=10)):
        sweep_transfers()

    transfer.refresh_from_db()
    assert transfer.state == State.COMPLETED


def test_a_task_that_is_delivered_three_times_acts_once(sandbox: Control, alice: User) -> None:
    transfer = confirmed(alice, amount=usdc("25"))
    for _ in range(3):
        push(str(transfer.pk))

    assert transfer.tries.count() == 1
    assert len(sandbox.sends()) == 1


def test_whatever_the_page_shows_changes_what_is_confirmed(sandbox: Control, alice: User) -> None:
    draft = drafted(alice, amount=usdc("25"))
    quote = draft.quotes.get()
    shown = review_digest(draft, quote)
    for row, field, other in [
        (quote, "source_gross_minor", 1),
        (quote, "destination_net_minor", 1),
        (quote, "source_asset", "eur"),
        (quote, "rate", "2"),
        (quote, "fees", []),
        (quote, "expires_at", timezone.now()),
        (draft, "to_address", "0x" + "1" * 40),
        (draft, "wallet_id", make_holder(sandbox, "other").wallets.get().pk),
    ]:
        was = getattr(row, field)
        setattr(row, field, other)
        assert review_digest(draft, quote) != shown, field
        setattr(row, field, was)
    assert review_digest(draft, quote) == shown


def test_a_send_that_compliance_refuses_says_nothing_of_why(sandbox: Control, alice: User) -> None:
    transfer = work(confirmed(alice, amount=usdc("15.15")))
    assert transfer.state == State.FAILED
    assert transfer.reason == ("It did not go through at our payment partner, and nothing was charged.")
    assert wallet_of(alice).available == usdc("100")
