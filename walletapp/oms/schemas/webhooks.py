"""Webhook endpoints at OMS and the token answer (api-reference/webhook/*, auth/get-bearer-token)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from walletapp.oms.errors import BadShape
from walletapp.oms.schemas import reading


@dataclass(frozen=True, slots=True)
class Webhook:
    """A registered endpoint. `secret` comes only with the answer that created it."""

    id: str
    url: str
    events: tuple[str, ...]
    enabled: bool
    status: str
    secret: str
    compliance_only: bool
    created_at: datetime | None

    def __repr__(self) -> str:
        return f"<Webhook {self.id} {self.status}>"

    @classmethod
    def from_json(cls, json: Any) -> Self:
        json = reading.expect_object(json, "webhook")
        status = reading.text(json, "status") or "active"
        return cls(
            id=reading.identifier(json, "id"),
            url=reading.word(json, "url"),
            events=reading.texts(json, "events"),
            enabled=reading.flag(json, "enabled", default=status == "active"),
            status=status,
            secret=reading.text(json, "secret"),
            compliance_only=reading.flag(json, "complianceOnly"),
            created_at=reading.optional_when(json, "createdAt"),
        )


@dataclass(frozen=True, slots=True, repr=False)
class AccessToken:
    """A bearer token and how long it lives, in seconds."""

    token: str
    seconds: int

    @classmethod
    def from_json(cls, json: Any) -> Self:
        json = reading.mapping(json, "token")
        token, seconds = reading.word(json, "accessToken"), reading.whole(json, "expiresIn")
        if not token.isascii() or not token.isprintable() or " " in token:
            raise BadShape("accessToken", "not a bearer token")
        if seconds is None or not 0 < seconds <= 7 * 86_400:
            raise BadShape("expiresIn", "not a lifetime", seconds)
        return cls(token=token, seconds=seconds)
