"""Having OMS open a bank account, and believing what it says of one afterwards. The same for both kinds of account.

What must stay true: the row and its key are committed before OMS is called; OMS is asked what it has before it is asked
to make something, and then with the same key, so that a lost answer never makes a second account. Where OMS offers no
such call the row waits for staff, who open it by hand, and everything after that is the same. No database transaction
is open during a call.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from walletapp.banking.models import ExternalAccount, VirtualAccount
from walletapp.oms.errors import OmsError, OmsMisconfigured, OmsRejected, OmsUnavailable
from walletapp.oms.schemas import ExternalAccount as OmsExternalAccount
from walletapp.oms.schemas import Page, walk
from walletapp.oms.schemas import VirtualAccount as OmsVirtualAccount
from walletapp.wallet import breaks

log = logging.getLogger(__name__)

type Account = VirtualAccount | ExternalAccount
type OmsAccount = OmsVirtualAccount | OmsExternalAccount

LOOK_AGAIN = 60  # seconds until an account that OMS is still looking at is read again; an event tells sooner
PATIENCE = 8  # attempts, about 20 minutes, after which a person hears of it although nobody refused
NOT_OPENED = "bank_account_not_opened"


def is_opened_by_hand() -> bool:
    """Whether this installation's OMS opens bank accounts by hand and not by a call."""
    return bool(settings.OMS_BANK_ACCOUNTS == "hand")


def key_of(kind: str, account_id: UUID) -> str:
    return f"{settings.ENVIRONMENT_NAME}-{kind}-{account_id}"


def have_opened[T: OmsAccount](account: Account, ask: Callable[[], T]) -> T | None:
    """What OMS answers. None when there is nothing yet: the row was given back to be tried again, or left to staff.

    Raises OmsRejected when OMS refuses the account itself; the row is still held then.
    """
    try:
        return ask()
    except OmsRejected as no:
        if no.status == 404:
            _leave_to_staff(account)
            return None
        raise
    except OmsError as problem:
        try_again(account, problem)
        return None


def find[T: OmsAccount](account: Account, list_page: Callable[..., Page[T]]) -> T | None:
    """The account OMS made for this row at an attempt whose answer was lost. Lists are newest first."""
    if account.attempts == 1:
        return None  # the row was committed a moment ago: OMS cannot have it yet
    customer = account.user.customer.oms_id
    found = walk(lambda cursor: list_page(customer, starting_after=cursor))
    same = [theirs for theirs in found if theirs.our_id == str(account.pk)]
    return same[-1] if same else None


def try_again(account: Account, problem: OmsError) -> None:
    """Nothing is lost: the row stays due with the same key. What does not heal by waiting is shown to staff."""
    log.warning("bank account %s at attempt %s: %s", account.pk, account.attempts, type(problem).__name__)
    is_ours = isinstance(problem, OmsRejected | OmsMisconfigured)
    if is_ours or account.attempts >= PATIENCE:
        breaks.open_break(NOT_OPENED, account.pk, attempts=account.attempts, problem=type(problem).__name__)
    if isinstance(problem, OmsUnavailable) and problem.retry_after is not None:
        account.release(due_at=timezone.now() + timedelta(seconds=problem.retry_after))
    else:
        account.again(steps=[60, 300, 900, 1800] if is_ours else [0.5, 2, 5, 15, 60, 300])


def is_newer(account: Account, read_at: object) -> bool:
    """Whether what was read at `read_at` may be believed: nothing newer has been. True for the one who may."""
    older = Q(status_seen_at__isnull=True) | Q(status_seen_at__lt=read_at)
    return bool(type(account)._default_manager.filter(older, pk=account.pk).update(status_seen_at=read_at))


def _leave_to_staff(account: Account) -> None:
    """OMS has no such call: staff open it by hand and paste the id."""
    log.warning("bank account %s: OMS offers no call for it, staff open it by hand", account.pk)
    type(account)._default_manager.filter(pk=account.pk, lease_token=account.lease_token).update(
        is_by_hand=True, due_at=None, lease_until=None, lease_token=""
    )
