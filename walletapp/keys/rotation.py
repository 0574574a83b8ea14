"""Bringing everything that is sealed under the first master key of the ring.

What must stay true: it can be stopped at any moment and run again, and does only what is left; a value that somebody
changes meanwhile is not overwritten (its new form is current anyway); an older key leaves the ring only when nothing
needs it, which `count` says.
"""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string

from walletapp.keys.models import CustomerKey, KeyDestroyed
from walletapp.sealed import CannotOpen, SealedTextField, first_key_id, resealed

BATCH = 500


@dataclass(frozen=True, slots=True)
class Count:
    """One kind of sealed thing: how many are as they should be, how many were or are not, how many no key opens."""

    what: str
    current: int
    old: int
    unreadable: int = 0


def rotate(*, is_check: bool = False) -> Generator[Count, None, None]:
    """Bring everything up to date, kind by kind; as a check, only count."""
    yield _customer_keys(is_check=is_check)
    for model, field in sealed_fields():
        yield _values(model, field, is_check=is_check)
    for name in settings.SEALED_ELSEWHERE:
        found: Iterable[Count] = import_string(name)(is_check)
        yield from found


def seal_with_own_key(user_id: int) -> None:
    """What was sealed for this customer before customers had keys: now with theirs, so that it ends with their key."""
    for model, field in sealed_fields():
        if field.owner:
            _values(model, field, is_check=False, **{field.owner: user_id})


def sealed_fields() -> Iterator[tuple[type[models.Model], SealedTextField]]:
    """Every sealed column there is."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, SealedTextField):
                yield model, field


def _customer_keys(*, is_check: bool) -> Count:
    there = CustomerKey.objects.filter(wrapped__isnull=False)
    current, old = there.filter(master=first_key_id()).count(), there.exclude(master=first_key_id())
    found, unreadable = old.count(), 0
    for key in old.order_by("pk").iterator(chunk_size=BATCH):
        try:
            _ = key.open() if is_check else key.wrap_again()
        except CannotOpen:
            unreadable += 1
    return Count("customer keys", current, found - unreadable, unreadable)


def _values(model: type[models.Model], field: SealedTextField, *, is_check: bool, **of: Any) -> Count:
    current = old = unreadable = 0
    columns = ["pk", field.attname, *([field.owner] if field.owner else [])]
    rows = model._base_manager.filter(**of).exclude(**{f"{field.attname}__isnull": True}).order_by("pk")
    for pk, stored, *owner in rows.values_list(*columns).iterator(chunk_size=BATCH):
        sealed = bytes(stored)
        try:
            again = resealed(sealed, field.place(model(pk=pk)), *owner)
        except KeyDestroyed:  # of somebody who was erased: nothing may make it last
            continue
        except CannotOpen:
            unreadable += 1
            continue
        if again is None:
            current += 1
            continue
        old += 1
        if not is_check:
            _replace(model, field, pk, sealed, again)
    return Count(f"{model._meta.db_table}.{field.column}", current, old, unreadable)


def _replace(model: type[models.Model], field: SealedTextField, pk: Any, before: bytes, after: bytes) -> None:
    model._base_manager.filter(pk=pk, **{field.attname: before}).update(**{field.attname: after})
