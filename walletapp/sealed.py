"""Encrypted model fields: AES-256-GCM, bound to table, column and row.

What must stay true: the database never holds the clear text; a value copied to another row, column or table does not
open; the key's id travels with the value so that keys can be rotated; what belongs to a customer is sealed with a key
of that customer alone, so that destroying the key erases it wherever it was copied to. The row's primary key must be
known before the value is saved, so models with sealed fields have uuid keys.

The first byte says which key: 1, a master key itself (older values, until they are rotated); 2, a customer's key, named
by its id; 3, a sub-key of a master key. One master key serves several purposes, each through a sub-key of its own.
"""

import base64
import json
import os
import uuid
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.apps import apps
from django.conf import settings
from django.db import models

_OLD_MASTER, _CUSTOMER, _MASTER = b"\x01", b"\x02", b"\x03"
ROWS, CUSTOMER_KEYS = "rows", "customer keys"  # what sub-keys of a master key are for


class CannotOpen(Exception):
    """The value was not sealed by our keys for this place. Says nothing more on purpose."""


def seal(clear: bytes, place: str, *, purpose: str = ROWS) -> bytes:
    """Encrypt `clear` for `place` under the first key of settings.FIELD_KEYS. A fresh random nonce every time."""
    key_id = first_key_id()
    head = _MASTER + bytes([len(key_id)]) + key_id.encode()
    return _close(head, _sub_key(key_id, purpose), clear, place)


def seal_for(user_id: int, clear: bytes, place: str) -> bytes:
    """Encrypt `clear` for `place` with this customer's own key. Raises KeyDestroyed once that was destroyed."""
    key = apps.get_model("keys", "CustomerKey").of(user_id)
    return _close(_CUSTOMER + key.pk.bytes, key.open(), clear, place)


def unseal(sealed: bytes, place: str, *, purpose: str = ROWS) -> bytes:
    """Open what was sealed for the same place. Raises CannotOpen, also when the customer's key was destroyed."""
    try:
        size = _head_size(sealed)
        head, nonce, body = sealed[:size], sealed[size : size + 12], sealed[size + 12 :]
        return AESGCM(_key_of(head, purpose)).decrypt(nonce, body, head + place.encode())
    except (IndexError, KeyError, ValueError, InvalidTag) as error:
        raise CannotOpen from error


def resealed(sealed: bytes, place: str, user_id: int | None = None) -> bytes | None:
    """The same value as it would be sealed today, for `user_id` if it is theirs. None when it is so already."""
    if user_id is None:
        return None if master_key_id(sealed) == first_key_id() else seal(unseal(sealed, place), place)
    return None if sealed[:1] == _CUSTOMER else seal_for(user_id, unseal(sealed, place), place)


def first_key_id() -> str:
    """The master key that seals; the others of the ring only open."""
    return next(iter(settings.FIELD_KEYS))


def master_key_id(sealed: bytes) -> str:
    """Which master key a value of today's format needs. Empty for the other formats."""
    return sealed[2 : _head_size(sealed)].decode() if sealed[:1] == _MASTER else ""


def _close(head: bytes, key: bytes, clear: bytes, place: str) -> bytes:
    nonce = os.urandom(12)
    return head + nonce + AESGCM(key).encrypt(nonce, clear, head + place.encode())


def _head_size(sealed: bytes) -> int:
    return 17 if sealed[:1] == _CUSTOMER else 2 + sealed[1]


def _key_of(head: bytes, purpose: str) -> bytes:
    match head[:1]:
        case b"\x01":
            return _master_key(head[2:].decode())
        case b"\x02":
            return _customer_key(uuid.UUID(bytes=head[1:]))
        case b"\x03":
            return _sub_key(head[2:].decode(), purpose)
    raise CannotOpen


def _customer_key(key_id: uuid.UUID) -> bytes:
    """Read each time and kept nowhere: a key that was destroyed opens nothing from then on."""
    key = apps.get_model("keys", "CustomerKey").objects.filter(pk=key_id).first()
    if key is None:
        raise CannotOpen
    clear: bytes = key.open()
    return clear


def _master_key(key_id: str) -> bytes:
    return base64.b64decode(settings.FIELD_KEYS[key_id])


def _sub_key(key_id: str, purpose: str) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"walletapp.sealed: {purpose}".encode())
    return derive.derive(_master_key(key_id))


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
    """Text that is encrypted in the database. None is stored as NULL: setting None erases the value.

    `owner` names the attribute of the row that holds the customer's user id, and the value is sealed with their key.
    Without it the value belongs to no customer and a master key seals it.
    """

    def __init__(self, *args: Any, owner: str = "", **kwargs: Any) -> None:
        self.owner = owner  # nothing the database knows of, so no migration either
        super().__init__(*args, **kwargs)

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
        clear, place = self.to_text(value).encode(), self.place(row)
        return seal_for(getattr(row, self.owner), clear, place) if self.owner else seal(clear, place)

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
