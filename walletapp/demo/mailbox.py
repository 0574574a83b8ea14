"""The demo's post: each mail becomes a file in the data folder, shown in the browser instead of being sent.

Files, not rows: mail is written by web and worker while their own database transactions are open, and has to be there
even when those roll back, as a sent mail would be.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

_SHOWN = 100


@dataclass(frozen=True)
class Letter:
    """One mail as it would have been sent."""

    key: str
    sent_at: datetime
    to: list[str]
    sender: str
    subject: str
    text: str


def folder() -> Path:
    return Path(settings.DATA_DIR) / "mail"


def letters(to: str = "") -> list[Letter]:
    """The newest letters first, at most 100, only those to one address when it is given."""
    found: list[Letter] = []
    for path in sorted(folder().glob("*.json"), reverse=True):
        letter = _read(path)
        if not to or to.lower() in {address.lower() for address in letter.to}:
            found.append(letter)
        if len(found) == _SHOWN:
            break
    return found


def letter(key: str) -> Letter | None:
    """The letter of that key, which is only letters, digits and dashes (the URL says so)."""
    path = folder() / f"{key}.json"
    return _read(path) if path.exists() else None


class Mailbox(BaseEmailBackend):
    """Django's mail backend of the demo."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            _write(message)
        return len(email_messages)


def _write(message: EmailMessage) -> None:
    now = timezone.now()
    key = f"{now:%Y%m%d-%H%M%S-%f}-{secrets.token_hex(4)}"
    kept = {
        "to": message.recipients(),
        "sender": message.from_email,
        "subject": str(message.subject),
        "text": str(message.body),
        "sent_at": now.isoformat(),
    }
    draft = folder() / f"{key}.new"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(kept))
    draft.replace(draft.with_suffix(".json"))


def _read(path: Path) -> Letter:
    kept = json.loads(path.read_text())
    return Letter(**{**kept, "key": path.stem, "sent_at": datetime.fromisoformat(kept["sent_at"])})
