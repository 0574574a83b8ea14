"""A person's own limits: lower at once, higher after the wait, never above the house's."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from tests.builders import signed_in, usdc, wallet_of
from tests.second_factors import code_of, token_on
from tests.transfers.steps import confirm, confirmed, drafted
from walletapp.accounts.models import User
from walletapp.accounts.stepping_up import StepUpRequired
from walletapp.audit.models import AuditEvent
from walletapp.moments import written
from walletapp.notifications.models import Notice
from walletapp.transfers import limiting, limits
from walletapp.transfers.own_limits import Most, OwnLimit
from walletapp.transfers.tasks import tidy_transfers
from walletapp.transfers.windows import LimitReached

pytestmark = pytest.mark.django_db

WAIT = timedelta(hours=24)
MINUTE = timedelta(minutes=1)


def most(at_once: str, in_a_day: str) -> Most:
    return Most(usdc(at_once), usdc(in_a_day))


def lowered(user: User, at_once: str = "20", in_a_day: str = "50") -> OwnLimit:
    return limiting.change(user, most(at_once, in_a_day), is_proved=False)


def in_force(user: User) -> Most:
    found = limits.send_limits(wallet_of(user), timezone.now())
    return Most(found.most, found.rooms[0].limit)


def test_a_lower_limit_counts_at_once_for_one_send_and_for_the_day(alice: User) -> None:
    lowered(alice)
    with pytest.raises(LimitReached, match=r"at most 20\.00 USDC at once"):
        drafted(alice, amount=usdc("20.01"))
    for _ in range(2):
        confirmed(alice, amount=usdc("20"))
    with pytest.raises(LimitReached, match=r"the limit is 50\.00 USDC in 24 hours"):
        drafted(alice, amount=usdc("10.01"))


def test_a_draft_from_before_is_refused_when_it_is_confirmed(alice: User) -> None:
    draft = drafted(alice, amount=usdc("25"))
    lowered(alice)
    with pytest.raises(LimitReached):
        confirm(draft)
    assert wallet_of(alice).held == usdc("0")


def test_a_raise_waits_to_the_minute_and_is_told(alice: User) -> None:
    lowered(alice)
    row = limiting.change(alice, most("30", "60"), is_proved=True)
    assert row.next_from is not None
    assert in_force(alice) == most("20", "50")
    with time_machine.travel(row.next_from - MINUTE, tick=False):
        assert in_force(alice) == most("20", "50")
    with time_machine.travel(row.next_from, tick=False):
        assert in_force(alice) == most("30", "60")
    assert Notice.objects.get(user=alice, kind="limit_raise").context["at_once"] == "30.00 USDC"


def test_a_raise_that_came_true_is_told_once(alice: User) -> None:
    lowered(alice)
    row = limiting.change(alice, most("30", "60"), is_proved=True)
    assert row.next_from is not None
    with time_machine.travel(row.next_from - MINUTE, tick=False):
        tidy_transfers()
    told = Notice.objects.filter(user=alice, kind="limit_raised")
    assert not told.exists()
    with time_machine.travel(row.next_from, tick=False):
        tidy_transfers()
        tidy_transfers()
    assert told.get().context == {"at_once": "30.00 USDC", "in_a_day": "60.00 USDC", "when": written(row.next_from)}
    for ending in ("txt", "html"):
        assert "30.00 USDC at once" in render_to_string(f"email/limit_raised.{ending}", told.get().context)


def test_a_raise_that_was_taken_back_is_never_told_as_done(alice: User) -> None:
    lowered(alice)
    limiting.change(alice, most("30", "60"), is_proved=True)
    limiting.keep(alice)
    with time_machine.travel(timezone.now() + 2 * WAIT):
        tidy_transfers()
    assert not Notice.objects.filter(kind="limit_raised").exists()


def test_a_raise_wants_a_proof_and_changes_nothing_without(alice: User) -> None:
    lowered(alice)
    with pytest.raises(StepUpRequired):
        limiting.change(alice, most("30", "60"), is_proved=False)
    assert OwnLimit.objects.get(user=alice).next is None


def test_asked_twice_a_raise_waits_no_longer_and_is_told_once(alice: User) -> None:
    lowered(alice)
    first = limiting.change(alice, most("30", "60"), is_proved=True)
    with time_machine.travel(timezone.now() + WAIT / 2):
        assert limiting.change(alice, most("30", "60"), is_proved=True).next_from == first.next_from
    assert Notice.objects.filter(kind="limit_raise").count() == 1


def test_a_higher_raise_waits_anew(alice: User) -> None:
    lowered(alice)
    first = limiting.change(alice, most("30", "60"), is_proved=True)
    with time_machine.travel(timezone.now() + WAIT / 2):
        second = limiting.change(alice, most("40", "60"), is_proved=True)
    assert first.next_from is not None
    assert second.next_from is not None
    assert second.next_from - first.next_from > WAIT / 3


def test_a_raise_that_waits_can_be_taken_back(alice: User) -> None:
    lowered(alice)
    limiting.change(alice, most("30", "60"), is_proved=True)
    assert limiting.keep(alice)
    assert not limiting.keep(alice)
    with time_machine.travel(timezone.now() + 2 * WAIT):
        assert in_force(alice) == most("20", "50")
        assert not limiting.keep(alice)


def test_a_raise_that_came_true_cannot_be_taken_back_but_lowered(alice: User) -> None:
    lowered(alice)
    limiting.change(alice, most("30", "60"), is_proved=True)
    with time_machine.travel(timezone.now() + 2 * WAIT):
        assert not limiting.keep(alice)
        assert in_force(alice) == most("30", "60")
        lowered(alice, "10", "10")
        assert in_force(alice) == most("10", "10")


def test_lowering_drops_a_raise_that_waits(alice: User) -> None:
    lowered(alice)
    limiting.change(alice, most("30", "60"), is_proved=True)
    lowered(alice, "10", "50")
    with time_machine.travel(timezone.now() + 2 * WAIT):
        assert in_force(alice) == most("10", "50")


def test_of_one_up_and_one_down_the_lower_counts_at_once_and_the_higher_waits(alice: User) -> None:
    lowered(alice)
    limiting.change(alice, most("10", "80"), is_proved=True)
    assert in_force(alice) == most("10", "50")
    with time_machine.travel(timezone.now() + 2 * WAIT):
        assert in_force(alice) == most("10", "80")


@pytest.mark.parametrize(("at_once", "in_a_day"), [("5000.01", "10000"), ("5000", "10000.01"), ("20", "19.99")])
def test_above_the_house_or_against_itself_is_refused(alice: User, at_once: str, in_a_day: str) -> None:
    with pytest.raises(limiting.CannotLimit):
        limiting.change(alice, most(at_once, in_a_day), is_proved=True)
    assert not OwnLimit.objects.filter(user=alice).exists()


def test_the_house_limit_counts_when_it_falls_below_ones_own(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    lowered(alice, "4000", "9000")
    monkeypatch.setattr(limits, "SEND_MOST", 1_000_000_000)
    assert in_force(alice) == most("1000", "9000")


def test_the_database_refuses_what_makes_no_sense(alice: User) -> None:
    now = timezone.now()
    for wrong in (
        {"at_once_minor": 0, "day_minor": 5},
        {"at_once_minor": 5, "day_minor": 4},
        {"at_once_minor": 5, "day_minor": 5, "next_from": now},
        {"at_once_minor": 5, "day_minor": 5, "next_at_once_minor": 4, "next_day_minor": 5, "next_from": now},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            OwnLimit.objects.create(user=alice, **wrong)
    assert not OwnLimit.objects.filter(user=alice).exists()


def test_the_page_lowers_without_a_proof_and_raises_with_one(alice: User) -> None:
    browser = signed_in(alice)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        down = browser.post("/limits/", {"at_once": "20", "in_a_day": "50"})
        assert down.status_code == 302
        higher = {"at_once": "30", "in_a_day": "50"}
        asked = browser.post("/limits/", higher)
        assert "Raise your sending limits" in asked.content.decode()
        assert OwnLimit.objects.get(user=alice).next is None
        up = browser.post("/limits/", {**higher, "token": token_on(asked.content), "code": code_of(alice)})
        assert up.status_code == 302
        page = browser.get("/limits/").content.decode()
        assert "Take the raise back" in page
        assert "At most 20.00 USDC at once" in browser.get("/send/").content.decode()
        assert browser.post("/limits/", {"do": "keep"}).status_code == 302
    assert OwnLimit.objects.get(user=alice).next is None


def test_nobody_proves_who_they_are_for_what_nobody_can_have(alice: User) -> None:
    answer = signed_in(alice).post("/limits/", {"at_once": "9000", "in_a_day": "9000"})
    assert answer.status_code == 422
    assert "Nobody can send more than" in answer.content.decode()
    assert "Raise your sending limits" not in answer.content.decode()


def test_every_change_is_on_record(alice: User) -> None:
    lowered(alice)
    lowered(alice)
    limiting.change(alice, most("30", "60"), is_proved=True)
    limiting.keep(alice)
    done = AuditEvent.objects.filter(action__startswith="own_limit.").order_by("seq").values_list("action", flat=True)
    assert list(done) == ["own_limit.lowered", "own_limit.raise_asked", "own_limit.kept"]
