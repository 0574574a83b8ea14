"""The password once more, just before money moves."""

import pytest
import time_machine
from django.http import HttpRequest
from django.test import Client, RequestFactory

from tests.builders import PASSWORD, make_user, signed_in
from walletapp.accounts.models import User
from walletapp.accounts.reauthentication import TooManyAttempts, WrongPassword, prove, recently_proved

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return make_user("alice")


def request_of(client: Client, user: User) -> HttpRequest:
    """A POST in the session of this browser."""
    request = RequestFactory().post("/")
    request.session = client.session
    request.user = user
    return request


def test_signing_in_with_the_password_is_proof_for_five_minutes(user: User, clock: time_machine.Traveller) -> None:
    request = request_of(signed_in(user), user)
    assert recently_proved(request)
    clock.shift(299)
    assert recently_proved(request)
    clock.shift(2)
    assert not recently_proved(request)


def test_a_session_without_a_password_is_no_proof(user: User) -> None:
    client = Client()
    client.force_login(user)
    assert not recently_proved(request_of(client, user))


def test_the_right_password_is_proof_from_now_on(user: User, clock: time_machine.Traveller) -> None:
    client = signed_in(user)
    clock.shift(600)
    request = request_of(client, user)
    assert not recently_proved(request)
    assert prove(request, PASSWORD) is True
    assert recently_proved(request)


def test_a_wrong_password_proves_nothing_and_says_so(user: User, clock: time_machine.Traveller) -> None:
    client = signed_in(user)
    clock.shift(600)
    request = request_of(client, user)
    with pytest.raises(WrongPassword) as refusal:
        prove(request, "a wrong password")
    assert "not your password" in str(refusal.value)
    assert refusal.value.field == "password"
    assert not recently_proved(request)


def test_somebody_elses_password_proves_nothing(user: User) -> None:
    other = User.objects.create_user("other@example.com", "another long password")
    request = request_of(Client(), user)
    with pytest.raises(WrongPassword):
        prove(request, "another long password")
    assert other.pk != user.pk


def test_after_too_many_wrong_ones_the_right_one_is_refused_too(user: User) -> None:
    client = Client()
    client.force_login(user)
    for _ in range(5):
        with pytest.raises(WrongPassword):
            prove(request_of(client, user), "a wrong password")
    with pytest.raises(TooManyAttempts) as refusal:
        prove(request_of(client, user), PASSWORD)
    assert "Nothing was changed" in str(refusal.value)


def test_the_proof_of_one_person_is_not_the_next_ones(user: User) -> None:
    request = request_of(signed_in(user), user)
    request.user = make_user("bob")
    assert not recently_proved(request)
