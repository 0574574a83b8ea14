"""Support lets somebody in who has lost every second factor: one of the staff asks, another decides.

What must stay true: nobody gets a factor or a password this way, only the old factors go; everybody is signed out, the
owner is written to when it is asked and when it is done, and can stop it with one press; nothing leaves the wallet for
settings.HOLD_HOURS["factor_reset"], which nobody shortens.
"""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from walletapp.accounts import factors, pausing
from walletapp.accounts.devices import end_others
from walletapp.accounts.holds import Hold
from walletapp.accounts.models import User
from walletapp.accounts.recoveries import Recovery
from walletapp.audit.reasons import require_reason
from walletapp.audit.trail import record
from walletapp.notifications.tell import tell
from walletapp.refusals import Refusal

ASK, DECIDE = "accounts.ask_recovery", "accounts.decide_recovery"
DECIDED_WITHIN = timedelta(hours=24)
_KINDS = (*factors.SECOND_FACTORS, factors.RECOVERY)
Outcome = Recovery.Outcome


class NothingLost(Refusal):
    """They have no second factor that could be removed. Nothing was changed."""

    code = "nothing_lost"


class AlreadyAsked(Refusal):
    """A request about this person waits. Nothing was changed."""

    code = "already_asked"


class NotTheOne(Refusal):
    """This takes somebody else. Nothing was changed."""

    code = "not_the_one"


class NoLongerOpen(Refusal):
    """It was decided, stopped, or is too old. Nothing was changed."""

    code = "no_longer_open"


def require_may_ask(staff: Any, user: User) -> None:
    """Raises PermissionDenied, NotTheOne or NothingLost."""
    if not staff.has_perm(ASK):
        raise PermissionDenied
    if staff.pk == user.pk:
        raise NotTheOne("This is your own account. Ask a colleague to prove who you are.")
    if not factors.rows_of(user, *_KINDS).exists():
        raise NothingLost("They have no passkey, app or recovery code. Their password alone lets them in.")


@transaction.atomic
def ask(staff: Any, user: User, *, proved: str, words: str) -> Recovery:
    """Ask for somebody to be let in, and tell the owner at once. Raises also NoReason, ValueError or AlreadyAsked."""
    require_may_ask(staff, user)
    why, now = require_reason(words), timezone.now()
    mine = Recovery.objects.filter(user_id=user.pk, outcome=Outcome.OPEN)
    mine.filter(expires_at__lte=now).update(outcome=Outcome.EXPIRED, decided_at=now)
    try:
        with transaction.atomic():
            row = Recovery.objects.create(
                user=user,
                asked_by=staff,
                asked_at=now,
                expires_at=now + DECIDED_WITHIN,
                proved=Recovery.Proved(proved),
                words=why,
            )
    except IntegrityError:
        raise AlreadyAsked("A request about them waits for a second person already. Nothing was changed.") from None
    hours = str(settings.HOLD_HOURS[Hold.Cause.FACTOR_RESET])
    tell(user, "recovery_asked", f"recovery_asked:{row.pk}", link="/account/security/", hours=hours)
    record(staff, "recovery.asked", user, why, request=str(row.pk), proved=row.proved)
    return row


def require_may_decide(staff: Any, row: Recovery) -> None:
    """Raises PermissionDenied, NotTheOne or NoLongerOpen. About somebody of the staff only a superuser decides."""
    if not staff.has_perm(DECIDE) or (row.user.is_staff and not staff.is_superuser):
        raise PermissionDenied
    if staff.pk in {row.asked_by_id, row.user_id}:
        raise NotTheOne("This takes a second person: you asked for it, or it is your own account.")
    if row.outcome != Outcome.OPEN:
        raise NoLongerOpen(f"{row.get_outcome_display()}. Nothing more was changed.")


def what_will_happen(user: User) -> list[str]:
    """What approving does to this person's account, for whoever decides."""
    has = Counter(factors.rows_of(user, *_KINDS).values_list("type", flat=True))
    sessions = UserSession.objects.filter(user_id=user.pk).count()
    return [
        f"Removed: passkeys {has[factors.PASSKEY]}, apps {has[factors.APP]}, recovery codes {has[factors.RECOVERY]}.",
        f"Signed out everywhere, of sessions: {sessions}.",
        f"Nothing leaves their wallet for {settings.HOLD_HOURS['factor_reset']} hours. Nobody can shorten that.",
        f"An e-mail goes to {user.email}.",
        "Their password stays. Whoever knows it signs in and sets up a new passkey or app.",
    ]


@transaction.atomic
def approve(staff: Any, recovery_id: UUID, words: str) -> Recovery:
    """Take the lost factors away, once. Of many at the same time one does it; the others raise NoLongerOpen.

    Raises also what require_may_decide does, NoReason or NothingLost; then nothing has changed.
    """
    row = _decide(staff, recovery_id, words, Outcome.APPROVED)
    if not reset_factors(row.user, by=staff, reason=row.words):
        raise NothingLost("They have no second factor any more. Nothing was changed. Decline it.")
    record(staff, "recovery.approved", row.user, row.answer, **_about(row))
    return row


@transaction.atomic
def decline(staff: Any, recovery_id: UUID, words: str) -> Recovery:
    """Leave everything as it is. Raises as approve does."""
    row = _decide(staff, recovery_id, words, Outcome.DECLINED)
    record(staff, "recovery.declined", row.user, row.answer, **_about(row))
    return row


def _decide(staff: Any, recovery_id: UUID, words: str, outcome: Outcome) -> Recovery:
    """Say what became of it, if nobody has yet. What is too old can only be declined."""
    row = Recovery.objects.select_related("user", "asked_by").get(pk=recovery_id)
    require_may_decide(staff, row)
    answer, now = require_reason(words), timezone.now()
    rows = Recovery.objects.filter(pk=row.pk, outcome=Outcome.OPEN)
    if outcome is Outcome.APPROVED:
        rows = rows.filter(expires_at__gt=now)
    if not rows.update(outcome=outcome, decided_by=staff, decided_at=now, answer=answer):
        raise NoLongerOpen("It was decided meanwhile, or is older than a day. Nothing was changed. Ask anew.")
    row.outcome, row.decided_by, row.decided_at, row.answer = outcome, staff, now, answer
    return row


def _about(row: Recovery) -> dict[str, str]:
    return {"request": str(row.pk), "asked_by": str(row.asked_by.public_id)}


@transaction.atomic
def reset_factors(user: User, *, by: Any, reason: str) -> int:
    """Take all second factors away: how many there were. The next sign-in leads to setting one up.

    Nothing is done for somebody who has none: whoever knows the password is let in by that alone already.
    """
    rows = factors.rows_of(User.objects.select_for_update().get(pk=user.pk), *_KINDS)
    removed = int(rows.count())
    if not removed:
        return 0
    rows.delete()
    end_others(user, None)
    hold = pausing.hold(user, Hold.Cause.FACTOR_RESET)
    tell(user, "factors_reset", f"factors_reset:{hold.pk}", link="/account/security/", sentence=pausing.in_words(hold))
    record(by, "factor.removed", user, reason, factor="all")
    return removed
