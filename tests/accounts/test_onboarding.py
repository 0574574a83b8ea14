"""Identity step by step, through the pages, as somebody new walks them."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.accounts.steps import ANSWERS, FORMS, SSN_DIGITS, browser, make_answered, submit
from tests.builders import make_user
from tests.control import Control
from walletapp.accounts import onboarding
from walletapp.accounts.models import Customer, Onboarding
from walletapp.accounts.reviewing import apply_customer
from walletapp.accounts.states import OnboardingState
from walletapp.oms.client import get_client

pytestmark = pytest.mark.django_db


def post(client: Client, slug: str, **changes: str) -> str:
    """Fill in one step; the slug or name of where it leads, or the page when it stays."""
    answer = client.post(reverse("accounts:step", args=[slug]), FORMS[slug] | changes)
    return answer["Location"] if answer.status_code == 302 else answer.content.decode()


def test_somebody_new_walks_from_the_first_step_to_being_verified(sandbox: Control) -> None:
    user = make_user("charlie")
    client = browser(user)
    page = client.get("/identity/").content.decode()
    assert "Start with my name" in page
    assert "about five minutes" in page
    assert "Your phone, and its number" in page
    for slug, following in (("name", "birth"), ("birth", "phone"), ("phone", "address"), ("address", "document")):
        assert post(client, slug) == reverse("accounts:step", args=[following])
    assert post(client, "document") == reverse("accounts:submit")

    page = client.get("/identity/review/").content.decode()
    assert "Rivera-O&#x27;Neil" in page
    assert "Social Security number ending in 9968" in page
    assert "Apr 27, 1990" in page
    assert "(212) 555-0123" in page
    assert "Nationality: United States of America" in page
    assert "your nationality and an ID number</span>" in page
    assert SSN_DIGITS not in page
    assert client.post("/identity/review/", {"agreed": "on"})["Location"] == "/identity/"

    assert "In review" in client.get("/identity/").content.decode()
    customer = Customer.objects.get(user=user)
    at_oms = get_client().get_customer(customer.oms_id)
    assert (at_oms.last_name, at_oms.signed_agreement) == ("Rivera-O'Neil", True)

    sandbox.approve(customer.oms_id)
    apply_customer(customer.oms_id, {})
    page = client.get("/identity/").content.decode()
    assert "You are verified" in page
    assert "Put cash in at a store" in page
    assert user.notices.get().kind == "verified"


def test_the_answers_are_erased_once_oms_has_answered(sandbox: Control) -> None:
    row = submit(make_answered())
    assert row.state == OnboardingState.SUBMITTED
    assert row.answers is None
    assert row.request_body is None
    assert row.document_hint == "Social Security number ending in 9968"


def test_pressing_twice_makes_one_customer(sandbox: Control) -> None:
    user = make_answered()
    first, second = submit(user), submit(user)
    assert first.generation == second.generation == 1
    assert len(get_client().list_customers(external_id=str(first.pk)).items) == 1


def test_progress_is_kept_and_steps_come_in_any_order() -> None:
    user = make_user("charlie")
    client = browser(user)
    assert post(client, "phone") == reverse("accounts:step", args=["name"])
    assert post(browser(user), "name") == reverse("accounts:step", args=["birth"])
    page = browser(user).get("/identity/").content.decode()
    assert "Step 2 of 6" in page
    assert "Go on with your date of birth" in page
    assert 'value="+12125550123"' in browser(user).get("/identity/phone/").content.decode()


def test_each_step_says_why_it_is_asked_and_how_to_leave() -> None:
    client = browser(make_user("charlie"))
    for slug in FORMS:
        page = client.get(reverse("accounts:step", args=[slug])).content.decode()
        assert "Exit, keep my progress" in page
        assert 'class="lede"' in page


def test_people_outside_the_united_states_are_told_before_anything_is_sent() -> None:
    user = make_user("charlie")
    page = post(browser(user), "address", country="DE", state="", zip_code="10115")
    assert "live in the United States" in page
    assert "Nothing you typed has been passed on" in page
    assert "address" not in onboarding.progress(user).answers


def test_a_minor_cannot_go_on() -> None:
    born = timezone.localdate().replace(year=timezone.localdate().year - 18) + timedelta(days=1)
    page = post(browser(make_user("charlie")), "birth", birth_date=f"{born:%m/%d/%Y}")
    assert "18 or older" in page


@pytest.mark.parametrize(
    ("slug", "changes", "said"),
    [
        ("name", {"first_name": "R2D2"}, "Letters, spaces"),
        ("birth", {"birth_date": "1850-01-01"}, "Check the year"),
        ("birth", {"birth_date": "yesterday"}, "such as 04/27/1990"),
        ("phone", {"phone": "12"}, "Enter a phone number"),
        ("address", {"line1": "P.O. Box 12"}, "A PO box cannot be used"),
        ("address", {"zip_code": "787"}, "ZIP code of five digits"),
        ("address", {"state": ""}, "Choose the state"),
        ("document", {"number": "000-12-3456"}, "This number is never issued. Please check it."),
        ("document", {"kind": "itin", "number": "912-00-1234"}, "This number is never issued. Please check it."),
        ("document", {"number": "12-3456"}, "This is not a Social Security number. It has nine digits."),
        ("document", {"number": ""}, "This is still needed."),
    ],
)
def test_what_cannot_be_right_is_said_at_the_field(slug: str, changes: dict[str, str], said: str) -> None:
    user = make_user("charlie")
    assert said in post(browser(user), slug, **changes)
    assert not Onboarding.objects.filter(user=user).exists()


def test_countries_have_the_names_that_people_look_for() -> None:
    page = browser(make_user("charlie")).get("/identity/document/").text
    for code, name in (("NR", "Nauru"), ("BS", "The Bahamas")):
        assert f'<option value="{code}">{name}</option>' in page, name


def test_the_saved_document_number_is_never_shown_again_but_can_be_kept() -> None:
    user = make_answered()
    client = browser(user)
    page = client.get("/identity/document/").content.decode()
    assert SSN_DIGITS not in page
    assert "ending in 9968. Leave the number empty to keep it." in page
    assert post(client, "document", number="", nationality="MX") == reverse("accounts:submit")
    assert onboarding.progress(user).answers["document"] == ANSWERS["document"] | {"nationality": "MX"}


def test_nothing_is_sent_while_a_step_is_missing() -> None:
    user = make_user("charlie")
    onboarding.save_step(user, "name", ANSWERS["name"])
    with pytest.raises(onboarding.Incomplete) as refusal:
        submit(user)
    assert refusal.value.field == "birth"
    answer = browser(user).post("/identity/review/", {"agreed": "on"})
    assert answer["Location"] == "/identity/birth/"


def test_nothing_is_sent_without_the_agreement() -> None:
    user = make_answered()
    page = browser(user).post("/identity/review/", {}).content.decode()
    assert "Tick that you agree" in page
    assert Onboarding.objects.get(user=user).generation == 0


def test_answers_cannot_be_changed_once_they_are_checked(sandbox: Control) -> None:
    user = make_answered()
    submit(user)
    with pytest.raises(onboarding.NotAsked):
        onboarding.save_step(user, "name", ANSWERS["name"])
    assert browser(user).get("/identity/name/")["Location"] == "/identity/"


def test_the_status_part_answers_204_until_something_changes(sandbox: Control) -> None:
    user = make_answered()
    submit(user)
    client = browser(user)
    page = client.get("/identity/").content.decode()
    url = page.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    assert client.get(url, headers={"HX-Request": "true"}).status_code == 204
    customer = Customer.objects.get(user=user)
    sandbox.approve(customer.oms_id)
    apply_customer(customer.oms_id, {})
    part = client.get(url, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "You are verified" in part.content.decode()
    assert "<html" not in part.content.decode()
    assert "hx-get" not in part.content.decode()


def test_a_stranger_is_asked_to_sign_in() -> None:
    for path in ("/identity/", "/identity/status/", "/identity/name/", "/identity/review/"):
        assert "/account/login/" in Client().get(path)["Location"]
    assert mail.outbox == []
