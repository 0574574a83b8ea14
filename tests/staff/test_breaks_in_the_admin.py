"""A difference with OMS: who looks after it, closing it once with a cause and words, and nothing else."""

import pytest
from django.test import Client

from tests.builders import make_user
from tests.staff.conftest import browser
from walletapp.accounts.models import User
from walletapp.audit.models import AuditEvent
from walletapp.wallet.models import Break

pytestmark = pytest.mark.django_db


def page_of(found: Break) -> str:
    return f"/admin/wallet/break/{found.pk}/change/"


def events(found: Break) -> list[tuple[str, str]]:
    rows = AuditEvent.objects.filter(object_type="wallet.break", object_id=str(found.pk)).order_by("seq")
    return list(rows.values_list("action", "reason"))


def test_somebody_takes_it_on_and_the_audit_knows(clerk: User, difference: Break) -> None:
    browser(clerk).post(page_of(difference), {"owner": clerk.pk})
    difference.refresh_from_db()
    assert difference.owner == clerk
    assert difference.closed_at is None
    assert events(difference) == [("break.assigned", "")]


def test_taking_it_on_twice_is_one_event(clerk: User, difference: Break) -> None:
    for _ in range(2):
        browser(clerk).post(page_of(difference), {"owner": clerk.pk})
    assert len(events(difference)) == 1


def test_only_staff_can_own_a_difference(clerk: User, difference: Break) -> None:
    browser(clerk).post(page_of(difference), {"owner": make_user("charlie").pk})
    difference.refresh_from_db()
    assert difference.owner is None


def test_closing_it_wants_a_cause_and_words(clerk: User, difference: Break) -> None:
    for half in ({"cause": "late"}, {"words": "it was nothing"}):
        page = browser(clerk).post(page_of(difference), half).content.decode()
        assert "choose why and say it in your words" in page
    difference.refresh_from_db()
    assert difference.closed_at is None
    assert events(difference) == []


def test_closing_it_once_is_recorded_and_closing_it_twice_is_refused(clerk: User, difference: Break) -> None:
    client = browser(clerk)
    client.post(page_of(difference), {"cause": "late", "words": "a deposit came in between"})
    difference.refresh_from_db()
    first = difference.closed_at

    assert first is not None
    assert difference.how_closed == "Our record was behind and has caught up: a deposit came in between"
    assert events(difference) == [("break.closed", difference.how_closed)]

    assert client.post(page_of(difference), {"cause": "other", "words": "again"}).status_code == 403
    difference.refresh_from_db()
    assert difference.closed_at == first


def test_what_was_found_cannot_be_edited(clerk: User, difference: Break) -> None:
    browser(clerk).post(page_of(difference), {"owner": "", "kind": "other", "key": "other", "detail": "{}"})
    seen = (difference.kind, difference.key, difference.detail)
    difference.refresh_from_db()
    assert (difference.kind, difference.key, difference.detail) == seen


def test_nobody_adds_or_deletes_one(root: Client, difference: Break) -> None:
    assert root.get("/admin/wallet/break/add/").status_code == 403
    assert root.post(f"/admin/wallet/break/{difference.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Break.objects.filter(pk=difference.pk).exists()


def test_staff_without_the_right_cannot_see_it(difference: Break) -> None:
    assert browser(make_user("new", is_staff=True)).get(page_of(difference)).status_code == 403
