"""Many hands at the same moment, with real threads and real commits: exactly one winner, and never a crash."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests import racing
from tests.builders import make_holder, usdc, wallet_of
from tests.control import Control
from tests.racing import crashes, refusals
from tests.transfers.bank_steps import confirmed_payout, drafted_payout, make_account, open_payouts, send_back
from tests.transfers.steps import confirmed, drafted, finished
from walletapp.accounts.models import User
from walletapp.payees import only_saved
from walletapp.payees.models import OnlySaved
from walletapp.payees.only_saved import NotSaved
from walletapp.transfers import confirming, limits
from walletapp.transfers.bank_rails import ACH, RAILS
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import State
from walletapp.transfers.tasks import push
from walletapp.transfers.tracking import apply_transaction
from walletapp.transfers.windows import LimitReached, Window
from walletapp.wallet.models import LedgerEntry, Movement

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def alice(sandbox: Control, transactional_db: None) -> User:
    """Holds 100 USDC, for everybody to see."""
    return make_holder(sandbox, "alice", "100")


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    results = racing.at_once(acts)
    assert crashes(results) == []
    return results


def press(draft: Transfer) -> Callable[[], Transfer]:
    """The confirm button of a reviewed draft, ready to be pressed."""
    quote = draft.quotes.order_by("number").last()
    assert quote is not None
    digest = confirming.review_digest(draft, quote)
    confirming.authorize(draft, digest, "password")
    return lambda: confirming.confirm(draft.pk, user_id=draft.user_id, digest=digest)


def test_one_review_page_pressed_ten_times_is_one_transfer(alice: User) -> None:
    button = press(drafted(alice, amount=usdc("40")))
    results = at_once([button] * 10)

    assert {one.pk for one in results if isinstance(one, Transfer)} == {results[0].pk}
    assert (wallet_of(alice).available, wallet_of(alice).held) == (usdc("60"), usdc("40"))
    assert Movement.objects.filter(kind="send").count() == 1


def test_of_many_sends_of_the_whole_balance_one_passes(alice: User) -> None:
    buttons = [press(drafted(alice, amount=usdc("100"))) for _ in range(8)]
    results = at_once(buttons)

    assert len(refusals(results)) == 7
    assert all(isinstance(no, LimitReached) or "available" in str(no) for no in refusals(results))
    assert (wallet_of(alice).available, wallet_of(alice).held) == (usdc("0"), usdc("100"))


def test_a_daily_limit_is_not_passed_by_sends_at_the_same_moment(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SEND_WINDOWS", (Window(1, 50_000_000),))
    buttons = [press(drafted(alice, amount=usdc("20"))) for _ in range(6)]
    results = at_once(buttons)

    assert len(refusals(results)) == 4
    assert wallet_of(alice).held == usdc("40")


def test_nothing_is_confirmed_to_a_new_address_once_only_saved_ones_count(alice: User) -> None:
    for _ in range(5):
        OnlySaved.objects.all().delete()
        button = press(drafted(alice, amount=usdc("5")))
        sent, _ = at_once([button, lambda: only_saved.turn_on(alice)])
        since = OnlySaved.objects.get(user=alice).since
        assert isinstance(sent, NotSaved) or sent.confirmed_at <= since


def test_a_cancel_and_a_worker_never_both_win(sandbox: Control, alice: User) -> None:
    for _ in range(5):
        transfer = confirmed(alice, amount=usdc("10"))

        def cancel(transfer: Transfer = transfer) -> Any:
            return confirming.cancel(transfer.pk, user_id=alice.pk)

        def work(transfer: Transfer = transfer) -> None:
            push(str(transfer.pk))

        at_once([cancel, work])
        transfer.refresh_from_db()
        ran = [row for row in sandbox.sends() if row["metadata"].get("transferId") == str(transfer.pk)]
        assert len(ran) == (0 if transfer.state == State.CANCELED else 1)
        assert transfer.state in {State.CANCELED, State.PROCESSING}
        if transfer.oms_id:
            sandbox.settle(transfer.oms_id)
            Transfer.objects.filter(pk=transfer.pk).update(due_at=transfer.created_at, lease_until=None)
            push(str(transfer.pk))


def test_ten_workers_on_one_transfer_pay_once(sandbox: Control, alice: User) -> None:
    transfer = confirmed(alice, amount=usdc("25"))
    at_once([lambda: push(str(transfer.pk))] * 10)

    transfer.refresh_from_db()
    assert len(sandbox.sends()) == 1
    assert transfer.state == State.PROCESSING
    assert sum(LedgerEntry.objects.values_list("amount_minor", flat=True)) == 0


def test_a_limit_of_a_rail_is_not_passed_by_withdrawals_at_the_same_moment(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_payouts(alice)
    account = make_account(alice)
    drafts = [drafted_payout(account, usdc("20")) for _ in range(5)]
    monkeypatch.setitem(RAILS, "ach", replace(ACH, windows=(Window(1, 50_000_000),)))
    results = at_once([press(draft) for draft in drafts])

    assert len(refusals(results)) == 3
    assert wallet_of(alice).held == usdc("40")


def test_a_return_told_to_many_workers_at_once_is_one_movement(sandbox: Control, alice: User) -> None:
    open_payouts(alice)
    payout = finished(sandbox, confirmed_payout(make_account(alice), usdc("25")))
    oms_id = send_back(sandbox, payout)
    at_once([lambda: apply_transaction(oms_id, {})] * 5)

    assert Movement.objects.filter(kind="returned").count() == 1
    assert wallet_of(alice).available == usdc("99.75")
    assert LedgerEntry.objects.filter(transaction__movement__kind="returned").count() == 2
