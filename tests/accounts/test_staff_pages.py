"""What staff see of people, and the little they may change."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.accounts.steps import SSN_DIGITS, make_answered, submit
from tests.builders import just_proved, make_user, make_verified, signed_in
from tests.control import Control
from walletapp.accounts.models import Customer, Flag, Onboarding, User
from walletapp.accounts.states import OnboardingState
from walletapp.audit.models import AuditEvent
from walletapp.features import BANK_FUNDING, is_on
from walletapp.staff import roles

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    return just_proved(User.objects.create_superuser("staff@example.com", "a long password"))


WHY = "They wrote that they lost their phone"
MODELS = ("user", "customer", "endorsement", "onboarding", "flag")


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens_and_can_be_searched(staff: Client, sandbox: Control, model: str) -> None:
    submit(make_answered())
    assert staff.get(reverse(f"admin:accounts_{model}_changelist")).status_code == 200
    assert staff.get(reverse(f"admin:accounts_{model}_changelist"), {"q": "charlie"}).status_code == 200


def test_a_person_leads_to_everything_about_them(staff: Client, sandbox: Control) -> None:
    user = submit(make_answered()).user
    customer = Customer.objects.get(user=user)
    page = staff.get(reverse("admin:accounts_user_change", args=[user.pk])).content.decode()
    assert reverse("admin:accounts_customer_change", args=[customer.pk]) in page
    assert reverse("admin:accounts_onboarding_change", args=[user.onboarding.pk]) in page
    assert reverse("admin:notifications_notice_changelist") in page
    page = staff.get(reverse("admin:accounts_customer_change", args=[customer.pk])).content.decode()
    assert "cryptoCustody" in page
    assert reverse("admin:accounts_user_change", args=[user.pk]) in page


def test_every_page_says_the_same_verdict(staff: Client, sandbox: Control) -> None:
    """The onboarding's own state stays as it is once the answers have arrived, whatever is decided about them."""
    user = make_verified(sandbox)
    row = Onboarding.objects.create(user=user, state=OnboardingState.SUBMITTED)
    for model, key in (("user", user.pk), ("customer", user.customer.pk), ("onboarding", row.pk)):
        page = staff.get(reverse(f"admin:accounts_{model}_change", args=[key])).text
        assert "verified" in page.partition("<main")[2], model
        assert "In progress" not in page, model
        page = staff.get(reverse(f"admin:accounts_{model}_changelist")).text
        assert "In progress" not in page, model
    assert "taken by OMS" in staff.get(reverse("admin:accounts_onboarding_change", args=[row.pk])).text
    onboardings = reverse("admin:accounts_onboarding_changelist")
    assert "1 onboarding" in staff.get(onboardings, {"answers_are": "submitted"}).text
    assert "0 onboardings" in staff.get(onboardings, {"answers_are": "answering"}).text


def test_the_list_of_customers_begins_with_the_name(staff: Client, sandbox: Control) -> None:
    customer = make_verified(sandbox).customer
    page = staff.get(reverse("admin:accounts_customer_changelist")).text
    first = page.partition('<th class="field-')[2].partition("</th>")[0]
    assert customer.name
    assert customer.name in first
    Customer.objects.update(first_name="", last_name="")
    assert "no name yet" in staff.get(reverse("admin:accounts_customer_changelist")).text


def test_every_page_says_in_which_zone_its_times_are(staff: Client) -> None:
    assert "All times are in UTC." in staff.get("/admin/").text
    assert "All times are in UTC." in staff.get(reverse("admin:accounts_user_changelist")).text


def test_nothing_sealed_is_shown(staff: Client) -> None:
    row = Onboarding.objects.get(user=make_answered())
    for url in (
        reverse("admin:accounts_onboarding_change", args=[row.pk]),
        reverse("admin:accounts_onboarding_changelist"),
    ):
        page = staff.get(url).content.decode()
        assert SSN_DIGITS not in page
        assert "9968" not in page
        assert "Canary" not in page


@pytest.mark.parametrize("model", ["customer", "endorsement", "onboarding"])
def test_what_oms_says_cannot_be_edited(staff: Client, sandbox: Control, model: str) -> None:
    user = submit(make_answered()).user
    rows = {
        "customer": user.customer,
        "endorsement": user.customer.endorsements.all()[0],
        "onboarding": user.onboarding,
    }
    url = reverse(f"admin:accounts_{model}_change", args=[rows[model].pk])
    assert staff.get(url).status_code == 200
    assert staff.post(url, {"oms_id": "cst_mine", "state": "answering", "status": "ACTIVE"}).status_code == 403
    assert staff.get(reverse(f"admin:accounts_{model}_add")).status_code == 403
    assert staff.post(reverse(f"admin:accounts_{model}_delete", args=[rows[model].pk])).status_code == 403


def test_a_user_can_be_switched_off_and_it_is_recorded(staff: Client) -> None:
    user = make_user("charlie")
    url = reverse("admin:accounts_user_change", args=[user.pk])
    assert "password" not in staff.get(url).content.decode().split("<main", 1)[-1].lower().replace(
        "change password", ""
    )
    for words in ("", "too short"):
        assert "Write why in at least 15" in staff.post(url, {"words": words}).content.decode()
    assert User.objects.get(pk=user.pk).is_active, "without a reason nothing is changed"
    assert staff.post(url, {"is_staff": "", "words": WHY}).status_code == 302
    user.refresh_from_db()
    assert not user.is_active
    event = AuditEvent.objects.get(action="user.changed")
    assert (event.reason, event.detail) == (WHY, {"fields": ["is_active"], "is_active": False})
    assert event.actor is not None
    assert event.actor.email == "staff@example.com"


def test_only_superusers_hand_out_rights() -> None:
    helper = User.objects.create_user("helper@example.com", "a long password", is_staff=True)
    helper.user_permissions.add(*Permission.objects.filter(codename__in=["change_user", "view_user"]))
    client = just_proved(helper)
    url = reverse("admin:accounts_user_change", args=[helper.pk])
    asked = {"is_active": "on", "is_superuser": "on", "is_staff": "on", "words": WHY}
    assert client.post(url, asked).status_code == 302
    helper.refresh_from_db()
    assert not helper.is_superuser


def test_the_flag_is_there_off_and_can_be_toggled(staff: Client, django_capture_on_commit_callbacks: Any) -> None:
    user = make_user("charlie")
    assert not is_on(BANK_FUNDING, user)
    flag = Flag.objects.get(name=BANK_FUNDING)
    url = reverse("admin:accounts_flag_change", args=[flag.pk])
    assert 'name="words"' in staff.get(url).content.decode()
    for value, then in (("true", True), ("false", False)):
        with django_capture_on_commit_callbacks(execute=True):
            form = {"note": flag.note, "everyone": value, "words": "The bank opens it today"}
            assert staff.post(url, form).status_code == 302
        assert is_on(BANK_FUNDING, user) is then
    changes = AuditEvent.objects.filter(action="flag.changed").order_by("seq")
    assert [event.detail["everyone"] for event in changes] == ["on", "off"]
    assert {event.reason for event in changes} == {"The bank opens it today"}
    assert [event.detail["fields"] for event in changes] == [["everyone"], ["everyone"]]


@pytest.mark.parametrize("words", ["", "   short   "])
def test_without_a_reason_no_flag_changes(staff: Client, words: str) -> None:
    flag = Flag.objects.get(name=BANK_FUNDING)
    form = {"note": "another note", "everyone": "true", "users": [make_user("charlie").pk], "words": words}
    answer = staff.post(reverse("admin:accounts_flag_change", args=[flag.pk]), form)
    assert answer.status_code == 200
    assert "Write why in at least 15 characters." in answer.content.decode()
    flag.refresh_from_db()
    assert (flag.everyone, flag.users.count()) == (None, 0)
    assert flag.note != "another note"
    assert not AuditEvent.objects.filter(action="flag.changed").exists()


def test_saving_a_flag_as_it_is_wants_no_reason_and_leaves_it_alone(staff: Client) -> None:
    flag = Flag.objects.get(name=BANK_FUNDING)
    form = {"note": flag.note, "everyone": "unknown"}
    assert staff.post(reverse("admin:accounts_flag_change", args=[flag.pk]), form).status_code == 302
    assert Flag.objects.get(pk=flag.pk).modified == flag.modified
    assert not AuditEvent.objects.filter(action="flag.changed").exists()


def test_no_flag_is_toggled_from_the_list(staff: Client) -> None:
    flag = Flag.objects.get(name=BANK_FUNDING)
    form = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": str(flag.pk), "form-0-everyone": "true"}
    staff.post(reverse("admin:accounts_flag_changelist"), form | {"_save": "Save"})
    assert not is_on(BANK_FUNDING, make_user("charlie"))


def test_a_percentage_takes_the_same_people_every_time() -> None:
    flag = Flag.objects.get(name=BANK_FUNDING)
    flag.percent = "50.0"
    flag.save()
    users = [make_user(f"person{number}") for number in range(20)]
    first = [is_on(BANK_FUNDING, user) for user in users]
    assert first == [is_on(BANK_FUNDING, user) for user in users]
    assert len(set(first)) == 2


# ----- signing somebody out -----


def helper_of(role: str) -> User:
    member = make_user("helper", is_staff=True)
    member.groups.set(Group.objects.filter(name=role))
    return member


def sessions_of(user: User) -> int:
    return int(UserSession.objects.filter(user=user).count())


def test_staff_end_one_session_or_all_and_that_is_on_record() -> None:
    person, helper = make_user("charlie"), helper_of(roles.SUPPORT)
    browsers = [signed_in(person, Client(headers={"User-Agent": f"{name} Windows"})) for name in ("Firefox", "Edg")]
    browsers.append(signed_in(person))
    client, url = just_proved(helper), reverse("admin:accounts_user_change", args=[person.pk])
    page = client.get(url).content.decode()
    assert "Firefox on Windows" in page
    assert "Edge on Windows" in page
    first = UserSession.objects.filter(user=person, user_agent__startswith="Firefox").get()
    sign_out = reverse("admin:accounts_user_sign_out", args=[person.pk])
    assert sign_out in page

    client.post(sign_out, {"session": "all", "words": "too short"})
    assert "Nobody was signed out." in client.get(url).content.decode()
    assert sessions_of(person) == 3

    assert client.post(sign_out, {"session": str(first.pk), "words": WHY})["Location"] == url
    assert browsers[0].get("/account/security/").status_code == 302
    assert browsers[1].get("/account/security/").status_code == 200
    client.post(sign_out, {"session": str(first.pk), "words": WHY})
    ended = AuditEvent.objects.filter(action="session.ended")
    assert [(it.actor, it.object_id, it.reason, it.detail) for it in ended] == [
        (helper, str(person.pk), WHY, {"sessions": 1})
    ], "ending it twice is one event"

    client.post(sign_out, {"session": "all", "words": WHY})
    assert sessions_of(person) == 0
    assert browsers[1].get("/account/security/").status_code == 302
    assert AuditEvent.objects.filter(action="session.ended").count() == 2


def test_a_form_that_names_no_session_or_anothers_ends_none() -> None:
    person, other = make_user("charlie"), make_user("bob")
    for one in (person, other):
        signed_in(one)
    client, url = just_proved(helper_of(roles.SUPPORT)), reverse("admin:accounts_user_sign_out", args=[person.pk])
    for session in ("", "x", str(UserSession.objects.get(user=other).pk)):
        client.post(url, {"session": session, "words": WHY})
    assert client.get(url).status_code == 405
    assert (sessions_of(person), sessions_of(other)) == (1, 1)
    assert not AuditEvent.objects.filter(action="session.ended").exists()


def test_only_with_the_right_and_a_fresh_proof_and_a_colleague_only_by_a_superuser(settings: Any) -> None:
    person, colleague = make_user("charlie"), make_user("clerk", is_staff=True)
    for one in (person, colleague):
        signed_in(one)
    theirs = {one: reverse("admin:accounts_user_sign_out", args=[one.pk]) for one in (person, colleague)}
    for role in (roles.ENGINEERS, "none"):
        assert just_proved(helper_of(role)).post(theirs[person], {"session": "all"}).status_code == 403
    client = just_proved(helper_of(roles.COMPLIANCE))
    assert client.post(theirs[colleague], {"session": "all"}).status_code == 403
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.STAFF_FRESH_SECONDS - 1)):
        client.get("/admin/")
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.STAFF_FRESH_SECONDS + 1)):
        assert "reauthenticate" in client.post(theirs[person], {"session": "all"})["Location"]
    assert (sessions_of(person), sessions_of(colleague)) == (1, 1)
    root = just_proved(make_user("root", is_staff=True, is_superuser=True))
    assert root.post(theirs[colleague], {"session": "all", "words": WHY}).status_code == 302
    assert sessions_of(colleague) == 0
