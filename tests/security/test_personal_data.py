"""Row 9: what people tell about themselves and their banks, searched wherever bytes are kept."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from tests.accounts.steps import FORMS, SSN, SSN_DIGITS
from tests.accounts.test_secrecy import everything_in_redis, everything_in_the_database
from tests.banking.people import GOOD, make_insider
from tests.builders import just_proved, make_user, signed_in
from tests.control import Control
from tests.faults.figures import Figures
from tests.oms.deliveries import deliver, envelope
from tests.second_factors import SECRET, code_of, token_on
from walletapp.notifications.delivery import deliver_notice
from walletapp.notifications.models import Notice

ROW = 9
PASSWORD_TYPED = "Canary-Typed-Password"
NUMBER = "000998877665544"
FROM_OMS = "Canary-From-Oms"
PERSONAL = [SSN, SSN_DIGITS, "12 Canary Street", "1990-04-27", "04/27/1990", "2125550123"]
PERSONAL += [NUMBER, PASSWORD_TYPED, FROM_OMS, SECRET]


@pytest.mark.django_db(transaction=True)
def test_nothing_about_a_person_is_readable_where_bytes_are_kept(
    sandbox: Control, caplog: pytest.LogCaptureFixture, figures: Figures
) -> None:
    caplog.set_level("DEBUG")
    charlie, insider = make_user("charlie"), make_insider(sandbox)
    client = signed_in(charlie)
    for slug, form in FORMS.items():
        client.post(f"/identity/{slug}/", form)
    client.post("/identity/review/", {"agreed": "on"})
    rich = signed_in(insider)
    bank = {**GOOD, "owner_name": insider.customer.name, "account_number": NUMBER, "account_number_again": NUMBER}
    asked = rich.post("/bank-transfers/accounts/add/", bank)
    proof = {"token": token_on(asked.content), "code": code_of(insider)}
    added = rich.post("/bank-transfers/accounts/add/", {**bank, **proof})
    client.post("/account/password/change/", {"oldpassword": PASSWORD_TYPED, "password1": "x", "password2": "y"})
    told = {"object": "customer", "id": "cst_1", "firstName": FROM_OMS, "taxId": SSN}
    assert deliver(envelope(data=told)) == 202
    assert added.status_code == 302, added.content[:500]
    for notice in Notice.objects.all():
        deliver_notice(notice.pk)

    places = {
        "tables": list(everything_in_the_database()),
        "files": list(_files()),
        "cache, sessions' store and queue": list(everything_in_redis()),
        "logs": caplog.text.splitlines(),
        "mails": [f"{it.subject} {it.body}" for it in mail.outbox],
        "pages": list(_pages(charlie, insider)),
    }
    for place, texts in places.items():
        figures.zero(f"found in {place}", _found(texts))
        figures.hold(f"looked at in {place}", len(texts), ">= 1", bool(texts))


@pytest.mark.django_db
def test_the_search_would_find_it(figures: Figures) -> None:
    user = make_user("charlie")
    user.password = f"plain {SSN}"
    user.save()
    hits = _found(everything_in_the_database())
    figures.hold("found when it is there", len(hits), "1", len(hits) == 1)


def _found(texts: Any) -> list[str]:
    return [f"{word} in {text[:60]}" for text in texts for word in PERSONAL if word in text]


def _files() -> Iterator[str]:
    """The database's own files: what was erased may still be in a page that nobody uses, or in the log of writes."""
    name = connection.settings_dict["NAME"]
    for path in (Path(str(name) + end) for end in ("", "-wal", "-shm", "-journal")):
        if connection.vendor == "sqlite" and path.exists():
            yield path.read_bytes().decode("latin-1")
    yield json.dumps("PostgreSQL keeps its own files" if connection.vendor != "sqlite" else "SQLite")


def _pages(*users: Any) -> Iterator[str]:
    """The pages after the forms were sent: nobody needs the whole number again, not even its owner."""
    for user in users:
        client = just_proved(user)
        for url in ("/home/", "/identity/", "/activity/", "/bank-transfers/accounts/", "/status.json"):
            yield client.get(url).content.decode()
    root = just_proved(make_user("root", is_staff=True, is_superuser=True))
    tables = (
        "accounts/onboarding",
        "accounts/customer",
        "accounts/user",
        "banking/externalaccount",
        "oms/inboundevent",
    )
    for table in tables:
        yield root.get(f"/admin/{table}/").content.decode()
