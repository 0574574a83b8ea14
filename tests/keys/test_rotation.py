"""Rotating the master key: everything moves to the first key, values stay what they are, again changes nothing."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.builders import make_user
from tests.keys.rings import new_key, sealed_by_the_first_release
from walletapp.accounts.models import Onboarding
from walletapp.audit.models import AuditEvent
from walletapp.keys import rotation
from walletapp.keys.models import CustomerKey
from walletapp.keys.rotation import Count, rotate
from walletapp.oms.models import WebhookEndpoint
from walletapp.sealed import CannotOpen, first_key_id, resealed

pytestmark = pytest.mark.django_db

OLD, NEW = new_key(), new_key()
ANSWERS = {"document": {"number": "212-45-6789"}}


@pytest.fixture
def rows(settings: Any) -> tuple[Onboarding, Onboarding, WebhookEndpoint]:
    """A value of the first release, one of a customer's key, one of the master key; then a new key is put first."""
    settings.FIELD_KEYS = {"old": OLD}
    first, second = (Onboarding.objects.create(user=make_user(name)) for name in ("alice", "bob"))
    second.answers = ANSWERS
    second.save()
    place = f"accounts_onboarding|answers|{first.pk}"
    sealed = sealed_by_the_first_release({"old": OLD}, json.dumps(ANSWERS).encode(), place)
    Onboarding.objects.filter(pk=first.pk).update(answers=sealed)
    endpoint = WebhookEndpoint.objects.create(url="https://wallet.example/", secret="whsec_1")
    settings.FIELD_KEYS = {"new": NEW, "old": OLD}
    return first, second, endpoint


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("rotate_keys", *arguments, stdout=out)
    return out.getvalue()


def counts(*, is_check: bool) -> dict[str, Count]:
    return {count.what: count for count in rotate(is_check=is_check)}


def test_everything_opens_with_the_new_key_alone_afterwards(rows: Any, settings: Any) -> None:
    first, second, _ = rows
    said = run()
    assert "customer keys: 0 current, 1 brought up to date, 0 unreadable" in said
    assert "accounts_onboarding.answers: 1 current, 1 brought up to date" in said
    assert "oms_webhookendpoint.secret: 0 current, 1 brought up to date" in said
    settings.FIELD_KEYS = {"new": NEW}
    assert [Onboarding.objects.get(pk=row.pk).answers for row in (first, second)] == [ANSWERS, ANSWERS]
    assert WebhookEndpoint.objects.get().secret == "whsec_1"


def test_a_value_of_the_first_release_gets_its_customers_key(rows: Any) -> None:
    first, _, _ = rows
    run()
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers FROM accounts_onboarding WHERE id = %s", [first.pk.hex])
        stored = bytes(cursor.fetchone()[0])
    assert stored[:17] == b"\x02" + CustomerKey.objects.get(user=first.user).pk.bytes


def test_again_there_is_nothing_left_to_do(rows: Any) -> None:
    run()
    before = CustomerKey.objects.order_by("pk").values_list("wrapped", flat=True)
    kept = [bytes(wrapped or b"") for wrapped in before]
    run()
    assert {count.old for count in rotate()} == {0}
    assert AuditEvent.objects.get(action="keys.rotated").detail == {"to": "new", "values": 3}
    assert [bytes(wrapped or b"") for wrapped in before.all()] == kept


def test_the_check_changes_nothing_and_says_what_needs_an_older_key(rows: Any) -> None:
    for _ in range(2):
        assert counts(is_check=True)["accounts_onboarding.answers"] == Count("accounts_onboarding.answers", 1, 1)
        with pytest.raises(CommandError, match="Older keys are still needed"):
            run("--check")
    run()
    assert f"Everything is under {first_key_id()}" in run("--check")


def test_what_was_stopped_in_the_middle_goes_on(rows: Any) -> None:
    """The first part of a run is as good as a run of its own: each row is brought up to date by itself."""
    going = rotate()
    next(going)
    going.close()
    assert counts(is_check=True)["customer keys"].old == 0
    assert counts(is_check=True)["oms_webhookendpoint.secret"].old == 1
    run()
    assert {count.old for count in rotate(is_check=True)} == {0}


def test_what_somebody_changes_meanwhile_is_not_overwritten(rows: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _, _ = rows
    newer, looked_at = {"document": {"number": "212-45-0000"}}, resealed

    def while_they_save(sealed: bytes, place: str, *owner: int) -> bytes | None:
        again = looked_at(sealed, place, *owner)
        if place == f"accounts_onboarding|answers|{first.pk}":
            row = Onboarding.objects.get(pk=first.pk)
            row.answers = newer
            row.save()
        return again

    monkeypatch.setattr(rotation, "resealed", while_they_save)
    run()
    assert Onboarding.objects.get(pk=first.pk).answers == newer


def test_a_key_that_is_missing_from_the_ring_is_named_and_nothing_is_lost(rows: Any, settings: Any) -> None:
    _, second, _ = rows
    settings.FIELD_KEYS = {"new": NEW}
    with pytest.raises(CommandError, match="cannot be opened with this ring"):
        run()
    with pytest.raises(CannotOpen):
        _ = Onboarding.objects.get(pk=second.pk).answers
    settings.FIELD_KEYS = {"new": NEW, "old": OLD}
    run()
    assert Onboarding.objects.get(pk=second.pk).answers == ANSWERS


def test_a_destroyed_key_is_neither_old_nor_unreadable_by_mistake(rows: Any) -> None:
    _, second, _ = rows
    CustomerKey.destroy(second.user_id)
    found = counts(is_check=True)
    assert found["customer keys"] == Count("customer keys", 0, 0)
    assert found["accounts_onboarding.answers"].unreadable == 0, "erased on purpose is no alarm"


def elsewhere(is_check: bool) -> Iterator[Count]:
    yield Count(f"elsewhere, {'looked at' if is_check else 'done'}", 1, 0)


def test_what_is_sealed_elsewhere_takes_part(settings: Any) -> None:
    settings.SEALED_ELSEWHERE = [f"{__name__}.elsewhere"]
    assert "elsewhere, looked at" in counts(is_check=True)
    assert "elsewhere, done: 1 current" in run()
