"""How long we keep what, and throwing away what is older: one table, run once a day.

What must stay true: a rule only ever throws away what nobody works on any more; running it again does nothing more; a
dry run changes nothing and counts the same rows.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import PROTECT, Q, QuerySet
from django.utils import timezone

from walletapp.accounts.models import Onboarding, User
from walletapp.accounts.states import OnboardingState
from walletapp.banking.models import InterestEntry
from walletapp.oms.models import InboundEvent
from walletapp.privacy.erasing import erase, leave_no_traces
from walletapp.privacy.models import Closure
from walletapp.transfers.models import Attempt, Transfer
from walletapp.transfers.states import FINAL, State

log = logging.getLogger(__name__)

BATCH = 500
THIRTEEN_MONTHS = 396
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """`rows` are what is older than the cutoff; `forget` throws some of them away and says how many."""

    what: str
    days: int
    rows: Callable[[datetime], QuerySet[Any]]
    forget: Callable[[QuerySet[Any]], int]


@dataclass(frozen=True, slots=True)
class Done:
    """What one rule did, or would do. One that failed is logged and does not keep the others from their work."""

    rule: Rule
    rows: int
    has_failed: bool = False


def apply(*, dry_run: bool = False, seconds: float = 0) -> Iterator[Done]:
    """Run every rule. `seconds` > 0: stop in time and leave the rest to the next run."""
    ends_at = time.monotonic() + seconds if seconds else float("inf")
    for rule in rules():
        try:
            yield Done(rule, rule.rows(_cutoff(rule)).count() if dry_run else _run(rule, ends_at))
        except Exception:
            log.exception("retention: %s could not be thrown away", rule.what)
            yield Done(rule, 0, has_failed=True)


def rules() -> tuple[Rule, ...]:
    """The table. docs/data.md says the same in words."""
    return (
        Rule("bodies of webhook deliveries (their hash stays)", 90, _bodies, _erase_bodies),
        Rule("identity answers that were never sent", 90, _unsent_answers, _erase_answers),
        Rule("whom a draft was for that was never confirmed", 90, _drafts, _erase_recipients),
        Rule("calls to OMS behind a finished transfer", THIRTEEN_MONTHS, _attempts, _delete),
        Rule("what staff clicked in the admin", THIRTEEN_MONTHS, _admin_log, _delete),
        Rule("interest in bank transfers that was taken back", THIRTEEN_MONTHS, _no_interest, _delete),
        Rule("sign-ups whose address was never confirmed", 30, _unconfirmed, _delete),
        Rule("sessions that have ended", 0, _sessions, _delete),
        *_device_rules(),
        Rule("closed accounts whose time is over", 0, _closures, _erase_accounts),
    )


def _cutoff(rule: Rule) -> datetime:
    return timezone.now() - rule.days * DAY


def _run(rule: Rule, ends_at: float) -> int:
    """In batches, so that no lock is held for long."""
    done, last = 0, -1
    while done != last and time.monotonic() < ends_at:
        found, last = list(rule.rows(_cutoff(rule)).values_list("pk", flat=True)[:BATCH]), done
        if found:
            done += rule.forget(rule.rows(_cutoff(rule)).filter(pk__in=found))
    if done:
        log.info("retention: %d of %s", done, rule.what)
    return done


# ----- what is older -----


def _bodies(before: datetime) -> QuerySet[InboundEvent]:
    at_rest = InboundEvent.objects.exclude(state__in=InboundEvent.WAITING)
    return at_rest.filter(received_at__lt=before, body__isnull=False)


def _unsent_answers(before: datetime) -> QuerySet[Onboarding]:
    unsent = Onboarding.objects.filter(state=OnboardingState.ANSWERING, updated_at__lt=before)
    return unsent.exclude(answers__isnull=True, document_hint__isnull=True)


def _drafts(before: datetime) -> QuerySet[Transfer]:
    never = Q(state=State.QUOTED) | Q(state__in=FINAL, confirmed_at__isnull=True)
    return Transfer.objects.filter(never, created_at__lt=before).exclude(to_email="")


def _attempts(before: datetime) -> QuerySet[Attempt]:
    return Attempt.objects.filter(transfer__state__in=FINAL, transfer__finished_at__lt=before)


def _admin_log(before: datetime) -> QuerySet[LogEntry]:
    return LogEntry.objects.filter(action_time__lt=before)


def _no_interest(before: datetime) -> QuerySet[InterestEntry]:
    return InterestEntry.objects.filter(withdrawn_at__lt=before)


def _unconfirmed(before: datetime) -> QuerySet[User]:
    """Never confirmed, never signed in, and nothing hangs on them."""
    nobody = User.objects.filter(date_joined__lt=before, last_login__isnull=True, is_staff=False)
    unknown = nobody.exclude(emailaddress__verified=True).filter(emailaddress__isnull=False)
    hanging = [link.name for link in User._meta.related_objects if link.on_delete is PROTECT]
    return unknown.filter(**{f"{name}__isnull": True for name in hanging})


def _sessions(before: datetime) -> QuerySet[Session]:
    return Session.objects.filter(expire_date__lt=before)


def _closures(before: datetime) -> QuerySet[Closure]:
    return Closure.objects.due(before)


def _device_rules() -> Iterator[Rule]:
    """Where sessions are listed with their device and address."""
    if apps.is_installed("allauth.usersessions"):
        label: str = "usersessions.UserSession"
        model: Any = apps.get_model(label)
        yield Rule(
            "devices people signed in with", 30, lambda before: model.objects.filter(last_seen_at__lt=before), _delete
        )


# ----- throwing it away -----


def _delete(rows: QuerySet[Any]) -> int:
    _, by_table = rows.delete()
    return by_table.get(rows.model._meta.label, 0)


def _erase_bodies(rows: QuerySet[InboundEvent]) -> int:
    return rows.update(body=None, last_error="")


def _erase_answers(rows: QuerySet[Onboarding]) -> int:
    return rows.update(answers=None, document_hint=None)


def _erase_recipients(rows: QuerySet[Transfer]) -> int:
    return rows.update(to_email="")


def _erase_accounts(rows: QuerySet[Closure]) -> int:
    done = sum(erase(pk) for pk in list(rows.values_list("pk", flat=True)))
    if done:
        leave_no_traces()
    return done
