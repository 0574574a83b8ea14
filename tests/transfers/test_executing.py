"""Having OMS carry it out exactly once, whatever is lost on the way."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.builders import usdc, wallet_of
from tests.control import Control
from tests.transfers.steps import confirm, confirmed, drafted, finished, work
from walletapp.accounts.models import User
from walletapp.oms.client import get_client
from walletapp.oms.errors import OmsMisconfigured
from walletapp.refusals import Refusal
from walletapp.transfers import confirming
from walletapp.transfers.executing import _call, give_up
from walletapp.transfers.models import Attempt, Transfer
from walletapp.transfers.overdue import drop_old_drafts
from walletapp.transfers.quotes import Quote
from walletapp.transfers.reconciling import reconcile
from walletapp.transfers.states import State
from walletapp.transfers.tasks import push
from walletapp.wallet.models import Break, Movement, Wallet
from walletapp.wallet.states import Word

pytestmark = pytest.mark.django_db

MONEY = {"method": "POST", "path": "/transactions$"}


def executed(sandbox: Control, transfer: Transfer) -> int:
    return sum(1 for row in sandbox.sends() if row["metadata"].get("transferId") == str(transfer.pk))


def test_a_lost_answer_is_unknown_and_becomes_known_without_a_second_payment(sandbox: Control, alice: User) -> None:
    sandbox.fault("dropAfterAccept", times=1, **MONEY)
    transfer = work(confirmed(alice, amount=usdc("25")))

    assert transfer.state == State.UNKNOWN
    assert wallet_of(alice).held == usdc("25")
    assert Movement.objects.get(pk=transfer.pk).word == Word.CHECKING

    transfer = work(transfer)
    assert transfer.state == State.PROCESSING
    assert executed(sandbox, transfer) == 1
    assert transfer.tries.count() == 1, "the quote told that it was taken, so nothing was sent again"


def test_an_error_before_it_ran_is_repeated_with_the_same_key(sandbox: Control, alice: User) -> None:
    sandbox.fault("errorBefore", status=503, times=1, **MONEY)
    transfer = work(confirmed(alice, amount=usdc("25")))
    assert transfer.state == State.UNKNOWN

    transfer = finished(sandbox, transfer)
    assert transfer.state == State.COMPLETED
    assert transfer.quote
    assert transfer.quote.status == Quote.Status.ACCEPTED
    assert executed(sandbox, transfer) == 1
    assert set(transfer.tries.values_list("idem_key", flat=True)) == {transfer.idem_key}


def test_an_error_after_it_ran_is_never_called_failed(sandbox: Control, alice: User) -> None:
    sandbox.fault("errorAfter", status=500, times=1, **MONEY)
    transfer = work(confirmed(alice, amount=usdc("25")))
    assert transfer.state == State.UNKNOWN

    transfer = finished(sandbox, transfer)
    assert transfer.state == State.COMPLETED
    assert executed(sandbox, transfer) == 1


def test_the_same_holds_when_oms_hides_the_names_we_gave(sandbox: Control, alice: User) -> None:
    sandbox.settings(hideMatchFields=True)
    sandbox.fault("dropAfterAccept", times=1, **MONEY)
    transfer = work(work(confirmed(alice, amount=usdc("25"))))

    assert transfer.state == State.PROCESSING
    assert "Attached by amount" in transfer.attention
    assert len(sandbox.sends()) == 1


def test_a_definite_refusal_frees_the_money(sandbox: Control, alice: User) -> None:
    transfer = confirmed(alice, amount=usdc("25"))
    sandbox.fault("errorBefore", status=422, times=1, **MONEY)
    transfer = work(transfer)

    assert transfer.state == State.FAILED
    assert wallet_of(alice).available == usdc("100")
    assert executed(sandbox, transfer) == 0


def test_a_refusal_after_an_unknown_attempt_frees_nothing(sandbox: Control, alice: User) -> None:
    sandbox.fault("errorBefore", status=503, times=1, **MONEY)
    transfer = work(confirmed(alice, amount=usdc("25")))
    sandbox.fault("errorBefore", status=422, times=1, **MONEY)
    transfer = work(transfer)

    assert transfer.state == State.UNKNOWN
    assert wallet_of(alice).held == usdc("25")


def test_a_quote_that_ran_out_before_anything_was_sent_expires_the_transfer(sandbox: Control, alice: User) -> None:
    transfer = confirmed(alice, amount=usdc("25"))
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        push(str(transfer.pk))

    transfer.refresh_from_db()
    assert transfer.state == State.EXPIRED
    assert transfer.quote
    assert transfer.quote.status == Quote.Status.EXPIRED
    assert wallet_of(alice).available == usdc("100")
    assert sandbox.sends() == []


def test_an_unknown_attempt_that_never_ran_is_given_up_only_after_two_absences(sandbox: Control, alice: User) -> None:
    sandbox.settings(quoteSeconds=8)
    sandbox.fault("errorBefore", status=503, times=1, **MONEY)
    transfer = work(confirmed(alice, amount=usdc("25")))
    sandbox.advance_clock(60)
    with time_machine.travel(timezone.now() + timedelta(seconds=60)):
        transfer = work(transfer)
        assert transfer.state == State.UNKNOWN, "one absence proves nothing"
        assert wallet_of(alice).held == usdc("25")
        transfer = work(transfer)

    assert transfer.state == State.FAILED
    assert wallet_of(alice).available == usdc("100")
    assert sandbox.sends() == []


def test_a_transfer_that_cannot_reach_oms_may_be_cancelled(sandbox: Control, alice: User) -> None:
    sandbox.fault("errorBefore", status=429, times=1, **MONEY)
    transfer = work(confirmed(alice, amount=usdc("25")))
    assert transfer.tries.get().outcome == Attempt.Outcome.NOT_SENT

    confirming.cancel(transfer.pk, user_id=alice.pk)
    confirming.cancel(transfer.pk, user_id=alice.pk)

    transfer.refresh_from_db()
    assert transfer.state == State.CANCELED
    assert wallet_of(alice).available == usdc("100")


def test_a_transfer_that_may_have_reached_oms_cannot_be_cancelled(sandbox: Control, alice: User) -> None:
    sandbox.fault("dropAfterAccept", times=1, **MONEY)
    transfer = work(confirmed(alice, amount=usdc("25")))
    with pytest.raises(Refusal, match="already on its way"):
        confirming.cancel(transfer.pk, user_id=alice.pk)

    assert wallet_of(alice).held == usdc("25")


def test_an_expired_token_in_the_middle_of_a_send_is_not_noticed(sandbox: Control, alice: User) -> None:
    transfer = confirmed(alice, amount=usdc("25"))
    sandbox.fault("expireToken", times=1, **MONEY)

    assert finished(sandbox, transfer).state == State.COMPLETED
    assert executed(sandbox, transfer) == 1


def test_a_second_worker_finds_nothing_to_do(sandbox: Control, alice: User) -> None:
    transfer = confirmed(alice, amount=usdc("25"))
    claimed = Transfer.claim(transfer.pk)
    assert claimed is not None
    push(str(transfer.pk))

    assert sandbox.sends() == []
    assert not transfer.tries.exists()


def test_a_dead_worker_is_followed_by_another_when_its_lease_ends(sandbox: Control, alice: User) -> None:
    transfer = confirmed(alice, amount=usdc("25"))
    Transfer.claim(transfer.pk)
    with time_machine.travel(timezone.now() + timedelta(seconds=41)):
        push(str(transfer.pk))

    assert executed(sandbox, transfer) == 1


def test_an_answer_for_another_amount_freezes_instead_of_counting(sandbox: Control, alice: User) -> None:
    transfer = work(confirmed(alice, amount=usdc("25")))
    sandbox.fault("mutate", method="GET", path="/transactions/", times=1, set={"source.amountGross": "24.000000"})
    transfer = work(transfer)

    assert not transfer.is_final
    assert Break.objects.get(wallet=transfer.wallet).kind == "contradiction"
    assert wallet_of(alice).frozen_reason


def test_a_frozen_wallet_sends_nothing(sandbox: Control, alice: User) -> None:
    draft = drafted(alice, amount=usdc("25"))
    wallet = wallet_of(alice)
    wallet.frozen_reason = "being looked at"
    wallet.save()

    with pytest.raises(Refusal, match="paused"):
        confirm(draft)


def test_what_was_confirmed_cannot_be_changed_even_by_hand(alice: User) -> None:
    transfer = confirmed(alice, amount=usdc("25"))
    for change in ({"amount_minor": 1}, {"to_address": "0x0"}, {"idem_key": "other"}, {"state": "quoted", "rank": 10}):
        with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
            Transfer.objects.filter(pk=transfer.pk).update(**change)


def test_a_wallet_that_is_stopped_after_confirming_sends_nothing_more(sandbox: Control, alice: User) -> None:
    transfer = confirmed(alice, amount=usdc("25"))
    Wallet.objects.filter(user=alice).update(frozen_reason="being looked at")
    transfer = work(transfer)
    assert sandbox.sends() == []

    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        transfer = work(transfer)
    assert transfer.state == State.EXPIRED
    assert wallet_of(alice).available == usdc("100")


def test_giving_up_loses_against_an_event_that_was_faster(sandbox: Control, alice: User) -> None:
    transfer = work(confirmed(alice, amount=usdc("25")))
    assert transfer.state == State.PROCESSING
    give_up(str(transfer.pk), "it never ran")

    transfer.refresh_from_db()
    assert transfer.state == State.PROCESSING
    assert wallet_of(alice).held == usdc("25")


def test_bytes_that_are_not_what_was_confirmed_are_never_sent(sandbox: Control, alice: User) -> None:
    transfer = confirmed(alice, amount=usdc("25"))
    transfer.request_body = b'{"quoteId":"another"}'
    with pytest.raises(OmsMisconfigured):
        _call(transfer)

    assert sandbox.sends() == []


def test_a_draft_can_be_cancelled_and_an_old_one_is_put_away(sandbox: Control, alice: User) -> None:
    cancelled, old = drafted(alice, amount=usdc("25")), drafted(alice, amount=usdc("25"))
    confirming.cancel(cancelled.pk, user_id=alice.pk)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert drop_old_drafts() == 1

    states = Transfer.objects.filter(pk__in=[cancelled.pk, old.pk]).values_list("state", flat=True)
    assert set(states) == {State.CANCELED, State.EXPIRED}
    assert wallet_of(alice).available == usdc("100")


def test_a_restored_backup_hears_of_what_oms_was_given_after_it(sandbox: Control, alice: User) -> None:
    transfer = confirmed(alice, amount=usdc("25"))
    get_client().execute_transaction(bytes(transfer.request_body), key=str(transfer.idem_key))
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        reconcile()
        transfer = work(transfer)

    assert transfer.state == State.PROCESSING, "not expired, although its price ran out before we gave it away"
    assert finished(sandbox, transfer).state == State.COMPLETED
    assert executed(sandbox, transfer) == 1
