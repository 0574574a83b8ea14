"""Row 5: guessing passwords and codes, from two hundred addresses and many hands at once."""

import math
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from allauth.account import forms
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.core.cache import cache
from django.test import Client

from tests.builders import PASSWORD, make_user
from tests.faults.figures import Figures
from tests.racing import at_once, crashes
from tests.second_factors import code_of, give_app
from walletapp.accounts import factors
from walletapp.accounts.code_tries import MOST
from walletapp.accounts.models import User

ROW = 5
TRIES, ADDRESSES = 1_000, 200
ROUNDS, HANDS = 3, 5


def _from(number: int) -> Client:
    return Client(REMOTE_ADDR=f"203.0.113.{number % ADDRESSES}", raise_request_exception=False)


@contextmanager
def counted(patch: pytest.MonkeyPatch, target: Any, name: str) -> Iterator[list[Any]]:
    """Every call of it while the block lasts."""
    calls: list[Any] = []
    real = getattr(target, name)

    def call(*args: Any, **kwargs: Any) -> Any:
        calls.append(args)
        return real(*args, **kwargs)

    with patch.context() as here:
        here.setattr(target, name, call)
        yield calls


def _in_each(seconds: float, calls: list[Any], began: float) -> float:
    """How many came in each such time that was begun: on a slow machine all of them take longer than a limit lasts."""
    return len(calls) / math.ceil((time.monotonic() - began) / seconds)


@pytest.mark.django_db
def test_a_password_is_not_guessed(figures: Figures, monkeypatch: pytest.MonkeyPatch) -> None:
    alice, began = make_user("alice"), time.monotonic()
    with counted(monkeypatch, User, "check_password") as tried:
        answers = [
            _from(number).post("/account/login/", {"login": alice.email, "password": f"guess number {number}"})
            for number in range(TRIES)
        ]
    figures.hold("tries at one password from 200 addresses", len(answers), f"{TRIES}", len(answers) == TRIES)
    figures.at_most("evaluated in five minutes", _in_each(300, tried, began), 5, "")
    figures.zero("got in", [it for it in answers if it.status_code == 302])
    figures.zero("server errors", [it for it in answers if it.status_code >= 500])
    way = _gets_in_by_mail(alice)
    figures.hold("the person themselves, meanwhile", way, "gets in", holds=way.startswith("gets in"))


def _gets_in_by_mail(user: User) -> str:
    """By a new password, with a code from the mail: the tries of others do not lock anybody out of that."""
    client, new = Client(REMOTE_ADDR="192.0.2.1"), "another walk by the sea"
    mail.outbox.clear()
    client.post("/account/password/reset/", {"email": user.email})
    found = re.search(r"\b\d{4}-\d{4}\b", str(mail.outbox[-1].body))
    assert found
    answer = client.post("/account/password/reset/confirm/", {"code": found[0]}, follow=True)
    client.post(answer.redirect_chain[-1][0], {"password1": new, "password2": new})
    signed_in = client.post("/account/login/", {"login": user.email, "password": new})
    assert signed_in.status_code == 302, "locked out by somebody else's guesses"
    return "gets in with a code from the mail"


@pytest.mark.django_db
def test_a_code_to_reset_a_password_is_not_guessed(figures: Figures, monkeypatch: pytest.MonkeyPatch) -> None:
    alice, done, began = make_user("alice"), 0, time.monotonic()
    with _codes(monkeypatch) as tried:
        for number in range(ADDRESSES):
            client = _from(number)
            client.post("/account/password/reset/", {"email": alice.email})
            for _ in range(TRIES // ADDRESSES):
                answer = client.post("/account/password/reset/confirm/", {"code": f"{secrets.randbelow(10**8):08d}"})
                done += "/key/" in answer.headers.get("Location", "")
    figures.at_most("codes to reset a password evaluated in a minute, of 1,000", _in_each(60, tried, began), 15, "")
    figures.zero("passwords reset", done)


@pytest.mark.django_db
def test_a_code_for_an_address_is_not_guessed(figures: Figures, monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.monotonic()
    with _codes(monkeypatch) as tried:
        for number in range(ADDRESSES):
            client = _from(number)
            client.post("/account/signup/", {"email": "victim@example.com", "password1": PASSWORD})
            for _ in range(TRIES // ADDRESSES):
                client.post("/account/confirm-email/", {"code": f"{secrets.randbelow(10**8):08d}"})
    figures.at_most("codes for one address evaluated in a minute, of 1,000", _in_each(60, tried, began), 15, "")


@pytest.mark.django_db(transaction=True)
def test_many_hands_have_no_more_tries_than_one(figures: Figures, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty guesses in the same session at the same moment."""
    most = 0
    with _codes(monkeypatch) as tried:
        for number in range(3):
            cache.clear()
            tried.clear()
            client = Client(REMOTE_ADDR="192.0.2.1")
            client.post("/account/signup/", {"email": f"hands-{number}@example.com", "password1": PASSWORD})
            at_once([partial(_guess, client.cookies["sessionid"].value, hand) for hand in range(20)])
            most = max(most, len(tried))
    figures.at_most("codes evaluated of twenty at once in one session", most, MOST, "")


@pytest.mark.django_db(transaction=True)
def test_a_second_factor_counts_once_however_many_bring_it_at_once(figures: Figures) -> None:
    """The same code of the app, and the same recovery code, in five sessions that wait for it at the same moment."""
    alice = make_user("alice")
    give_app(alice)
    codes = RecoveryCodes.activate(alice).get_unused_codes()
    for kind, code_now in (("code of the app", partial(code_of, alice)), ("recovery code", codes.pop)):
        won = []
        for _ in range(ROUNDS):
            cache.clear()
            clients = [_at_the_second_step(alice) for _ in range(HANDS)]
            code = code_now()
            answers = at_once([partial(it.post, "/account/security/authenticate/", {"code": code}) for it in clients])
            assert not crashes(answers), answers
            won.append(sum("_auth_user_id" in client.session for client in clients))
        figures.hold(f"sessions that a {kind} opened, of {HANDS}", won, f"{[1] * ROUNDS}", won == [1] * ROUNDS)


@pytest.mark.django_db(transaction=True)
def test_a_second_factor_proves_one_thing_however_many_it_is_brought_for(figures: Figures) -> None:
    alice = make_user("alice")
    give_app(alice)
    codes = RecoveryCodes.activate(alice).get_unused_codes()
    for kind, type_, code_now in (
        ("code of the app", factors.APP, partial(code_of, alice)),
        ("recovery code", factors.RECOVERY, codes.pop),
    ):
        won = []
        for _ in range(ROUNDS):
            taken = at_once([partial(factors.check_code, alice, code_now(), type_)] * HANDS)
            assert not crashes(taken), taken
            won.append(sum(row is not None for row in taken))
        figures.hold(f"times that a {kind} was taken, of {HANDS}", won, f"{[1] * ROUNDS}", won == [1] * ROUNDS)


def _at_the_second_step(user: User) -> Client:
    client = Client()
    answer = client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert answer["Location"] == "/account/security/authenticate/"
    return client


def _guess(session: str, hand: int) -> int:
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = session
    return client.post("/account/confirm-email/", {"code": f"{hand:08d}"}).status_code


@contextmanager
def _codes(patch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Every comparison of a code."""
    with counted(patch, forms, "compare_user_code") as tried:
        yield tried
