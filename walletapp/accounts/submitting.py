"""Sending a frozen identity request to OMS until its outcome is known.

What must stay true: the same bytes and the same key on every attempt; no database transaction is open during a call;
an attempt that may have reached OMS is on record before its first byte leaves; unknown is never taken for refused.
"""

import hashlib
import logging
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from walletapp.accounts.models import Customer, Onboarding
from walletapp.accounts.reviewing import SomebodyElses, adopt
from walletapp.accounts.states import OnboardingState
from walletapp.accounts.steps import step_named_in
from walletapp.audit.trail import record
from walletapp.durable import durable
from walletapp.oms import schemas
from walletapp.oms.client import get_client
from walletapp.oms.errors import OmsError, OmsMisconfigured, OmsOutcomeUnknown, OmsRejected, OmsUnavailable
from walletapp.transitions import advance

log = logging.getLogger(__name__)

# OMS may forget a key after a day. After this, only look-ups. A correction has no key: it says what things are, so that
# sending it twice changes nothing, and it is sent until its outcome is known.
KEY_LIFE = timedelta(hours=20)
LONGEST_WAIT = 300  # seconds; however long OMS asks us to stay away
CONFLICTS_BORNE = 5
LOOK_FIRST_FROM = 3  # an OMS that keeps its first bad answer for the key would never give us a good one


def send(onboarding_id: UUID | str) -> None:
    """One attempt at one request, if it is due and nobody else is at it. Safe to repeat."""
    row = Onboarding.claim(onboarding_id)
    if row is None:
        return
    if row.state != OnboardingState.SUBMITTING:
        row.release(due_at=row.due_at)  # not for us
        return
    try:
        if _is_creation(row) and row.first_sent_at and timezone.now() - row.first_sent_at > KEY_LIFE:
            _settle_without_sending(row)
        else:
            _attempt(row)
    except SomebodyElses:
        log.exception("onboarding %s needs a person", row.pk)
        row.release(due_at=timezone.now() + timedelta(hours=1))


def _attempt(row: Onboarding) -> None:
    may_have_arrived = row.is_unknown
    if may_have_arrived and row.attempts >= LOOK_FIRST_FROM and _is_creation(row) and _adopt_if_there(row):
        return
    _held(row).update(is_unknown=True, first_sent_at=row.first_sent_at or timezone.now())
    read_at = timezone.now()
    try:
        answer = _call(row)
    except (OmsUnavailable, OmsMisconfigured) as error:
        _not_sent(row, error, may_have_arrived=may_have_arrived)
    except OmsOutcomeUnknown as error:
        log.warning("onboarding %s: outcome unknown, attempt %d, request %s", row.pk, row.attempts, error.request_id)
        row.again()
    except OmsRejected as error:
        # Never its message: it may quote what the person typed.
        log.warning("onboarding %s: rejected: %d %s, request %s", row.pk, error.status, error.code, error.request_id)
        _rejected(row, error, may_have_arrived=may_have_arrived)
    else:
        adopt(row.pk, answer, read_at)


def _call(row: Onboarding) -> schemas.Customer:
    body = row.request_body.data
    if hashlib.sha256(body).hexdigest() != row.request_sha256:
        raise RuntimeError(f"the frozen request of onboarding {row.pk} has changed")
    if _is_creation(row):
        return get_client().create_customer(body, key=str(row.idempotency_key))
    return get_client().update_customer(Customer.objects.get(user_id=row.user_id).oms_id, body)


def _not_sent(row: Onboarding, error: OmsUnavailable | OmsMisconfigured, *, may_have_arrived: bool) -> None:
    _held(row).update(is_unknown=may_have_arrived)
    if isinstance(error, OmsMisconfigured):
        log.error("onboarding %s: our access to OMS does not work, request %s", row.pk, error.request_id)
    wait = getattr(error, "retry_after", None)
    if wait:
        row.release(due_at=timezone.now() + timedelta(seconds=min(wait, LONGEST_WAIT)))
    else:
        row.again()


def _rejected(row: Onboarding, error: OmsRejected, *, may_have_arrived: bool) -> None:
    """A refusal is the end, unless an earlier attempt may have been the one that was accepted."""
    is_conflict = error.status == 409
    if _is_creation(row) and (may_have_arrived or is_conflict):
        if _adopt_if_there(row):
            return
        if is_conflict and row.attempts < CONFLICTS_BORNE:
            row.again()
            return
    step = step_named_in(error.message)
    give_back(row.pk, f"rejected:{step.slug}" if step else "rejected")


def _settle_without_sending(row: Onboarding) -> None:
    """Too old to be sent again under its key: either OMS has it, or the person sends it anew."""
    if not _adopt_if_there(row):
        give_back(row.pk, "not_delivered")


def _adopt_if_there(row: Onboarding) -> bool:
    """Look for the customer by our own id. True when the row needs nothing more now: it was there, or OMS could not
    say and the row comes again."""
    read_at = timezone.now()
    try:
        page = get_client().list_customers(external_id=str(row.pk), limit=10)
    except OmsError as error:
        log.warning("onboarding %s: look-up failed: %s", row.pk, type(error).__name__)
        row.again()
        return True
    found = [one for one in page.items if one.external_id == str(row.pk)]
    if len(found) > 1:
        log.error("onboarding %s: OMS knows %d customers of this id", row.pk, len(found))
    if found:
        adopt(row.pk, found[-1], read_at)  # lists are newest first: the oldest is the one to keep
    return bool(found)


@durable
def give_back(onboarding_id: UUID, problem: str) -> None:
    """The request was not taken: the answers are the person's again, sealed as before."""
    row = Onboarding.objects.select_for_update().get(pk=onboarding_id)
    has_customer = Customer.objects.filter(user_id=row.user_id).exists()
    moved = advance(
        row,
        to=OnboardingState.ANSWERING,
        frm=[OnboardingState.SUBMITTING],
        request_body=None,
        is_unknown=False,
        problem=problem,
        attempts=0,
        due_at=timezone.now() if has_customer else None,
        lease_until=None,
        lease_token="",
    )
    if moved:
        record(None, "onboarding.returned", row, problem, generation=row.generation)


def _is_creation(row: Onboarding) -> bool:
    return row.operation == Onboarding.Operation.CREATE


def _held(row: Onboarding) -> QuerySet[Onboarding]:
    return Onboarding.objects.filter(pk=row.pk, lease_token=row.lease_token)
