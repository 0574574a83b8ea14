"""Sends: what is refused at the form, and the path from a draft to money that moved once."""

import pytest

from tests.builders import usdc, wallet_of
from tests.control import Control
from tests.transfers.steps import OUTSIDE, confirm, confirmed, drafted, finished, work
from walletapp.accounts.models import User
from walletapp.chain.addresses import TOKEN_CONTRACTS, ZERO
from walletapp.refusals import Refusal
from walletapp.transfers import confirming
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import Kind, State
from walletapp.transfers.tracking import apply_transaction
from walletapp.wallet.models import LedgerEntry, Movement
from walletapp.wallet.states import Word

pytestmark = pytest.mark.django_db


def test_a_send_to_an_address_reaches_done_with_its_hash(sandbox: Control, alice: User) -> None:
    transfer = finished(sandbox, confirmed(alice, amount=usdc("25")))

    wallet = wallet_of(alice)
    assert transfer.state == State.COMPLETED
    assert transfer.tx_hash.startswith("0x")
    assert (wallet.available, wallet.held) == (usdc("75"), usdc("0"))
    assert Movement.objects.get(pk=transfer.pk).word == Word.DONE
    assert len(sandbox.sends()) == 1


def test_a_send_to_another_customer_credits_them_once(sandbox: Control, alice: User, bob: User) -> None:
    transfer = finished(sandbox, confirmed(alice, to=bob.email, amount=usdc("10")))
    assert wallet_of(bob).available == usdc("10"), "the sender's poll is enough, should the event be lost"
    apply_transaction(str(transfer.oms_id), {})
    apply_transaction(str(transfer.oms_id), {})

    assert wallet_of(bob).available == usdc("10")
    assert Transfer.objects.get(user=bob).kind == Kind.RECEIVED
    assert wallet_of(alice).available == usdc("90")


def test_confirming_sets_the_money_aside_at_once(alice: User) -> None:
    confirmed(alice, amount=usdc("40"))

    wallet = wallet_of(alice)
    assert (wallet.available, wallet.held) == (usdc("60"), usdc("40"))


def test_a_second_confirm_answers_with_the_first(alice: User) -> None:
    draft = drafted(alice, amount=usdc("40"))
    first = confirm(draft)
    second = confirming.confirm(draft.pk, user_id=alice.pk, digest="whatever the second tab says")

    assert second.pk == first.pk
    assert wallet_of(alice).held == usdc("40")
    assert Movement.objects.filter(wallet__user=alice, kind="send").count() == 1


def test_both_of_two_drafts_cannot_spend_the_same_money(alice: User) -> None:
    one, two = drafted(alice, amount=usdc("80")), drafted(alice, amount=usdc("80"))
    confirm(one)
    with pytest.raises(Refusal, match="Not enough available"):
        confirm(two)

    two.refresh_from_db()
    assert two.state == State.QUOTED
    assert wallet_of(alice).available == usdc("20")


def test_max_leaves_nothing(sandbox: Control, alice: User) -> None:
    finished(sandbox, confirmed(alice, amount=None))

    wallet = wallet_of(alice)
    assert (wallet.available, wallet.held) == (usdc("0"), usdc("0"))


def test_a_fixed_arrival_delivers_exactly_that(sandbox: Control, alice: User) -> None:
    transfer = finished(sandbox, confirmed(alice, amount=usdc("25"), side="destination"))

    assert transfer.quote is not None
    assert transfer.quote.they_get == usdc("25")
    assert wallet_of(alice).available == usdc("100") - transfer.quote.you_pay


def test_a_transfer_oms_fails_gives_the_money_back(sandbox: Control, alice: User) -> None:
    transfer = finished(sandbox, confirmed(alice, amount=usdc("25")), "failed")

    wallet = wallet_of(alice)
    assert transfer.state == State.FAILED
    assert (wallet.available, wallet.held) == (usdc("100"), usdc("0"))
    assert Movement.objects.get(pk=transfer.pk).word == Word.DID_NOT_HAPPEN


def test_settling_twice_posts_once(sandbox: Control, alice: User) -> None:
    transfer = finished(sandbox, confirmed(alice, amount=usdc("25")))
    entries = LedgerEntry.objects.count()
    work(transfer)
    apply_transaction(str(transfer.oms_id), {})

    assert LedgerEntry.objects.count() == entries
    assert wallet_of(alice).available == usdc("75")


@pytest.mark.parametrize(
    ("to", "why"),
    [
        (ZERO, "zero address"),
        (next(iter(TOKEN_CONTRACTS)), "token itself"),
        (OUTSIDE[:-1] + "e", "check does not match"),
        ("7EqQdEULxWcraVx3mXKFjc84LhCkMGZCkRuDpvcMwJeK", "Solana"),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "Bitcoin"),
        ("TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC", "Tron"),
        (OUTSIDE[:-2], "40 characters"),
        ("vitalik.eth", "do not look names up"),
        ("nobody@example.com", "Nobody with a wallet here"),
        ("not an address", "e-mail address of a customer"),
    ],
)
def test_a_dangerous_or_wrong_destination_is_refused_with_its_reason(alice: User, to: str, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        drafted(alice, to=to, amount=usdc("5"))

    assert not Transfer.objects.filter(user=alice, kind=Kind.SEND).exists()


def test_ones_own_wallet_is_refused_by_address_and_by_email(alice: User) -> None:
    for to in (wallet_of(alice).address, alice.email):
        with pytest.raises(Refusal, match="your own wallet"):
            drafted(alice, to=to, amount=usdc("5"))


def test_an_address_in_one_case_is_shown_checksummed(alice: User) -> None:
    assert drafted(alice, to=OUTSIDE.lower(), amount=usdc("5")).to_address == OUTSIDE


def test_more_than_is_available_is_refused_before_a_price(alice: User) -> None:
    with pytest.raises(Refusal, match=r"Not enough available: you have 100\.00 USDC"):
        drafted(alice, amount=usdc("100.01"))


def test_a_price_that_oms_gave_to_somebody_before_is_refused(sandbox: Control, alice: User) -> None:
    first = drafted(alice, amount=usdc("1")).quotes.get()
    sandbox.fault("mutate", method="POST", path="/quotes$", times=1, set={"id": first.oms_id})
    with pytest.raises(Refusal, match="a price that is not ours"):
        drafted(alice, amount=usdc("1"))

    assert Transfer.objects.filter(kind=Kind.SEND).count() == 1
