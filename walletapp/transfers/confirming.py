"""From a review page to a transfer: once, for exactly what the page showed, by the person themselves.

What must stay true: the numbers come from the stored quote, never from the form; the authorization covers a digest of
everything the page shows and is used once; hold, transfer, movement, used authorization and the trail's event commit
together or not at all; the recorded outcome is looked up before anything is judged, so a repeat answers with the first
click's result.
"""

import hashlib
import json
import secrets
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from walletapp import features
from walletapp.accounts import pausing
from walletapp.accounts.stepping_up import StepUpRequired
from walletapp.audit.trail import record
from walletapp.durable import durable
from walletapp.faultpoints import reach
from walletapp.later import ring
from walletapp.oms import bodies
from walletapp.payees.book import entry_of
from walletapp.payees.recipients import require_in_use
from walletapp.refusals import Refusal
from walletapp.transfers import asking, limits, moving, screening, sending, standstill, withdrawing
from walletapp.transfers.bank_rails import RAILS
from walletapp.transfers.models import Attempt, Authorization, Transfer
from walletapp.transfers.quotes import Quote
from walletapp.transfers.states import Kind, State
from walletapp.wallet import ledger
from walletapp.wallet.ledger import WalletFrozen
from walletapp.wallet.models import Movement, Wallet

_RAIL_OF = {Kind.SEND: features.SENDS, Kind.CASH_IN: features.CASH_IN}


class QuoteExpired(Refusal):
    """The price ran out before it was confirmed. Nothing was changed."""

    code = "quote_expired"


class ReviewChanged(Refusal):
    """What was shown is not what is stored. Nothing was changed."""

    code = "review_changed"


class TooLate(Refusal):
    """It can no longer be cancelled. Nothing was changed."""

    code = "too_late"


def review_digest(transfer: Transfer, quote: Quote) -> str:
    """SHA-256 over everything the review page shows, and whom it is for. Any change makes another digest."""
    shown = {
        "transfer": str(transfer.id),
        "user": str(transfer.user.public_id),
        "wallet": str(transfer.wallet_id),
        "network": transfer.wallet.chain,
        "kind": transfer.kind,
        "to": moving.other_party(transfer),
        "name": saved_name(transfer),
        "at_exchange": transfer.at_exchange,
        "account": str(transfer.external_account.oms_id) if transfer.external_account else "",
        "rail": transfer.rail,
        "address": transfer.to_wallet.address if transfer.to_wallet else transfer.to_address or transfer.store_address,
        "pay": [quote.source_gross_minor, quote.source_asset],
        "get": [quote.destination_net_minor, quote.destination_asset],
        "fees": quote.fees,
        "rate": quote.rate,
        "quote": str(quote.id),
        "expires": quote.expires_at.isoformat(),
    }
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def saved_name(transfer: Transfer) -> str:
    """What the person calls whoever a send goes to; empty when that is not in their address book."""
    payee = entry_of(transfer.user, transfer.to_address) if transfer.kind == Kind.SEND else None
    return payee.nickname if payee else ""


def authorize(transfer: Transfer, digest: str, method: str) -> None:
    """Note that the person proved who they are for `digest`. Replaces one that was not used; a used one stays used."""
    now = timezone.now()
    expires = now + timedelta(seconds=settings.STEP_UP_SECONDS)
    fresh = {"digest": digest, "method": method, "created_at": now, "expires_at": expires}
    _, created = Authorization.objects.get_or_create(transfer=transfer, defaults=fresh)
    if not created:
        Authorization.objects.filter(transfer=transfer, used_at=None).update(**fresh)


def is_authorized(transfer: Transfer, digest: str) -> bool:
    """Whether a proof for exactly this is there and was not used: a second press is not asked for another."""
    return _open_authorizations(transfer, digest).exists()


def confirm(transfer_id: UUID, *, user_id: int, digest: str) -> Transfer:
    """Turn a reviewed transfer into a confirmed one and, for money going out, set it aside.

    Safe to repeat: a second click returns the first click's transfer. Raises QuoteExpired, ReviewChanged,
    StepUpRequired, OutgoingPaused, InsufficientFunds, WalletFrozen, StandingStill, SwitchedOff, a limit's refusal or
    that of a place that money may not go to, and then nothing has changed.
    """
    draft = Transfer.objects.filter(pk=transfer_id, user_id=user_id, kind=Kind.SEND, state=State.QUOTED)
    if (send := draft.select_related("user").first()) is not None:
        screening.require_clear(send.user, send.to_address, "confirm", send)
    return _confirm(transfer_id, user_id=user_id, digest=digest)


@durable
def _confirm(transfer_id: UUID, *, user_id: int, digest: str) -> Transfer:
    reach("confirm.begin")
    transfer = _locked(transfer_id, user_id)
    if transfer.state != State.QUOTED:
        return transfer
    require_open(transfer)
    if transfer.is_outgoing:
        pausing.require_not_paused(transfer.user)
    quote = transfer.quotes.order_by("number").last()
    if quote is None or quote.is_expired:
        raise QuoteExpired("The price ran out before you confirmed. Nothing was sent. Here is a new price to look at.")
    if digest != review_digest(transfer, quote):
        raise ReviewChanged("What you saw is no longer up to date. Nothing was sent. Please look again and confirm.")
    _require_allowed(transfer, quote)
    was_asked = bool(asking.reason_to_ask(transfer, quote))
    if was_asked:
        _use_authorization(transfer, digest)
    _freeze(transfer, quote)
    if transfer.is_outgoing:
        ledger.hold(moving.record_movement(transfer))
    else:
        moving.record_movement(transfer)
    record(transfer.user, "transfer.confirmed", transfer, kind=transfer.kind, proved=was_asked)
    transaction.on_commit(lambda: reach("confirm.postcommit"))
    ring_for(transfer)
    reach("confirm.precommit")
    return transfer


def require_open(transfer: Transfer) -> None:
    """Raises StandingStill or SwitchedOff where nothing of this kind begins now."""
    standstill.require_moving()
    features.require_open(rail_of(transfer), transfer.user)


@durable
def cancel(transfer_id: UUID, *, user_id: int) -> Transfer:
    """Take a transfer back while no attempt can have reached OMS. Safe to repeat. Raises TooLate, nothing changed."""
    transfer = _locked(transfer_id, user_id)
    if transfer.state == State.CANCELED:
        return transfer
    if not stop_unsent(transfer, State.CANCELED, reason="You cancelled it. Nothing left your wallet."):
        raise TooLate("It is already on its way to our payment partner, so it can no longer be cancelled.")
    return transfer


@durable
def give_up(transfer_id: UUID, *, user_id: int) -> None:
    """End a draft that nobody could prove they wanted. Safe to repeat; what was confirmed meanwhile goes on."""
    transfer = _locked(transfer_id, user_id)
    if transfer.state == State.QUOTED:
        stop_unsent(transfer, State.CANCELED, reason="It was tried five times to confirm it. Nothing left your wallet.")


def stop_unsent(transfer: Transfer, to: State, *, reason: str) -> bool:
    """Cancel or expire a transfer and free its money, unless an attempt may have reached OMS. True when it was stopped.

    Call it with the row locked, in a transaction.
    """
    if transfer.tries.exclude(outcome=Attempt.Outcome.NOT_SENT).exists():
        return False
    was_confirmed = transfer.state != State.QUOTED
    if not moving.move(transfer, to, reason=reason):
        return False
    if was_confirmed and transfer.is_outgoing:
        ledger.void(_movement(transfer))
    return True


def ring_for(transfer: Transfer) -> None:
    """Ask a worker to look at the transfer now."""
    from walletapp.transfers.tasks import push

    ring(push, transfer.pk)


def _movement(transfer: Transfer) -> Movement:
    return Movement.objects.select_related("wallet").get(pk=transfer.pk)


def _locked(transfer_id: UUID, user_id: int) -> Transfer:
    return (
        Transfer.objects.select_for_update(of=("self",))
        .select_related("wallet", "user", "to_wallet__user", "external_account")
        .get(pk=transfer_id, user_id=user_id)
    )


def _use_authorization(transfer: Transfer, digest: str) -> None:
    if not _open_authorizations(transfer, digest).update(used_at=timezone.now()):
        raise StepUpRequired("Please confirm that it is you. Nothing was sent yet.")


def _open_authorizations(transfer: Transfer, digest: str) -> QuerySet[Authorization]:
    now = timezone.now()
    return Authorization.objects.filter(transfer=transfer, digest=digest, used_at__isnull=True, expires_at__gt=now)


def rail_of(transfer: Transfer) -> str:
    """Which rail it uses once confirmed, as features.py names them."""
    return RAILS[transfer.rail].feature if transfer.rail else _RAIL_OF[Kind(transfer.kind)]


def _require_allowed(transfer: Transfer, quote: Quote) -> None:
    # The wallet's row lock makes the sum and the new transfer one step; on SQLite the single writer is that lock.
    wallet = Wallet.objects.select_for_update().get(pk=transfer.wallet_id)
    if not wallet.is_open:
        raise WalletFrozen("Your wallet is paused right now. Your money is safe and nothing was sent.")
    if transfer.kind == Kind.CASH_IN:
        limits.require_within_cash_limits(wallet, quote.you_pay, transfer.store_name, timezone.now())
    elif transfer.kind == Kind.WITHDRAWAL:
        withdrawing.require_allowed(transfer, wallet, quote)
    else:
        if transfer.to_wallet:
            require_in_use(transfer.to_wallet)
        sending.require_known_place(transfer.user, transfer.to_address)
        limits.require_within_send_limits(wallet, quote.you_pay, timezone.now())


def _freeze(transfer: Transfer, quote: Quote) -> None:
    """Fix amounts, key and bytes for ever: every attempt repeats exactly these."""
    partner_no = secrets.randbelow(bodies.MAX_PARTNER_NO) + 1
    body = _request(transfer, quote, partner_no)
    incoming = transfer.kind == Kind.CASH_IN
    moved = moving.move(
        transfer,
        State.READY,
        quote=quote,
        amount_minor=quote.destination_net_minor if incoming else quote.source_gross_minor,
        fee_minor=0 if incoming else quote.fee_minor,
        expected_on=withdrawing.arrives_on(transfer),
        request_body=body,
        request_sha256=hashlib.sha256(body).hexdigest(),
        idem_key=f"{settings.ENVIRONMENT_NAME}-txn-{transfer.id}-0",
        partner_no=partner_no,
        confirmed_at=timezone.now(),
        due_at=timezone.now(),
    )
    if not moved:
        raise AssertionError("the row was locked, so nobody else can have moved it")


def _request(transfer: Transfer, quote: Quote, partner_no: int) -> bytes:
    if quote.oms_id:
        return bodies.transaction_body(quote.oms_id, transfer.id, partner_no)
    return bodies.cash_in_body(
        customer_id=transfer.user.customer.oms_id,
        wallet_id=str(transfer.wallet.oms_id),
        location_id=transfer.store_id,
        location_reference=transfer.store_reference,
        indicated_amount=quote.you_pay,
        metadata={"transferId": str(transfer.id)},
    )
