"""Everything we hold about one person, as JSON, written out while it is read.

What must stay true: only the person's own rows, found by the table of classes; what is sealed is opened, because it is
theirs; secrets and what staff and machines noted for themselves stay here. A table that somebody adds is in the file as
soon as it is classified, which the build insists on.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from walletapp.accounts.models import User
from walletapp.audit import trail
from walletapp.moments import written
from walletapp.notifications.tell import tell
from walletapp.privacy.classes import Table, decided, owned
from walletapp.sealed import CannotOpen, Clear

CHUNK = 500


@transaction.atomic
def record_export(user: User, what: str) -> None:
    """Put it on record, and write to the person: somebody else may have done it. One letter a day."""
    trail.record(user, "data.exported", user, what=what)
    key = f"data_exported:{user.pk}:{timezone.now():%Y-%m-%d}"
    tell(user, "data_exported", key, link="/your-data/", when=written(timezone.now()))


def everything(user: User) -> Iterator[str]:
    """The file, piece by piece."""
    yield f'{{"made_at": {_json(timezone.now())}, "person": {_json(str(user.public_id))}'
    for model, table in owned():
        yield f",\n{_json(model._meta.label)}: ["
        rows = model._base_manager.filter(**{table.owner: user.pk}).order_by("pk")
        for number, row in enumerate(rows.iterator(chunk_size=CHUNK)):
            yield f"{',' * bool(number)}\n  {_json(given(row, table))}"
        yield "]"
    yield "}\n"


def given(row: Model, table: Table) -> dict[str, Any]:
    """What of one row the person gets, with the ids of what it belongs to."""
    kept = set(table.inside.split())
    names = [field.name for field in decided(type(row)) if field.name not in kept]
    links = [
        field.attname for field in row._meta.local_concrete_fields if field.is_relation and field.related_model != User
    ]
    return {"id": str(row.pk), **{name: _value(row, name) for name in [*links, *names]}}


def _value(row: Model, name: str) -> Any:
    try:
        value = getattr(row, name)
    except CannotOpen:
        return "cannot be opened any more"
    if isinstance(value, Clear):
        return value.data.decode("utf-8", "replace")
    return bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else value


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
