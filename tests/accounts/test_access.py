"""Who may open what."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from tests.builders import make_user, signed_in
from tests.second_factors import give_app, give_passkey
from walletapp.accounts.access import verified
from walletapp.accounts.models import Customer, Endorsement

pytestmark = pytest.mark.django_db


@verified
def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("money")


def opened_by(user: object) -> HttpResponse:
    request = RequestFactory().get("/")
    request.user = user  # type: ignore[assignment]
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    answer = page(request)
    assert isinstance(answer, HttpResponse)
    return answer


def test_a_stranger_is_asked_to_sign_in() -> None:
    assert "/account/login/" in opened_by(AnonymousUser())["Location"]


@pytest.mark.parametrize(
    ("basic", "custody", "active", "may"),
    [
        ("ACTIVE", "ACTIVE", True, True),
        ("ACTIVE", "PENDING", True, False),
        ("REVOKED_ISSUES", "ACTIVE", True, False),
        ("ACTIVE", "ACTIVE", False, False),
        ("SOMETHING_NEW", "ACTIVE", True, False),
    ],
)
def test_only_the_endorsements_open_the_door(basic: str, custody: str, active: bool, may: bool) -> None:
    customer = Customer.objects.create(user=make_user("bob"), oms_id="cst_1", is_active=active)
    give_app(customer.user)
    Endorsement.objects.create(customer=customer, name="basic", status=basic)
    Endorsement.objects.create(customer=customer, name="cryptoCustody", status=custody)
    answer = opened_by(customer.user)
    assert (answer.content == b"money") is may
    assert may or answer["Location"] == "/identity/"


def test_money_wants_a_second_factor_and_leads_to_one(settings: Settings) -> None:
    customer = Customer.objects.create(user=make_user("bob"), oms_id="cst_1")
    for name in ("basic", "cryptoCustody"):
        Endorsement.objects.create(customer=customer, name=name, status="ACTIVE")
    assert opened_by(customer.user)["Location"] == "/account/security/protect/?next=%2F"
    settings.SECOND_FACTOR_REQUIRED = False
    assert opened_by(customer.user).content == b"money"
    settings.SECOND_FACTOR_REQUIRED = True
    give_app(customer.user)
    assert opened_by(customer.user).content == b"money"


def test_who_is_led_to_a_factor_comes_back_to_where_they_were() -> None:
    user = make_user("bob")
    browser = signed_in(user)
    page = browser.get("/account/security/protect/?next=/send/")
    assert "Add a passkey" in page.content.decode()
    assert browser.get("/account/security/protect/?next=https://elsewhere.example/").status_code == 200
    give_passkey(browser)
    assert browser.get("/account/security/protected/")["Location"] == "/send/"


def test_somebody_without_a_customer_is_led_to_identity() -> None:
    assert opened_by(make_user("charlie"))["Location"] == "/identity/"
