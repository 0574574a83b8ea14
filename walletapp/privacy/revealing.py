"""Opening a sealed value for somebody of the staff: by right, for a written reason, on record, once.

What must stay true: it is recorded before it is shown, and not shown when it cannot be recorded; the reason and the
record never hold the value.
"""

import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model

from walletapp.audit import trail
from walletapp.audit.reasons import NoReason, require_reason
from walletapp.privacy import visits
from walletapp.privacy.classes import class_of
from walletapp.privacy.models import Why
from walletapp.refusals import Refusal
from walletapp.sealed import CannotOpen, Clear, SealedTextField

RIGHT = "privacy.reveal_sealed"


class NothingToShow(Refusal):
    """The value was erased, or its key was destroyed. Nothing was shown."""

    code = "nothing_to_show"


def require_may_reveal(staff: Any, model: type[Model], name: str) -> None:
    """Raises PermissionDenied: a secret of ours is never shown, and a sealed value only to those with the right."""
    may_read = staff.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")
    if not (may_read and staff.has_perm(RIGHT) and is_revealable(model, name)):
        raise PermissionDenied


def is_revealable(model: type[Model], name: str) -> bool:
    """A sealed column with something about a person. The secrets of webhooks are ours, and nobody reads them."""
    field = next((field for field in model._meta.local_fields if field.name == name), None)
    is_ours = model._meta.label == "oms.WebhookEndpoint"
    return isinstance(field, SealedTextField) and class_of(model, name) == "P3" and not is_ours


@transaction.atomic
def reveal(staff: Any, row: Model, name: str, *, why: str, words: str) -> str:
    """The clear text, on record as a `sensitive_read`. `words` stay with us; `why` is what its owner reads.

    Raises PermissionDenied, NoReason or NothingToShow, and then nothing is on record as read.
    """
    require_may_reveal(staff, type(row), name)
    if why not in Why.values:
        raise NoReason("Choose why.", field="why")
    reason = require_reason(words)
    try:
        value = getattr(row, name)
    except CannotOpen:
        raise NothingToShow("It cannot be opened: its key was destroyed, or is not in this installation.") from None
    if value is None:
        raise NothingToShow("It was erased.")
    visits.note_reveal(staff, type(row), row.pk, Why(why))
    trail.record(staff, "sealed.revealed", row, reason, field=name, why=why)
    return value.data.decode("utf-8", "replace") if isinstance(value, Clear) else _text(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
