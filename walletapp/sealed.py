"""Encrypted model fields: AES-256-GCM, bound to table, column and row.

What must stay true: the database never holds the clear text; a value copied to another row, column or table does not
open; the key id travels with the value so that keys can be rotated. The row's primary key must be known before the
value is saved, so models with sealed fields have uuid keys.
"""

import base64
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

_VERSION = b"\x01"


class CannotOpen(Exception):
    """The value was not sealed by our keys for this place. Says nothing more on purpose."""


def seal(clear: bytes, place: str) -> bytes:
    """Encrypt `clear` for `place` with the first key of settings.FIELD_KEYS. A fresh random nonce every time."""
    key_id, key = next(iter(_keys().items()))
    nonce = os.urandom(12)
    head = _VERSION + bytes([len(key_id)]) + key_id.encode()
    return head + nonce + AESGCM(key).encrypt(nonce, clear, head + place.encode())


def unseal(sealed: bytes, place: str) -> bytes:
    """Open what `seal` made for the same place. Raises CannotOpen."""
    try:
        size = sealed[1]
        head, nonce, body = sealed[: 2 + size], sealed[2 + size : 14 + size], sealed[14 + size :]
        if sealed[:1] != _VERSION:
            raise CannotOpen
        return AESGCM(_keys()[head[2:].decode()]).decrypt(nonce, body, head + place.encode())
    except (IndexError, KeyError, ValueError, InvalidTag) as error:
        raise CannotOpen from error


def _keys() -> dict[str, bytes]:
    return {key_id: base64.b64decode(key) for key_id, key in settings.FIELD_KEYS.items()}


class _Attribute:
    """Keeps the clear value while it is in memory; opens the stored one only when somebody asks for it."""

    def __init__(self, field: "SealedTextField") -> None:
        self.field = field

    def __get__(self, row: models.Model | None, owner: type[models.Model]) -> Any:
        if row is None:
            return self
        if self.field.attname not in row.__dict__:
            row.refresh_from_db(fields=[self.field.attname])
        value = row.__dict__[self.field.attname]
        if isinstance(value, memoryview | bytes):
            clear = unseal(bytes(value), self.field.place(row)).decode()
            return self.field.from_text(clear)
        return value

    def __set__(self, row: models.Model, value: Any) -> None:
        row.__dict__[self.field.attname] = value


class SealedTextField(models.BinaryField):  # type: ignore[type-arg]
    """Text that is encrypted in the database. None is stored as NULL: setting None erases the value."""

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Attribute(self))

    def place(self, row: models.Model) -> str:
        if row.pk is None:
            raise ValueError("a sealed field needs the row's primary key first")
        return f"{self.model._meta.db_table}|{self.column}|{row.pk}"

    def pre_save(self, row: models.Model, add: bool) -> bytes | memoryview | None:
        value = row.__dict__.get(self.attname)
        if value is None or isinstance(value, memoryview | bytes):
            return value
        return seal(self.to_text(value).encode(), self.place(row))

    def to_text(self, value: Any) -> str:
        return str(value)

    def from_text(self, text: str) -> Any:
        return text

    def value_to_string(self, obj: models.Model) -> str:
        return "sealed"


class SealedJSONField(SealedTextField):
    """A JSON value that is encrypted in the database."""

    def to_text(self, value: Any) -> str:
        return json.dumps(value, separators=(",", ":"))

    def from_text(self, text: str) -> Any:
        return json.loads(text)


class SealedBytesField(SealedTextField):
    """Bytes that are encrypted in the database, given back exactly. Assign `bytes` wrapped by `Clear`."""

    def to_text(self, value: Any) -> str:
        return base64.b64encode(value.data).decode()

    def from_text(self, text: str) -> "Clear":
        return Clear(base64.b64decode(text))


class Clear:
    """Bytes in the clear, told apart from the sealed bytes the database holds."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Clear) and other.data == self.data

    def __hash__(self) -> int:
        return hash(self.data)

    def __repr__(self) -> str:
        return f"<Clear {len(self.data)} bytes>"
