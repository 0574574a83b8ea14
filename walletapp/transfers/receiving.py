"""Money that comes in without being asked for: credited once, under a name that is unique in the database.

What must stay true: one arrival is one transfer, whether OMS tells of it as a transaction, as a deposit, or as both;
it is credited only because a fresh read of OMS shows it, never because an event says so.
"""

from collections.abc import Sequence

from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from walletapp.accounts.models import Customer
from walletapp.chain.addresses import kept_form
from walletapp.durable import durable
from walletapp.moments import written
from walletapp.money import Money
from walletapp.notifications.tell import tell
from walletapp.oms import schemas
from walletapp.oms.inbox import NotYet
from walletapp.transfers import moving
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import OUTGOING, RANK, Kind, State
from walletapp.wallet import ledger
from walletapp.wallet.models import Wallet


def apply_arrival(found: schemas.Transaction) -> bool:
    """Credit a wallet here that a freshly read transaction pays into. True when it pays somebody here. Idempotent."""
    wallet = _paid_wallet(found)
    if wallet is None:
        return False
    if found.status == "completed" and found.destination.net is not None:
        credit(wallet, Kind.RECEIVED, _reference(found), found.destination.net, _sender(found), tx_hash=found.tx_hash)
    return True


def paying(page: Sequence[schemas.Transaction]) -> set[str]:
    """OMS's ids of those that pay a wallet here."""
    places = {found.id: place for found in page if (place := _place(found))}
    here: set[tuple[str, str, str]] = set()
    for field in {field for field, _, _ in places.values()}:
        values = [value for other, value, _ in places.values() if other == field]
        wallets = Wallet.objects.custodial().filter(**{f"{field}__in": values})
        here |= {(field, value, asset) for value, asset in wallets.values_list(field, "asset")}
    return {key for key, place in places.items() if place in here}


def credited(page: Sequence[schemas.Transaction]) -> set[str]:
    """OMS's ids of those that have been credited here."""
    names = {_reference(found): found.id for found in page}
    known = Transfer.objects.filter(arrival_ref__in=names).values_list("arrival_ref", flat=True)
    return {names[str(name)] for name in known}


def _reference(found: schemas.Transaction) -> str:
    return f"txn:{found.id}"


def is_known(wallet: Wallet, reference: str, tx_hash: str, amount: Money | None) -> bool:
    """Whether this money came in already: under this name, or as the same amount in the same chain transaction."""
    came_in = Transfer.objects.filter(wallet=wallet).exclude(kind__in=OUTGOING)
    if Transfer.objects.filter(arrival_ref=reference).exists():
        return True
    same = came_in.filter(tx_hash__iexact=tx_hash, state=State.COMPLETED)
    if amount is not None:
        same = same.filter(amount_minor=amount.minor)
    return bool(tx_hash) and same.exists()


def credit(
    wallet: Wallet, kind: Kind, reference: str, amount: Money, party: str, *, tx_hash: str, balance: Money | None = None
) -> None:
    """Credit an arrival once. With `balance`, only if that reading still has room for it; else NotYet."""
    try:
        _credit_once(str(wallet.pk), kind, reference, amount, party, tx_hash=tx_hash, balance=balance)
    except IntegrityError:
        if not Transfer.objects.filter(arrival_ref=reference).exists():
            raise


@durable
def _credit_once(
    wallet_id: str, kind: Kind, reference: str, amount: Money, party: str, *, tx_hash: str, balance: Money | None
) -> None:
    wallet = Wallet.objects.select_for_update(of=("self",)).select_related("user").get(pk=wallet_id)
    if is_known(wallet, reference, tx_hash, amount):
        return
    if balance is not None and balance - wallet.available - wallet.held < amount:
        raise NotYet("the balance was explained by something else meanwhile")
    now = timezone.now()
    transfer = Transfer.objects.create(
        user=wallet.user,
        wallet=wallet,
        kind=kind,
        state=State.COMPLETED,
        rank=RANK[State.COMPLETED],
        amount_minor=amount.minor,
        arrival_ref=reference,
        from_party=party[:200],
        tx_hash=tx_hash[:80],
        oms_status="completed",
        confirmed_at=now,
        finished_at=now,
        checked_at=now,
    )
    ledger.receive(moving.record_movement(transfer))
    tell(
        wallet.user,
        "received",
        f"received:{transfer.pk}",
        link=reverse("transfers:transfer", args=[transfer.pk]),
        amount=str(amount),
        other_party=party,
        when=written(now),
    )


def _paid_wallet(found: schemas.Transaction) -> Wallet | None:
    if (place := _place(found)) is None:
        return None
    field, value, asset = place
    return Wallet.objects.custodial().filter(**{field: value}, asset=asset).first()


def _place(found: schemas.Transaction) -> tuple[str, str, str] | None:
    """Where it goes if it goes to a wallet here: a field of the wallet, what stands in it, and the asset."""
    if found.type not in ("", "cryptoToCrypto") or found.cash_in_id:
        return None
    target, asset = found.destination.target, found.destination.asset
    if target.wallet_id:
        return "oms_id", target.wallet_id, asset
    if target.address:
        kept = kept_form(target.address)
        return ("address", kept, asset) if kept else None
    if found.recipient_customer_id and found.recipient_customer_id != found.sender_customer_id:
        return "user__customer__oms_id", found.recipient_customer_id, asset
    return None


def _sender(found: schemas.Transaction) -> str:
    """Who sent it, as much as they showed of themselves: their e-mail if they sent by e-mail, else their address."""
    sender = Customer.objects.filter(oms_id=found.sender_customer_id).select_related("user").first()
    if sender is None:
        return found.source.from_address or "Another wallet"
    if Transfer.objects.filter(user=sender.user, oms_id=found.id).exclude(to_email="").exists():
        return sender.user.email
    wallet = Wallet.objects.custodial().filter(user=sender.user).first()
    return wallet.address if wallet else "Another wallet"
