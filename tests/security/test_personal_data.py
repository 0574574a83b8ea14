"""Row 9: what people tell about themselves and their banks, and what lets them in, searched wherever bytes are kept."""

import base64
import json
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client

from tests.accounts.steps import FORMS, SSN, SSN_DIGITS
from tests.accounts.test_secrecy import everything_in_redis, everything_in_the_database
from tests.banking.people import GOOD, make_insider
from tests.builders import PASSWORD, deposit, just_proved, make_user, signed_in, wallet_of
from tests.control import Control
from tests.faults.figures import Figures
from tests.oms.deliveries import deliver, envelope
from tests.second_factors import SECRET, post_proved, proof_on
from tests.transfers.steps import OUTSIDE
from walletapp.accounts.models import User
from walletapp.logs import JSONLines
from walletapp.notifications.delivery import deliver_notice
from walletapp.notifications.models import Notice

ROW = 9
PASSWORD_TYPED = "Canary-Typed-Password"
NUMBER = "000998877665544"
FROM_OMS, NICKNAME, STRANGER = "Canary-From-Oms", "Canary Nickname", "canary-stranger@example.com"
# Nowhere in the clear, whoever looks.
PERSONAL = [SSN, SSN_DIGITS, "12 Canary Street", "1990-04-27", "04/27/1990", "2125550123"]
PERSONAL += [NUMBER, PASSWORD_TYPED, FROM_OMS, SECRET]
# Where a session has its key by necessity.
SESSIONS = ("django_session:", "usersessions_usersession:")
_TASK = re.compile(r'"task": "(walletapp\.transfers\.tasks\.\w+)"')
_BASE64 = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")


@dataclass
class Secrets:
    """What lets somebody in: recovery codes, and the keys of the sessions that were begun."""

    codes: list[str]
    sessions: list[str]


@pytest.mark.django_db(transaction=True)
def test_nothing_about_a_person_is_readable_where_bytes_are_kept(
    sandbox: Control, caplog: pytest.LogCaptureFixture, figures: Figures
) -> None:
    caplog.set_level("DEBUG")
    charlie, insider, bob = make_user("charlie"), make_insider(sandbox), make_insider(sandbox, "bob")
    deposit(sandbox, wallet_of(insider), "100")
    sessions = [_tells_who_they_are(charlie), _sends(insider, bob), _adds_a_bank_account(insider), _is_a_stranger()]
    told = {"object": "customer", "id": "cst_1", "firstName": FROM_OMS, "taxId": SSN}
    assert deliver(envelope(data=told)) == 202
    codes = _signs_in_with_a_recovery_code(insider)
    for notice in Notice.objects.all():
        deliver_notice(notice.pk)

    secret, keys = [*PERSONAL, *codes, *(code.replace(" ", "") for code in codes)], list(filter(None, sessions))
    known = [person.email for person in (charlie, insider, bob)] + [STRANGER, NICKNAME, OUTSIDE]
    known += [insider.customer.name, wallet_of(insider).address, GOOD["bank_name"]]
    places: dict[str, tuple[list[str], list[str]]] = {
        "tables": ([it for it in everything_in_the_database() if not it.startswith(SESSIONS)], secret + keys),
        "files": (list(_files()), secret),
        "sessions, opened": ([json.dumps(it.get_decoded()) for it in Session.objects.all()], secret),
        "cache and queue": (list(_opened(everything_in_redis())), secret + keys + known),
        "logs": (list(_logged(caplog)), secret + keys + known),
        "mails": ([f"{it.subject} {it.body}" for it in mail.outbox], secret + keys),
        "pages": (list(_pages(charlie, insider)), secret + keys),
        "pages of staff": (list(_staff_pages()), secret + keys),
    }
    for place, (texts, words) in places.items():
        figures.zero(f"found in {place}", _found(texts, words))
        figures.hold(f"looked at in {place}", len(texts), ">= 1", bool(texts))
    rung = [task for text in places["cache and queue"][0] for task in _TASK.findall(text)]
    figures.hold("messages of the queue about movements", len(rung), ">= 2", len(rung) >= 2)
    figures.hold("recovery codes and sessions", (len(codes), len(keys)), "10 and 4", (len(codes), len(keys)) == (10, 4))


@pytest.mark.django_db
def test_the_search_would_find_it(caplog: pytest.LogCaptureFixture, figures: Figures) -> None:
    user = make_user("charlie")
    user.password = f"plain {SSN}"
    user.save()
    hits = _found(everything_in_the_database(), PERSONAL)
    figures.hold("found when it is there", len(hits), "1", len(hits) == 1)
    message = json.dumps({"body": base64.b64encode(json.dumps([["to", user.email]]).encode()).decode()})
    hits = _found(_opened([message]), [user.email])
    figures.hold("found in a message of the queue", len(hits), "1", len(hits) == 1)
    caplog.clear()
    logging.getLogger("walletapp").warning("for %s", user.email)
    hits = _found(_logged(caplog), [user.email])
    figures.hold("found in a line that is written without it", len(hits), "1", len(hits) == 1)


# ----- what people do -----


def _key(client: Client) -> str:
    return str(client.session.session_key)


def _tells_who_they_are(user: User) -> str:
    client = signed_in(user)
    for slug, form in FORMS.items():
        client.post(f"/identity/{slug}/", form)
    client.post("/identity/review/", {"agreed": "on"})
    client.post("/account/password/change/", {"oldpassword": PASSWORD_TYPED, "password1": "x", "password2": "y"})
    return _key(client)


def _sends(user: User, other: User) -> str:
    client = signed_in(user)
    for to in (other.email, OUTSIDE):
        form = {"to": to, "amount": "5", "side": "source", "at_exchange": "no"}
        review = client.post("/send/", form)
        assert review.status_code == 302, review.content[:2000]
        page = client.get(review["Location"]).content
        confirmed = client.post(review["Location"], proof_on(page, user))
        assert confirmed.status_code == 302, confirmed.content[:2000]
    post_proved(client, user, "/payees/add/", {"to": OUTSIDE, "nickname": NICKNAME})
    client.post("/activity/", {"q": other.email}, follow=True)
    return _key(client)


def _adds_a_bank_account(user: User) -> str:
    client = signed_in(user)
    bank = {**GOOD, "owner_name": user.customer.name, "account_number": NUMBER, "account_number_again": NUMBER}
    added = post_proved(client, user, "/bank-transfers/accounts/add/", bank)
    assert added.status_code == 302, added.content[:500]
    return _key(client)


def _is_a_stranger() -> str:
    """Opens an account, forgets the password of one that is not there, and guesses."""
    client = Client()
    client.post("/account/signup/", {"email": STRANGER, "password1": PASSWORD})
    client.post("/account/password/reset/", {"email": STRANGER})
    client.post("/account/login/", {"login": STRANGER, "password": PASSWORD_TYPED})
    return _key(client)


def _signs_in_with_a_recovery_code(user: User) -> list[str]:
    """All of them, of which one is used."""
    client = signed_in(user)
    post_proved(client, user, "/account/security/recovery-codes/generate/", {})
    shown = client.get("/account/security/recovery-codes/").content.decode()
    codes = re.findall(r">(\d{5} \d{5})<", shown)
    client = Client()
    client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert client.post("/account/security/authenticate/", {"code": codes[0]}).status_code == 302
    return codes


# ----- where it is looked for -----


def _found(texts: Iterable[str], words: list[str]) -> list[str]:
    return [f"{word} in {text[:60]}" for text in texts for word in words if word in text]


def _opened(texts: Iterable[str]) -> Iterator[str]:
    """With what is only written in other letters: the body of a message of Celery is base64."""
    for text in texts:
        yield text
        for run in _BASE64.findall(text):
            yield base64.b64decode(run + "=" * (-len(run.rstrip("=")) % 4)).decode("latin-1")


def _logged(caplog: pytest.LogCaptureFixture) -> Iterator[str]:
    """Each line as it was logged, before what could identify somebody is taken out, and as it is written."""
    for record in caplog.records:
        yield f"{record.getMessage()} {record.exc_text or ''}"
        yield JSONLines().format(record)


def _files() -> Iterator[str]:
    """The database's own files: what was erased may still be in a page that nobody uses, or in the log of writes."""
    name = connection.settings_dict["NAME"]
    for path in (Path(str(name) + end) for end in ("", "-wal", "-shm", "-journal")):
        if connection.vendor == "sqlite" and path.exists():
            yield path.read_bytes().decode("latin-1")
    yield json.dumps("PostgreSQL keeps its own files" if connection.vendor != "sqlite" else "SQLite")


def _pages(*users: User) -> Iterator[str]:
    """The pages after the forms were sent: nobody needs the whole number again, not even its owner."""
    for user in users:
        client = just_proved(user)
        for url in (
            "/home/", "/identity/", "/activity/", "/bank-transfers/accounts/", "/status.json", "/send/", "/payees/",
            "/account/security/", "/account/security/recovery-codes/", "/your-data/",
        ):  # fmt: skip
            page = client.get(url, follow=True)
            assert page.status_code in {200, 404}, url  # not everybody has recovery codes
            yield page.content.decode()


def _staff_pages() -> Iterator[str]:
    """Every list of the admin, and the page of every row of it."""
    root = just_proved(make_user("root", is_staff=True, is_superuser=True))
    for model in admin.site._registry:
        folder = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        yield root.get(folder).content.decode()
        for pk in model._default_manager.values_list("pk", flat=True)[:5]:
            page = root.get(f"{folder}{pk}/change/")
            assert page.status_code in {200, 403}, (folder, page.status_code)
            yield page.content.decode()
