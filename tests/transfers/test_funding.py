"""Cash in, from the store to the balance, in both funding modes, with the real sandbox."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from tests.builders import usd, usdc, wallet_of
from tests.control import Control
from tests.transfers.cash_steps import a_store, arrived, code_of, drafted, pay, with_code
from tests.transfers.steps import confirm, work
from walletapp.accounts.models import User
from walletapp.money import Money
from walletapp.oms.client import get_client
from walletapp.oms.inbox import NotYet
from walletapp.transfers import funding, tracking
from walletapp.transfers.cash_page import page_facts
from walletapp.transfers.models import CashCode, Transfer
from walletapp.transfers.quoting import NoPrice
from walletapp.transfers.states import State
from walletapp.transfers.windows import LimitReached
from walletapp.wallet import ledger
from walletapp.wallet.models import Break, LedgerTransaction, Movement
from walletapp.wallet.states import Word

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["quote", "cash_in"])
def mode(request: pytest.FixtureRequest, settings: Settings) -> str:
    """Both ways of OMS: everything that takes it must hold in either."""
    settings.OMS_CASH_FUNDING = request.param
    return str(request.param)


def received(transfer: Transfer) -> int:
    return LedgerTransaction.objects.filter(movement_id=transfer.pk).count()


def balance(user: User) -> Money:
    wallet = wallet_of(user)
    assert ledger.entry_sum(wallet, "available") == wallet.available_minor  # type: ignore[arg-type]
    return wallet.available


def test_cash_becomes_balance_once(sandbox: Control, bob: User, mode: str) -> None:
    transfer = with_code(bob)
    assert transfer.state == State.AWAITING_CASH
    assert Movement.objects.get(pk=transfer.pk).word == Word.WAITING_FOR_YOU
    assert transfer.cash_in_id
    assert code_of(transfer).is_payable
    assert balance(bob) == usdc("0")

    transfer = pay(sandbox, transfer)
    assert (transfer.state, transfer.cash_paid) == (State.PROCESSING, usd("100"))
    assert balance(bob) == usdc("0"), "nothing is credited before OMS says that it arrived"

    transfer = arrived(sandbox, transfer)
    assert transfer.state == State.COMPLETED
    assert transfer.amount == usdc("98")
    assert balance(bob) == usdc("98")
    assert received(transfer) == 1
    assert Movement.objects.get(pk=transfer.pk).word == Word.DONE


def test_what_arrived_is_credited_once_however_often_it_is_heard(sandbox: Control, bob: User, mode: str) -> None:
    transfer = arrived(sandbox, pay(sandbox, with_code(bob)))
    for _ in range(3):
        funding.apply_cash_in(str(transfer.cash_in_id), {})
        work(transfer)
    assert balance(bob) == usdc("98")
    assert received(transfer) == 1


def test_events_alone_bring_it_to_the_end(sandbox: Control, bob: User, mode: str) -> None:
    transfer = with_code(bob)
    sandbox.pay_cash(code_of(transfer).code, "100")
    funding.apply_cash_in(str(transfer.cash_in_id), {"status": "completed", "source": {"amount": "999999.00"}})
    transfer.refresh_from_db()
    assert (transfer.state, transfer.cash_paid) == (State.PROCESSING, usd("100")), "the event itself is not believed"

    sandbox.settle(str(transfer.oms_id))
    funding.apply_cash_in(str(transfer.cash_in_id), {})
    transfer.refresh_from_db()
    assert transfer.state == State.COMPLETED
    assert balance(bob) == usdc("98")


def test_another_amount_of_cash_is_credited_as_oms_says(sandbox: Control, bob: User, mode: str) -> None:
    transfer = arrived(sandbox, pay(sandbox, with_code(bob), "60"))
    assert transfer.state == State.COMPLETED
    assert transfer.cash_paid == usd("60")
    assert balance(bob) == transfer.amount == usdc("58.60")

    page = page_facts(transfer)["cash"]
    assert page.is_other_amount
    assert [line["amount"] for line in page.lines] == [usd("60"), usd("1.40")], "cash, and the fee it really cost"
    assert page.total["amount"] == usdc("58.60")


def test_what_the_person_wants_in_the_wallet_is_what_arrives(sandbox: Control, bob: User, mode: str) -> None:
    draft = drafted(bob, usdc("98"))
    quote = draft.quotes.get()
    assert quote.you_pay == usd("100")
    assert quote.they_get == usdc("98")
    transfer = arrived(sandbox, pay(sandbox, work(confirm(draft))))
    assert balance(bob) == transfer.amount == usdc("98")


def test_only_the_estimate_of_cash_in_mode_is_called_one(sandbox: Control, bob: User, mode: str) -> None:
    quote = drafted(bob).quotes.get()
    assert quote.is_estimate == (mode == "cash_in")
    assert (quote.oms_id is None) == quote.is_estimate
    assert [line.amount for line in quote.fee_lines if line.amount] == [usd("2")]


def test_nothing_exists_at_oms_before_it_is_confirmed(sandbox: Control, bob: User, mode: str) -> None:
    drafted(bob)
    assert get_client().list_cash_ins(customer_id=bob.customer.oms_id).items == ()


def test_an_amount_that_fees_would_eat_is_refused_and_leaves_no_draft(sandbox: Control, bob: User) -> None:
    with pytest.raises(LimitReached):
        funding.start(bob, a_store(), usd("0.40"))
    assert not Transfer.objects.exists()


def test_limits_are_enforced_again_when_it_is_confirmed(sandbox: Control, bob: User, mode: str) -> None:
    drafts = [drafted(bob, usd("20")) for _ in range(4)]
    for draft in drafts[:3]:
        confirm(draft)
    with pytest.raises(LimitReached, match="3 cash deposits are possible"):
        confirm(drafts[3])
    drafts[3].refresh_from_db()
    assert drafts[3].state == State.QUOTED
    assert Movement.objects.filter(wallet=wallet_of(bob)).count() == 3


def test_a_store_oms_does_not_know_leaves_no_draft(sandbox: Control, bob: User) -> None:
    with pytest.raises(NoPrice):
        funding.start(bob, replace(a_store(), id="loc_99999999999999999999999999"), usd("100"))
    assert not Transfer.objects.exists()


# --- what gets lost ---------------------------------------------------------------------------------------------------


def test_a_lost_answer_is_found_again_and_makes_one_code(sandbox: Control, bob: User, mode: str) -> None:
    transfer = confirm(drafted(bob))
    sandbox.fault("dropAfterAccept", method="POST", path="/(transactions|cash-ins)$", times=1)
    transfer = work(transfer)
    assert transfer.state == State.UNKNOWN
    assert Movement.objects.get(pk=transfer.pk).word == Word.CHECKING

    transfer = work(transfer)
    assert transfer.state == State.AWAITING_CASH
    assert len(get_client().list_cash_ins(customer_id=bob.customer.oms_id).items) == 1
    assert code_of(transfer).is_payable
    assert balance_after(sandbox, transfer, bob) == usdc("98")


def balance_after(sandbox: Control, transfer: Transfer, user: User) -> Money:
    arrived(sandbox, pay(sandbox, transfer))
    return balance(user)


def test_an_event_that_is_faster_than_the_answer_is_believed(sandbox: Control, bob: User, settings: Settings) -> None:
    settings.OMS_CASH_FUNDING = "cash_in"
    transfer = confirm(drafted(bob))
    sandbox.fault("dropAfterAccept", method="POST", path="/cash-ins$", times=1)
    work(transfer)
    [made] = get_client().list_cash_ins(customer_id=bob.customer.oms_id).items
    funding.apply_cash_in(made.id, {})

    transfer.refresh_from_db()
    assert (transfer.state, transfer.cash_in_id) == (State.AWAITING_CASH, made.id)
    assert made.instructions
    assert code_of(transfer).code == made.instructions.code


def test_a_cash_in_of_somebody_else_is_not_ours(sandbox: Control, bob: User, alice: User) -> None:
    transfer = with_code(alice)
    Transfer.objects.filter(pk=transfer.pk).update(cash_in_id=None, oms_id=None, user=bob)
    with pytest.raises(NotYet):
        funding.apply_cash_in(str(transfer.cash_in_id), {})


def test_oms_refusing_the_order_is_said_and_charges_nothing(sandbox: Control, bob: User, mode: str) -> None:
    transfer = confirm(drafted(bob))
    sandbox.fault("errorBefore", status=422, method="POST", path="/(transactions|cash-ins)$", times=1)
    transfer = work(transfer)
    assert transfer.state == State.FAILED
    assert "nothing was charged" in transfer.reason
    assert balance(bob) == usdc("0")


# --- how it ends otherwise --------------------------------------------------------------------------------------------


def test_cash_that_was_taken_and_did_not_arrive_is_before_a_person(sandbox: Control, bob: User, mode: str) -> None:
    transfer = pay(sandbox, with_code(bob))
    sandbox.settle(str(transfer.oms_id), "failed")
    transfer = work(transfer)
    funding.apply_cash_in(str(transfer.cash_in_id), {})
    transfer.refresh_from_db()
    assert transfer.state == State.FAILED
    assert "Keep your receipt" in transfer.reason
    assert transfer.cash_paid == usd("100")
    assert Break.objects.filter(kind="cash-taken-not-arrived", key=str(transfer.pk)).count() == 1
    assert balance(bob) == usdc("0")


def test_a_failure_that_is_heard_before_the_payment_does_not_say_that_nothing_was_charged(
    sandbox: Control, bob: User, mode: str
) -> None:
    transfer = with_code(bob)
    sandbox.pay_cash(code_of(transfer).code, "100")
    transaction_id = get_client().get_cash_in(str(transfer.cash_in_id)).transaction_id
    sandbox.settle(transaction_id, "failed")
    tracking.apply_transaction(transaction_id, {})

    transfer.refresh_from_db()
    assert transfer.state == State.FAILED
    assert "If the store took your cash, keep the receipt" in transfer.reason
    assert Break.objects.filter(kind="cash-taken-not-arrived", key=str(transfer.pk)).count() == 1

    funding.apply_cash_in(str(transfer.cash_in_id), {})
    transfer.refresh_from_db()
    assert transfer.cash_paid == usd("100")
    assert "The store took your cash" in transfer.reason
    assert Break.objects.filter(kind="cash-taken-not-arrived").count() == 1


def test_a_code_that_is_never_paid_ends_after_a_day(sandbox: Control, bob: User, settings: Settings) -> None:
    settings.OMS_CASH_FUNDING = "cash_in"
    transfer = with_code(bob)
    sandbox.expire_code(code_of(transfer).code)
    transfer = work(transfer)
    assert transfer.state == State.AWAITING_CASH, "a new code may still be asked for"

    long_ago = timezone.now() - timedelta(hours=settings.CASH_UNPAID_HOURS, minutes=1)
    Transfer.objects.filter(pk=transfer.pk).update(confirmed_at=long_ago)
    transfer = work(transfer)
    assert transfer.state == State.FAILED
    assert "Nothing was charged" in transfer.reason
    assert balance(bob) == usdc("0")


def test_a_code_of_a_quote_that_is_never_paid_ends_with_its_transaction(sandbox: Control, bob: User) -> None:
    transfer = with_code(bob)
    sandbox.expire_code(code_of(transfer).code)
    sandbox.settle(str(transfer.oms_id), "failed", code="cashNotReceived")
    transfer = work(transfer)
    assert transfer.state == State.FAILED
    assert "no cash was paid" in transfer.reason
    assert not Break.objects.filter(kind="cash-taken-not-arrived").exists()
    assert not transfer.codes.filter(status=CashCode.Status.ACTIVE).exists()


def test_an_unknown_word_about_a_cash_in_parks_it_for_a_person(sandbox: Control, bob: User) -> None:
    transfer = with_code(bob)
    found = get_client().get_cash_in(str(transfer.cash_in_id))
    funding.follow(str(transfer.pk), replace(found, status="paused"))
    transfer.refresh_from_db()
    assert transfer.state == State.AWAITING_CASH
    assert "paused" in transfer.attention


def test_a_late_word_changes_nothing(sandbox: Control, bob: User, mode: str) -> None:
    transfer = with_code(bob)
    pending = get_client().get_cash_in(str(transfer.cash_in_id))
    transfer = arrived(sandbox, pay(sandbox, transfer))
    before = list(transfer.codes.values_list("code", "status"))
    funding.follow(str(transfer.pk), pending)
    transfer.refresh_from_db()
    assert transfer.state == State.COMPLETED
    assert list(transfer.codes.values_list("code", "status")) == before == [(before[0][0], "used")]
