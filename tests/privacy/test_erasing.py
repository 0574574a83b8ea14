"""Erasing: afterwards nothing says who it was, not even the file; the money still adds up."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.accounts.test_secrecy import everything_in_the_database
from tests.builders import signed_in, usdc, wallet_of
from tests.control import Control
from tests.keys.rings import sealed_by_the_first_release
from tests.privacy.people import DOCUMENT, FIRST, LAST, NICKNAME, NUMBER, empty, make_known, make_sender, pay
from tests.staff.conftest import browser
from tests.transfers.steps import OUTSIDE
from walletapp.accounts.models import Customer, Onboarding, User
from walletapp.audit.models import AuditEvent
from walletapp.audit.trail import verify_chain
from walletapp.banking.models import ExternalAccount
from walletapp.keys.models import CustomerKey
from walletapp.notifications.models import Notice
from walletapp.payees import book
from walletapp.payees.models import Payee
from walletapp.privacy import closing
from walletapp.privacy.models import Closure
from walletapp.sealed import CannotOpen
from walletapp.transfers.models import Transfer
from walletapp.wallet.ledger import receive
from walletapp.wallet.models import LedgerEntry, Movement
from walletapp.wallet.verifying import verify

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(sandbox: Control) -> tuple[User, User]:
    """Zoraida, of whom we know something in every way there is, was saved and paid by Bob, paid him back and closed."""
    zoraida, bob = make_known(sandbox), make_sender(sandbox)
    book.save(bob, zoraida.email, "Rent")
    pay(sandbox, bob, zoraida.email, "5")
    empty(sandbox, zoraida, bob.email)
    browser(User.objects.create_superuser("root@staff.example", "a long password")).get(
        f"/admin/accounts/customer/{zoraida.customer.pk}/change/"
    )
    closing.close(zoraida.pk)
    return zoraida, bob


def canaries(email: str) -> list[str]:
    return [email, email.partition("@")[0], FIRST, LAST, NICKNAME, DOCUMENT, NUMBER, NUMBER[-4:] + '"']


def everything_stored() -> Iterator[str]:
    """Each table, and on SQLite the very bytes of the file and its log, where deleted rows may live on."""
    yield from everything_in_the_database()
    if connection.vendor == "sqlite":
        for file in Path(connection.settings_dict["NAME"]).parent.glob("test.sqlite3*"):
            yield file.read_bytes().decode("latin-1")


def found(email: str) -> set[str]:
    texts = list(everything_stored())
    return {canary for canary in canaries(email) if any(canary in text for text in texts)}


def pass_time(closure: Closure, **more: float) -> Any:
    return time_machine.travel(closure.erase_after + timedelta(**(more or {"minutes": 1})), tick=True)


def run() -> str:
    out = io.StringIO()
    call_command("apply_retention", stdout=out)
    return out.getvalue()


def test_after_its_time_nothing_says_who_it_was(people: tuple[User, User]) -> None:
    zoraida, _ = people
    email = zoraida.email
    assert {email, FIRST, LAST, NICKNAME} <= found(email), "the search would find them"
    with pass_time(zoraida.closure):
        assert "1 gone: closed accounts whose time is over" in run()
    assert found(email) == set()
    zoraida.refresh_from_db()
    assert zoraida.email == f"{zoraida.public_id}@erased.invalid"
    assert not EmailAddress.objects.filter(user=zoraida).exists()
    assert Customer.objects.get(user=zoraida).name == ""
    account = ExternalAccount.objects.get(user=zoraida)
    assert (account.nickname, account.last4, account.routing_number) == ("", "", "")
    assert [notice.context for notice in Notice.objects.filter(user=zoraida) if notice.context] == []


def test_what_was_sealed_opens_nowhere(people: tuple[User, User]) -> None:
    zoraida, _ = people
    row = Onboarding.objects.get(user=zoraida)
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers FROM accounts_onboarding WHERE id = %s", [row.pk.hex])
        kept_elsewhere = bytes(cursor.fetchone()[0])
    with pass_time(zoraida.closure):
        run()
    assert CustomerKey.objects.get(user=zoraida).is_destroyed
    Onboarding.objects.filter(pk=row.pk).update(answers=kept_elsewhere)  # as from a copy of the database
    with pytest.raises(CannotOpen):
        _ = Onboarding.objects.get(pk=row.pk).answers


def test_the_money_still_adds_up_and_others_keep_what_moved(people: tuple[User, User]) -> None:
    zoraida, bob = people
    before = (LedgerEntry.objects.count(), wallet_of(bob).available)
    with pass_time(zoraida.closure):
        run()
    assert (LedgerEntry.objects.count(), wallet_of(bob).available) == before
    assert [check.name for check in verify() if not check.is_good] == []
    assert verify_chain() == ""
    parties = set(Movement.objects.filter(wallet__user=bob).values_list("other_party", flat=True))
    assert "A closed account" in parties
    paid = Transfer.objects.get(user=bob, kind="send")
    assert (paid.to_email, paid.to_address) == ("", wallet_of(zoraida).address)
    page = signed_in(bob).get(f"/transfers/{paid.pk}/")
    assert page.status_code == 200
    assert signed_in(bob).get("/activity/").status_code == 200


def test_an_address_they_had_before_is_forgotten_too(people: tuple[User, User]) -> None:
    zoraida, _ = people
    before = zoraida.email
    User.objects.filter(pk=zoraida.pk).update(email="later@example.com")
    with pass_time(zoraida.closure):
        run()
    assert found(before) == set()


def test_an_address_that_is_somebody_elses_by_now_stays_theirs(people: tuple[User, User]) -> None:
    zoraida, bob = people
    before = zoraida.email
    User.objects.filter(pk=zoraida.pk).update(email="later@example.com")
    User.objects.create_user(before, "x" * 12)
    with pass_time(zoraida.closure):
        run()
    assert Closure.objects.get(user=zoraida).erased_at is not None
    assert Payee.objects.get(user=bob).email == before


def test_what_was_sealed_before_customers_had_keys_opens_nowhere_either(people: tuple[User, User]) -> None:
    zoraida, _ = people
    account = ExternalAccount.objects.get(user=zoraida)
    place = f"banking_externalaccount|account_number|{account.pk}"
    old = sealed_by_the_first_release(settings.FIELD_KEYS, NUMBER.encode(), place)
    ExternalAccount.objects.filter(pk=account.pk).update(account_number=old, state="checking")
    assert ExternalAccount.objects.get(pk=account.pk).account_number == NUMBER
    with pass_time(zoraida.closure):
        run()
    with pytest.raises(CannotOpen):
        _ = ExternalAccount.objects.get(pk=account.pk).account_number


def test_it_is_done_once_and_on_record(people: tuple[User, User]) -> None:
    zoraida, _ = people
    with pass_time(zoraida.closure):
        run()
        assert "0 gone: closed accounts" in run()
    assert AuditEvent.objects.filter(action="account.erased", object_id=str(zoraida.pk)).count() == 1


def test_nothing_is_erased_before_its_day(people: tuple[User, User]) -> None:
    zoraida, _ = people
    with pass_time(zoraida.closure, days=-1):
        assert "0 gone: closed accounts" in run()
    assert zoraida.email in found(zoraida.email)


def test_an_account_that_money_came_to_meanwhile_waits_for_a_person(people: tuple[User, User]) -> None:
    from django.db import transaction

    zoraida, _ = people
    wallet = wallet_of(zoraida)
    with transaction.atomic():
        late = Movement.objects.create(
            id="00000000-0000-4000-8000-000000000001", wallet=wallet, kind="deposit", direction="in", word="done",
            amount_minor=usdc("3").minor, other_party="elsewhere", page="transfers:transfer",
            finished_at=timezone.now(),
        )  # fmt: skip
        receive(late)
    with pass_time(zoraida.closure):
        assert "0 gone: closed accounts" in run()
    closure = Closure.objects.get(user=zoraida)
    assert (closure.erased_at, closure.obstacle[:26]) == (None, "Your wallet still holds 3.")
    root = browser(User.objects.create_superuser("root2@staff.example", "a long password"))
    assert "Closed accounts that cannot be erased yet" in root.get("/admin/").content.decode()
    assert zoraida.email in root.get("/admin/privacy/closure/?stuck=yes").content.decode()


def test_staff_see_that_it_was_erased_and_every_page_about_it_still_opens(people: tuple[User, User]) -> None:
    zoraida, _ = people
    with pass_time(zoraida.closure):
        run()
    root: Client = browser(User.objects.create_superuser("root3@staff.example", "a long password"))
    pages = [f"accounts/user/{zoraida.pk}", f"accounts/customer/{zoraida.customer.pk}"]
    pages += [f"accounts/onboarding/{zoraida.onboarding.pk}", f"privacy/closure/{zoraida.closure.pk}"]
    pages += [f"banking/externalaccount/{account.pk}" for account in zoraida.external_accounts.all()]
    pages += [f"wallet/wallet/{wallet_of(zoraida).pk}"]
    for page in pages:
        assert root.get(f"/admin/{page}/change/").status_code == 200, page
    assert OUTSIDE not in root.get("/admin/privacy/closure/?erased=yes").content.decode()
