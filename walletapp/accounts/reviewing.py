"""Keeping our picture of a customer in line with OMS's, whoever rang: an answer, an event, or our own poll.

What must stay true: only what was just read from OMS is believed; an older reading never replaces a newer one; each
change of an endorsement is in the audit trail; the person is told once. Rows are locked in one order: onboarding,
customer, audit.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from walletapp.accounts.models import Customer, Endorsement, Onboarding
from walletapp.accounts.standing import Standing, standing_of, wanted_steps, wants_agreement
from walletapp.accounts.states import OnboardingState
from walletapp.audit.trail import record
from walletapp.durable import durable
from walletapp.notifications.tell import tell
from walletapp.oms import schemas
from walletapp.oms.client import get_client
from walletapp.oms.errors import OmsError
from walletapp.oms.inbox import NotYet
from walletapp.transitions import advance
from walletapp.work import backoff

log = logging.getLogger(__name__)

# Seconds. An event tells sooner; this is for the event that got lost.
WAITING = [10, 30, 120, 600, 3600]
WITH_THE_PERSON = [3600]
SETTLED = [86_400]

LONGEST_WORD = 64  # of an endorsement's name and status, as the columns have it


class SomebodyElses(Exception):
    """OMS answered with a customer who belongs to another user here. Never shown; a person must look."""


def apply_customer(oms_id: str, data: Mapping[str, Any]) -> None:
    """Bring our rows in line with what OMS now says of this customer. The handler of every customer event.

    Safe to repeat and to be late. Raises NotYet when the customer is nobody's here (yet), OmsError when OMS is away.
    """
    read_at = timezone.now()
    answer = get_client().get_customer(oms_id)
    if customer := Customer.objects.filter(oms_id=answer.id).first():
        bring_in_line(customer.pk, answer, read_at)
    elif row := _onboarding_named(answer.external_id):
        adopt(row.pk, answer, read_at)  # the event overtook the answer to our own request
    else:
        raise NotYet(oms_id)


def review(onboarding_id: UUID | str) -> None:
    """Ask OMS about one customer whose next look is due. Safe to repeat."""
    row = Onboarding.claim(onboarding_id)
    if row is None:
        return
    customer = Customer.objects.filter(user_id=row.user_id).first()
    if customer is None or row.state == OnboardingState.SUBMITTING:
        row.release(due_at=row.due_at)  # not for us
        return
    read_at = timezone.now()
    try:
        answer = get_client().get_customer(customer.oms_id)
    except OmsError as error:
        log.warning("customer %s not read: %s", customer.oms_id, type(error).__name__)
        row.again(steps=WAITING)
        return
    bring_in_line(customer.pk, answer, read_at)


@durable
def bring_in_line(customer_id: UUID, answer: schemas.Customer, read_at: datetime) -> None:
    """Believe what was read at `read_at`, unless something newer has been believed already."""
    user_id = Customer.objects.values_list("user_id", flat=True).get(pk=customer_id)
    # A customer whom staff brought over from elsewhere has never answered anything here.
    Onboarding.objects.get_or_create(user_id=user_id, defaults={"state": OnboardingState.SUBMITTED})
    Onboarding.objects.select_for_update().get(user_id=user_id)
    customer = Customer.objects.select_for_update().get(pk=customer_id)
    _believe(customer, answer, read_at)


@durable
def adopt(onboarding_id: UUID, answer: schemas.Customer, read_at: datetime) -> None:
    """OMS has answered our request, by whatever way: the customer exists, so everything typed is erased.

    Safe to repeat. Raises SomebodyElses, and then nothing has changed.
    """
    row = Onboarding.objects.select_for_update(of=("self",)).select_related("user").get(pk=onboarding_id)
    customer, is_new = Customer.objects.get_or_create(
        user=row.user, defaults={"oms_id": _unclaimed(answer.id, row), "seen_at": read_at - timedelta(microseconds=1)}
    )
    if customer.oms_id != answer.id:
        raise SomebodyElses(f"{row.pk} has {customer.oms_id}, OMS answered {answer.id}")
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    answered = [OnboardingState.SUBMITTING, *([OnboardingState.ANSWERING] if is_new else [])]
    moved = advance(
        row,
        to=OnboardingState.SUBMITTED,
        frm=answered,
        answers=None,
        request_body=None,
        is_unknown=False,
        problem="",
        attempts=0,
        due_at=timezone.now(),
        lease_until=None,
        lease_token="",
    )
    if moved:
        record(None, "onboarding.answered", row, generation=row.generation, customer=customer.oms_id)
    _believe(customer, answer, read_at)


def _believe(customer: Customer, answer: schemas.Customer, read_at: datetime) -> None:
    newer = Customer.objects.filter(pk=customer.pk, seen_at__lt=read_at).update(
        seen_at=read_at,
        first_name=answer.first_name or F("first_name"),
        last_name=answer.last_name or F("last_name"),
        is_active=answer.is_active,
    )
    if not newer:
        return
    if customer.is_active != answer.is_active:
        record(None, "customer.activity", customer, active=answer.is_active)
    changed = _believe_endorsements(customer, {one.name: one for one in answer.endorsements})
    _follow_up(customer, changed=changed)


def _believe_endorsements(customer: Customer, told: dict[str, schemas.Endorsement]) -> bool:
    """One that OMS no longer mentions is one it no longer grants."""
    known = {entry.name: entry for entry in customer.endorsements.all()}
    told = {name[:LONGEST_WORD]: one for name, one in told.items()}
    changed = False
    for name in sorted(known.keys() | told.keys()):
        entry = known.get(name) or Endorsement(customer=customer, name=name, status="")
        before, now = entry.status, told.get(name)
        entry.status = now.status[:LONGEST_WORD] if now else Endorsement.Status.INACTIVE
        entry.reasons = list(now.reasons) if now else []
        entry.missing = [*now.missing, *now.issues] if now else []
        entry.save()
        if entry.status != before:
            changed = True
            record(None, "endorsement.changed", customer, name=name, before=before, now=entry.status)
    return changed


def _follow_up(customer: Customer, *, changed: bool) -> None:
    """What follows from the new picture: tell the person, and set the time of the next look."""
    customer = Customer.objects.prefetch_related("endorsements").select_related("user").get(pk=customer.pk)
    row = Onboarding.objects.get(user=customer.user)
    standing = standing_of(row, customer)
    _tell(customer, row, standing)
    if row.state == OnboardingState.SUBMITTING:
        return  # its due time belongs to the request
    if row.state == OnboardingState.ANSWERING and not (wanted_steps(customer) or wants_agreement(customer)):
        _stop_asking(row)
    attempts = 1 if changed else max(row.attempts, 1)
    Onboarding.objects.filter(pk=row.pk).update(
        due_at=timezone.now() + backoff(attempts, steps=_pace(standing)),
        attempts=0 if changed else row.attempts,
        lease_until=None,
        lease_token="",
    )


def _stop_asking(row: Onboarding) -> None:
    """OMS is content without the correction the person had begun: erase what they typed."""
    advance(row, to=OnboardingState.SUBMITTED, frm=[OnboardingState.ANSWERING], answers=None, request_body=None)


def _pace(standing: Standing) -> list[float]:
    if standing is Standing.REVIEW:
        return list(WAITING)
    return list(WITH_THE_PERSON if standing is Standing.MORE_NEEDED else SETTLED)


def _tell(customer: Customer, row: Onboarding, standing: Standing) -> None:
    link = reverse("accounts:identity")
    match standing:
        case Standing.VERIFIED:
            tell(customer.user, "verified", f"verified:{customer.pk}", link=link, name=customer.first_name)
        case Standing.MORE_NEEDED:
            taken_back = any(e.status == Endorsement.Status.REVOKED_ISSUES for e in customer.endorsements.all())
            key = f"more-needed:{customer.pk}:{row.generation}:{int(taken_back)}"
            tell(customer.user, "more_needed", key, link=link, name=customer.first_name)
        case Standing.REFUSED:
            key = f"refused:{customer.pk}:{row.generation}"
            tell(customer.user, "refused", key, link=link, name=customer.first_name)
        case Standing.CLOSED:
            tell(customer.user, "closed", f"closed:{customer.pk}", link=link, name=customer.first_name)


def _onboarding_named(external_id: str) -> Onboarding | None:
    try:
        return Onboarding.objects.filter(pk=UUID(external_id), generation__gt=0).first()
    except ValueError:
        return None


def _unclaimed(oms_id: str, row: Onboarding) -> str:
    if Customer.objects.filter(oms_id=oms_id).exclude(user=row.user).exists():
        raise SomebodyElses(f"OMS answered {row.pk} with {oms_id}, who is another user's")
    return oms_id
