"""The demo's mail: kept as files, shown in the browser, and nowhere near a public address."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from tests.builders import make_user, signed_in
from tests.running import clean_environment
from walletapp.accounts import factors
from walletapp.demo import mailbox
from walletapp.demo.plan import CHECKOUT, PYTHON


@pytest.fixture
def post_office(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    settings.ROOT_URLCONF = "tests.demo.urls"
    return tmp_path


def send(subject: str = "Your code", to: str = "alice@example.com", text: str = "1234-5678") -> None:
    mail = EmailMultiAlternatives(subject, text, "Harbor <wallet@localhost>", [to])
    mail.attach_alternative(f"<p>{text}</p>", "text/html")
    assert mailbox.Mailbox().send_messages([mail]) == 1


def test_the_newest_letter_comes_first(post_office: Path) -> None:
    send("first")
    send("second")
    assert [letter.subject for letter in mailbox.letters()] == ["second", "first"]


def test_letters_can_be_narrowed_to_one_person(post_office: Path) -> None:
    send(to="alice@example.com")
    send("for Bob", to="bob@example.com")
    assert [letter.subject for letter in mailbox.letters("BOB@example.com")] == ["for Bob"]


def test_a_letter_can_be_read_by_its_owner_only(post_office: Path) -> None:
    send()
    path = next((post_office / "mail").iterdir())
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_the_mail_is_shown_in_the_browser(client: Client, post_office: Path) -> None:
    send("Your code", text="Your code is 1234-5678.\n\nhttp://localhost:8000/account/confirm/")
    page = client.get(reverse("demo:mail")).content.decode()
    assert "Your code" in page
    assert "alice@example.com" in page
    letter = client.get(reverse("demo:message", args=[mailbox.letters()[0].key])).content.decode()
    assert "1234-5678" in letter
    assert 'href="http://localhost:8000/account/confirm/"' in letter


@pytest.mark.django_db
def test_markup_in_a_letter_is_text(client: Client, post_office: Path) -> None:
    send("<b>subject</b>", text="<script>alert(1)</script>")
    page = client.get(reverse("demo:message", args=[mailbox.letters()[0].key])).content.decode()
    assert "<script>alert" not in page
    assert "&lt;b&gt;subject" in page


@pytest.mark.django_db
def test_an_empty_mailbox_says_what_to_do(client: Client, post_office: Path) -> None:
    assert "No mail yet" in client.get(reverse("demo:mail")).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["no-such-letter", "..", "passwd"])
def test_a_letter_that_is_not_there_is_not_found(client: Client, post_office: Path, key: str) -> None:
    assert client.get(f"/demo/mail/{key}/").status_code == 404


def test_without_the_demo_there_is_no_page_of_mail() -> None:
    with pytest.raises(NoReverseMatch):
        reverse("demo:mail")


def test_the_demo_refuses_to_run_beside_a_public_address(tmp_path: Path) -> None:
    public = {
        "DEMO": "1", "SITE_URL": "https://wallet.example.com", "SECRET_KEY": "x" * 50, "WALLETAPP_DATA": str(tmp_path),
        "FIELD_KEYS": '{"a": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}', "REDIS_URL": "redis://127.0.0.1:1/0",
    }  # fmt: skip
    answer = subprocess.run(
        [PYTHON, "manage.py", "check"], cwd=CHECKOUT, env=clean_environment(public), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert answer.returncode != 0
    assert "DEMO=1" in answer.stderr


@pytest.mark.django_db
def test_the_codes_are_those_of_the_app_that_is_being_set_up_too(post_office: Path) -> None:
    client = signed_in(make_user("alice"))
    assert "The app you are setting up" not in client.get("/demo/codes/").content.decode()
    client.get("/account/security/totp/activate/")
    secret = factors.FactorAdapter().decrypt(client.session["totp_being_set_up"])
    with time_machine.travel(timezone.now(), tick=False):  # a code lasts half a minute, whose end may be now
        page = client.get("/demo/codes/").content.decode()
        expected = factors.code_at(secret, factors.counter_now())
    assert "The app you are setting up" in page
    assert expected in page
    assert "The app you are setting up" not in Client().get("/demo/codes/").content.decode()
