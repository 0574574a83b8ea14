"""Support lets somebody in who has lost every second factor, after their identity was proved again elsewhere.

What must stay true: nobody gets a factor or a password this way, only the old factors go; everybody is signed out, the
owner is written to, and nothing leaves the wallet for settings.HOLD_HOURS["factor_reset"], which nobody shortens.
"""

from typing import Any

from django.db import transaction

from walletapp.accounts import factors, pausing
from walletapp.accounts.devices import end_others
from walletapp.accounts.holds import Hold
from walletapp.accounts.models import User
from walletapp.audit.trail import record
from walletapp.notifications.tell import tell


@transaction.atomic
def reset_factors(user: User, *, by: Any, reason: str) -> int:
    """Take all second factors away: how many there were. The next sign-in leads to setting one up.

    Nothing is done for somebody who has none: whoever knows the password is let in by that alone already.
    """
    rows = factors.rows_of(User.objects.select_for_update().get(pk=user.pk), *factors.SECOND_FACTORS, factors.RECOVERY)
    removed = int(rows.count())
    if not removed:
        return 0
    rows.delete()
    end_others(user, None)
    hold = pausing.hold(user, Hold.Cause.FACTOR_RESET)
    tell(user, "factors_reset", f"factors_reset:{hold.pk}", link="/account/security/", sentence=pausing.in_words(hold))
    record(by, "factor.removed", user, reason, factor="all")
    return removed
