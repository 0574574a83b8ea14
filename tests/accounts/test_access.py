"""Who may open what."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from tests.builders import make_user
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
    Endorsement.objects.create(customer=customer, name="basic", status=basic)
    Endorsement.objects.create(customer=customer, name="cryptoCustody", status=custody)
    answer = opened_by(customer.user)
    assert (answer.content == b"money") is may
    assert may or answer["Location"] == "/identity/"


def test_somebody_without_a_customer_is_led_to_identity() -> None:
    assert opened_by(make_user("charlie"))["Location"] == "/identity/"
