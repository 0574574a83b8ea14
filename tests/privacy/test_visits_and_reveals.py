"""Staff see what they may, each look is on record, and whoever is looked at can read who it was."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from tests.builders import make_user, signed_in
from tests.staff.conftest import browser
from walletapp.accounts.models import Onboarding, User
from walletapp.audit.models import AuditEvent
from walletapp.audit.trail import verify_chain
from walletapp.keys.models import CustomerKey
from walletapp.oms.models import WebhookEndpoint
from walletapp.privacy import visits
from walletapp.privacy.models import StaffVisit

pytestmark = pytest.mark.django_db

SSN = "212-45-6789"
BECAUSE = {"why": "identity", "words": "Compared with the document they sent us"}


@pytest.fixture
def row() -> Onboarding:
    return Onboarding.objects.create(user=make_user("alice"), answers={"document": {"number": SSN}})


@pytest.fixture
def helper() -> User:
    """Somebody of customer care, who may read identities and open what is sealed."""
    group = Group.objects.create(name="Identity desk")
    group.permissions.set(Permission.objects.filter(codename__in=["view_onboarding", "view_user", "reveal_sealed"]))
    user = make_user("helper", is_staff=True)
    user.groups.add(group)
    return user


def page_of(row: Onboarding) -> str:
    return reverse("admin:accounts_onboarding_change", args=[row.pk])


def seal_of(row: Any, name: str = "answers") -> str:
    return reverse("admin:reveal", args=[row._meta.app_label, row._meta.model_name, row.pk, name])


# ----- looking -----


def test_opening_a_page_about_a_customer_is_written_down_once_an_hour(row: Onboarding, helper: User) -> None:
    at = datetime(2026, 5, 4, 10, 5, tzinfo=UTC)
    with time_machine.travel(at, tick=False) as clock:
        client = browser(helper)
        for _ in range(3):
            assert client.get(page_of(row)).status_code == 200
        assert client.get(reverse("admin:accounts_user_change", args=[row.user_id])).status_code == 200
        visit = StaffVisit.objects.get()
        clock.move_to(at.replace(hour=11))
        browser(helper).get(page_of(row))
    assert (visit.user, visit.staff, visit.role) == (row.user, helper, "Identity desk")
    assert StaffVisit.objects.count() == 2
    events = AuditEvent.objects.filter(action="customer.opened", actor=helper, object_id=str(row.user_id))
    assert events.count() == 2
    assert verify_chain() == ""


def test_each_member_of_the_staff_is_written_down(row: Onboarding, helper: User) -> None:
    root = make_user("root", is_staff=True, is_superuser=True)
    for staff in (helper, root):
        browser(staff).get(page_of(row))
    assert set(StaffVisit.objects.values_list("role", flat=True)) == {"Identity desk", "Administrator"}


def test_lists_pages_of_ones_own_and_refused_pages_are_no_visits(row: Onboarding, helper: User) -> None:
    clerk = make_user("clerk", is_staff=True)
    browser(clerk).get(page_of(row))
    browser(helper).get(reverse("admin:accounts_onboarding_changelist"))
    browser(helper).get(reverse("admin:accounts_user_change", args=[helper.pk]))
    assert not StaffVisit.objects.exists()


@pytest.mark.parametrize("narrowed", [{"user__id__exact": "{pk}"}, {"q": "{email}"}], ids=["by a link", "by a search"])
def test_a_list_that_is_narrowed_to_one_customer_is_a_page_about_them(
    row: Onboarding, helper: User, narrowed: dict[str, str]
) -> None:
    Onboarding.objects.create(user=make_user("bob"), answers={})
    asked = {name: value.format(pk=row.user_id, email=row.user.email) for name, value in narrowed.items()}
    client, url = browser(helper), reverse("admin:accounts_onboarding_changelist")
    for query in ({"o": "1"}, {"q": "example.com"}, {"q": "nobody at all"}):
        assert client.get(url, query).status_code == 200
    assert not StaffVisit.objects.exists()
    assert client.get(url, asked).status_code == 200
    visit = StaffVisit.objects.get()
    assert (visit.user, visit.staff, visit.looked_at) == (row.user, helper, "Your identity record")


def test_the_database_keeps_one_visit_an_hour_and_lets_nobody_change_it(row: Onboarding, helper: User) -> None:
    visit = visits.note(helper, Onboarding, row.pk)
    assert visit is not None
    assert visits.note(helper, Onboarding, row.pk) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffVisit.objects.create(staff=helper, user=row.user, hour=visit.hour, role="x", looked_at="x")
    for statement in ("UPDATE privacy_staffvisit SET role = 'nobody'", "DELETE FROM privacy_staffvisit"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_customer_reads_when_in_which_role_and_why_and_no_name(row: Onboarding, helper: User) -> None:
    mine = signed_in(row.user)
    assert "No person of our team has opened" in mine.get("/your-data/visits/").content.decode()
    staff = browser(helper)
    staff.get(page_of(row))
    staff.post(seal_of(row), BECAUSE)
    page = mine.get("/your-data/visits/").content.decode()
    assert "Identity desk" in page
    assert "Your identity record" in page
    assert "Your identity check needed a person" in page
    assert helper.email not in page
    assert BECAUSE["words"] not in page
    others = signed_in(make_user("bob")).get("/your-data/visits/").content.decode()
    assert "Identity desk" not in others


# ----- opening what is sealed -----


def test_no_page_of_the_admin_shows_what_is_sealed(row: Onboarding) -> None:
    root = browser(make_user("root", is_staff=True, is_superuser=True))
    page = root.get(page_of(row)).content.decode()
    assert SSN not in page
    assert seal_of(row) in page
    assert SSN not in root.get(seal_of(row)).content.decode()


def test_a_sealed_value_is_shown_once_for_a_reason_and_that_is_on_record(row: Onboarding, helper: User) -> None:
    client = browser(helper)
    answer = client.post(seal_of(row), BECAUSE)
    assert SSN in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    event = AuditEvent.objects.get(action="sealed.revealed")
    assert (event.actor, event.object_id, event.reason) == (helper, str(row.pk), BECAUSE["words"])
    assert event.detail == {"field": "answers", "why": "identity"}
    assert SSN not in str(event.detail) + event.reason
    assert SSN not in client.get(seal_of(row)).content.decode(), "the page asks again"
    client.post(seal_of(row), BECAUSE)
    assert AuditEvent.objects.filter(action="sealed.revealed").count() == 2, "each look is on record"


NO_REASONS = [{}, {**BECAUSE, "words": "too short"}, {**BECAUSE, "words": " " * 40}, {**BECAUSE, "why": "x"}]


@pytest.mark.parametrize("form", NO_REASONS)
def test_without_a_reason_nothing_is_shown(row: Onboarding, helper: User, form: dict[str, str]) -> None:
    assert SSN not in browser(helper).post(seal_of(row), form).content.decode()
    assert not AuditEvent.objects.filter(action="sealed.revealed").exists()


def test_the_page_that_asks_why_is_named_after_what_is_sealed(row: Onboarding, helper: User) -> None:
    assert "<h1>Kind and last four of the ID</h1>" in browser(helper).get(seal_of(row, "document_hint")).text


def test_without_the_right_nothing_is_shown(row: Onboarding) -> None:
    for names in ([], ["view_onboarding"], ["reveal_sealed"]):
        clerk = make_user("clerk", is_staff=True)
        clerk.user_permissions.set(Permission.objects.filter(codename__in=names))
        answer = browser(clerk).post(seal_of(row), BECAUSE)
        assert answer.status_code == 403, names
        assert SSN not in answer.content.decode()
    assert signed_in(row.user).post(seal_of(row), BECAUSE).status_code in {302, 403}
    assert Client().post(seal_of(row), BECAUSE).status_code == 302
    assert not AuditEvent.objects.filter(action="sealed.revealed").exists()


def test_secrets_of_ours_and_columns_in_the_clear_are_not_revealed_to_anybody(row: Onboarding) -> None:
    root = browser(make_user("root", is_staff=True, is_superuser=True))
    endpoint = WebhookEndpoint.objects.create(url="https://wallet.example/", secret="whsec_secret")
    key = CustomerKey.objects.get(user=row.user)
    targets = [seal_of(endpoint, "secret"), seal_of(key, "wrapped"), seal_of(row.user, "password"), seal_of(row, "id")]
    for target in targets:
        assert root.post(target, BECAUSE).status_code == 403, target


def test_what_is_not_there_is_not_found_and_what_was_erased_is_said_so(row: Onboarding) -> None:
    root = browser(make_user("root", is_staff=True, is_superuser=True))
    for target in ("/admin/reveal/accounts/onboarding/7/answers/", "/admin/reveal/no/such/7/answers/"):
        assert root.post(target, BECAUSE).status_code == 404, target
    assert "It was erased" in root.post(seal_of(row, "document_hint"), BECAUSE).content.decode()
    CustomerKey.destroy(row.user_id)
    assert "cannot be opened" in root.post(seal_of(row), BECAUSE).content.decode()
    assert not AuditEvent.objects.filter(action="sealed.revealed").exists()
