"""What people type about themselves stands nowhere in the clear: not in the database, session, queue, cache or log."""

from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection

from tests.accounts.steps import FORMS, SSN, SSN_DIGITS, browser
from tests.builders import make_user
from tests.control import Control
from walletapp.accounts.models import Onboarding
from walletapp.accounts.states import OnboardingState
from walletapp.accounts.stepping_up import digest_of

pytestmark = pytest.mark.django_db

CANARIES = [SSN, SSN_DIGITS, "12 Canary Street", "1990-04-27", "04/27/1990", "2125550123"]


def everything_in_the_database() -> Iterator[str]:
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield f"{table}: " + " ".join(
                    bytes(cell).decode("latin-1") if isinstance(cell, bytes | memoryview) else str(cell) for cell in row
                )


def everything_in_redis() -> Iterator[str]:
    store: Any = redis.from_url(settings.REDIS_URL)
    for key in store.scan_iter():
        kind = store.type(key).decode()
        value = {
            "string": store.get,
            "hash": store.hgetall,
            "list": lambda name: store.lrange(name, 0, -1),
            "set": store.smembers,
            "zset": lambda name: store.zrange(name, 0, -1),
        }[kind](key)
        yield f"{key!r} {value!r}"


def assert_nowhere(texts: Iterator[str]) -> None:
    lines = list(texts)
    assert lines
    assert [line[:200] for line in lines if any(canary in line for canary in CANARIES)] == []


def walk() -> Onboarding:
    user = make_user("charlie")
    client = browser(user)
    for slug, form in FORMS.items():
        assert client.post(f"/identity/{slug}/", form).status_code == 302
    client.post("/identity/review/", {"agreed": "on"})
    return Onboarding.objects.get(user=user)


@pytest.mark.parametrize("fault", ["", "dropAfterAccept", "errorBefore"])
def test_nothing_typed_is_readable_anywhere(
    sandbox: Control, caplog: Any, django_capture_on_commit_callbacks: Any, fault: str
) -> None:
    caplog.set_level("DEBUG")
    if fault:
        sandbox.fault(fault, method="POST", path="/customers$", times=1)
    with django_capture_on_commit_callbacks(execute=True):
        row = walk()
    assert row.state == (OnboardingState.SUBMITTING if fault else OnboardingState.SUBMITTED)
    assert_nowhere(everything_in_the_database())
    assert_nowhere(everything_in_redis())
    assert_nowhere(iter([caplog.text]))


def test_what_is_kept_of_a_proof_cannot_be_found_by_trying(settings: Any) -> None:
    shown = ["bank_account", "000123456789"]
    kept = digest_of(shown)
    assert kept == digest_of(shown) != digest_of(["bank_account", "000123456780"])
    settings.SECRET_KEY = "of another installation, which is what a thief of the database has"
    assert digest_of(shown) != kept


def test_the_search_would_find_it(caplog: Any) -> None:
    user = make_user("charlie")
    user.email = f"{SSN_DIGITS}@example.com"
    user.save()
    with pytest.raises(AssertionError):
        assert_nowhere(everything_in_the_database())


def test_a_row_and_its_answers_do_not_show_in_its_text() -> None:
    user = make_user("charlie")
    browser(user).post("/identity/document/", FORMS["document"])
    row = Onboarding.objects.get(user=user)
    assert SSN_DIGITS not in f"{row!r} {row}"
