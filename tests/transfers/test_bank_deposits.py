"""Dollars that arrive at a virtual account: pending, credited once for what really came, or waiting for a person."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from waffle.models import Switch

from tests.banking.people import make_insider, opened
from tests.builders import just_proved, make_user, signed_in, usdc, wallet_of
from tests.control import Control
from walletapp.accounts.models import Flag, User
from walletapp.audit.models import AuditEvent
from walletapp.banking.models import UnmatchedDeposit, VirtualAccount
from walletapp.notifications.models import Notice
from walletapp.transfers import placing, reconciling, tracking
from walletapp.transfers.bank_arrivals import BankArrival
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import Kind, State
from walletapp.transfers.tasks import push
from walletapp.wallet.models import Break, Movement

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(sandbox: Control, db: None) -> User:
    return make_insider(sandbox)


@pytest.fixture
def account(alice: User) -> VirtualAccount:
    return opened(alice)


def arrives(sandbox: Control, account: VirtualAccount, amount: str = "250.00", **more: Any) -> str:
    """Dollars come in at OMS; the id of the transaction it makes."""
    found = sandbox.post(f"virtual-accounts/{account.oms_id}/deposit", amount=amount, **more)
    return str(found["id"])


def told(transaction: str) -> None:
    tracking.apply_transaction(transaction, {})


def credited(user: User) -> str:
    return wallet_of(user).available.wire()


# ----- once, twice, refused -----


def test_a_deposit_is_pending_and_then_credited_with_fees_and_rate(
    alice: User, account: VirtualAccount, sandbox: Control
) -> None:
    transaction = arrives(sandbox, account)
    told(transaction)
    transfer = Transfer.objects.get(oms_id=transaction)
    assert (transfer.kind, transfer.state, transfer.rail) == (Kind.BANK_IN, State.PROCESSING, "ach")
    assert credited(alice) == "0.000000"
    movement = Movement.objects.get(pk=transfer.pk)
    assert (movement.word, movement.is_incoming, movement.amount) == ("in_progress", True, usdc("248.75"))
    assert movement.other_party == "Alice Example, by ACH"

    sandbox.settle(transaction)
    told(transaction)

    transfer.refresh_from_db()
    assert (transfer.state, transfer.amount) == (State.COMPLETED, usdc("248.75"))
    assert credited(alice) == "248.750000"
    arrival = BankArrival.objects.get(transfer=transfer)
    assert (arrival.came_minor, arrival.fee_minor, arrival.sender) == (25_000, 125, "Alice Example")
    assert Notice.objects.filter(user=alice, kind="bank_arrived").count() == 1


def test_told_many_times_and_out_of_order_it_is_credited_once(
    alice: User, account: VirtualAccount, sandbox: Control
) -> None:
    transaction = arrives(sandbox, account, rail="wire_in")
    sandbox.settle(transaction)
    for _ in range(3):
        told(transaction)
    reconciling.reconcile()
    assert Transfer.objects.filter(user=alice).count() == 1
    assert Transfer.objects.get(user=alice).rail == "wire"
    assert credited(alice) == "248.750000"
    assert not Break.objects.filter(closed_at__isnull=True).exists()


def test_a_poll_finds_out_what_no_event_told(alice: User, account: VirtualAccount, sandbox: Control) -> None:
    transaction = arrives(sandbox, account)
    told(transaction)
    sandbox.settle(transaction)
    transfer = Transfer.objects.get(oms_id=transaction)
    Transfer.objects.filter(pk=transfer.pk).update(due_at=transfer.created_at)
    push(str(transfer.pk))
    assert credited(alice) == "248.750000"


def test_the_comparison_finds_a_deposit_nobody_told_us_of(
    alice: User, account: VirtualAccount, sandbox: Control
) -> None:
    sandbox.settle(arrives(sandbox, account))
    reconciling.reconcile()
    assert credited(alice) == "248.750000"


def test_money_in_another_name_is_not_credited_and_says_where_it_goes(
    alice: User, account: VirtualAccount, sandbox: Control
) -> None:
    transaction = arrives(sandbox, account, senderName="Bob Okafor")
    told(transaction)
    sandbox.settle(transaction, "failed", code="senderNameMismatch", message="goes back")
    told(transaction)
    transfer = Transfer.objects.get(oms_id=transaction)
    assert transfer.state == State.FAILED
    assert "goes back to it" in transfer.reason
    assert credited(alice) == "0.000000"
    assert not Break.objects.exists(), "nobody needs to look: it is on its way back"


def test_a_failure_we_cannot_explain_calls_a_person(alice: User, account: VirtualAccount, sandbox: Control) -> None:
    transaction = arrives(sandbox, account)
    sandbox.settle(transaction, "failed", code="providerFailed", message="no")
    told(transaction)
    assert Break.objects.get().kind == "bank-deposit-failed"
    assert credited(alice) == "0.000000"


@pytest.mark.parametrize("stop", ["flag off", "flag off for everyone", "read only"])
def test_what_is_on_its_way_arrives_although_the_rail_is_stopped(
    alice: User, account: VirtualAccount, sandbox: Control, stop: str
) -> None:
    transaction = arrives(sandbox, account)
    flag = Flag.objects.get(name="bank_funding")
    if stop == "flag off":
        flag.users.clear()
    elif stop == "read only":
        Switch.objects.update_or_create(name="read_only", defaults={"active": True})
    else:
        Flag.objects.filter(pk=flag.pk).update(everyone=False)
    sandbox.settle(transaction)
    told(transaction)
    assert credited(alice) == "248.750000"


# ----- what cannot be placed -----


@pytest.fixture
def unknown(alice: User, account: VirtualAccount, sandbox: Control) -> str:
    """A deposit to an account whose id we do not have yet, told and settled."""
    VirtualAccount.objects.filter(pk=account.pk).update(oms_id="va_notyet1")
    transaction = arrives(sandbox, account)
    told(transaction)
    sandbox.settle(transaction)
    told(transaction)
    return transaction


def test_a_deposit_to_an_unknown_account_waits_on_the_list_and_is_credited_to_nobody(alice: User, unknown: str) -> None:
    row = UnmatchedDeposit.objects.get()
    assert (row.oms_id, row.state, row.amount_minor) == (unknown, "open", 25_000)
    assert credited(alice) == "0.000000"
    assert not Transfer.objects.exists()
    assert AuditEvent.objects.filter(action="bank_deposit.unmatched").count() == 1


def test_once_its_account_is_known_looking_again_credits_it_once(
    alice: User, account: VirtualAccount, unknown: str
) -> None:
    row = UnmatchedDeposit.objects.get()
    assert placing.look_again(row.pk) is False
    VirtualAccount.objects.filter(pk=account.pk).update(oms_id=account.oms_id)
    assert placing.look_again(row.pk) is True
    assert placing.look_again(row.pk) is False
    row.refresh_from_db()
    assert row.state == "placed"
    assert credited(alice) == "248.750000"


def test_staff_place_it_at_an_account_with_a_reason(alice: User, unknown: str) -> None:
    root = just_proved(make_user("root", is_staff=True, is_superuser=True))
    row = UnmatchedDeposit.objects.get()
    page = reverse("admin:banking_place", args=[row.pk])
    assert "Look again" in root.get(page).content.decode()
    root.post(page, {"do": "place", "account": "va_notyet1", "reason": ""})
    root.post(page, {"do": "place", "account": "va_nobody", "reason": "Theirs"})
    assert credited(alice) == "0.000000"
    for _ in range(2):
        root.post(page, {"do": "place", "account": "va_notyet1", "reason": "The provider says so"})
    assert credited(alice) == "248.750000"
    event = AuditEvent.objects.get(action="bank_deposit.placed_by_hand")
    assert event.reason == "The provider says so"
    assert event.actor is not None


def test_nobody_elses_account_gets_it(alice: User, unknown: str, sandbox: Control) -> None:
    cora = make_insider(sandbox, "cora")
    theirs = opened(cora)
    with pytest.raises(placing.CannotPlace):
        placing.place(None, UnmatchedDeposit.objects.get().pk, str(theirs.oms_id), "mistaken")
    assert credited(cora) == "0.000000"


def test_closing_wants_a_reason_and_happens_once(unknown: str) -> None:
    root = just_proved(make_user("root", is_staff=True, is_superuser=True))
    row = UnmatchedDeposit.objects.get()
    page = reverse("admin:banking_place", args=[row.pk])
    root.post(page, {"do": "close", "reason": " "})
    row.refresh_from_db()
    assert row.state == "open"
    for reason in ("Sent back by the provider", "again"):
        root.post(page, {"do": "close", "reason": reason})
    row.refresh_from_db()
    assert (row.state, row.how_closed) == ("closed", "Sent back by the provider")


def test_the_list_for_staff_is_for_staff_with_the_right_to_it(unknown: str) -> None:
    page = reverse("admin:banking_place", args=[UnmatchedDeposit.objects.get().pk])
    assert Client().get(page).status_code == 302
    assert just_proved(make_user("clerk", is_staff=True)).post(page, {"do": "close", "reason": "x"}).status_code == 403
    assert UnmatchedDeposit.objects.get().state == "open"


# ----- the pages -----


def test_the_pages_show_what_came_each_fee_the_rate_and_what_arrived(
    alice: User, account: VirtualAccount, sandbox: Control
) -> None:
    browser = signed_in(alice)
    transaction = arrives(sandbox, account)
    told(transaction)
    transfer = Transfer.objects.get(oms_id=transaction)
    page = browser.get(f"/transfers/{transfer.pk}/").content.decode()
    assert "Your bank transfer is here" in page
    assert "Expected in your wallet" in page
    assert "Arriving by bank" in browser.get("/home/").content.decode()
    sandbox.settle(transaction)
    told(transaction)
    page = browser.get(f"/transfers/{transfer.pk}/").content.decode()
    for text in (
        "248.75 USDC arrived",
        "$250.00",
        "$1.25",
        "1 USD = 1 USDC",
        "Alice Example",
        "Arrived in your wallet",
    ):
        assert text in page, text
    assert "Added by bank" in browser.get("/activity/?kind=bank").content.decode()
    assert "Added by bank" in browser.get("/bank-transfers/add-money/").content.decode()


def test_nobody_else_sees_it(alice: User, account: VirtualAccount, sandbox: Control) -> None:
    transaction = arrives(sandbox, account)
    told(transaction)
    transfer = Transfer.objects.get(oms_id=transaction)
    assert signed_in(make_insider(sandbox, "cora")).get(f"/transfers/{transfer.pk}/").status_code == 404
