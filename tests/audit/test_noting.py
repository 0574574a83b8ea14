"""What strangers cause: kept, counted, and never enough to fill the trail or to fail a request."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client

from tests.builders import make_customer, make_user, signed_in
from tests.control import Control
from walletapp.audit import noting
from walletapp.audit.models import AuditEvent
from walletapp.audit.noting import note
from walletapp.audit.trail import verify_chain

pytestmark = pytest.mark.django_db

MISSING = "00000000-0000-0000-0000-000000000007"


def test_a_note_is_an_event_like_any_other() -> None:
    user = make_user()
    assert note("access.refused", actor=user, page="x")
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.detail) == ("access.refused", user, {"page": "x"})
    assert verify_chain() == ""


def test_beyond_the_limit_only_a_count_goes_on_and_the_next_note_carries_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noting, "HOURLY_OF_A_KIND", 2)
    assert [note("limit.exceeded") for _ in range(5)] == [True, True, False, False, False]
    assert note("policy.violated"), "another kind has room of its own"
    monkeypatch.setattr(noting, "HOURLY_OF_A_KIND", 100)
    note("limit.exceeded")
    newest = AuditEvent.objects.filter(action="limit.exceeded").first()
    assert newest is not None
    assert newest.detail == {"left_out_before": 3}


def test_one_person_cannot_use_up_the_room_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noting, "HOURLY_OF_ONE", 2)
    loud, quiet = make_user("loud"), make_user("quiet")
    assert [note("access.refused", actor=loud) for _ in range(4)] == [True, True, False, False]
    assert note("access.refused", actor=quiet)


def test_without_a_cache_or_a_database_nothing_is_noted_and_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **kwargs: Any) -> Any:
        raise ConnectionError("away")

    def locked(execute: Any, sql: str, *rest: Any) -> Any:
        raise OperationalError("locked")

    with connection.execute_wrapper(locked):
        assert not note("access.refused")
    monkeypatch.setattr(cache, "add", away)
    assert not note("access.refused")
    assert not AuditEvent.objects.exists()


def test_asking_for_somebody_elses_thing_is_noted_without_its_id(sandbox: Control) -> None:
    bob = make_customer(sandbox, "bob")
    client = signed_in(bob)
    assert client.get(f"/transfers/{MISSING}/").status_code == 404
    event = AuditEvent.objects.get(action="access.refused")
    assert event.actor == bob
    assert event.detail == {"page": "transfers:transfer", "method": "GET", "status": 404}


def test_a_page_that_nobody_has_is_nobodys() -> None:
    client = signed_in(make_user("charlie"))
    assert client.get("/nowhere/at/all/").status_code == 404
    assert not AuditEvent.objects.filter(action="access.refused").exists()


def test_what_another_site_makes_a_browser_send_is_noted() -> None:
    assert Client().post("/account/login/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert AuditEvent.objects.filter(action="request.from_elsewhere").count() == 1


def test_a_broken_policy_is_noted() -> None:
    body = '{"csp-report": {"effective-directive": "script-src", "blocked-uri": "https://evil.example/x"}}'
    assert Client().post("/policy-report/", body, content_type="application/csp-report").status_code == 204
    assert AuditEvent.objects.get().action == "policy.violated"
