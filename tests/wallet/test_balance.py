"""Reading the balance from OMS, saying how old it is, and comparing it with ours."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from tests.builders import deposit, make_customer, make_holder, make_user, usdc, wallet_of
from tests.control import Control
from tests.wallet.conftest import Bells
from walletapp.wallet import balance
from walletapp.wallet.models import Wallet

pytestmark = pytest.mark.django_db

BALANCE = {"method": "GET", "path": "/wallets/[^/]+/balance$"}


@pytest.fixture
def wallet(sandbox: Control) -> Wallet:
    """Alice's, with 100 USDC."""
    return wallet_of(make_holder(sandbox, "alice", "100"))


def seen(wallet: Wallet) -> Wallet:
    balance.refresh(wallet.pk)
    return Wallet.objects.get(pk=wallet.pk)


def test_the_balance_is_read_and_dated(wallet: Wallet) -> None:
    before = timezone.now()
    wallet = seen(wallet)

    assert wallet.remote == usdc("100")
    assert wallet.remote_seen_at is not None
    assert before <= wallet.remote_seen_at <= timezone.now()


def test_a_balance_that_cannot_be_read_keeps_its_figure_and_its_time(sandbox: Control, wallet: Wallet) -> None:
    first = seen(wallet)
    deposit(sandbox, wallet, "5")
    sandbox.fault("errorBefore", **BALANCE)

    assert balance.refresh(wallet.pk) is False
    again = Wallet.objects.get(pk=wallet.pk)
    assert (again.remote_minor, again.remote_seen_at) == (first.remote_minor, first.remote_seen_at)
    assert balance.is_away(wallet)

    sandbox.no_faults()
    cache.delete("oms:token")
    assert balance.refresh(wallet.pk) is True
    assert Wallet.objects.get(pk=wallet.pk).remote == usdc("105")
    assert not balance.is_away(wallet)


def test_a_balance_never_read_is_unknown_and_not_zero(sandbox: Control) -> None:
    wallet = wallet_of(make_customer(sandbox))
    assert wallet.remote is None
    assert balance.compare(wallet) is None
    assert seen(wallet).remote == usdc("0")


def test_an_older_answer_never_replaces_a_newer_one(wallet: Wallet) -> None:
    later = timezone.now() + timedelta(minutes=1)
    Wallet.objects.filter(pk=wallet.pk).update(remote_minor=7, remote_seen_at=later)
    assert seen(wallet).remote_minor == 7


@pytest.mark.parametrize(
    ("remote", "leaving", "arriving", "unexplained"),
    [
        (100, 0, 0, 0),
        (75, 25, 0, 0),  # a send already taken at OMS
        (100, 25, 0, 0),  # and one not yet taken
        (130, 0, 30, 0),  # a deposit not yet credited here
        (99, 0, 0, -1),
        (101, 0, 0, 1),
        (74, 25, 0, -1),
        (131, 0, 30, 1),
    ],
)
def test_only_what_is_under_way_explains_a_difference(
    remote: int, leaving: int, arriving: int, unexplained: int
) -> None:
    wallet = Wallet(available_minor=60, held_minor=40, remote_minor=remote)
    assert balance.compare(wallet, leaving=leaving, arriving=arriving) == unexplained


def test_a_fresh_balance_is_not_asked_for_again(wallet: Wallet, bells: Bells) -> None:
    Wallet.objects.filter(pk=wallet.pk).update(remote_seen_at=timezone.now())
    with bells() as heard:
        balance.refresh_soon(Wallet.objects.get(pk=wallet.pk))
    assert heard == []


def test_an_old_balance_is_asked_for_once_however_many_watch(wallet: Wallet, bells: Bells) -> None:
    with bells() as heard:
        for _ in range(5):
            balance.refresh_soon(wallet)
    assert heard == [str(wallet.pk)]


def test_wallets_that_nobody_watches_are_left_alone(wallet: Wallet) -> None:
    long_ago = timezone.now() - timedelta(days=2)
    Wallet.objects.update(remote_seen_at=long_ago)
    wallet.movements.update(finished_at=long_ago)
    assert wallet not in balance.worth_refreshing()

    wallet.user.last_login = timezone.now()
    wallet.user.save()
    assert wallet in balance.worth_refreshing()


def test_a_wallet_with_something_pending_is_kept_up_to_date(wallet: Wallet) -> None:
    long_ago = timezone.now() - timedelta(days=2)
    Wallet.objects.update(remote_seen_at=long_ago)
    wallet.movements.update(finished_at=None)
    assert wallet in balance.worth_refreshing()


def test_a_beat_asks_about_a_bounded_number_of_wallets() -> None:
    people = [make_user(f"p{number}") for number in range(balance.AT_ONCE + 2)]
    Wallet.objects.bulk_create(
        Wallet(user=user, oms_id=f"wlt_{user.pk}", state="active", idem_key=f"key-{user.pk}") for user in people
    )
    assert len(balance.worth_refreshing()) == balance.AT_ONCE
