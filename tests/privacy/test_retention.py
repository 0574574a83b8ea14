"""What is older than we keep it goes, what is younger stays; a dry run changes nothing; twice is once."""

import io
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from tests.builders import make_customer, make_user, signed_in, usdc
from tests.control import Control
from tests.house.source import ROOT
from tests.oms.deliveries import SECRET, deliver, envelope
from tests.privacy.people import make_sender, pay
from tests.transfers.steps import OUTSIDE, drafted
from walletapp.accounts.models import Onboarding, User
from walletapp.banking.models import InterestEntry
from walletapp.oms.models import InboundEvent
from walletapp.payees.models import Payee
from walletapp.privacy import retention
from walletapp.privacy.models import StaffVisit
from walletapp.privacy.tasks import apply_retention
from walletapp.transfers.models import Attempt, Transfer

pytestmark = pytest.mark.django_db

ANSWERS = {"name": {"first_name": "Alice"}}


def count(what: str, *, dry_run: bool = True) -> int:
    return next(done.rows for done in retention.apply(dry_run=dry_run) if what in done.rule.what)


def days(number: float) -> datetime:
    return timezone.now() - timedelta(days=number)


@pytest.fixture
def rows(sandbox: Control, settings: Any) -> Callable[[datetime], None]:
    """One row for each rule. Gives the function that makes them all of that age."""
    settings.OMS_WEBHOOK_SECRETS, settings.OMS_WEBHOOK_PATH_TOKEN = [SECRET], "test-path-token"
    deliver(envelope(data={"object": "customer", "id": "cst_1"}))
    InboundEvent.objects.update(state="ignored", due_at=None)
    bob = make_sender(sandbox)
    pay(sandbox, bob, OUTSIDE, "5")
    drafted(bob, to=make_customer(sandbox, "carol").email, amount=usdc("5"))
    Onboarding.objects.create(user=make_user("alice"), answers=ANSWERS)
    entry = {"use_case": "pay_in", "monthly_volume": "to_2000", "state": "TX", "consented_at": timezone.now()}
    InterestEntry.objects.create(user=bob, withdrawn_at=timezone.now(), **entry)
    LogEntry.objects.create(user=bob, action_flag=2, object_repr="alice@example.com")
    signed_in(bob)
    newcomer = User.objects.create_user("never-came@example.com", "x" * 12)
    EmailAddress.objects.create(user=newcomer, email=newcomer.email, primary=True)

    def age(at: datetime) -> None:
        InboundEvent.objects.update(received_at=at)
        Transfer.objects.filter(finished_at__isnull=False).update(finished_at=at)
        Transfer.objects.filter(state="quoted").update(created_at=at)
        Onboarding.objects.update(updated_at=at)
        InterestEntry.objects.update(withdrawn_at=at)
        LogEntry.objects.update(action_time=at)
        Session.objects.update(expire_date=at)
        UserSession.objects.update(last_seen_at=at)
        User.objects.filter(pk=newcomer.pk).update(date_joined=at)

    return age


RULES = [rule for rule in retention.rules() if "closed accounts" not in rule.what]


def test_each_rule_waits_for_its_time_and_then_acts_once(rows: Callable[[datetime], None]) -> None:
    for rule in RULES:
        rows(days(rule.days - 0.01))
        assert count(rule.what) == 0, rule.what
    rows(days(400))
    before = {rule.what: count(rule.what) for rule in RULES}
    assert {what: found for what, found in before.items() if found != 1} == {}
    assert {rule.what: count(rule.what) for rule in RULES} == before, "a dry run changes nothing"
    done = {one.rule.what: one.rows for one in retention.apply()}
    assert {rule.what: done[rule.what] for rule in RULES} == before
    assert [one.rows for one in retention.apply()] == [0] * len(retention.rules()), "twice is once"


def test_what_goes_is_what_was_named_and_no_more(rows: Callable[[datetime], None]) -> None:
    rows(days(400))
    list(retention.apply())
    event = InboundEvent.objects.get()
    assert event.body is None
    assert len(event.body_sha256) == 64
    assert Onboarding.objects.get().answers is None
    draft = Transfer.objects.get(state="quoted")
    assert (draft.to_email, bool(draft.to_address)) == ("", True)
    assert not Attempt.objects.exists()
    assert Transfer.objects.filter(state="completed").count() == 2, "what moved stays"
    assert not InterestEntry.objects.exists()
    assert not User.objects.filter(email="never-came@example.com").exists()


def test_what_somebody_still_works_on_stays(rows: Callable[[datetime], None]) -> None:
    rows(days(400))
    InboundEvent.objects.update(state="parked", due_at=timezone.now())
    Transfer.objects.filter(kind="send", state="completed").update(finished_at=None)
    assert (count("bodies"), count("calls to OMS")) == (0, 0)
    with pytest.raises(IntegrityError), transaction.atomic():
        InboundEvent.objects.update(body=None)


def test_a_person_who_signed_in_once_is_kept() -> None:
    user = User.objects.create_user("slow@example.com", "x" * 12, last_login=days(60), date_joined=days(90))
    EmailAddress.objects.create(user=user, email=user.email, primary=True)
    assert count("sign-ups", dry_run=False) == 0


def test_a_session_that_is_alive_is_kept() -> None:
    client: Client = signed_in(make_user())
    list(retention.apply())
    assert client.get("/identity/").status_code == 200


def test_the_command_says_what_would_go_and_what_is_gone(rows: Callable[[datetime], None]) -> None:
    rows(days(400))

    def said(*arguments: str) -> str:
        out = io.StringIO()
        call_command("apply_retention", *arguments, stdout=out)
        return out.getvalue()

    assert "1 would go: bodies of webhook deliveries (their hash stays) (older than 90 days)" in said("--dry-run")
    assert "1 gone: bodies of webhook deliveries (their hash stays) (older than 90 days)" in said()
    assert "0 gone: bodies" in said()


@pytest.mark.parametrize("what", ["visit", "payee"])
def test_somebody_whom_a_row_names_that_must_stay_is_kept(rows: Callable[[datetime], None], what: str) -> None:
    rows(days(400))
    newcomer = User.objects.get(email="never-came@example.com")
    if what == "visit":
        StaffVisit.objects.create(staff=newcomer, user=make_user("c"), hour=timezone.now(), role="x", looked_at="x")
    else:
        Payee.objects.create(user=newcomer, nickname="Rent", address=OUTSIDE)
    done = next(one for one in retention.apply() if "sign-ups" in one.rule.what)
    assert (done.rows, done.has_failed) == (0, False)
    assert User.objects.filter(pk=newcomer.pk).exists()


def test_a_rule_that_fails_does_not_keep_the_others_from_their_work(
    rows: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows(days(400))
    delete = retention._delete

    def delete_but_nobody(found: Any) -> int:
        if found.model is User:
            raise IntegrityError
        return delete(found)

    monkeypatch.setattr(retention, "_delete", delete_but_nobody)
    with pytest.raises(CommandError, match="Some of it failed"):
        call_command("apply_retention", stdout=io.StringIO())
    left = {done.rule.what: done.rows for done in retention.apply(dry_run=True) if done.rows}
    assert left == {"sign-ups whose address was never confirmed": 1}


def test_the_daily_task_does_the_same(rows: Callable[[datetime], None]) -> None:
    rows(days(400))
    apply_retention()
    assert {done.rows for done in retention.apply(dry_run=True)} == {0}


def test_a_run_that_may_take_no_time_leaves_everything_for_the_next(rows: Callable[[datetime], None]) -> None:
    rows(days(400))
    assert {done.rows for done in retention.apply(seconds=1e-9)} == {0}
    assert count("bodies") == 1


def lines() -> Iterator[str]:
    yield from (line for line in (ROOT / "docs" / "data.md").read_text().splitlines() if line.startswith("| "))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.what)
def test_the_document_names_every_rule_with_its_time(rule: retention.Rule) -> None:
    row = next((line for line in lines() if line.startswith(f"| {rule.what} |")), "")
    assert f"| {rule.days} |" in row
