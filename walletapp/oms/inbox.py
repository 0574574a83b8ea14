"""Deliveries from OMS: stored first, applied later.

`store` runs in the web request and does nothing but keep the delivery. `apply` runs in a worker: it calls the
handlers that `settings.OMS_EVENT_ROUTES` names for the kind of thing, outside any database transaction, because they
read the resource again at OMS and believe only that. A handler is safe to repeat; it raises NotYet when the resource
is not known here yet (OMS may be faster than our own bookkeeping), and the delivery is parked.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from walletapp import faultpoints
from walletapp.later import ring
from walletapp.oms.endpoints import Secret
from walletapp.oms.envelope import Envelope, read_envelope
from walletapp.oms.errors import OmsMisconfigured, OmsUnavailable
from walletapp.oms.models import InboundEvent
from walletapp.sealed import Clear
from walletapp.work import backoff

log = logging.getLogger(__name__)

type Handler = Callable[[str, Mapping[str, Any]], None]
State = InboundEvent.State

PARKED_STEPS = (5, 15, 60, 300, 1800, 3600, 21_600, 86_400)
AWAY_STEPS = (2, 5, 15, 30, 60)
GIVE_UP_AFTER = 12
AT_ONCE = 500  # deliveries that one look ends
# Kinds whose handlers take nothing from a delivery but the id.
ONE_LOOK = frozenset({"customer", "transaction", "cashIn"})
ENDLESS = (OmsUnavailable, OmsMisconfigured)  # OMS away, or our key wrong: no fault of the delivery


class NotYet(Exception):
    """The resource is not known here yet. The delivery is parked and tried again, for about a day and a half."""


class Stored(Enum):
    """What became of a delivery."""

    NEW = "new"
    KNOWN = "known"
    CONFLICT = "conflict"


# ----- receiving -----


def store(raw: bytes, envelope: Envelope, secret: Secret) -> Stored:
    """Keep the delivery and ring for a worker. However often it comes, one row; a known id with another body, two."""
    digest = hashlib.sha256(raw).hexdigest()
    try:
        _insert(raw, digest, envelope, secret)
        return Stored.NEW
    except IntegrityError:
        first = InboundEvent.objects.get(endpoint=secret.endpoint, event_id=envelope.event_id, contradicts__isnull=True)
    if first.body_sha256 == digest:
        return Stored.KNOWN
    _keep_conflict(first, raw, digest, envelope, secret)
    return Stored.CONFLICT


def _insert(raw: bytes, digest: str, envelope: Envelope, secret: Secret, **more: Any) -> InboundEvent:
    from walletapp.oms.tasks import apply_event

    with transaction.atomic():
        event = InboundEvent.objects.create(
            endpoint=secret.endpoint,
            event_id=envelope.event_id,
            event_name=envelope.name,
            body=Clear(raw),
            body_sha256=digest,
            secret_id=secret.name,
            kind=envelope.kind,
            resource_id=envelope.resource_id,
            look=look_of(envelope),
            sequence=envelope.sequence,
            **({"due_at": timezone.now()} | more),
        )
        if event.due_at:
            ring(apply_event, event.pk)
        faultpoints.reach("hook.precommit")
    faultpoints.reach("hook.postcommit")
    return event


def look_of(envelope: Envelope) -> str:
    """The same for deliveries that one look at OMS answers, if they came before it: those about the same thing, and
    where handlers also take from a delivery what it says, those that say the same of it."""
    if envelope.kind in ONE_LOOK:
        return f"{envelope.kind}:{envelope.resource_id}"
    said = json.dumps([envelope.resource_id, envelope.data], sort_keys=True, default=str)
    return f"{envelope.kind}:{hashlib.sha256(said.encode()).hexdigest()}"


def _keep_conflict(first: InboundEvent, raw: bytes, digest: str, envelope: Envelope, secret: Secret) -> None:
    """Both are kept and neither is applied by itself any more: a person decides, or applies it again."""
    try:
        _insert(raw, digest, envelope, secret, contradicts=first, state=State.CONFLICT, due_at=None)
    except IntegrityError:
        return  # this very contradiction is known already
    InboundEvent.objects.filter(pk=first.pk, state__in=InboundEvent.WAITING).update(
        state=State.CONFLICT, due_at=None, lease_until=None, lease_token=""
    )
    log.critical("ALERT two deliveries with the id of event %s have different bodies", first.pk)


# ----- applying -----


def apply(event_pk: UUID | str) -> None:
    """Apply one delivery if it is due and nobody else is at it. Safe to repeat and to run twice at once."""
    event = InboundEvent.claim(event_pk)
    if event is None:
        return
    handlers = routes().get(event.kind, []) if event.resource_id else []
    if not handlers:
        _finish(event, State.IGNORED)
        return
    others = _waiting_for_the_same_look(event)
    try:
        envelope = read_envelope(event.body.data)  # inside: a body that our keys no longer open must not spin for ever
        for handler in handlers:
            handler(event.resource_id, envelope.data)
    except NotYet as error:
        _park(event, error)
    except ENDLESS as error:
        _try_again(event, error, steps=AWAY_STEPS)
    except Exception as error:
        log.exception("event %s could not be applied", event.pk)
        _give_up(event, error) if event.attempts >= GIVE_UP_AFTER else _try_again(event, error)
    else:
        faultpoints.reach("apply.precommit")
        _finish(event, State.APPLIED)
        faultpoints.reach("apply.postcommit")
        _finish_with(event, others)


def _waiting_for_the_same_look(event: InboundEvent) -> list[UUID]:
    """Deliveries that are here already, before OMS is asked, and that its answer will be an answer to."""
    if not event.look:
        return []
    same = InboundEvent.due().filter(look=event.look).exclude(pk=event.pk)
    return list(same.values_list("pk", flat=True)[:AT_ONCE])


def _finish_with(event: InboundEvent, others: list[UUID]) -> None:
    """What OMS said of `event` was said after `others` had come. Those that somebody works on are left alone."""
    if others:
        InboundEvent.due().order_by().filter(pk__in=others, state__in=InboundEvent.WAITING).update(
            state=State.APPLIED, due_at=None, applied_at=timezone.now(), last_error=""
        )


def routes() -> Mapping[str, list[Handler]]:
    """Which handlers each kind of thing has."""
    found: Mapping[str, list[Handler]] = import_string(settings.OMS_EVENT_ROUTES)
    return found


def apply_again(event: InboundEvent) -> bool:
    """Put a delivery that rests (parked, given up, in conflict) back to work. False when it is at work or done, or so
    old that its body was erased."""
    from walletapp.oms.tasks import apply_event

    with transaction.atomic():
        resting = InboundEvent.objects.filter(pk=event.pk, state__in=[State.PARKED, State.DEAD, State.CONFLICT])
        moved = resting.filter(body__isnull=False).update(
            state=State.RECEIVED, due_at=timezone.now(), attempts=0, last_error=""
        )
        if moved:
            ring(apply_event, event.pk)
    return bool(moved)


def _park(event: InboundEvent, error: NotYet) -> None:
    if event.attempts > len(PARKED_STEPS):
        _give_up(event, error)
        return
    due_at = timezone.now() + backoff(event.attempts, steps=PARKED_STEPS)
    _finish(event, State.PARKED, due_at=due_at, error=error)


def _try_again(event: InboundEvent, error: Exception, **table: Any) -> None:
    due_at = timezone.now() + backoff(event.attempts, **table)
    _finish(event, State.RECEIVED, due_at=due_at, error=error)


def _give_up(event: InboundEvent, error: Exception) -> None:
    if _finish(event, State.DEAD, error=error):
        log.critical("ALERT event %s was given up after %d attempts", event.pk, event.attempts)


def _finish(
    event: InboundEvent, state: InboundEvent.State, *, due_at: datetime | None = None, error: Exception | None = None
) -> bool:
    """Give the row back in its new state, unless the lease was lost or it became a conflict meanwhile."""
    changed = InboundEvent.objects.filter(
        pk=event.pk, lease_token=event.lease_token, state__in=InboundEvent.WAITING
    ).update(
        state=state,
        due_at=due_at,
        lease_until=None,
        lease_token="",
        applied_at=timezone.now() if state == State.APPLIED else None,
        last_error=f"{type(error).__name__}: {error}"[:500] if error else "",
    )
    return bool(changed)
