"""Keeping money where it is: the person's own press, and the hours after somebody came in by the way for the lost.

What must stay true: pausing is one press and needs no sign-in, ending it wants a proof for exactly that; both are told
by mail, and the mail about the end has the link that pauses again; a hold that was not the person's own cannot be ended
by anybody, so that whoever got in gains nothing by it; what is on its way already goes on.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from walletapp.accounts.devices import end_others
from walletapp.accounts.holds import Hold
from walletapp.accounts.models import User
from walletapp.accounts.recoveries import Recovery
from walletapp.audit.trail import record
from walletapp.moments import written
from walletapp.notifications.tell import tell
from walletapp.refusals import Refusal

_SALT = "walletapp.freeze"
Cause = Hold.Cause


class OutgoingPaused(Refusal):
    """Nothing leaves this wallet now. Nothing was changed."""

    code = "outgoing_paused"


def hold_of(user: Any) -> Hold | None:
    """What keeps this person's money now: their own press first, else what ends last."""
    return Hold.objects.filter(user_id=user.pk).open().order_by(F("ends_at").desc(nulls_first=True)).first()


def in_words(hold: Hold) -> str:
    """Why nothing leaves, and until when."""
    if hold.cause == Cause.OWN or hold.ends_at is None:
        return f"{why(hold)} Your money is safe."
    until = written(hold.ends_at)
    return f"{why(hold)} To protect you, nothing leaves your wallet before {until}. Your money is safe."


def why(hold: Hold) -> str:
    """What happened, without the times, for a page that shows those itself."""
    return _WHY[hold.cause]


_WHY: dict[str, str] = {
    Cause.OWN: "You paused sending from your wallet.",
    Cause.RECOVERY_CODE: "A recovery code was used.",
    Cause.PASSWORD_RESET: "Your password was reset.",
    Cause.FACTOR_RESET: "Your way of confirming was reset.",
}


def require_not_paused(user: Any) -> None:
    """Raises OutgoingPaused while anything keeps this person's money."""
    if hold := hold_of(user):
        ends = " You can end the pause on the security page." if hold.cause == Cause.OWN else ""
        raise OutgoingPaused(f"{in_words(hold)}{ends} Nothing was sent.")


@transaction.atomic
def hold(user: Any, cause: str) -> Hold:
    """Let nothing leave for as long as settings.HOLD_HOURS says. Again means anew, from now."""
    now = timezone.now()
    row = Hold.objects.create(
        user=user, cause=cause, began_at=now, ends_at=now + timedelta(hours=settings.HOLD_HOURS[cause])
    )
    record(None, "outgoing.held", row, cause, user=str(user.public_id), hours=settings.HOLD_HOURS[cause])
    return row


@transaction.atomic
def pause(user: Any) -> bool:
    """The person's own press: nothing leaves, and everybody is signed out, also who came since an earlier one; what
    support was asked to do is stopped. True for the press that began it."""
    asked = Recovery.objects.filter(user_id=user.pk, outcome=Recovery.Outcome.OPEN)
    is_stopped = bool(asked.update(outcome=Recovery.Outcome.STOPPED, decided_at=timezone.now()))
    end_others(user, None)
    try:
        with transaction.atomic():
            row = Hold.objects.create(user=user, cause=Cause.OWN)
    except IntegrityError:
        row = None  # it is paused already
    if row:
        record(user, "outgoing.paused", row)
        tell(user, "paused", f"paused:{row.pk}", link=reverse("mfa_index"), when=written(timezone.now()))
    if is_stopped:
        record(user, "recovery.stopped", user)
    return row is not None


@transaction.atomic
def resume(user: Any) -> bool:
    """End the person's own pause. True for the call that did it. The caller has their proof for this."""
    mine = Hold.objects.select_for_update().filter(user_id=user.pk, cause=Cause.OWN, lifted_at__isnull=True).first()
    if mine is None:
        return False
    mine.lifted_at = timezone.now()
    mine.save(update_fields=["lifted_at"])
    record(user, "outgoing.resumed", mine)
    tell(user, "pause_ended", f"pause_ended:{mine.pk}", link=reverse("mfa_index"), when=written(mine.lifted_at))
    return True


def link_for(user: User) -> str:
    """The address in security mails that pauses without a sign-in."""
    token = signing.dumps(str(user.public_id), salt=_SALT)
    return f"{settings.SITE_URL}{reverse('account_freeze', args=[token])}"


def user_of(token: str) -> User | None:
    """Whose link it is; None when it is none of ours, or too old."""
    try:
        public_id = signing.loads(token, salt=_SALT, max_age=settings.FREEZE_LINK_DAYS * 86_400)
    except signing.BadSignature:
        return None
    return User.objects.filter(public_id=public_id).first()
