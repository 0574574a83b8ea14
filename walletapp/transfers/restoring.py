"""After a backup was put back: everything is compared with OMS, and what OMS did since is written down again.

What must stay true: nothing is sent meanwhile (`standstill.py`); a send or a withdrawal is adopted only under the name
we gave it, with the quote OMS made it from, and through the ledger like every other; what cannot be adopted becomes a
break.
"""

import logging
import uuid
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from walletapp.audit import trail
from walletapp.banking.models import ExternalAccount
from walletapp.durable import durable
from walletapp.oms import schemas
from walletapp.oms.client import get_client
from walletapp.oms.errors import OmsRejected, QuoteDoesNotAddUp
from walletapp.oms.quote_check import check_quote
from walletapp.refusals import Refusal
from walletapp.transfers import moving, quoting, reconciling, standstill, tracking
from walletapp.transfers.bank_rails import RAILS
from walletapp.transfers.models import Attempt, Transfer
from walletapp.transfers.quotes import Quote
from walletapp.transfers.states import Kind, State
from walletapp.wallet import ledger
from walletapp.wallet.models import ReconciliationRun, Wallet

log = logging.getLogger(__name__)

THE_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
AT_MOST = 3000  # seconds one comparison may take


def reconcile_first() -> ReconciliationRun | None:
    """Compare everything there ever was, adopt what we do not know, and go on. Safe to repeat.

    None when nothing stands still or another process is at it. While OMS does not answer the standstill lasts.
    """
    if standstill.current() is None or not _alone():
        return None
    try:
        run = reconciling.reconcile(THE_BEGINNING, adopt=adopt)
    finally:
        _not_alone()
    if not run.error:
        standstill.go_on(f"compared {run.compared}, {run.differences} differences")
    return run


def adopt(found: schemas.Transaction) -> bool:
    """Write down that OMS has an order we do not know, or not as given to it. True when it is written down now."""
    wallet = _paying_wallet(found)
    goes_to = _destination(wallet, found) if wallet else None
    if wallet is None or goes_to is None or not found.transfer_id or not found.quote_id:
        return False
    try:
        key, quote = uuid.UUID(found.transfer_id), get_client().get_quote(found.quote_id)
        check_quote(quote)
        _write(key, wallet.pk, found, goes_to, quoting.columns(quote))
    except (ValueError, OmsRejected, QuoteDoesNotAddUp, Refusal) as problem:
        log.error("ALERT transaction %s could not be adopted: %s", found.id, type(problem).__name__)  # noqa: TRY400
        return False
    tracking.settle(str(key), found)
    return True


@durable
def _write(
    key: uuid.UUID, wallet_id: uuid.UUID, found: schemas.Transaction, goes_to: dict[str, Any], price: dict[str, Any]
) -> None:
    """The transfer as it was when OMS had taken it: confirmed, its money held, one attempt accepted."""
    wallet = Wallet.objects.select_for_update(of=("self",)).select_related("user").get(pk=wallet_id)
    made = found.created_at or timezone.now()
    transfer, _ = Transfer.objects.get_or_create(
        pk=key, defaults={"user": wallet.user, "wallet": wallet, "created_at": made, **goes_to}
    )
    if transfer.wallet_id == wallet.pk and transfer.state == State.QUOTED:
        _confirmed(transfer, found, price)
    if transfer.wallet_id == wallet.pk and transfer.state == State.READY:
        _taken(transfer, found)


def _confirmed(transfer: Transfer, found: schemas.Transaction, price: dict[str, Any]) -> None:
    quote = transfer.quotes.filter(oms_id=found.quote_id).first()
    quote = quote or Quote.objects.create(transfer=transfer, number=transfer.quotes.count() + 1, **price)
    moving.move(
        transfer,
        State.READY,
        quote=quote,
        amount_minor=quote.source_gross_minor,
        fee_minor=quote.fee_minor,
        idem_key=f"{settings.ENVIRONMENT_NAME}-txn-{transfer.pk}-0",
        partner_no=found.partner_no,
        confirmed_at=found.created_at or timezone.now(),
        due_at=timezone.now(),
    )
    ledger.hold(moving.record_movement(transfer))


def _taken(transfer: Transfer, found: schemas.Transaction) -> None:
    made = found.created_at or timezone.now()
    moving.move(transfer, State.SUBMITTING, first_sent_at=made)
    Attempt.objects.create(
        transfer=transfer, number=1, idem_key=str(transfer.idem_key), started_at=made, ended_at=made,
        outcome=Attempt.Outcome.ACCEPTED,
    )  # fmt: skip
    trail.record(None, "transfer.adopted", transfer, transaction=found.id)


def _destination(wallet: Wallet, found: schemas.Transaction) -> dict[str, Any] | None:
    """Where it goes, as our columns; None when it is no order of ours, or to an account we do not know."""
    target = found.destination.target
    if found.type == "cryptoToFiat":
        account = ExternalAccount.objects.for_user(wallet.user).filter(oms_id=target.external_account).first()
        if account is None or found.destination.network not in RAILS:
            return None
        return {"kind": Kind.WITHDRAWAL, "external_account": account, "rail": found.destination.network}
    if found.type not in ("", "cryptoToCrypto"):
        return None
    to = Wallet.objects.filter(oms_id=target.wallet_id).first() if target.wallet_id else None
    return {"kind": Kind.SEND, "to_wallet": to, "to_address": target.address or (to.address if to else "")}


def _paying_wallet(found: schemas.Transaction) -> Wallet | None:
    wallets = Wallet.objects.custodial().filter(oms_id=found.source.wallet_id, asset=found.source.asset)
    return wallets.filter(user__customer__oms_id=found.sender_customer_id).first() if found.source.wallet_id else None


def _alone() -> bool:
    try:
        return bool(cache.add("reconcile-first", 1, AT_MOST))
    except Exception:  # noqa: BLE001 - the cache is away; twice at once does no harm
        return True


def _not_alone() -> None:
    try:
        cache.delete("reconcile-first")
    except Exception:  # noqa: BLE001 - as above
        log.warning("cache away")
