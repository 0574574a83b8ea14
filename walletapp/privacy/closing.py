"""Closing one's account, after which one's data is kept only because the law says so, and then erased.

What must stay true: nothing is closed while it holds or moves money; a closed account lets nobody in, on any device;
the day of erasing is fixed when the account is closed.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from walletapp.accounts.models import Onboarding, User
from walletapp.accounts.states import OnboardingState
from walletapp.audit import trail
from walletapp.durable import durable
from walletapp.moments import written_day
from walletapp.notifications.tell import tell
from walletapp.payees.book import hold_back_sends
from walletapp.privacy.models import Closure
from walletapp.refusals import Refusal
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import OPEN
from walletapp.wallet.models import Break, Wallet


class CannotClose(Refusal):
    """Something has to be done first. Nothing was changed."""

    code = "cannot_close"


def obstacles(user: Any) -> list[str]:
    """What keeps this account from being closed now, in words for its owner. Empty when nothing does."""
    found = [_holds(wallet) for wallet in Wallet.objects.for_user(user) if wallet.available_minor or wallet.held_minor]
    if under_way := Transfer.objects.filter(user=user, state__in=OPEN).count():
        found.append(
            "1 transfer is under way. It has to end first."
            if under_way == 1
            else f"{under_way} transfers are under way. They have to end first."
        )
    if Break.objects.filter(wallet__user=user, closed_at__isnull=True).exists():
        found.append("We are looking into a difference in your records. You need do nothing; try again later.")
    if Onboarding.objects.filter(user=user, state=OnboardingState.SUBMITTING).exists():
        found.append("Your identity answers are on their way to our partner. Try again in a few minutes.")
    if user.is_staff:
        found.append("This account belongs to a member of our team. Somebody else of the team has to take your rights.")
    return found


@durable
def close(user_id: int) -> Closure:
    """Close the account for good. Safe to repeat: a second press finds the first one's closure.

    Raises CannotClose, and then nothing has changed.
    """
    # Not the key: whoever writes about this person while holding the end of the audit trail must not wait for us.
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if found := Closure.objects.filter(user=user).first():
        return found
    hold_back_sends(user)
    if reasons := obstacles(user):
        raise CannotClose(" ".join(reasons))
    now = timezone.now()
    closure = Closure.objects.create(
        user=user, closed_at=now, erase_after=now + timedelta(days=settings.ERASE_AFTER_DAYS)
    )
    user.is_active = False
    user.set_unusable_password()  # every session is bound to the password: all of them end
    user.save(update_fields=["is_active", "password"])
    tell(user, "account_closed", f"account_closed:{user.pk}", until=written_day(closure.erase_after))
    trail.record(user, "account.closed", user)
    return closure


def _holds(wallet: Wallet) -> str:
    return f"Your wallet still holds {wallet.available + wallet.held}. Send or withdraw it first."
