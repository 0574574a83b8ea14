"""Passkeys, authenticator apps and recovery codes: setting them up, signing in with them, taking them away."""

import json
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.test import Client

from tests import letters
from tests.builders import PASSWORD, make_user
from tests.passkeys import PRESENT, Passkey
from tests.second_factors import (
    SECRET,
    code_of,
    give_app,
    give_key,
    give_passkey,
    options_on,
    post_proved,
    token_on,
)
from walletapp.accounts import factors
from walletapp.accounts.models import User

pytestmark = pytest.mark.django_db
NEW = "another long walk by the sea"


@pytest.fixture
def user() -> User:
    return make_user("alice")


def sign_in(client: Client, user: User) -> str:
    return str(client.post("/account/login/", {"login": user.email, "password": PASSWORD})["Location"])


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def secret_on(page: bytes) -> str:
    found = re.search(r'data-copy="([A-Z2-7 ]{39})"', page.decode())
    assert found
    return found[1].replace(" ", "")


@pytest.fixture
def browser(user: User) -> Client:
    client = Client()
    sign_in(client, user)
    assert is_in(client)
    return client


@pytest.mark.django_db(transaction=True)  # the letter leaves after the commit
def test_an_app_is_set_up_with_its_first_code_and_recovery_codes_are_shown_once(browser: Client, user: User) -> None:
    page = browser.get("/account/security/totp/activate/")
    secret = secret_on(page.content)
    assert b"<svg" in browser.get("/account/security/totp/qr.svg").content
    wrong = browser.post("/account/security/totp/activate/", {"code": "000000"})
    assert "That did not work" in wrong.content.decode()
    code = factors.code_at(secret, factors.counter_now())
    answer = browser.post("/account/security/totp/activate/", {"code": code}, follow=True)
    codes = re.findall(r">(\d{5} \d{5})<", answer.content.decode())
    assert len(set(codes)) == 10
    assert f'data-copy="{codes[0]}\n{codes[1]}\n' in answer.content.decode()
    assert "data-print" in answer.content.decode()
    again = browser.get("/account/security/recovery-codes/").content.decode()
    assert not re.search(r"\d{5} ?\d{5}<", again)
    assert "10 of 10 are left" in again
    subject, letter = letters.newest()
    assert subject == "An authenticator app was added"
    assert "127.0.0.1" in letter
    assert factors.has_factor(user)


def test_the_seed_is_sealed_while_it_is_set_up_and_afterwards(browser: Client, user: User) -> None:
    secret = secret_on(browser.get("/account/security/totp/activate/").content)
    assert secret not in json.dumps(Session.objects.get(pk=browser.session.session_key).get_decoded())
    row = give_app(user)
    assert SECRET not in json.dumps(row.data)
    assert factors.FactorAdapter().decrypt(row.data["secret"]) == SECRET


def test_with_an_app_the_password_alone_does_not_sign_in(user: User) -> None:
    give_app(user)
    client = Client()
    assert sign_in(client, user) == "/account/security/authenticate/"
    assert not is_in(client)
    wrong = client.post("/account/security/authenticate/", {"code": "000000"})
    assert "That did not work" in wrong.content.decode()
    assert not is_in(client)
    client.post("/account/security/authenticate/", {"code": code_of(user)})
    assert is_in(client)


def test_a_code_is_taken_once_even_when_the_cache_forgot_it(user: User) -> None:
    give_app(user)
    code = code_of(user)
    assert factors.check_code(user, code, factors.APP)
    assert factors.check_code(user, code, factors.APP) is None
    assert code_of(user) != code


def test_after_five_wrong_codes_the_right_one_is_refused_too(user: User) -> None:
    give_app(user)
    client = Client()
    sign_in(client, user)
    for _ in range(5):
        client.post("/account/security/authenticate/", {"code": "000000"})
    answer = client.post("/account/security/authenticate/", {"code": code_of(user)})
    assert "Too many" in answer.content.decode()
    assert not is_in(client)


def test_a_recovery_code_signs_in_once(browser: Client, user: User) -> None:
    give_app(user)
    made = post_proved(browser, user, "/account/security/recovery-codes/generate/", {})
    shown = browser.get(made["Location"]).content.decode()
    code = re.findall(r">(\d{5} \d{5})<", shown)[0]
    client = Client()
    sign_in(client, user)
    client.post("/account/security/authenticate/", {"code": code})
    assert is_in(client)
    other = Client()
    sign_in(other, user)
    other.post("/account/security/authenticate/", {"code": code})
    assert not is_in(other)


def test_a_passkey_signs_in_by_itself(browser: Client, user: User) -> None:
    passkey = give_passkey(browser)
    assert letters.newest()[0] == "A passkey was added"
    client = Client()
    asked = client.get("/account/security/webauthn/login/", headers={"Accept": "application/json"}).json()
    answer = {"credential": passkey.use(asked["request_options"]), "next": "/identity/"}
    assert client.post("/account/security/webauthn/login/", answer)["Location"] == "/identity/"
    assert is_in(client)
    other = Client()
    other.get("/account/security/webauthn/login/", headers={"Accept": "application/json"})
    assert other.post("/account/security/webauthn/login/", answer)["Location"] == "/account/login/", "said once"
    assert not is_in(other)


def test_a_passkey_that_did_not_ask_who_holds_it_opens_nothing(browser: Client) -> None:
    passkey, client = give_passkey(browser), Client()
    asked = client.get("/account/security/webauthn/login/", headers={"Accept": "application/json"}).json()
    client.post(
        "/account/security/webauthn/login/", {"credential": passkey.use(asked["request_options"], flags=PRESENT)}
    )
    assert not is_in(client)


def test_a_strangers_passkey_opens_nothing(browser: Client, user: User) -> None:
    known = give_passkey(browser)
    stranger, client = Passkey(id=known.id, owner=known.owner), Client()
    asked = client.get("/account/security/webauthn/login/", headers={"Accept": "application/json"}).json()
    client.post("/account/security/webauthn/login/", {"credential": stranger.use(asked["request_options"])})
    assert not is_in(client)


def test_a_passkey_is_the_second_step_after_the_password(browser: Client, user: User) -> None:
    passkey, client = give_passkey(browser), Client()
    assert sign_in(client, user) == "/account/security/authenticate/"
    options = options_on(client.get("/account/security/authenticate/").content)
    client.post("/account/security/authenticate/", {"credential": passkey.use(options)})
    assert is_in(client)


def test_changing_a_factor_wants_the_factor_and_not_the_password(user: User) -> None:
    client = Client()
    client.force_login(user)
    give_app(user)
    url = "/account/security/webauthn/add/"
    page = client.get(url).content.decode()
    assert "Please check every line" in page
    assert 'name="password"' not in page
    client.post(url, {"token": token_on(page.encode()), "password": PASSWORD})
    assert "data-passkey=" not in client.get(url).content.decode()
    client.post(url, {"token": token_on(page.encode()), "code": code_of(user)})
    assert 'data-passkey="create"' in client.get(url).content.decode()


def test_a_first_password_wants_the_passkey_too(user: User) -> None:
    give_key(user)
    user.set_unusable_password()
    user.save()
    client = Client()
    client.force_login(user)
    assert client.get("/account/password/change/")["Location"] == "/account/password/set/", "asked once, there"
    assert "Please check every line" in client.get("/account/password/set/").content.decode()
    client.post("/account/password/set/", {"password1": NEW, "password2": NEW})
    user.refresh_from_db()
    assert not user.has_usable_password()


def test_a_new_password_does_not_wait_in_the_session(user: User) -> None:
    client = Client()
    client.force_login(user)
    give_app(user)
    answer = client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert "Please check every line" in answer.content.decode()
    assert [typed for typed in (PASSWORD, NEW) if typed in answer.content.decode()] == []
    kept = json.dumps(Session.objects.get(pk=client.session.session_key).get_decoded())
    assert [typed for typed in (PASSWORD, NEW) if typed in kept] == []


def test_the_last_factor_stays_until_there_is_another(browser: Client, user: User) -> None:
    give_app(user)
    page = browser.post("/account/security/totp/deactivate/")
    assert "your only second factor" in page.content.decode()
    assert factors.has_factor(user, factors.APP)
    give_passkey(browser)
    post_proved(browser, user, "/account/security/totp/deactivate/", {})
    assert not factors.has_factor(user, factors.APP)
    key = Authenticator.objects.get(user=user, type=factors.PASSKEY)
    page = browser.post(f"/account/security/webauthn/keys/{key.pk}/remove/")
    assert "your only second factor" in page.content.decode()
    assert factors.has_factor(user)


def test_everything_is_on_the_security_page_and_others_are_signed_out_from_it(browser: Client, user: User) -> None:
    give_app(user)  # the password of this session no longer counts for anything
    elsewhere = Client(headers={"User-Agent": "Mozilla/5.0 (iPhone) Safari/604.1"})
    sign_in(elsewhere, user)
    elsewhere.post("/account/security/authenticate/", {"code": code_of(user)})
    page = browser.get("/account/security/").content.decode()
    assert "Safari on iPhone" in page
    assert "Authenticator app" in page
    asked = browser.post("/account/security/devices/")
    assert asked["Location"].startswith("/account/reauthenticate/"), "not by whoever found an open session"
    browser.post(asked["Location"], {"code": code_of(user), "next": "/account/security/devices/"})
    assert elsewhere.get("/account/security/").status_code == 302
    assert browser.get("/account/security/").status_code == 200


def test_nobody_touches_somebody_elses_passkey(browser: Client) -> None:
    give_passkey(browser)
    key: Any = Authenticator.objects.get(type=factors.PASSKEY)
    other, client = make_user("bob"), Client()
    sign_in(client, other)
    for what in ("remove", "edit"):
        assert client.post(f"/account/security/webauthn/keys/{key.pk}/{what}/", {"name": "mine"}).status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()
