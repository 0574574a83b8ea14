"""What people read in the e-mails about their account: no framework's words, and the code on a line of its own."""

import re

import pytest
from django.core import mail
from django.test import Client

from tests import letters
from walletapp.accounts.models import User

PASSWORD = "a long enough passphrase"
PROMISE = "Nobody from Harbor will ever ask you for a code in a call or a message, phone you, or move your money"


def sign_up(client: Client, email: str) -> None:
    client.post("/account/signup/", {"email": email, "password1": PASSWORD})


def only_mail() -> tuple[str, str]:
    assert len(mail.outbox) == 1
    return str(mail.outbox[0].subject), str(mail.outbox[0].body)


@pytest.mark.django_db
def test_the_code_stands_alone_and_the_promise_below(client: Client) -> None:
    sign_up(client, "new@example.com")
    subject, text = only_mail()
    assert subject == "Your code to open your account"
    assert re.search(r"^[A-Z0-9-]{6,9}$", text, re.MULTILINE)
    assert PROMISE in text
    assert "Harbor" in text
    assert "example.com" not in text.replace("new@example.com", "")


@pytest.mark.django_db
def test_signing_up_twice_tells_only_the_owner_of_the_address(client: Client) -> None:
    User.objects.create_user("alice@example.com", PASSWORD)
    response = client.post("/account/signup/", {"email": "alice@example.com", "password1": PASSWORD})
    assert response.status_code == 302
    subject, text = only_mail()
    assert subject == "You already have an account"
    assert "/account/password/reset/" in text


@pytest.mark.django_db
def test_a_reset_for_nobody_tells_only_the_owner_of_the_address(client: Client) -> None:
    client.post("/account/password/reset/", {"email": "nobody@example.com"})
    assert only_mail()[0] == "There is no account with this address"


@pytest.mark.django_db
def test_a_forgotten_password_is_replaced_with_a_code_and_said_so(client: Client) -> None:
    User.objects.create_user("alice@example.com", PASSWORD)
    client.post("/account/password/reset/", {"email": "alice@example.com"})
    subject, text = only_mail()
    assert subject == "Your code to reset your password"
    code = re.search(r"^[A-Z0-9-]{6,9}$", text, re.MULTILINE)
    assert code
    mail.outbox.clear()
    chooses = client.post("/account/password/reset/confirm/", {"code": code[0]}, follow=True)
    assert "Choose a new password" in chooses.content.decode()
    address = chooses.redirect_chain[-1][0]
    another = "another long passphrase"
    client.post(address, {"password1": another, "password2": another})
    assert mail.outbox == [], "what tells of a change leaves by the queue"
    subject, text = letters.newest()
    assert subject == "Your password was reset"
    assert "127.0.0.1" in text
    assert "Was this not you?" in text


@pytest.mark.django_db
def test_signing_in_needs_no_message_about_itself(client: Client) -> None:
    sign_up(client, "new@example.com")
    code = re.search(r"^[A-Z0-9-]{6,9}$", only_mail()[1], re.MULTILINE)
    assert code
    page = client.post("/account/confirm-email/", {"code": code[0]}, follow=True)
    assert b"Successfully" not in page.content
