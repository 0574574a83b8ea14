"""Letting somebody in who lost every second factor: one asks, another decides, once; and the owner can stop it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import racing
from tests.builders import just_proved, make_user, signed_in
from tests.second_factors import give_app
from walletapp.accounts import factors, pausing, recovering
from walletapp.accounts.holds import Hold
from walletapp.accounts.models import User
from walletapp.accounts.recoveries import Recovery
from walletapp.audit.models import AuditEvent
from walletapp.audit.reasons import NoReason
from walletapp.notifications.delivery import make_message
from walletapp.notifications.models import Notice
from walletapp.staff import roles

pytestmark = pytest.mark.django_db

ASKED = {"proved": "video", "words": "Phone and laptop were stolen"}
LOOKED = "Watched the call, the document is theirs"


def person() -> User:
    user = make_user("alice")
    give_app(user)
    return user


def staff(role: str, **more: Any) -> User:
    member = make_user(role.lower(), is_staff=True, **more)
    member.groups.set(Group.objects.filter(name=role))
    return member


@pytest.fixture
def alice() -> User:
    return person()


@pytest.fixture
def support() -> User:
    return staff(roles.SUPPORT)


@pytest.fixture
def compliance() -> User:
    return staff(roles.COMPLIANCE)


@pytest.fixture
def asked(alice: User, support: User) -> Recovery:
    return recovering.ask(support, alice, **ASKED)


def events(user: User) -> list[tuple[str, User | None, str]]:
    rows = AuditEvent.objects.filter(action__startswith="recovery.", object_id=str(user.pk)).order_by("seq")
    return [(row.action, row.actor, row.reason) for row in rows]


# ----- once -----


def test_one_asks_and_nothing_changes_but_that_the_owner_is_written_to(asked: Recovery, support: User) -> None:
    assert factors.has_factor(asked.user)
    assert not Hold.objects.exists()
    assert events(asked.user) == [("recovery.asked", support, ASKED["words"])]
    notice = Notice.objects.get(user=asked.user)
    assert notice.kind == "recovery_asked"
    assert "freeze" not in str(notice.context)
    message = make_message(notice)
    for text in (str(message.body), str(message.alternatives[0][0])):
        assert pausing.link_for(asked.user).rpartition("/account/freeze/")[0] + "/account/freeze/" in text
        assert "Nothing was changed yet" in text


def test_another_approves_and_the_factors_go_once(asked: Recovery, support: User, compliance: User) -> None:
    browser = signed_in(asked.user)
    assert UserSession.objects.filter(user=asked.user).exists()
    recovering.approve(compliance, asked.pk, LOOKED)
    assert not factors.has_factor(asked.user)
    assert browser.get("/identity/").status_code == 302
    asked.refresh_from_db()
    assert (asked.outcome, asked.decided_by, asked.answer) == ("approved", compliance, LOOKED)
    assert events(asked.user) == [
        ("recovery.asked", support, ASKED["words"]),
        ("recovery.approved", compliance, LOOKED),
    ]
    approved = AuditEvent.objects.get(action="recovery.approved")
    assert approved.detail["asked_by"] == str(support.public_id)
    assert AuditEvent.objects.get(action="factor.removed").reason == ASKED["words"]
    for kind in ("recovery_asked", "factors_reset"):
        assert Notice.objects.filter(user=asked.user, kind=kind).count() == 1
    with time_machine.travel(timezone.now() + timedelta(hours=71)), pytest.raises(pausing.OutgoingPaused):
        pausing.require_not_paused(asked.user)


def test_a_request_is_declined_and_nothing_changes(asked: Recovery, compliance: User) -> None:
    recovering.decline(compliance, asked.pk, LOOKED)
    assert factors.has_factor(asked.user)
    assert events(asked.user)[-1] == ("recovery.declined", compliance, LOOKED)
    recovering.ask(asked.asked_by, asked.user, **ASKED)


# ----- twice -----


def test_a_second_request_waits_for_the_first(asked: Recovery) -> None:
    with pytest.raises(recovering.AlreadyAsked):
        recovering.ask(staff(roles.OPERATIONS), asked.user, **ASKED)
    assert Recovery.objects.count() == 1


@pytest.mark.parametrize("again", [recovering.approve, recovering.decline])
def test_what_is_decided_stays_decided(asked: Recovery, compliance: User, again: Callable[..., Recovery]) -> None:
    recovering.approve(compliance, asked.pk, LOOKED)
    give_app(asked.user)
    with pytest.raises(recovering.NoLongerOpen):
        again(staff(roles.COMPLIANCE), asked.pk, LOOKED)
    assert factors.has_factor(asked.user)
    assert Hold.objects.count() == 1


# ----- refused -----


def test_whoever_asked_does_not_decide(alice: User) -> None:
    root = make_user("root", is_staff=True, is_superuser=True)
    row = recovering.ask(root, alice, **ASKED)
    for decide in (recovering.approve, recovering.decline):
        with pytest.raises(recovering.NotTheOne):
            decide(root, row.pk, LOOKED)
    assert factors.has_factor(alice)


def test_nobody_lets_themselves_in(support: User) -> None:
    root = make_user("root", is_staff=True, is_superuser=True)
    for member in (support, root):
        give_app(member)
    with pytest.raises(recovering.NotTheOne):
        recovering.ask(support, support, **ASKED)
    row = recovering.ask(support, root, **ASKED)
    with pytest.raises(recovering.NotTheOne):
        recovering.approve(root, row.pk, LOOKED)


def test_about_the_staff_only_a_superuser_decides(support: User, compliance: User) -> None:
    colleague = staff(roles.OPERATIONS)
    give_app(colleague)
    row = recovering.ask(support, colleague, **ASKED)
    with pytest.raises(PermissionDenied):
        recovering.approve(compliance, row.pk, LOOKED)
    recovering.approve(make_user("root", is_staff=True, is_superuser=True), row.pk, LOOKED)
    assert not factors.has_factor(colleague)


@pytest.mark.parametrize("role", [roles.COMPLIANCE, roles.ENGINEERS, "none"])
def test_without_the_role_nobody_asks(alice: User, role: str) -> None:
    with pytest.raises(PermissionDenied):
        recovering.ask(staff(role), alice, **ASKED)


@pytest.mark.parametrize("role", [roles.SUPPORT, roles.OPERATIONS, roles.ENGINEERS, "none"])
def test_without_the_role_nobody_decides(asked: Recovery, role: str) -> None:
    for decide in (recovering.approve, recovering.decline):
        with pytest.raises(PermissionDenied):
            decide(staff(role), asked.pk, LOOKED)
    assert factors.has_factor(asked.user)


def test_after_a_day_it_is_too_old_to_approve_and_can_be_asked_anew(asked: Recovery, compliance: User) -> None:
    with time_machine.travel(asked.asked_at + timedelta(hours=24, seconds=1)):
        with pytest.raises(recovering.NoLongerOpen):
            recovering.approve(compliance, asked.pk, LOOKED)
        recovering.ask(staff(roles.SUPPORT), asked.user, **ASKED)
    asked.refresh_from_db()
    assert asked.outcome == "expired"
    assert factors.has_factor(asked.user)


def test_a_reason_is_wanted_of_both(alice: User, support: User, compliance: User) -> None:
    with pytest.raises(NoReason):
        recovering.ask(support, alice, proved="video", words=" too short ")
    row = recovering.ask(support, alice, **ASKED)
    with pytest.raises(NoReason):
        recovering.approve(compliance, row.pk, "ok")
    assert factors.has_factor(alice)


def test_somebody_without_factors_lost_none(asked: Recovery, support: User, compliance: User) -> None:
    with pytest.raises(recovering.NothingLost):
        recovering.ask(support, make_user("bob"), **ASKED)
    factors.rows_of(asked.user, factors.APP).delete()
    with pytest.raises(recovering.NothingLost):
        recovering.approve(compliance, asked.pk, LOOKED)
    asked.refresh_from_db()
    assert asked.outcome == "open"


def test_the_owner_stops_it_by_the_link_in_the_mail_even_when_paused_before(asked: Recovery, compliance: User) -> None:
    Hold.objects.create(user=asked.user, cause="own")
    link = pausing.link_for(asked.user)
    assert Client().post(link[link.index("/account/") :]).status_code == 200
    with pytest.raises(recovering.NoLongerOpen):
        recovering.approve(compliance, asked.pk, LOOKED)
    asked.refresh_from_db()
    assert asked.outcome == "stopped"
    assert events(asked.user)[-1] == ("recovery.stopped", asked.user, "")
    assert factors.has_factor(asked.user)


# ----- the race -----


@pytest.mark.django_db(transaction=True)
def test_of_many_approvals_at_once_one_counts() -> None:
    roles.make_roles()
    row = recovering.ask(staff(roles.SUPPORT), person(), **ASKED)
    members = [staff(roles.COMPLIANCE) for _ in range(4)]
    results = racing.at_once([lambda one=one: recovering.approve(one, row.pk, LOOKED) for one in members])  # type: ignore[misc]
    assert racing.crashes(results) == []
    assert len(racing.refusals(results)) == 3
    assert Hold.objects.count() == 1
    assert AuditEvent.objects.filter(action="recovery.approved").count() == 1


# ----- the database -----


def test_the_database_refuses_what_is_not_two_people_in_time(asked: Recovery, compliance: User) -> None:
    now, mine = timezone.now(), Recovery.objects.filter(pk=asked.pk)
    rightly = {"outcome": "approved", "decided_by": compliance, "decided_at": now}
    wrong: list[dict[str, Any]] = [
        {**rightly, "decided_by": asked.asked_by},
        {**rightly, "decided_by": asked.user},
        {**rightly, "decided_by": None},
        {**rightly, "decided_at": None},
        {**rightly, "decided_at": asked.expires_at + timedelta(seconds=1)},
        {"outcome": "expired"},
        {"asked_by": asked.user},
        {"expires_at": asked.asked_at},
    ]
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            mine.update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Recovery.objects.create(
            user=asked.user, asked_by=compliance, expires_at=now + timedelta(hours=1), proved="video", words="x"
        )


def test_the_database_keeps_what_is_decided_but_lets_words_be_blanked(asked: Recovery, compliance: User) -> None:
    recovering.decline(compliance, asked.pk, LOOKED)
    mine = Recovery.objects.filter(pk=asked.pk)
    for values in ({"outcome": "approved"}, {"outcome": "open", "decided_by": None, "decided_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            mine.update(**values)
    assert mine.update(words="", answer="") == 1


# ----- the pages -----


def test_from_the_page_of_the_person_to_the_decision(alice: User, support: User, compliance: User) -> None:
    ask_page, theirs = reverse("admin:accounts_user_recover", args=[alice.pk]), just_proved(support)
    assert ask_page in theirs.get(reverse("admin:accounts_user_change", args=[alice.pk])).content.decode()
    page = theirs.get(ask_page).content.decode()
    assert "passkeys 0, apps 1" in page
    assert "for 72 hours" in page
    assert theirs.post(ask_page, {**ASKED, "words": "short"}).status_code == 422
    answer = theirs.post(ask_page, ASKED)
    row = Recovery.objects.get()
    assert answer["Location"] == reverse("admin:accounts_recovery_change", args=[row.pk])

    decide_page = reverse("admin:accounts_recovery_decide", args=[row.pk])
    assert decide_page not in theirs.get(answer["Location"]).content.decode()
    assert theirs.get(decide_page).status_code == 403
    other = just_proved(compliance)
    assert "waiting=yes" in other.get("/admin/").content.decode()
    assert decide_page in other.get(answer["Location"]).content.decode()
    page = other.get(decide_page).content.decode()
    assert ASKED["words"] in page
    assert "for 72 hours" in page
    answer = other.post(decide_page, {"words": LOOKED, "do": "approve"})
    assert answer.status_code == 302
    assert not factors.has_factor(alice)
    again = other.post(decide_page, {"words": LOOKED, "do": "approve"})
    assert again.status_code == 422
    assert "Approved" in again.content.decode()


def test_the_pages_tell_nobody_else_anything(asked: Recovery) -> None:
    pages = [
        reverse("admin:accounts_user_recover", args=[asked.user_id]),
        reverse("admin:accounts_recovery_decide", args=[asked.pk]),
    ]
    for role in (roles.ENGINEERS, "none"):
        client = just_proved(staff(role))
        assert [client.get(page).status_code for page in pages] == [403, 403]
    assert just_proved(staff(roles.COMPLIANCE)).get("/admin/accounts/recovery/7/decide/").status_code == 404
    assert just_proved(staff(roles.SUPPORT)).get("/admin/accounts/user/0/let-in/").status_code == 404
