"""The link that pauses without a sign-in, the way back, and the hours after a recovery code or a reset password."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from tests import letters
from tests.builders import PASSWORD, make_user, signed_in
from tests.notifications.test_telling import BROKEN
from tests.second_factors import code_of, post_proved, token_on
from walletapp.accounts import factors, pausing, recovering
from walletapp.accounts.holds import Hold
from walletapp.accounts.models import User
from walletapp.audit.models import AuditEvent
from walletapp.notifications.models import Notice
from walletapp.notifications.tasks import sweep_notices
from walletapp.notifications.tell import tell

pytestmark = pytest.mark.django_db
NEW = "another long walk by the sea"


def path_of(link: str) -> str:
    return link.removeprefix("http://localhost:8000")


def actions() -> set[str]:
    return set(AuditEvent.objects.values_list("action", flat=True))


def test_the_link_shows_a_button_and_the_button_pauses_and_signs_out(user: User) -> None:
    owner, stranger = signed_in(user), Client()
    link = path_of(pausing.link_for(user))
    assert "Pause my wallet now" in stranger.get(link).content.decode()
    assert pausing.hold_of(user) is None, "looking at it does nothing: mail programs look at links"
    page = stranger.post(link).content.decode()
    assert "Nothing can leave your wallet now" in page
    assert user.email not in page
    with pytest.raises(pausing.OutgoingPaused):
        pausing.require_not_paused(user)
    assert owner.get("/identity/").status_code == 302
    stranger.post(link)
    assert Hold.objects.count() == 1
    assert "outgoing.paused" in actions()


def test_pressed_again_it_signs_out_whoever_came_since(user: User) -> None:
    link = path_of(pausing.link_for(user))
    Client().post(link)
    intruder = signed_in(user)
    assert intruder.get("/identity/").status_code == 200
    assert "has been signed out" in Client().post(link).content.decode()
    assert intruder.get("/identity/").status_code == 302
    assert Hold.objects.count() == 1


def test_a_link_that_was_changed_is_for_another_purpose_or_too_old_does_nothing(user: User) -> None:
    link = path_of(pausing.link_for(user))
    assert Client().post(link[:-2] + "x/").status_code == 404
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert Client().post(link).status_code == 404
    assert not Hold.objects.exists()


def test_only_its_owner_ends_a_pause_and_with_a_code_for_exactly_this(user: User) -> None:
    pausing.pause(user)
    browser = signed_in(user)
    assert "End the pause" in browser.get("/account/security/").content.decode()
    asked = browser.post("/account/security/resume/")
    assert "Please check every line" in asked.content.decode(), "also right after signing in"
    wrong = browser.post("/account/security/resume/", {"token": token_on(asked.content), "code": "000000"})
    assert wrong.status_code == 422
    assert "Your wallet is still paused." in wrong.content.decode()
    assert browser.post("/account/security/resume/", {"code": code_of(user)}).status_code == 422
    assert pausing.hold_of(user)
    assert post_proved(browser, user, "/account/security/resume/", {})["Location"] == "/account/security/"
    assert pausing.hold_of(user) is None
    assert browser.post("/account/security/resume/")["Location"] == "/account/security/", (
        "nothing to end, nothing asked"
    )
    assert pausing.resume(user) is False
    assert pausing.pause(user) is True, "and it can be paused again"
    other = signed_in(make_user("bob"))
    other.post("/account/security/resume/")
    assert pausing.hold_of(user)


def test_both_are_told_by_mail_once_and_the_end_with_the_link(user: User) -> None:
    browser = signed_in(user)
    browser.post("/account/security/pause/")
    subject, letter = letters.newest()
    assert subject == "Your wallet is paused: nothing can leave it"
    assert "signed out" in letter
    assert "/account/freeze/" not in letter
    pausing.pause(user)
    assert Notice.objects.filter(kind="paused").count() == 1
    post_proved(signed_in(user), user, "/account/security/resume/", {})
    subject, letter = letters.newest()
    assert subject == "The pause of your wallet is over"
    link = re.search(r"http://localhost:8000/account/freeze/\S+", letter)
    assert link
    assert "Pause my wallet now" in Client().get(path_of(link[0])).content.decode()


def test_a_reset_password_keeps_the_money_for_a_day_and_still_wants_the_factor(user: User) -> None:
    client = Client()
    client.post("/account/password/reset/", {"email": user.email})
    code = re.search(r"^\d{4}-\d{4}$", str(mail.outbox[-1].body), re.MULTILINE)
    assert code
    chooses = client.post("/account/password/reset/confirm/", {"code": code[0]}, follow=True)
    client.post(chooses.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    assert "/account/freeze/" in letters.newest()[1]
    answer = client.post("/account/login/", {"login": user.email, "password": NEW})
    assert answer["Location"] == "/account/security/authenticate/"
    with pytest.raises(pausing.OutgoingPaused, match="Your password was reset"):
        pausing.require_not_paused(user)
    assert pausing.resume(user) is False, "nobody ends it early"
    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=1)):
        pausing.require_not_paused(user)
    assert "password.reset" in actions()


@pytest.mark.parametrize("is_known", [True, False], ids=["a known device", "a new one"])
def test_a_recovery_code_keeps_the_money_for_a_day_and_its_owner_is_told(user: User, is_known: bool) -> None:
    codes = RecoveryCodes.activate(user).get_unused_codes()
    client = Client()
    if is_known:
        client = signed_in(user)
        client.post("/account/logout/")
    client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert client.post("/account/security/authenticate/", {"code": codes[0]}).status_code == 302
    subjects = [notice.subject for notice in Notice.objects.filter(user=user)]
    assert subjects.count("A recovery code was used") == 1
    letters.newest()
    [letter] = [str(it.body) for it in mail.outbox if it.subject == "A recovery code was used"]
    assert "nothing leaves your wallet before" in letter
    assert "Codes that still work: 9." in letter
    assert "/account/freeze/" in letter
    with pytest.raises(pausing.OutgoingPaused, match="A recovery code was used"):
        pausing.require_not_paused(user)
    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=1)):
        pausing.require_not_paused(user)


@pytest.mark.parametrize(
    "kind",
    [
        *("payee_saved", "payee_renamed", "payee_removed", "bank_account_added", "only_saved_off"),
        *("limit_raise", "limit_raised", "data_exported", "pause_ended"),
    ],
)
def test_what_somebody_else_may_have_done_is_told_with_the_link(user: User, kind: str) -> None:
    tell(user, kind, f"{kind}:1", payee="Ann", account="Wells Fargo ending in 1234")
    assert "/account/freeze/" in letters.newest()[1]


def test_the_database_refuses_a_hold_without_end_and_one_that_is_lifted_early(user: User) -> None:
    row = Hold.objects.create(user=user, cause="password_reset", ends_at=timezone.now() + timedelta(hours=1))
    for wrong in ({"lifted_at": timezone.now()}, {"ends_at": None}, {"ends_at": row.began_at}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Hold.objects.filter(pk=row.pk).update(**wrong)


def test_a_new_device_is_told_of_once_with_the_link(user: User) -> None:
    client = Client(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"})

    def sign_in() -> None:
        client.post("/account/login/", {"login": user.email, "password": PASSWORD})
        client.post("/account/security/authenticate/", {"code": code_of(user)})

    sign_in()
    subject, letter = letters.newest()
    assert subject == "New sign-in to your account"
    assert "Firefox on Windows" in letter
    assert letter.count("/account/freeze/") == 1
    client.post("/account/logout/")
    sign_in()
    assert Notice.objects.count() == 1
    assert "Firefox" not in client.cookies["device"].value
    assert user.email not in client.cookies["device"].value


def test_while_no_mail_leaves_one_gets_in_and_is_told_when_it_does(user: User, settings: Any) -> None:
    working, settings.MAILERS = settings.MAILERS, BROKEN
    client = signed_in(user)
    assert client.get("/account/security/").status_code == 200
    sweep_notices()
    assert mail.outbox == []
    settings.MAILERS = working
    Notice.objects.update(due_at=timezone.now(), lease_until=None)
    assert letters.newest()[0] == "New sign-in to your account"


def test_what_happens_at_the_door_is_on_record(user: User) -> None:
    Client().post("/account/login/", {"login": user.email, "password": "wrong"})
    Client().post("/account/login/", {"login": "nobody@example.com", "password": "wrong"})
    client = Client()
    client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    client.post("/account/security/authenticate/", {"code": "000000"})
    client.post("/account/security/authenticate/", {"code": code_of(user)})
    assert AuditEvent.objects.filter(action="sign_in.failed").count() == 2
    assert AuditEvent.objects.get(action="factor.failed").actor == user
    assert AuditEvent.objects.get(action="sign_in.done").detail == {"ways": ["password", "totp"]}
    assert user.email not in str(list(AuditEvent.objects.values_list("detail", flat=True)))


def test_support_takes_every_factor_and_the_money_stays_for_three_days(user: User) -> None:
    browser, helper = signed_in(user), make_user("helper", is_staff=True)
    assert recovering.reset_factors(user, by=helper, reason="identity proved again") == 1
    assert not factors.has_factor(user)
    assert browser.get("/identity/").status_code == 302
    with time_machine.travel(timezone.now() + timedelta(hours=71)), pytest.raises(pausing.OutgoingPaused):
        pausing.require_not_paused(user)
    assert Notice.objects.filter(user=user, kind="factors_reset").count() == 1
    event = AuditEvent.objects.get(action="factor.removed")
    assert (event.actor, event.reason) == (helper, "identity proved again")
    assert recovering.reset_factors(user, by=helper, reason="again") == 0
    assert Hold.objects.count() == 1
