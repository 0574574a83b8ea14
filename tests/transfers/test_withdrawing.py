"""Withdrawals to a bank: what is refused at the form, and the path from a draft to dollars that left once."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from waffle import get_waffle_flag_model, get_waffle_switch_model

from tests.builders import make_holder, usd, usdc, wallet_of
from tests.control import Control
from tests.transfers.bank_steps import confirmed_payout, drafted_payout, make_account, open_payouts
from tests.transfers.steps import confirm, finished, work
from walletapp import features
from walletapp.accounts.models import User
from walletapp.banking.models import ExternalAccount
from walletapp.notifications.models import Notice
from walletapp.refusals import Refusal
from walletapp.transfers import confirming, overdue
from walletapp.transfers.bank_rails import ACH, RAILS
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import Kind, State
from walletapp.transfers.tracking import apply_transaction
from walletapp.transfers.windows import Window
from walletapp.wallet.models import Break, LedgerEntry, Movement
from walletapp.wallet.states import Word

pytestmark = pytest.mark.django_db

MONEY = {"method": "POST", "path": "/transactions$"}


def payouts(sandbox: Control) -> list[str]:
    return [row["amount"] for row in sandbox.journal() if row["kind"] == "payout"]


@pytest.mark.parametrize(("rail", "arrives"), [("ach", "24.75"), ("wire", "10.00")])
def test_a_withdrawal_reaches_the_bank_in_dollars(
    sandbox: Control, alice: User, account: ExternalAccount, rail: str, arrives: str
) -> None:
    payout = finished(sandbox, confirmed_payout(account, usdc("25"), rail=rail))

    assert payout.state == State.COMPLETED
    assert payout.delivered == usd(arrives)
    assert (wallet_of(alice).available, wallet_of(alice).held) == (usdc("75"), usdc("0"))
    assert Movement.objects.get(pk=payout.pk).other_party == account.label
    assert payouts(sandbox) == ["25.00"]
    assert Notice.objects.get(kind="withdrawn").context["amount"] == f"{arrives} USD"


def test_confirming_sets_the_money_aside_and_promises_a_day(alice: User, account: ExternalAccount) -> None:
    payout = confirmed_payout(account, usdc("40"))

    assert (wallet_of(alice).available, wallet_of(alice).held) == (usdc("60"), usdc("40"))
    assert payout.expected_on is not None
    assert payout.fee == usdc("0.25")


def test_a_second_confirm_answers_with_the_first(alice: User, account: ExternalAccount) -> None:
    draft = drafted_payout(account, usdc("40"))
    first = confirm(draft)
    second = confirming.confirm(draft.pk, user_id=alice.pk, digest="whatever the second tab says")

    assert second.pk == first.pk
    assert wallet_of(alice).held == usdc("40")


def test_the_bank_gets_exactly_what_was_asked_for(sandbox: Control, alice: User, account: ExternalAccount) -> None:
    payout = finished(sandbox, confirm(drafted_payout(account, usd("30.01"), side="destination")))

    assert payout.delivered == usd("30.01")
    assert wallet_of(alice).available == usdc("100") - usdc("30.26")


def test_max_leaves_nothing(sandbox: Control, alice: User, account: ExternalAccount) -> None:
    finished(sandbox, confirmed_payout(account, None))

    assert (wallet_of(alice).available, wallet_of(alice).held) == (usdc("0"), usdc("0"))


def test_a_payout_oms_fails_gives_the_money_back(sandbox: Control, alice: User, account: ExternalAccount) -> None:
    payout = finished(sandbox, confirmed_payout(account, usdc("25")), "failed")

    assert payout.state == State.FAILED
    assert (wallet_of(alice).available, wallet_of(alice).held) == (usdc("100"), usdc("0"))
    assert Movement.objects.get(pk=payout.pk).word == Word.DID_NOT_HAPPEN


def test_settling_twice_posts_once(sandbox: Control, alice: User, account: ExternalAccount) -> None:
    payout = finished(sandbox, confirmed_payout(account, usdc("25")))
    entries = LedgerEntry.objects.count()
    work(payout)
    apply_transaction(str(payout.oms_id), {})

    assert LedgerEntry.objects.count() == entries
    assert wallet_of(alice).available == usdc("75")


@pytest.mark.parametrize("hidden", [[], True])
def test_a_lost_answer_becomes_known_without_a_second_payout(
    sandbox: Control, alice: User, account: ExternalAccount, hidden: bool | list[str]
) -> None:
    sandbox.settings(hideMatchFields=hidden)
    sandbox.fault("dropAfterAccept", times=1, **MONEY)
    payout = work(confirmed_payout(account, usdc("25")))
    assert payout.state == State.UNKNOWN
    assert wallet_of(alice).held == usdc("25")
    assert Movement.objects.get(pk=payout.pk).word == Word.CHECKING

    payout = finished(sandbox, payout)
    assert payout.state == State.COMPLETED
    assert payouts(sandbox) == ["25.00"]


def test_an_answer_about_another_account_freezes_instead_of_counting(
    sandbox: Control, alice: User, account: ExternalAccount
) -> None:
    payout = work(confirmed_payout(account, usdc("25")))
    other = make_account(alice, ends="1111")
    change = {"destination.externalAccountId": other.oms_id, "destination.wallet.externalAccountId": other.oms_id}
    sandbox.settle(str(payout.oms_id))
    sandbox.fault("mutate", method="GET", path="/transactions/", times=1, set=change)
    payout = work(payout)

    assert not payout.is_final
    assert Break.objects.get(wallet=payout.wallet).kind == "contradiction"
    assert wallet_of(alice).frozen_reason


def test_it_is_late_when_its_day_is_over_and_not_before(sandbox: Control, account: ExternalAccount) -> None:
    payout = work(confirmed_payout(account, usdc("25")))
    assert payout.state == State.PROCESSING
    with time_machine.travel(timezone.now() + timedelta(hours=20)):
        assert not overdue.is_late(payout)
        assert overdue.mark_overdue() == 0
    with time_machine.travel(timezone.now() + timedelta(days=9)):
        assert overdue.is_late(payout)
        assert overdue.mark_overdue() == 1


def nothing_was_made(user: User) -> bool:
    return not Transfer.objects.filter(user=user, kind=Kind.WITHDRAWAL).exists()


def test_more_than_is_available_is_refused_on_either_side(alice: User, account: ExternalAccount) -> None:
    for amount, side in ((usdc("100.01"), "source"), (usd("99.80"), "destination")):
        with pytest.raises(Refusal, match="Not enough available"):
            drafted_payout(account, amount, side=side)

    assert nothing_was_made(alice)


def test_less_than_the_rail_takes_is_refused(alice: User, account: ExternalAccount) -> None:
    with pytest.raises(Refusal, match=r"The least by wire is 20\.00 USDC"):
        drafted_payout(account, usdc("19"), rail="wire")
    with pytest.raises(Refusal, match=r"The least by wire is 20\.00 USDC"):
        drafted_payout(account, usd("4"), rail="wire", side="destination")

    assert nothing_was_made(alice)


def test_somebody_elses_account_cannot_be_paid(alice: User, bob: User, account: ExternalAccount) -> None:
    open_payouts(bob)
    theirs = make_account(bob)
    theirs.user = alice  # what a forged form would ask for
    with pytest.raises(Refusal, match="one of your bank accounts"):
        drafted_payout(theirs, usdc("5"))


@pytest.mark.parametrize("state", [ExternalAccount.State.STOPPED, ExternalAccount.State.REMOVED])
def test_an_account_that_is_not_ready_cannot_be_paid(account: ExternalAccount, state: str) -> None:
    draft = drafted_payout(account, usdc("5"))
    ExternalAccount.objects.filter(pk=account.pk).update(state=state)

    with pytest.raises(Refusal, match=r"cannot be used now|one of your bank accounts"):
        drafted_payout(account, usdc("5"))
    with pytest.raises(Refusal, match=r"cannot be used now|one of your bank accounts"):
        confirm(draft)


def test_a_new_account_waits_before_large_payouts(sandbox: Control) -> None:
    rich = make_holder(sandbox, "rita", "2000")
    open_payouts(rich)
    account = make_account(rich, since=timezone.now())
    with pytest.raises(Refusal, match=r"is new: at most \$500\.00 can go to it at a time until <time"):
        drafted_payout(account, usdc("600"))
    assert nothing_was_made(rich)

    drafted_payout(account, usdc("400"))
    with time_machine.travel(timezone.now() + timedelta(hours=settings.NEW_BANK_ACCOUNT_HOURS + 1)):
        account.refresh_from_db()
        assert account.may_be_paid(usd("600"), timezone.now())


def test_limits_are_per_rail_and_say_when_more_is_possible(
    sandbox: Control, monkeypatch: pytest.MonkeyPatch, alice: User, account: ExternalAccount
) -> None:
    for key, rail in RAILS.items():
        monkeypatch.setitem(RAILS, key, replace(rail, most=usdc("50"), windows=(Window(1, usdc("60").minor),)))
    with pytest.raises(Refusal, match=r"By ACH you can withdraw at most 50\.00 USDC at once"):
        drafted_payout(account, usdc("50.01"))
    finished(sandbox, confirmed_payout(account, usdc("40")))
    with pytest.raises(Refusal, match=r"withdraw 20\.00 USDC more now.*possible again from"):
        drafted_payout(account, usdc("21"))

    assert drafted_payout(account, usdc("21"), rail="wire").state == State.QUOTED
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert drafted_payout(account, usdc("45")).state == State.QUOTED


def test_both_of_two_drafts_cannot_pass_one_limit(
    monkeypatch: pytest.MonkeyPatch, alice: User, account: ExternalAccount
) -> None:
    one, two = drafted_payout(account, usdc("30")), drafted_payout(account, usdc("30"))
    monkeypatch.setitem(RAILS, "ach", replace(ACH, windows=(Window(1, usdc("50").minor),)))
    confirm(one)
    with pytest.raises(Refusal, match="limit is"):
        confirm(two)

    assert wallet_of(alice).held == usdc("30")


def switch(name: str, on: bool) -> None:
    get_waffle_switch_model().objects.update_or_create(name=name, defaults={"active": on})


def test_without_access_nothing_begins_and_nothing_is_confirmed(alice: User, account: ExternalAccount) -> None:
    draft = drafted_payout(account, usdc("5"))
    get_waffle_flag_model().objects.get(name=features.BANK_PAYOUTS_ACH).users.remove(alice)

    with pytest.raises(Refusal, match="not open for you"):
        drafted_payout(account, usdc("5"))
    with pytest.raises(Refusal, match="not open for you"):
        confirm(draft)
    assert drafted_payout(account, usdc("25"), rail="wire").state == State.QUOTED
    assert wallet_of(alice).held == usdc("0")


def test_the_kill_switch_stops_new_withdrawals_and_settles_what_is_on_its_way(
    sandbox: Control, alice: User, account: ExternalAccount
) -> None:
    under_way, draft = work(confirmed_payout(account, usdc("25"))), drafted_payout(account, usdc("5"))
    switch(features.OUTGOING, on=False)

    with pytest.raises(Refusal, match="stopped for now"):
        drafted_payout(account, usdc("5"))
    with pytest.raises(Refusal, match="stopped for now"):
        confirm(draft)
    assert finished(sandbox, under_way).state == State.COMPLETED
    assert wallet_of(alice).available == usdc("75")


def test_what_was_confirmed_cannot_be_changed_even_by_hand(alice: User, account: ExternalAccount) -> None:
    payout, other = confirmed_payout(account, usdc("25")), make_account(alice, ends="1111")
    for change in ({"amount_minor": 1}, {"external_account": other}, {"rail": "wire"}, {"state": "quoted", "rank": 10}):
        with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
            Transfer.objects.filter(pk=payout.pk).update(**change)
