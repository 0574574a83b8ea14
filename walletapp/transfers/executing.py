"""Having OMS carry out a confirmed transfer: exactly once, whatever is lost on the way.

The order that makes it so: the attempt's row is committed before the call; no database transaction is open during it;
every attempt sends the same bytes under the same key; before any second attempt the quote is read, because an accepted
quote proves that an earlier attempt ran; an answer that did not come is unknown, and unknown money stays on hold.
"""

import hashlib
import logging
from datetime import datetime, timedelta

from django.utils import timezone

from walletapp.accounts import pausing
from walletapp.durable import durable
from walletapp.faultpoints import reach
from walletapp.oms import schemas
from walletapp.oms.client import get_client
from walletapp.oms.errors import OmsError, OmsMisconfigured, OmsOutcomeUnknown, OmsRejected, OmsUnavailable
from walletapp.transfers import looking_up, moving, screening, standstill, tracking
from walletapp.transfers.confirming import stop_unsent
from walletapp.transfers.models import Attempt, Transfer
from walletapp.transfers.reasons import in_plain_words
from walletapp.transfers.states import FINAL, Kind, State
from walletapp.wallet import breaks
from walletapp.work import LEASE

log = logging.getLogger(__name__)

Outcome = Attempt.Outcome
Answer = schemas.Transaction | schemas.CashIn

# OMS keeps idempotency keys for 24 h at the least we assume; later a repeat might count as a new order.
KEY_LIFE = timedelta(hours=20)
# A cash code that OMS could not be asked for is not wanted for ever.
CODE_WAITED_FOR = timedelta(minutes=15)
CODE_MARGIN = timedelta(seconds=3)


def push(transfer_id: str) -> None:
    """Do what this transfer needs next with OMS, if it is due and nobody else does. Safe to call at any time."""
    if standstill.current() is not None:
        return
    reach("send.claim_precommit")
    transfer = Transfer.claim(transfer_id)
    if transfer is None:
        return
    reach("send.claimed")
    try:
        _step(transfer)
    except OmsError as problem:
        log.warning("transfer waits for OMS", extra={"transfer": str(transfer.pk), "problem": str(problem)})
        give_back(transfer, wait=getattr(problem, "retry_after", None))
    except Exception:
        log.exception("transfer step failed", extra={"transfer": str(transfer.pk)})
        give_back(transfer)
        raise


def _step(transfer: Transfer) -> None:
    match State(transfer.state):
        case State.AWAITING_CASH | State.PROCESSING:
            tracking.ask(transfer)
            give_back(transfer, steps=tracking.POLL_STEPS)
        case State.SUBMITTING if not _has_quote(transfer) and _ran_out(transfer) and not _may_have_run(transfer):
            expire(str(transfer.pk))
            give_back(transfer)
        case State.READY | State.SUBMITTING | State.UNKNOWN if transfer.tries.exists():
            _resume(transfer)
        case State.READY | State.SUBMITTING if _ran_out(transfer):
            expire(str(transfer.pk))
            give_back(transfer)
        case State.READY:
            _submit(transfer)
        case _:
            give_back(transfer)


def _resume(transfer: Transfer) -> None:
    """An attempt was made before. Find out what became of it before making another."""
    verdict = looking_up.look_up(transfer)
    if not isinstance(verdict, looking_up.Verdict):
        accept(str(transfer.pk), verdict)
        give_back(transfer, steps=tracking.POLL_STEPS)
    elif verdict is looking_up.Verdict.SEND_AGAIN and not _key_is_too_old(transfer):
        _submit(transfer)
    elif verdict is looking_up.Verdict.NEVER_RAN:
        give_up(str(transfer.pk), "Our payment partner never received it. Nothing left your wallet.")
    else:
        give_back(transfer)


def _submit(transfer: Transfer) -> None:
    if not _may_have_run(transfer) and not _is_clear(transfer):
        return
    attempt = _begin(str(transfer.pk), transfer.lease_token)
    if attempt is None:
        give_back(transfer)
        return
    try:
        answer = _call(transfer)
    except OmsRejected as refused:
        _refused(attempt, refused)
    except (OmsUnavailable, OmsMisconfigured) as not_sent:
        if isinstance(not_sent, OmsMisconfigured):
            log.critical("ALERT OMS refuses our settings", extra={"transfer": str(transfer.pk)})
        _ended(attempt.pk, Outcome.NOT_SENT, not_sent)
        give_back(transfer, wait=getattr(not_sent, "retry_after", None))
    except OmsOutcomeUnknown as unknown:
        _ended(attempt.pk, Outcome.UNKNOWN, unknown)
        give_back(transfer)
    else:
        reach("send.answered")
        _ended(attempt.pk, Outcome.ACCEPTED)
        reach("send.precommit")
        accept(str(transfer.pk), answer)
        reach("send.postcommit")
        give_back(transfer, steps=tracking.POLL_STEPS)


def _is_clear(transfer: Transfer) -> bool:
    """Whether money may still go there. Else it is stopped for good, or waits where that cannot be told now."""
    if transfer.kind != Kind.SEND:
        return True
    try:
        screening.require_clear(transfer.user, transfer.to_address, "execution", transfer)
    except screening.CannotBeSentTo:
        bar(str(transfer.pk))
        give_back(transfer)
        return False
    except screening.CannotScreen:
        give_back(transfer)  # the price runs out meanwhile, and the money is free again
        return False
    return True


def _call(transfer: Transfer) -> Answer:
    body, key = bytes(transfer.request_body), str(transfer.idem_key)
    if hashlib.sha256(body).hexdigest() != transfer.request_sha256:
        raise OmsMisconfigured("the frozen bytes are not what was confirmed")
    answer: Answer
    if transfer.quote and transfer.quote.oms_id:
        answer = get_client().execute_transaction(body, key=key)
    else:
        answer = get_client().create_cash_in(body, key=key)
    reach("send.sent")
    return answer


@durable
def _begin(transfer_id: str, lease_token: str) -> Attempt | None:
    """Write the attempt down before it is made, and renew the lease for it.

    None when the lease was lost meanwhile, the transfer moved on, or its wallet was stopped before anything was sent.
    """
    transfer = Transfer.objects.select_for_update(of=("self",)).select_related("wallet", "user").get(pk=transfer_id)
    if transfer.lease_token != lease_token or transfer.state not in {State.READY, State.SUBMITTING, State.UNKNOWN}:
        return None
    is_stopped = transfer.wallet.frozen_reason or pausing.hold_of(transfer.user)
    if transfer.is_outgoing and is_stopped and not transfer.tries.exists():
        return None
    now = timezone.now()
    Transfer.objects.filter(pk=transfer.pk).update(lease_until=now + LEASE)
    if transfer.state == State.READY:
        moving.move(transfer, State.SUBMITTING, first_sent_at=now)
    number = transfer.tries.count() + 1
    return Attempt.objects.create(transfer=transfer, number=number, idem_key=str(transfer.idem_key), started_at=now)


@durable
def _ended(attempt_id: int, outcome: Outcome, problem: OmsError | None = None) -> None:
    attempt = Attempt.objects.select_related("transfer").get(pk=attempt_id)
    attempt.ended_at, attempt.outcome = timezone.now(), outcome
    if problem is not None:
        attempt.status = getattr(problem, "status", None)
        attempt.code = getattr(problem, "code", "")[:80]
        attempt.detail, attempt.request_id = str(problem)[:300], problem.request_id[:80]
    attempt.save()
    if outcome == Outcome.UNKNOWN:
        moving.move(attempt.transfer, State.UNKNOWN, unknown_since=timezone.now())


def _refused(attempt: Attempt, refused: OmsRejected) -> None:
    """A refusal counts only when no earlier attempt may have run; a conflict never counts: both mean "look it up"."""
    transfer = attempt.transfer
    earlier = transfer.tries.exclude(pk=attempt.pk).exclude(outcome__in=[Outcome.NOT_SENT, Outcome.REFUSED])
    # A cash-in moves no money: a code of an earlier attempt that nobody was shown is never paid.
    if refused.status == 409 or (earlier.exists() and _has_quote(transfer)):
        _ended(attempt.pk, Outcome.UNKNOWN, refused)
        give_back(transfer)
        return
    _ended(attempt.pk, Outcome.REFUSED, refused)
    give_up(str(transfer.pk), in_plain_words(refused.code, refused.status))
    if refused.status == 403:
        breaks.freeze(transfer.wallet, "OMS does not allow this wallet to send")
        breaks.open_break("forbidden", str(transfer.pk), wallet=transfer.wallet, code=refused.code)


def accept(transfer_id: str, answer: Answer) -> None:
    """OMS has taken the transfer. Safe to repeat, and after a webhook that was faster than the answer."""
    transfer = Transfer.objects.get(pk=transfer_id)
    if transfer.kind == Kind.CASH_IN:
        from walletapp.transfers.funding import accept_cash_answer

        accept_cash_answer(transfer, answer)
    if isinstance(answer, schemas.Transaction):
        tracking.take_in(transfer, answer)


@durable
def give_up(transfer_id: str, reason: str) -> None:
    """It did not happen, and that is known: free the money and say so. Safe to repeat."""
    transfer = Transfer.objects.select_for_update(of=("self",)).select_related("wallet", "user").get(pk=transfer_id)
    if transfer.state not in {State.SUBMITTING, State.UNKNOWN}:
        return  # an event was faster: OMS has it after all
    if moving.move(transfer, State.FAILED, reason=reason):
        tracking.undo(transfer)


@durable
def bar(transfer_id: str) -> None:
    """Money may not go there, and nothing has reached OMS: free it and say so. Safe to repeat."""
    transfer = Transfer.objects.select_for_update(of=("self",)).select_related("wallet", "user").get(pk=transfer_id)
    if _may_have_run(transfer):
        return
    if transfer.state == State.READY:
        moving.move(transfer, State.SUBMITTING)
    if moving.move(transfer, State.FAILED, reason=screening.STOPPED):
        tracking.undo(transfer)


@durable
def expire(transfer_id: str) -> None:
    """The price ran out before anything reached OMS: free the money. Safe to repeat."""
    transfer = Transfer.objects.select_for_update(of=("self",)).select_related("wallet", "user").get(pk=transfer_id)
    reason = "The price ran out before it reached our payment partner. Nothing left your wallet."
    if stop_unsent(transfer, State.EXPIRED, reason=reason):
        tracking.tell_not_happened(transfer)


def give_back(transfer: Transfer, *, wait: float | None = None, steps: list[float] | None = None) -> None:
    """End the lease: nothing more to do for a final transfer, else again later."""
    now = Transfer.objects.values("state", "attempts").get(pk=transfer.pk)
    if State(now["state"]) in FINAL:
        transfer.done()
    elif wait is not None:
        transfer.release(due_at=timezone.now() + timedelta(seconds=min(wait, 300)))
    elif (code_end := _code_ends_at(transfer)) is not None:
        transfer.release(due_at=code_end)
    elif steps is not None:
        transfer.again(attempts=now["attempts"], steps=steps)
    else:
        transfer.again(attempts=now["attempts"])


def _code_ends_at(transfer: Transfer) -> datetime | None:
    """Just after a code runs out, if that is before the next poll would be: the page must not lag behind the clock."""
    code = transfer.codes.filter(status="active").first()
    now = timezone.now()
    if code is None or not now < code.expires_at + CODE_MARGIN < now + timedelta(minutes=10):
        return None
    return min(code.expires_at + CODE_MARGIN, now + timedelta(seconds=30))


def _may_have_run(transfer: Transfer) -> bool:
    return transfer.tries.exclude(outcome=Outcome.NOT_SENT).exists()


def _has_quote(transfer: Transfer) -> bool:
    return bool(transfer.quote and transfer.quote.oms_id)


def _ran_out(transfer: Transfer) -> bool:
    """Whether it is too late to send it for the first time: the price ran out, or nobody waits for a code now."""
    if transfer.quote and transfer.quote.oms_id:
        return transfer.quote.expires_at <= timezone.now()
    return timezone.now() - (transfer.confirmed_at or transfer.created_at) > CODE_WAITED_FOR


def _key_is_too_old(transfer: Transfer) -> bool:
    if transfer.first_sent_at and timezone.now() - transfer.first_sent_at > KEY_LIFE:
        Transfer.objects.filter(pk=transfer.pk).update(attention="Key too old to repeat: look it up by hand")
        return True
    return False
