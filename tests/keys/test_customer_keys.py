"""Each customer's own key: one, wrapped, bound to its customer, and gone for good once destroyed."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tests.builders import make_user
from tests.keys.rings import new_key, sealed_by_the_first_release
from tests.racing import at_once
from walletapp.accounts.models import Onboarding
from walletapp.keys.models import CustomerKey, KeyDestroyed
from walletapp.oms.models import WebhookEndpoint
from walletapp.sealed import CannotOpen, seal, seal_for, unseal

pytestmark = pytest.mark.django_db

ANSWERS = {"document": {"number": "212-45-6789"}}


def stored(row: Any, column: str) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {row._meta.db_table} WHERE id = %s", [row.pk.hex])
        found = cursor.fetchone() or pytest.fail("no such row")
    return bytes(found[0])


def test_what_identifies_a_customer_is_sealed_with_a_key_of_their_own() -> None:
    alice, bob = make_user("alice"), make_user("bob")
    hers = Onboarding.objects.create(user=alice, answers=ANSWERS)
    his = Onboarding.objects.create(user=bob, answers=ANSWERS)
    keys = {row.user_id: CustomerKey.objects.get(user_id=row.user_id) for row in (hers, his)}
    for row in (hers, his):
        assert stored(row, "answers")[:17] == b"\x02" + keys[row.user_id].pk.bytes
        assert Onboarding.objects.get(pk=row.pk).answers == ANSWERS
    assert keys[alice.pk].open() != keys[bob.pk].open()


def test_a_customer_has_one_key_however_often_it_is_asked_for() -> None:
    user = make_user()
    assert CustomerKey.of(user.pk) == CustomerKey.of(user.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        CustomerKey.objects.create(user=user, wrapped=b"another", master="local")


@pytest.mark.django_db(transaction=True)
def test_those_who_ask_at_the_same_moment_get_the_same_key() -> None:
    user = make_user()
    assert len({key.pk for key in at_once([lambda: CustomerKey.of(user.pk)] * 8)}) == 1


def test_the_key_stands_in_the_database_only_wrapped() -> None:
    key = CustomerKey.of(make_user().pk)
    assert key.open() not in stored(key, "wrapped")
    assert len(key.open()) == 32


def test_a_wrapped_key_put_into_another_customers_row_does_not_open() -> None:
    hers, his = CustomerKey.of(make_user("alice").pk), CustomerKey.of(make_user("bob").pk)
    CustomerKey.objects.filter(pk=his.pk).update(wrapped=hers.wrapped)
    with pytest.raises(CannotOpen):
        CustomerKey.objects.get(pk=his.pk).open()


def test_a_wrapped_key_is_no_value_of_a_row() -> None:
    """One master key, two purposes: what is sealed for one does not open for the other."""
    key = CustomerKey.of(make_user().pk)
    with pytest.raises(CannotOpen):
        unseal(bytes(key.wrapped or b""), CustomerKey.place(key.pk, key.user_id))


def test_a_value_named_for_another_customers_key_does_not_open() -> None:
    alice, bob = make_user("alice"), make_user("bob")
    sealed = seal_for(alice.pk, b"secret", "place")
    forged = b"\x02" + CustomerKey.of(bob.pk).pk.bytes + sealed[17:]
    assert unseal(sealed, "place") == b"secret"
    with pytest.raises(CannotOpen):
        unseal(forged, "place")


def test_a_destroyed_key_opens_nothing_and_no_new_one_takes_its_place() -> None:
    row = Onboarding.objects.create(user=make_user(), answers=ANSWERS)
    assert CustomerKey.destroy(row.user_id)
    assert not CustomerKey.destroy(row.user_id), "once"
    with pytest.raises(CannotOpen):
        _ = Onboarding.objects.get(pk=row.pk).answers
    with pytest.raises(KeyDestroyed):
        seal_for(row.user_id, b"more", "place")


def test_somebody_who_never_had_a_key_gets_none_after_it_was_destroyed() -> None:
    user = make_user()
    assert CustomerKey.destroy(user.pk)
    with pytest.raises(KeyDestroyed):
        CustomerKey.of(user.pk)


def test_a_key_is_there_or_destroyed_and_never_both() -> None:
    key = CustomerKey.of(make_user().pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        CustomerKey.objects.filter(pk=key.pk).update(wrapped=None)


def test_what_belongs_to_no_customer_is_sealed_with_a_master_key() -> None:
    endpoint = WebhookEndpoint.objects.create(url="https://wallet.example/", secret="whsec_1")
    assert stored(endpoint, "secret")[:1] == b"\x03"
    assert WebhookEndpoint.objects.get().secret == "whsec_1"
    assert not CustomerKey.objects.exists()


def test_a_value_of_the_first_release_still_opens(settings: Any) -> None:
    settings.FIELD_KEYS = {"2025": new_key()}
    old = sealed_by_the_first_release(settings.FIELD_KEYS, b"secret", "place")
    assert unseal(old, "place") == b"secret"
    assert seal(b"secret", "place")[:1] == b"\x03"
