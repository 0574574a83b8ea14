"""What a bank sends back after a payout was done: a new movement, once, and the payout stays as it is."""

import pytest

from tests.builders import usd, usdc, wallet_of
from tests.control import Control
from tests.transfers.bank_steps import confirmed_payout, drafted_payout, make_account, send_back
from tests.transfers.steps import finished, work
from walletapp.accounts.models import User
from walletapp.banking.models import ExternalAccount
from walletapp.notifications.models import Notice
from walletapp.refusals import Refusal
from walletapp.transfers import bank_reasons
from walletapp.transfers.bank_reasons import Remedy
from walletapp.transfers.models import Transfer
from walletapp.transfers.reconciling import reconcile
from walletapp.transfers.states import Kind, State
from walletapp.transfers.tracking import apply_transaction
from walletapp.transfers.wording import tell_about
from walletapp.wallet.models import Break, LedgerEntry, Movement
from walletapp.wallet.states import Word

pytestmark = pytest.mark.django_db


@pytest.fixture
def payout(sandbox: Control, account: ExternalAccount) -> Transfer:
    """25.00 USDC that left and reached the bank as $24.75."""
    return finished(sandbox, confirmed_payout(account, usdc("25")))


def returned(user: User) -> Transfer:
    return Transfer.objects.get(user=user, kind=Kind.RETURNED)


def test_a_return_is_a_new_movement_linked_to_the_first(sandbox: Control, alice: User, payout: Transfer) -> None:
    apply_transaction(send_back(sandbox, payout), {})

    back, movement = returned(alice), Movement.objects.get(wallet__user=alice, kind="returned")
    assert (back.state, back.amount, back.reverses) == (State.COMPLETED, usdc("24.75"), payout)
    assert (movement.word, movement.reverses_id, movement.direction) == (Word.CAME_BACK, payout.pk, "in")
    assert wallet_of(alice).available == usdc("99.75")
    payout.refresh_from_db()
    assert payout.state == State.COMPLETED
    assert Movement.objects.get(pk=payout.pk).word == Word.DONE


def test_a_return_told_twice_is_credited_once(sandbox: Control, alice: User, payout: Transfer) -> None:
    oms_id = send_back(sandbox, payout)
    apply_transaction(oms_id, {})
    entries = LedgerEntry.objects.count()
    apply_transaction(oms_id, {})
    work(returned(alice))
    reconcile()

    assert LedgerEntry.objects.count() == entries
    assert wallet_of(alice).available == usdc("99.75")
    assert not Break.objects.exists()


def test_it_is_on_the_way_until_oms_has_settled_it(sandbox: Control, alice: User, payout: Transfer) -> None:
    oms_id = sandbox.post(f"transactions/{payout.oms_id}/return", reason="R16 account frozen")["id"]
    apply_transaction(oms_id, {})
    back = returned(alice)
    assert (back.state, back.amount) == (State.PROCESSING, usdc("24.75"))
    assert wallet_of(alice).available == usdc("75")
    assert tell_about(back).title == "Your bank sent it back"

    sandbox.settle(oms_id)
    assert work(back).state == State.COMPLETED, "a poll is enough, should the event be lost"
    assert wallet_of(alice).available == usdc("99.75")


def test_a_return_nobody_told_of_is_found_by_reconciling(sandbox: Control, alice: User, payout: Transfer) -> None:
    send_back(sandbox, payout)
    reconcile()

    assert wallet_of(alice).available == usdc("99.75")
    assert not Break.objects.exists()


def test_the_customer_is_told_why_and_what_helps(sandbox: Control, alice: User, payout: Transfer) -> None:
    apply_transaction(send_back(sandbox, payout, "R02 account closed"), {})

    notice = Notice.objects.get(kind="came_back")
    assert notice.context["reason"] == "The bank says that this account is closed."
    assert notice.context["amount"] == "24.75 USDC"
    telling = tell_about(returned(alice))
    assert (telling.word, telling.title) == ("Came back", "24.75 USDC came back")
    assert "Add the right account" in telling.next


def test_money_that_would_come_back_again_is_refused(
    sandbox: Control, alice: User, account: ExternalAccount, payout: Transfer
) -> None:
    apply_transaction(send_back(sandbox, payout, "R03 no account"), {})

    with pytest.raises(Refusal, match=r"came back\. The bank could not find this account"):
        drafted_payout(account, usdc("5"))
    assert drafted_payout(make_account(alice, ends="1111"), usdc("5")).state == State.QUOTED


def test_a_reason_that_is_not_about_the_account_lets_it_be_tried_again(
    sandbox: Control, account: ExternalAccount, payout: Transfer
) -> None:
    apply_transaction(send_back(sandbox, payout, "R16 account frozen"), {})

    assert drafted_payout(account, usdc("5")).state == State.QUOTED


def test_a_second_return_of_one_payout_is_not_credited(sandbox: Control, alice: User, payout: Transfer) -> None:
    """The sandbox refuses to make one, so another customer's return is dressed up as it."""
    first = send_back(sandbox, payout)
    apply_transaction(first, {})
    other = finished(sandbox, confirmed_payout(make_account(alice, ends="1111"), usdc("20")))
    second = send_back(sandbox, other)
    sandbox.fault("mutate", method="GET", path=f"/transactions/{second}$", set={"metadata.reverses": payout.oms_id})
    with pytest.raises(Exception, match="belongs to no transfer here"):
        apply_transaction(second, {})

    assert wallet_of(alice).available == usdc("79.75")
    assert Break.objects.get(kind="returned-twice").key == second
    assert wallet_of(alice).frozen_reason


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"source.amountGross": "24.76"}, "the bank got 24.75 USD, and 24.76 USD came back"),
        ({"destination.amountGross": "26", "destination.amountNet": "26"}, "25.00 USDC went out"),
        ({"destination.walletId": "wlt_other", "destination.wallet.walletId": "wlt_other"}, "wallet"),
    ],
)
def test_more_than_went_is_never_credited(
    sandbox: Control, alice: User, payout: Transfer, change: dict[str, str], why: str
) -> None:
    oms_id = send_back(sandbox, payout)
    sandbox.fault("mutate", method="GET", path=f"/transactions/{oms_id}$", times=1, set=change)
    apply_transaction(oms_id, {})

    assert wallet_of(alice).available == usdc("75")
    assert why in returned(alice).attention
    assert wallet_of(alice).frozen_reason


def test_a_return_that_fails_at_oms_calls_a_person(sandbox: Control, alice: User, payout: Transfer) -> None:
    oms_id = sandbox.post(f"transactions/{payout.oms_id}/return", reason="R03")["id"]
    sandbox.settle(oms_id, "failed")
    apply_transaction(oms_id, {})

    assert returned(alice).state == State.FAILED
    assert wallet_of(alice).available == usdc("75")
    assert Break.objects.get().kind == "return-failed"


def test_a_return_of_a_payout_not_yet_known_to_be_done_is_credited_all_the_same(
    sandbox: Control, alice: User, account: ExternalAccount
) -> None:
    payout = work(confirmed_payout(account, usdc("25")))
    sandbox.settle(str(payout.oms_id))
    apply_transaction(send_back(sandbox, payout), {})
    assert (wallet_of(alice).available, wallet_of(alice).held) == (usdc("99.75"), usdc("25"))

    assert work(payout).state == State.COMPLETED
    assert (wallet_of(alice).available, wallet_of(alice).held) == (usdc("99.75"), usdc("0"))


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("R02 account closed", Remedy.FIX_ACCOUNT),
        ("r04", Remedy.FIX_ACCOUNT),
        ("beneficiary name does not match", Remedy.FIX_ACCOUNT),
        ("R16 account frozen", Remedy.ASK_BANK),
        ("R99 something new", Remedy.ASK_BANK),
        ("", Remedy.ASK_BANK),
    ],
)
def test_every_reason_says_what_helps(said: str, remedy: Remedy) -> None:
    assert bank_reasons.explain(said).remedy is remedy
    assert bank_reasons.explain(said).sentence.endswith(".")


def test_what_left_and_what_came_back_add_up(alice: User, sandbox: Control, payout: Transfer) -> None:
    """Out is in, less what came back, less the fee: 25.00 = 24.75 + 0.25."""
    apply_transaction(send_back(sandbox, payout), {})

    assert payout.delivered == usd("24.75")
    assert payout.amount - payout.fee == returned(alice).amount
