"""Opening the wallet at OMS: once, whoever asks and however often, and whatever becomes of the answer."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.builders import make_customer, make_user, make_verified, wallet_of
from tests.control import Control
from tests.wallet.conftest import Bells
from walletapp.accounts.models import Customer, Endorsement, User
from walletapp.audit.models import AuditEvent
from walletapp.chain.addresses import read_address
from walletapp.oms.client import get_client
from walletapp.oms.inbox import NotYet
from walletapp.wallet import provisioning, tasks
from walletapp.wallet.models import Break, Wallet

pytestmark = pytest.mark.django_db

CREATE = {"method": "POST", "path": "/customers/[^/]+/wallets$"}


@pytest.fixture
def dora(sandbox: Control) -> User:
    """Just verified; no wallet yet."""
    return make_verified(sandbox)


def opened(user: User) -> Wallet:
    """The event about the customer arrives, and a worker does what it asks for."""
    provisioning.provision_for(user.customer.oms_id, {})
    return worked(wallet_of(user))


def worked(wallet: Wallet) -> Wallet:
    Wallet.objects.filter(pk=wallet.pk, due_at__isnull=False).update(due_at=timezone.now())
    provisioning.provision(str(wallet.pk))
    return Wallet.objects.get(pk=wallet.pk)


def at_oms(user: User) -> list[str]:
    return [wallet.id for wallet in get_client().list_wallets(user.customer.oms_id).items]


def test_a_verified_person_gets_a_wallet_with_an_address(dora: User) -> None:
    wallet = opened(dora)

    assert wallet.state == Wallet.State.ACTIVE
    assert at_oms(dora) == [wallet.oms_id]
    assert wallet.address == read_address(wallet.address)
    assert wallet.due_at is None
    assert wallet.idem_key == f"local-wallet-{wallet.pk}-0"
    assert AuditEvent.objects.filter(action="wallet.opened", object_id=str(wallet.pk)).count() == 1


def test_asking_twice_opens_one_wallet(dora: User) -> None:
    first = opened(dora)
    second = opened(dora)
    tasks.sweep_wallets()

    assert second.pk == first.pk
    assert at_oms(dora) == [first.oms_id]
    assert AuditEvent.objects.filter(action="wallet.opened").count() == 1


def test_somebody_who_may_not_hold_money_gets_none(dora: User) -> None:
    Endorsement.objects.filter(name="cryptoCustody").update(status=Endorsement.Status.PENDING)
    provisioning.provision_for(dora.customer.oms_id, {})
    tasks.sweep_wallets()

    assert not Wallet.objects.filter(user=dora).exists()


def test_an_event_about_a_stranger_does_nothing() -> None:
    provisioning.provision_for("cst_nobody", {})
    assert not Wallet.objects.exists()


@pytest.mark.parametrize("fault", ["dropAfterAccept", "errorAfter"])
def test_a_lost_answer_is_looked_up_and_never_makes_a_second_wallet(sandbox: Control, dora: User, fault: str) -> None:
    sandbox.fault(fault, times=1, **CREATE)
    first = opened(dora)
    assert first.state == Wallet.State.OPENING
    assert first.due_at is not None

    wallet = worked(first)

    assert wallet.state == Wallet.State.ACTIVE
    assert at_oms(dora) == [wallet.oms_id]
    assert not Break.objects.exists()


def test_an_error_before_anything_happened_is_tried_again_with_the_same_key(sandbox: Control, dora: User) -> None:
    sandbox.fault("errorBefore", times=1, **CREATE)
    first = opened(dora)
    wallet = worked(first)

    assert (first.state, wallet.state) == (Wallet.State.OPENING, Wallet.State.ACTIVE)
    assert wallet.idem_key == first.idem_key
    assert at_oms(dora) == [wallet.oms_id]


def test_a_refusal_is_shown_to_staff_and_heals_when_oms_agrees(sandbox: Control, dora: User) -> None:
    sandbox.decide(dora.customer.oms_id, "revoke", endorsement="cryptoCustody")
    wallet = opened(dora)
    worked(wallet)

    found = Break.objects.get()
    assert (found.kind, found.key, found.wallet_id) == (provisioning.NOT_OPENED, str(wallet.pk), wallet.pk)
    assert wallet.state == Wallet.State.OPENING
    assert wallet.due_at is not None
    assert wallet.due_at > timezone.now()

    sandbox.approve(dora.customer.oms_id)
    assert worked(wallet).state == Wallet.State.ACTIVE
    found.refresh_from_db()
    assert found.closed_at is not None


def test_a_wallet_made_by_hand_at_oms_is_adopted(sandbox: Control) -> None:
    bob = make_customer(sandbox)
    theirs = wallet_of(bob).oms_id
    Wallet.objects.filter(user=bob).delete()

    assert opened(bob).oms_id == theirs
    assert at_oms(bob) == [theirs]


def test_the_sweep_opens_wallets_whose_event_was_lost(dora: User) -> None:
    tasks.sweep_wallets()
    assert wallet_of(dora).is_being_opened
    assert not provisioning.customers_without_wallet().exists()


def test_a_row_that_somebody_works_on_is_left_alone(dora: User) -> None:
    provisioning.open_wallet(dora.customer.pk)
    held = Wallet.claim(wallet_of(dora).pk)
    assert held is not None

    provisioning.provision(str(held.pk))
    assert at_oms(dora) == []


def test_a_suspension_at_oms_is_followed_and_lifted_again(sandbox: Control) -> None:
    wallet = wallet_of(make_customer(sandbox))
    provisioning._follow(wallet.pk, Wallet.State.SUSPENDED, timezone.now())
    assert wallet_of(wallet.user).state == Wallet.State.SUSPENDED

    provisioning.apply_wallet_status(str(wallet.oms_id), {"status": "suspended"})
    provisioning.apply_wallet_status(str(wallet.oms_id), {})
    assert wallet_of(wallet.user).state == Wallet.State.ACTIVE, "what the event said is not believed, OMS is"
    assert AuditEvent.objects.filter(action="wallet.active").count() == 1


@pytest.fixture
def suspended(sandbox: Control) -> Wallet:
    """A wallet that OMS had suspended; it is active there again, and no event tells."""
    wallet = wallet_of(make_customer(sandbox))
    provisioning._follow(wallet.pk, Wallet.State.SUSPENDED, timezone.now())
    return wallet_of(wallet.user)


def test_a_suspended_wallet_is_asked_about_again_a_minute_later_without_an_event(
    suspended: Wallet, bells: Bells
) -> None:
    assert suspended.due_at is not None
    assert timedelta(seconds=50) < suspended.due_at - timezone.now() <= timedelta(seconds=60)
    with bells() as heard:
        tasks.sweep_wallets()
    assert heard == [], "not every five seconds"

    Wallet.objects.filter(pk=suspended.pk).update(due_at=timezone.now())
    with bells() as heard:
        tasks.sweep_wallets()
    assert heard == [str(suspended.pk)]
    found = worked(suspended)
    assert (found.state, found.due_at, found.lease_token) == (Wallet.State.ACTIVE, None, "")
    assert worked(found).state == Wallet.State.ACTIVE


def test_a_wallet_that_stays_suspended_or_cannot_be_read_comes_again(sandbox: Control, suspended: Wallet) -> None:
    ask = {"method": "GET", "path": "/wallets/[^/]+$"}
    sandbox.fault("mutate", **ask, times=1, set={"status": "suspended"})
    still = worked(suspended)
    sandbox.fault("errorBefore", **ask)
    unread = worked(still)

    for wallet in (still, unread):
        assert wallet.state == Wallet.State.SUSPENDED
        assert wallet.lease_until is None
        assert wallet.due_at is not None
        assert wallet.due_at > timezone.now() + timedelta(seconds=30)
    assert AuditEvent.objects.filter(action="wallet.suspended").count() == 1


def test_an_older_reading_never_replaces_a_newer_one(suspended: Wallet) -> None:
    read_at = timezone.now()
    provisioning._follow(suspended.pk, Wallet.State.ACTIVE, read_at)
    provisioning._follow(suspended.pk, Wallet.State.SUSPENDED, read_at - timedelta(seconds=1))

    wallet = wallet_of(suspended.user)
    assert (wallet.state, wallet.status_seen_at, wallet.due_at) == (Wallet.State.ACTIVE, read_at, None)


def test_a_closed_wallet_never_opens_again(sandbox: Control) -> None:
    wallet = wallet_of(make_customer(sandbox))
    provisioning._follow(wallet.pk, Wallet.State.CLOSED, timezone.now())
    provisioning.apply_wallet_status(str(wallet.oms_id), {})
    assert wallet_of(wallet.user).state == Wallet.State.CLOSED


def test_news_of_money_is_no_reason_to_ask_how_the_wallet_is(sandbox: Control) -> None:
    wallet = wallet_of(make_customer(sandbox))
    sandbox.fault("mutate", method="GET", path="/wallets/[^/]+$", set={"status": "suspended"})
    provisioning.apply_wallet_status(str(wallet.oms_id), {"deposit": {"amount": "1"}})
    assert wallet_of(wallet.user).state == Wallet.State.ACTIVE
    provisioning.apply_wallet_status(str(wallet.oms_id), {})
    assert wallet_of(wallet.user).state == Wallet.State.SUSPENDED


def test_an_event_about_a_wallet_not_known_here_is_parked() -> None:
    with pytest.raises(NotYet):
        provisioning.apply_wallet_status("wlt_unknown", {})


def test_a_word_we_do_not_know_stops_the_wallet(sandbox: Control) -> None:
    theirs = get_client().get_wallet(str(wallet_of(make_customer(sandbox)).oms_id))
    odd = type(theirs)(**{name: getattr(theirs, name) for name in theirs.__slots__} | {"status": "underReview"})
    assert provisioning._state_of(odd) == Wallet.State.SUSPENDED


def test_two_processes_asking_at_once_make_one_row(committed: None) -> None:
    user = make_user("eve")
    customer = Customer.objects.create(user=user, oms_id=f"cst_{uuid.uuid4().hex}")
    for name in ("basic", "cryptoCustody"):
        Endorsement.objects.create(customer=customer, name=name, status=Endorsement.Status.ACTIVE)
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            provisioning.open_wallet(customer.pk)
        except BaseException as error:  # noqa: BLE001  told below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert Wallet.objects.filter(user=user).count() == 1


@pytest.mark.parametrize("written", [str, str.lower, lambda address: "0x" + address[2:].upper()])
def test_a_wallet_is_found_by_its_address_whatever_its_capitals(
    sandbox: Control, written: Callable[[str], str]
) -> None:
    wallet = wallet_of(make_customer(sandbox))
    assert Wallet.objects.at(written(wallet.address)).get() == wallet


@pytest.mark.parametrize("text", ["", "0x12", "bob@example.com"])
def test_nobody_is_at_what_is_no_address(sandbox: Control, text: str) -> None:
    make_customer(sandbox)
    assert not Wallet.objects.at(text).exists()
