"""Who signed in and out, and what was changed about it: on record, without what was typed."""

import pytest
from django.test import Client

from tests import letters
from tests.builders import PASSWORD, make_user, signed_in
from walletapp.accounts.models import User
from walletapp.audit.models import AuditEvent
from walletapp.audit.trail import verify_chain

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return make_user("alice")


def actions() -> list[tuple[str, int | None]]:
    return list(AuditEvent.objects.order_by("seq").values_list("action", "actor"))


def test_in_and_out(alice: User) -> None:
    client = signed_in(alice)
    client.post("/account/logout/")
    assert actions() == [("sign_in.done", alice.pk), ("sign_out.done", alice.pk)]
    assert verify_chain() == ""


def test_a_wrong_password_is_noted_without_the_address_or_the_password(alice: User) -> None:
    Client().post("/account/login/", {"login": alice.email, "password": "Canary-Wrong-Password"})
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.object_id) == ("sign_in.failed", None, "")
    assert "alice" not in str(event.detail) + event.reason
    assert "Canary" not in str(event.detail) + event.reason


def test_a_flood_of_wrong_passwords_fills_no_trail(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("walletapp.audit.noting.HOURLY_OF_A_KIND", 3)
    for number in range(9):
        Client(REMOTE_ADDR=f"203.0.113.{number}").post(
            "/account/login/", {"login": f"{number}@x.example", "password": "x"}
        )
    assert AuditEvent.objects.filter(action="sign_in.failed").count() == 3


def test_another_password_is_on_record(alice: User) -> None:
    new = "another long walk by the sea"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    signed_in(alice).post("/account/password/change/", form)
    assert ("password.changed", alice.pk) in actions()
    assert letters.newest()[0] == "Your password was changed"
