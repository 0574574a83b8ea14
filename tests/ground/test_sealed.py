"""Sealed values: unreadable in the database, bound to their place, readable with any key of the ring."""

import base64
import os
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import make_user
from walletapp.accounts.models import Onboarding
from walletapp.sealed import CannotOpen, seal, unseal

pytestmark = pytest.mark.django_db  # a value may name a customer's key, which is looked for

CANARY = "123-45-6789"


@given(st.binary(max_size=200), st.text(max_size=40))
def test_what_is_sealed_for_a_place_opens_there(clear: bytes, place: str) -> None:
    assert unseal(seal(clear, place), place) == clear


def test_a_value_moved_to_another_place_does_not_open() -> None:
    with pytest.raises(CannotOpen):
        unseal(seal(b"secret", "table|column|1"), "table|column|2")


@given(st.binary(max_size=80))
def test_anything_else_does_not_open_and_says_nothing_more(noise: bytes) -> None:
    with pytest.raises(CannotOpen):
        unseal(noise, "place")


def test_every_single_changed_byte_is_noticed() -> None:
    sealed = seal(b"secret", "place")
    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises(CannotOpen):
            unseal(bytes(changed), "place")


def test_the_same_value_is_never_the_same_twice() -> None:
    assert seal(b"secret", "place") != seal(b"secret", "place")


def test_an_older_key_of_the_ring_still_opens(settings: Any) -> None:
    old = base64.b64encode(os.urandom(32)).decode()
    settings.FIELD_KEYS = {"old": old}
    sealed = seal(b"secret", "place")
    settings.FIELD_KEYS = {"new": base64.b64encode(os.urandom(32)).decode(), "old": old}
    assert unseal(sealed, "place") == b"secret"
    settings.FIELD_KEYS = {"new": settings.FIELD_KEYS["new"]}
    with pytest.raises(CannotOpen):
        unseal(sealed, "place")


def test_the_database_holds_no_clear_text_and_none_erases_it() -> None:
    row = Onboarding.objects.create(user=make_user(), answers={"document": {"number": CANARY}})
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers FROM accounts_onboarding")
        stored = bytes(cursor.fetchone()[0])
    assert CANARY.encode() not in stored

    again = Onboarding.objects.get(pk=row.pk)
    assert again.answers == {"document": {"number": CANARY}}
    again.answers = None
    again.save()
    assert Onboarding.objects.get(pk=row.pk).answers is None
