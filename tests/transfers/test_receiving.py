"""Arrivals are credited once, and only when a fresh read of OMS shows them."""

import pytest

from tests.builders import make_customer, usdc, wallet_of
from tests.control import Control
from tests.transfers.steps import OUTSIDE, confirmed, finished, work
from walletapp.accounts.models import User
from walletapp.notifications.models import Notice
from walletapp.oms import schemas
from walletapp.oms.client import get_client
from walletapp.oms.errors import OmsUnavailable
from walletapp.oms.inbox import NotYet
from walletapp.transfers import receiving
from walletapp.transfers.depositing import apply_deposit
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import Kind
from walletapp.transfers.tracking import apply_transaction
from walletapp.wallet.models import Movement, Wallet

pytestmark = pytest.mark.django_db

HASH = "0x" + "ab" * 32


def event(amount: str | None = "50", tx_hash: str = HASH) -> dict[str, object]:
    deposit = {"asset": "usdc", "network": "polygon", "txHash": tx_hash, "fromAddress": "0xabc"}
    return {"deposit": deposit | ({"amount": amount} if amount else {})}


def test_a_deposit_from_outside_is_credited_and_told(sandbox: Control, bob: User) -> None:
    wallet = wallet_of(bob)
    sandbox.deposit(str(wallet.oms_id), "50", txHash=HASH)
    apply_deposit(str(wallet.oms_id), event())

    assert wallet_of(bob).available == usdc("50")
    assert Movement.objects.get(wallet=wallet).is_incoming
    assert Notice.objects.get(user=bob).kind == "received"


def test_the_same_deposit_told_twice_is_credited_once(sandbox: Control, bob: User) -> None:
    wallet = wallet_of(bob)
    sandbox.deposit(str(wallet.oms_id), "50", txHash=HASH)
    apply_deposit(str(wallet.oms_id), event())
    apply_deposit(str(wallet.oms_id), event())

    assert wallet_of(bob).available == usdc("50")
    assert Transfer.objects.filter(user=bob, kind=Kind.DEPOSIT).count() == 1


def test_a_deposit_that_is_known_needs_no_look_at_oms(sandbox: Control, bob: User) -> None:
    wallet = wallet_of(bob)
    sandbox.deposit(str(wallet.oms_id), "50", txHash=HASH)
    apply_deposit(str(wallet.oms_id), event())
    sandbox.fault("errorBefore", method="GET", path="/")
    apply_deposit(str(wallet.oms_id), event())
    with pytest.raises(OmsUnavailable):
        apply_deposit(str(wallet.oms_id), event(tx_hash="0x" + "cd" * 32))

    assert wallet_of(bob).available == usdc("50")


def test_a_deposit_that_the_balance_does_not_show_is_refused(sandbox: Control, bob: User) -> None:
    with pytest.raises(NotYet):
        apply_deposit(str(wallet_of(bob).oms_id), event("50"))

    assert wallet_of(bob).available == usdc("0")


def test_a_deposit_larger_than_the_balance_shows_is_refused(sandbox: Control, bob: User) -> None:
    wallet = wallet_of(bob)
    sandbox.deposit(str(wallet.oms_id), "5", txHash=HASH)
    with pytest.raises(NotYet):
        apply_deposit(str(wallet.oms_id), event("50"))

    assert wallet_of(bob).available == usdc("0")


def test_an_event_without_an_amount_credits_what_the_balance_shows(sandbox: Control, bob: User) -> None:
    wallet = wallet_of(bob)
    sandbox.deposit(str(wallet.oms_id), "12.5", txHash=HASH)
    apply_deposit(str(wallet.oms_id), event(None))
    apply_deposit(str(wallet.oms_id), event(None))

    assert wallet_of(bob).available == usdc("12.5")


def test_a_deposit_during_an_open_send_waits_until_the_send_is_done(sandbox: Control, alice: User) -> None:
    wallet = wallet_of(alice)
    transfer = work(confirmed(alice, amount=usdc("30")))
    sandbox.deposit(str(wallet.oms_id), "50", txHash=HASH)
    with pytest.raises(NotYet):
        apply_deposit(str(wallet.oms_id), event())
    sandbox.settle(str(transfer.oms_id))
    work(transfer)
    apply_deposit(str(wallet.oms_id), event())

    assert wallet_of(alice).available == usdc("120")


def test_a_deposit_to_a_wallet_we_do_not_know_is_parked(sandbox: Control, db: None) -> None:
    with pytest.raises(NotYet):
        apply_deposit("wlt_unknown", event())


def test_an_internal_arrival_is_not_credited_again_as_a_deposit(sandbox: Control, alice: User) -> None:
    dora = make_customer(sandbox, "dora")
    transfer = work(confirmed(alice, to=dora.email, amount=usdc("10")))
    sandbox.settle(str(transfer.oms_id))
    apply_transaction(str(transfer.oms_id), {})
    transfer.refresh_from_db()
    apply_deposit(str(wallet_of(dora).oms_id), event("10", tx_hash=transfer.tx_hash))

    assert wallet_of(dora).available == usdc("10")


def test_a_deposit_told_before_its_transaction_is_credited_once(sandbox: Control, alice: User) -> None:
    dora = make_customer(sandbox, "dora")
    wallet = wallet_of(dora)
    Wallet.objects.filter(pk=wallet.pk).update(state="suspended")  # so the send knows only an address
    transfer = work(confirmed(alice, to=wallet.address, amount=usdc("10")))
    Wallet.objects.filter(pk=wallet.pk).update(state="active")
    sandbox.settle(str(transfer.oms_id))
    found = get_client().get_transaction(str(transfer.oms_id))
    assert found.destination.net
    apply_deposit(str(wallet.oms_id), event(found.destination.net.wire(), tx_hash=found.tx_hash))
    apply_transaction(str(transfer.oms_id), {})

    assert wallet_of(dora).available == found.destination.net


def test_a_deposit_waits_for_a_send_that_is_under_way_to_the_same_wallet(sandbox: Control, alice: User) -> None:
    dora = make_customer(sandbox, "dora")
    work(confirmed(alice, to=dora.email, amount=usdc("10")))
    sandbox.deposit(str(wallet_of(dora).oms_id), "50", txHash=HASH)
    with pytest.raises(NotYet, match="still under way"):
        apply_deposit(str(wallet_of(dora).oms_id), event(None))

    assert wallet_of(dora).available == usdc("0")


def test_an_event_that_is_the_deposit_itself_is_read_too(sandbox: Control, bob: User) -> None:
    wallet = wallet_of(bob)
    sandbox.deposit(str(wallet.oms_id), "5", txHash=HASH)
    told = {"object": "deposit", "amount": "5", "asset": "USDC", "txHash": HASH}
    apply_deposit(str(wallet.oms_id), told)
    apply_deposit(str(wallet.oms_id), told)

    assert wallet_of(bob).available == usdc("5")


def test_who_sent_it_is_told_by_email_only_if_they_sent_by_email(sandbox: Control, alice: User) -> None:
    dora = make_customer(sandbox, "dora")
    finished(sandbox, confirmed(alice, to=dora.email, amount=usdc("1")))
    finished(sandbox, confirmed(alice, to=wallet_of(dora).address, amount=usdc("2")))

    by_email, by_address = Transfer.objects.filter(user=dora).order_by("created_at")
    assert by_email.from_party == alice.email
    assert by_address.from_party == wallet_of(alice).address


def test_a_page_knows_whom_it_pays_by_wallet_address_or_customer(sandbox: Control, bob: User) -> None:
    wallet, customer = wallet_of(bob), {"recipientCustomerId": bob.customer.oms_id}
    page = [
        told("by-wallet", {"wallet": {"walletId": wallet.oms_id}}),
        told("by-address", {"wallet": {"blockchainAddress": wallet.address.lower()}}),
        told("by-customer", {}, **customer),
        told("to-oneself", {}, **customer, senderCustomerId=bob.customer.oms_id),
        told("elsewhere", {"wallet": {"blockchainAddress": OUTSIDE}}),
        told("nowhere", {"wallet": {"blockchainAddress": "0x12"}}),
        told("another-asset", {"wallet": {"walletId": wallet.oms_id}, "asset": "usdt"}),
        told("by-bank", {"wallet": {"walletId": wallet.oms_id}}, type="fiatToCrypto"),
    ]
    assert receiving.paying(page) == {"by-wallet", "by-address", "by-customer"}
    assert [one.id for one in page if receiving.apply_arrival(one)] == ["by-wallet", "by-address", "by-customer"]


def told(name: str, destination: dict[str, object], **more: str) -> schemas.Transaction:
    """What OMS lists: under way, so that nothing is credited."""
    about = {"id": name, "type": "cryptoToCrypto", "status": "processing"}
    return schemas.Transaction.from_json(about | {"destination": {"asset": "usdc", **destination}} | more)
