"""A new code in one tap, when the one before has run out or soon will.

What must stay true: the row before the call, and one key for each generation of codes, so that a repeat of a lost
request gives the same new code and not a second one; whatever the answer, the cash-in is what counts: when it was
paid meanwhile, that is what the person sees.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from walletapp import features
from walletapp.durable import durable
from walletapp.oms.client import get_client
from walletapp.oms.errors import OmsError, OmsMisconfigured, OmsOutcomeUnknown, OmsRejected, OmsUnavailable
from walletapp.refusals import Refusal
from walletapp.transfers import funding, limits
from walletapp.transfers.models import Attempt, Transfer
from walletapp.transfers.states import State
from walletapp.wallet.models import Wallet

# A code with more time than this left is good enough, which also makes a second tap get the first tap's code.
SOON = timedelta(minutes=10)

Outcome = Attempt.Outcome


class NoNewCode(Refusal):
    """There is no new code (yet). No cash was taken."""

    code = "no_new_code"


@dataclass(frozen=True, slots=True)
class _Order:
    """A request that was written down and may now be made."""

    attempt_id: int
    cash_in_id: str
    key: str


def new_code(transfer_id: UUID, *, user_id: int) -> None:
    """Have OMS make a new code, if one is needed and cash may still be paid. Safe to repeat.

    Does nothing when the transfer moved on meanwhile: its page shows the truth. Raises NoNewCode, LimitReached or
    SwitchedOff, and then the code is what it was.
    """
    order = _begin(str(transfer_id), user_id)
    if order is None:
        return
    try:
        renewed = get_client().refresh_cash_in(order.cash_in_id, key=order.key)
    except OmsRejected as refused:
        _ended(order, Outcome.REFUSED, refused)
        _look_again(transfer_id, order)
    except OmsOutcomeUnknown as lost:
        _ended(order, Outcome.UNKNOWN, lost)
        _look_again(transfer_id, order)
    except (OmsUnavailable, OmsMisconfigured) as away:
        _ended(order, Outcome.NOT_SENT, away)
        raise NoNewCode(
            "We cannot reach our payment partner right now, so there is no new code yet. No cash was taken. "
            "Please try again in a minute."
        ) from away
    else:
        _ended(order, Outcome.ACCEPTED)
        funding.follow(str(transfer_id), renewed)


@durable
def _begin(transfer_id: str, user_id: int) -> _Order | None:
    """Write the request down before it is made. None when no new code is wanted."""
    transfer = Transfer.objects.select_for_update(of=("self",)).get(pk=transfer_id, user_id=user_id)
    features.require_open(features.CASH_IN, transfer.user)
    now = timezone.now()
    if transfer.state != State.AWAITING_CASH or not transfer.cash_in_id:
        return None
    if any(code.is_payable and code.expires_at - now > SOON for code in transfer.codes.all()):
        return None
    wallet = Wallet.objects.select_for_update().get(pk=transfer.wallet_id)
    if transfer.quote:
        limits.require_within_cash_limits(
            wallet, transfer.quote.you_pay, transfer.store_name, now, apart_from=transfer.pk
        )
    key = f"{settings.ENVIRONMENT_NAME}-code-{transfer.pk}-{transfer.codes.count()}"
    number = transfer.tries.count() + 1
    attempt = Attempt.objects.create(transfer=transfer, number=number, idem_key=key, started_at=now)
    return _Order(attempt.pk, transfer.cash_in_id, key)


@durable
def _ended(order: _Order, outcome: Outcome, problem: OmsError | None = None) -> None:
    Attempt.objects.filter(pk=order.attempt_id).update(
        ended_at=timezone.now(),
        outcome=outcome,
        status=getattr(problem, "status", None),
        code=getattr(problem, "code", "")[:80],
        detail=str(problem or "")[:300],
        request_id=(problem.request_id if problem else "")[:80],
    )


def _look_again(transfer_id: UUID, order: _Order) -> None:
    """OMS said no or nothing: the cash-in itself tells what is so. Raises NoNewCode when there is no good code."""
    try:
        funding.follow(str(transfer_id), get_client().get_cash_in(order.cash_in_id))
    except OmsError as problem:
        raise NoNewCode(
            "We could not find out whether there is a new code. No cash was taken, but do not use the old code. "
            "Press the button again in a moment: you get one new code, however often you press."
        ) from problem
    transfer = Transfer.objects.get(pk=transfer_id)
    if transfer.state == State.AWAITING_CASH and not any(code.is_payable for code in transfer.codes.all()):
        raise NoNewCode(
            "Our payment partner gave us no new code. No cash was taken. Please try again in a minute, or start again "
            "from Add cash: an unused code costs nothing."
        )
