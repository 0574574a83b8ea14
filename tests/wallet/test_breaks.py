"""A difference is one open row however often it is found; a stopped wallet stays stopped; both are in the audit."""

import threading

import pytest
from django.db import connection, transaction

from tests.builders import make_user
from tests.locks import locks_in_order
from walletapp.audit.models import AuditEvent
from walletapp.money import Currency, Money
from walletapp.wallet import breaks
from walletapp.wallet.models import Break, Wallet

pytestmark = pytest.mark.django_db


@pytest.fixture
def wallet() -> Wallet:
    return Wallet.objects.create(user=make_user(), state="active", oms_id="wlt_1", idem_key="key-1")


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("seq").values_list("action", flat=True))


def test_a_difference_found_once_is_opened_with_what_was_seen(wallet: Wallet) -> None:
    found = breaks.open_break("balance", wallet.pk, wallet, remote=Money(1, Currency.USDC), ours=7)
    assert found.detail == {"remote": "0.000001 USDC", "ours": 7}
    assert actions() == ["break.opened"]


def test_a_difference_found_twice_is_one_break_seen_again(wallet: Wallet) -> None:
    first = breaks.open_break("balance", wallet.pk, wallet, ours=1)
    second = breaks.open_break("balance", wallet.pk, wallet, ours=2)

    assert second.pk == first.pk
    assert second.detail == {"ours": 2}
    assert second.seen_at > first.seen_at
    assert actions() == ["break.opened"]


def test_after_it_was_closed_the_same_difference_is_a_new_break(wallet: Wallet) -> None:
    first = breaks.open_break("balance", wallet.pk, wallet)
    staff = make_user("sam", is_staff=True)
    assert breaks.close_break(first.pk, staff, "Explained: a test") is True
    assert breaks.close_break(first.pk, staff, "again") is False

    second = breaks.open_break("balance", wallet.pk, wallet)
    assert second.pk != first.pk
    assert actions() == ["break.opened", "break.closed", "break.opened"]


def test_what_heals_by_itself_is_closed_without_a_person(wallet: Wallet) -> None:
    breaks.open_break("status", "txn_1", wallet)
    assert breaks.settle_break("status", "txn_1", "OMS caught up") is True
    assert breaks.settle_break("status", "txn_1", "OMS caught up") is False
    assert not Break.objects.filter(closed_at__isnull=True).exists()


def test_a_wallet_is_stopped_once_and_keeps_the_first_reason(wallet: Wallet) -> None:
    assert breaks.freeze(wallet, "a difference") is True
    assert breaks.freeze(wallet, "another") is False
    wallet.refresh_from_db()
    assert wallet.frozen_reason == "a difference"
    assert actions() == ["wallet.frozen"]


def test_two_workers_that_find_it_at_once_open_one_break(committed: None) -> None:
    failures: list[BaseException] = []

    def find() -> None:
        try:
            breaks.open_break("remote-without-local", "txn_9")
        except BaseException as error:  # noqa: BLE001  told below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=find) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert Break.objects.count() == 1


def test_explaining_the_last_break_lets_a_stopped_wallet_send_again(wallet: Wallet) -> None:
    staff = make_user("staff", is_staff=True)
    one, two = breaks.open_break("balance", "a", wallet), breaks.open_break("contradiction", "b", wallet)
    breaks.freeze(wallet, "differs")

    breaks.close_break(one.pk, staff, "rounding at OMS")
    wallet.refresh_from_db()
    assert wallet.frozen_reason == "differs", "one is still open"

    breaks.close_break(two.pk, staff, "OMS corrected it")
    wallet.refresh_from_db()
    assert wallet.frozen_reason == ""
    assert actions()[-1] == "wallet.thawed"


def test_the_wallet_is_locked_before_the_break_and_the_audit_last(wallet: Wallet) -> None:
    staff = make_user("staff", is_staff=True)
    with transaction.atomic(), locks_in_order("wallet_wallet", "wallet_break", "audit_audithead"):
        found = breaks.open_break("balance", "a", wallet)
        breaks.freeze(wallet, "differs")
    with transaction.atomic(), locks_in_order("wallet_wallet", "wallet_break", "audit_audithead"):
        breaks.assign_break(found.pk, staff, staff)
        breaks.close_break(found.pk, staff, "rounding at OMS")
    assert actions() == ["break.opened", "wallet.frozen", "break.assigned", "break.closed", "wallet.thawed"]
