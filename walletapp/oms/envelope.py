"""What a webhook says it is about. Only a bell: nothing in it is believed but which resource to read again.

Contract section 9: `{id, event or eventType, eventId, createdAt, occurredAt?, sequence?, data}`. Event names have been
spelled in several ways (C8, C9, C22) and are never branched on; the kind of `data.object` picks the handlers. Total:
any JSON object gives an Envelope, with "" for what it does not say.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from walletapp.oms.strict_json import read_object

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{1,99}", re.ASCII)
_UNSAFE = re.compile(r"[^A-Za-z0-9_.:/ -]")
MAX_SEQUENCE = 2**63 - 1

# Where a delivery does not name the kind, the id does (contract section 2, Ids).
_KIND_OF_PREFIX = {
    "cst": "customer",
    "wlt": "wallet",
    "qt": "quote",
    "txn": "transaction",
    "ci": "cashIn",
    "va": "virtualAccount",
    "da": "depositAddress",
    "whk": "webhook",
    "pmCard": "externalAccount",
    "cpUsBank": "externalAccount",
    "cpIntlBank": "externalAccount",
    "cpBcAddr": "externalAccount",
}
# Kinds that are a part of something we know, and the field that names the whole.
_PART_OF = {"endorsement": ("customer", "customerId"), "deposit": ("wallet", "walletId")}


@dataclass(frozen=True, slots=True)
class Envelope:
    """One delivery, read."""

    event_id: str
    name: str
    kind: str
    resource_id: str
    sequence: int | None
    data: Mapping[str, Any]


def read_envelope(raw: bytes) -> Envelope:
    """Read a delivery whose signature is already known to be good. Raises BadShape for anything but a JSON object."""
    json = read_object(raw)
    data = json.get("data")
    data = data if isinstance(data, dict) else {}
    if isinstance(data.get("object"), dict):  # the resource one level down, as others' webhooks have it
        data = data["object"]
    kind, resource_id = _subject(data)
    return Envelope(
        event_id=_id(json.get("id")) or "sha256:" + hashlib.sha256(raw).hexdigest(),
        name=_word(json.get("event")) or _word(json.get("eventType")),
        kind=kind,
        resource_id=resource_id,
        sequence=_sequence(json.get("sequence")),
        data=data,
    )


def deposit_in(data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The deposit inside a wallet's event, or the event that is one. None: an event about something else."""
    inner = data.get("deposit")
    if isinstance(inner, Mapping):
        return inner
    return data if data.get("object") == "deposit" or "txHash" in data else None


def _subject(data: Mapping[str, Any]) -> tuple[str, str]:
    kind, resource_id = _word(data.get("object"))[:40], _id(data.get("id"))
    if kind in _PART_OF:
        whole, field = _PART_OF[kind]
        return whole, _id(data.get(field))
    if not resource_id and kind:
        resource_id = _id(data.get(f"{kind}Id")) or _id(data.get(kind))
    return kind or _KIND_OF_PREFIX.get(resource_id.partition("_")[0], ""), resource_id


def _id(value: Any) -> str:
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def _word(value: Any) -> str:
    return _UNSAFE.sub("?", value[:100]) if isinstance(value, str) else ""


def _sequence(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value <= MAX_SEQUENCE else None
