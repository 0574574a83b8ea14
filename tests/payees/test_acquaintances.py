"""Look-alike addresses: refused beside whom this person paid, saved or was paid by, and never the other way round."""

import secrets

import pytest

from tests.builders import usdc, wallet_of
from tests.control import Control
from tests.payees.addresses import OUTSIDE, imitating
from tests.transfers.steps import confirmed, drafted, finished
from walletapp.accounts.models import User
from walletapp.payees import book
from walletapp.payees.acquaintances import LookAlike, acquaintances, require_unlike
from walletapp.transfers.depositing import apply_deposit
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import Kind

pytestmark = pytest.mark.django_db


def paid_by(sandbox: Control, user: User, address: str, amount: str) -> None:
    """USDC arrives from this address outside."""
    wallet, tx_hash = str(wallet_of(user).oms_id), "0x" + secrets.token_hex(32)
    sandbox.deposit(wallet, amount, txHash=tx_hash, fromAddress=address)
    apply_deposit(wallet, {"deposit": {"amount": amount, "asset": "usdc", "txHash": tx_hash, "fromAddress": address}})


def test_the_imitation_of_an_address_that_was_paid_is_refused_before_a_price(sandbox: Control, alice: User) -> None:
    finished(sandbox, confirmed(alice, amount=usdc("5")))
    with pytest.raises(LookAlike, match="Nothing was sent") as no:
        drafted(alice, to=imitating(OUTSIDE), amount=usdc("5"))

    assert no.value.typed.lower() == imitating(OUTSIDE)
    assert no.value.known.address == OUTSIDE
    assert no.value.known.how == "You have paid it before"
    assert not no.value.typed_pieces[1].differs
    assert no.value.typed_pieces[4].differs
    assert Transfer.objects.filter(user=alice, kind=Kind.SEND).count() == 1


def test_an_address_that_was_paid_or_saved_can_be_paid_again(sandbox: Control, alice: User) -> None:
    finished(sandbox, confirmed(alice, amount=usdc("5")))
    book.save(alice, OUTSIDE, "Rent")
    assert drafted(alice, to=OUTSIDE.lower(), amount=usdc("5")).to_address == OUTSIDE


def test_one_that_was_paid_and_then_saved_is_told_by_its_name_and_known_since_it_was_paid(
    sandbox: Control, alice: User
) -> None:
    finished(sandbox, confirmed(alice, amount=usdc("5")))
    saved = book.save(alice, OUTSIDE, "Rent")
    (known,) = acquaintances(alice)
    assert known.how == "You saved it as Rent"
    assert known.since < saved.saved_at


def test_the_imitation_of_a_saved_address_is_refused(alice: User) -> None:
    book.save(alice, OUTSIDE, "Rent")
    with pytest.raises(LookAlike) as no:
        drafted(alice, to=imitating(OUTSIDE, first=3, last=5), amount=usdc("5"))
    assert no.value.known.how == "You saved it as Rent"


def test_the_wallet_of_somebody_paid_by_email_is_known_by_its_address(sandbox: Control, alice: User, bob: User) -> None:
    finished(sandbox, confirmed(alice, to=bob.email, amount=usdc("5")))
    with pytest.raises(LookAlike):
        drafted(alice, to=imitating(wallet_of(bob).address), amount=usdc("5"))


def test_the_imitation_of_an_address_that_paid_is_refused(sandbox: Control, alice: User) -> None:
    paid_by(sandbox, alice, OUTSIDE, "12")
    with pytest.raises(LookAlike) as no:
        require_unlike(alice, imitating(OUTSIDE))
    assert no.value.known.how == "It has paid you before"


def test_dust_makes_nobody_known_so_that_it_cannot_keep_a_person_from_paying(sandbox: Control, alice: User) -> None:
    paid_by(sandbox, alice, imitating(OUTSIDE), "0.01")
    require_unlike(alice, OUTSIDE)
    assert acquaintances(alice) == []


def test_whom_a_person_chose_comes_before_whoever_paid_them(sandbox: Control, alice: User) -> None:
    finished(sandbox, confirmed(alice, amount=usdc("5")))
    paid_by(sandbox, alice, imitating(OUTSIDE), "2")

    require_unlike(alice, OUTSIDE)
    with pytest.raises(LookAlike):
        require_unlike(alice, imitating(OUTSIDE))


def test_of_two_that_paid_the_first_is_believed(sandbox: Control, alice: User) -> None:
    paid_by(sandbox, alice, OUTSIDE, "2")
    paid_by(sandbox, alice, imitating(OUTSIDE), "50")

    require_unlike(alice, OUTSIDE)
    with pytest.raises(LookAlike):
        require_unlike(alice, imitating(OUTSIDE))


def test_a_send_that_did_not_happen_makes_nobody_known(sandbox: Control, alice: User) -> None:
    finished(sandbox, confirmed(alice, amount=usdc("5")), "failed")
    require_unlike(alice, imitating(OUTSIDE))
    assert [one.address for one in acquaintances(alice)] == []


def test_what_others_know_does_not_count(sandbox: Control, alice: User, bob: User) -> None:
    finished(sandbox, confirmed(alice, amount=usdc("5")))
    require_unlike(bob, imitating(OUTSIDE))
    assert len(acquaintances(alice)) == 1
