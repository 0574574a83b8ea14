"""The landing page, the frame around signed-in people, health, and allauth's pages in our clothes."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.db import DatabaseError, connection
from django.test import Client

from walletapp.accounts.models import User

PROMISE = "Nobody from Harbor will ever ask you for a code in a call or a message, phone you, or move your money"
PASSWORD = "a long enough passphrase"


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice@example.com", PASSWORD)


@pytest.mark.django_db
def test_the_landing_page_is_honest_about_what_this_is(client: Client) -> None:
    text = client.get("/").content.decode()
    assert "is not a bank" in text
    assert "not insured by the FDIC" in text
    assert "/account/signup/" in text


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/", "/account/signup/", "/terms/"])
def test_who_can_have_a_wallet_is_said_before_there_is_an_account(client: Client, page: str) -> None:
    text = client.get(page).content.decode()
    assert "18 or older" in text
    assert "live in the United States" in text
    assert 'href="/terms/"' in text


@pytest.mark.django_db
def test_the_terms_name_the_legal_texts_when_there_are_any(client: Client, settings: Any) -> None:
    assert "the full legal text" not in client.get("/terms/").content.decode()
    settings.TERMS_URL = "https://example.com/terms"
    settings.PRIVACY_URL = "https://example.com/privacy"
    text = client.get("/terms/").content.decode()
    assert 'href="https://example.com/terms"' in text
    assert 'href="https://example.com/privacy"' in text


@pytest.mark.django_db
def test_the_account_pages_speak_with_our_voice(client: Client) -> None:
    signing_up = {"email": "someone-new", "password1": "someone-new"}
    text = client.post("/account/signup/", signing_up).content.decode()
    assert "This is not a complete e-mail address" in text
    text = client.post("/account/signup/", {"email": "", "password1": "password"}).content.decode()
    assert "This is still needed." in text
    assert "This password is too short." in text
    assert "one of the first that others try" in text
    assert not re.search(r"\bEmail\b|field is required", text)


def test_who_is_signed_in_goes_from_the_landing_page_to_their_money(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get("/").headers["Location"] == "/wallet-dashboard/"


def test_a_signed_in_page_has_every_place_twice_and_marks_the_present_one(client: Client, alice: User) -> None:
    client.force_login(alice)
    text = client.get("/transfers-send/").content.decode()
    for url in ("wallet-dashboard", "transfers-add_cash", "transfers-send", "wallet-receive", "wallet-activity"):
        assert len(re.findall(rf'<a href="/{url}/"', text)) == 2
    assert text.count('aria-current="page"') == 2
    assert "alice@example.com" in text


def test_the_account_menu_works_without_javascript(client: Client, alice: User) -> None:
    client.force_login(alice)
    text = client.get("/wallet-dashboard/").content.decode()
    assert '<details class="menu-account">' in text
    assert "/accounts-identity/" in text
    assert '<form method="post" action="/account/logout/">' in text
    assert "Staff pages" not in text
    menu = text.partition('<p class="who">')[2].partition("</details>")[0]
    icons = re.findall(r"#([a-z-]+)", menu)
    assert len(icons) >= 7
    assert len(set(icons)) == len(icons), "no two entries share one"


@pytest.mark.django_db
def test_a_signed_out_page_has_no_tab_bar(client: Client) -> None:
    assert b"tabbar" not in client.get("/how-we-contact-you/").content


def test_where_to_report_a_weakness_is_said_where_people_look_for_it(client: Client, settings: Any) -> None:
    settings.SECURITY_EMAIL, settings.SITE_URL = "weak@example.com", "https://wallet.example"
    response = client.get("/.well-known/security.txt")
    said = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert said["Contact"] == "mailto:weak@example.com"
    assert said["Canonical"] == "https://wallet.example/.well-known/security.txt"
    days = (datetime.fromisoformat(said["Expires"]) - datetime.now(UTC)).days
    assert 80 < days < 365


def test_health_is_the_database_and_the_cache(client: Client, db: None) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"database": "ok", "cache": "ok"})


def test_health_says_what_is_away(client: Client, db: None, settings: Any) -> None:
    with mock.patch.object(connection, "cursor", side_effect=DatabaseError("secret")):
        response = client.get("/healthz")
    assert (response.status_code, response.json()) == (503, {"database": "away", "cache": "ok"})


def test_health_without_a_cache(client: Client, db: None) -> None:
    with mock.patch("django.core.cache.cache.set", side_effect=ConnectionError("secret")):
        response = client.get("/healthz")
    assert (response.status_code, response.json()) == (503, {"database": "ok", "cache": "away"})


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["login", "signup", "password/reset"])
def test_the_pages_before_the_account_carry_the_promise(client: Client, page: str) -> None:
    text = client.get(f"/account/{page}/").content.decode()
    assert PROMISE in text
    assert "<style" not in text
    assert " style=" not in text


@pytest.mark.django_db
def test_somebody_signs_up_confirms_the_code_and_is_in(client: Client) -> None:
    client.post("/account/signup/", {"email": "new@example.com", "password1": PASSWORD})
    page = client.get("/account/confirm-email/").content.decode()
    assert "new@example.com" in page
    assert "Send a new code" in page
    code = re.search(r"^\s*([A-Z0-9-]{6,9})\s*$", str(mail.outbox[0].body), re.MULTILINE)
    assert code
    response = client.post("/account/confirm-email/", {"code": code[1]})
    assert response.headers["Location"] == "/accounts-identity/"  # the next step of a newcomer


@pytest.mark.django_db
def test_a_wrong_code_is_said_at_the_field(client: Client) -> None:
    client.post("/account/signup/", {"email": "new@example.com", "password1": PASSWORD})
    page = client.post("/account/confirm-email/", {"code": "XXXXXX"}).content.decode()
    assert 'aria-invalid="true"' in page
    assert 'id="id_code_error"' in page


@pytest.mark.parametrize("page", ["password/change", "email", "logout", "reauthenticate"])
def test_the_pages_of_the_account_are_in_the_frame(client: Client, alice: User, page: str) -> None:
    client.force_login(alice)
    text = client.get(f"/account/{page}/").content.decode()
    assert text.count("<h1") == 1
    assert " style=" not in text
    assert not re.search(r"<script(?![^>]*src=)", text)


def test_htmx_is_set_up_for_the_strict_policy(client: Client, db: None) -> None:
    text = client.get("/").content.decode()
    config = re.search(r"name=\"htmx-config\" content='([^']+)'", text)
    assert config
    said = json.loads(config[1])
    off = {"allowEval", "includeIndicatorStyles", "allowScriptTags"}
    assert not any(said[name] for name in off)
    assert said["selfRequestsOnly"]
    assert said["historyCacheSize"] == 0
    assert {"code": "[45]..", "swap": True, "error": True} in said["responseHandling"]
    assert re.search(r"<body hx-headers='{\"X-CSRFToken\": \"\w{20,}\"}'>", text)
