"""A sign-in ends when nobody is there, and after half a day in any case."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.builders import make_customer, make_user, signed_in
from tests.control import Control
from walletapp.accounts import session_limits
from walletapp.audit.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    browser = signed_in(make_user("alice"))
    browser.get("/identity/")
    return browser


def test_fifteen_minutes_without_a_page_end_it_and_one_comes_back(
    browser: Client, clock: time_machine.Traveller
) -> None:
    clock.shift(14 * 60)
    assert browser.get("/identity/").status_code == 200
    clock.shift(14 * 60)
    assert browser.get("/identity/").status_code == 200
    clock.shift(15 * 60)
    answer = browser.get("/account/security/")
    assert answer["Location"] == "/account/login/?next=%2Faccount%2Fsecurity%2F"
    assert "_auth_user_id" not in browser.session
    assert "signed you out" in browser.get(answer["Location"]).content.decode()
    assert AuditEvent.objects.filter(action="session.expired").count() == 1
    assert not AuditEvent.objects.filter(action="sign_out.done").exists(), "one end is one event"


def _writes(browser: Client) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        assert browser.get("/account/security/protect/").status_code == 200
    return [one["sql"] for one in asked if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_a_page_is_noted_once_a_minute_and_never_waits_for_that(
    clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(make_user("alice"))
    assert _writes(browser) == [], "signing in has noted it"
    clock.shift(61)
    monkeypatch.setattr(session_limits, "could_write_at_once", lambda _: False)
    assert _writes(browser) == []
    monkeypatch.undo()
    assert len(_writes(browser)) == 1
    assert _writes(browser) == []


def test_a_page_that_keeps_itself_up_to_date_is_nobody(browser: Client, clock: time_machine.Traveller) -> None:
    for _ in range(3):
        clock.shift(5 * 60)
        last = browser.get("/identity/status/", headers={"HX-Request": "true"})
    assert last.headers["HX-Redirect" if "HX-Redirect" in last.headers else "HX-Refresh"]
    assert "_auth_user_id" not in browser.session


def test_half_a_day_ends_it_whoever_is_there(browser: Client, clock: time_machine.Traveller) -> None:
    for _ in range(12 * 6 - 1):
        clock.shift(600)
        assert browser.get("/account/security/protect/").status_code == 200
    clock.shift(600)
    assert browser.get("/account/security/protect/").status_code == 302


def test_a_form_that_comes_too_late_does_nothing(browser: Client, clock: time_machine.Traveller) -> None:
    clock.shift(16 * 60)
    answer = browser.post("/account/security/pause/")
    assert answer["Location"] == "/account/login/"
    assert not AuditEvent.objects.filter(action="outgoing.paused").exists()


@pytest.mark.parametrize(("name", "is_theirs"), [("alice", True), ("bob", False)])
def test_a_send_that_came_too_late_is_there_once_for_the_same_person(
    sandbox: Control, clock: time_machine.Traveller, name: str, is_theirs: bool
) -> None:
    people = {name: make_customer(sandbox, name) for name in ("alice", "bob")}
    browser = signed_in(people["alice"])
    browser.get("/send/")
    clock.shift(16 * 60)
    answer = browser.post("/send/", {"to": "dora@example.com", "amount": "12.34", "more": "77.01"})
    assert answer["Location"] == "/account/login/?next=%2Fsend%2F"
    signed_in(people[name], browser)
    page = browser.get("/send/").content.decode()
    assert ("12.34" in page, "dora@example.com" in page) == (is_theirs, is_theirs)
    assert "77.01" not in page
    assert "12.34" not in browser.get("/send/").content.decode()
