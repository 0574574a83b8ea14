"""Differences between us and OMS, and stopping a wallet over one.

What must stay true: one open break per kind and subject, however often it is found; a wallet that is stopped stays
stopped until a person lets it go; rows are locked in one order: wallet, break, audit. Deciding what is a difference
belongs to whoever compares.
"""

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from walletapp.audit import trail
from walletapp.wallet.models import Break, Wallet


@transaction.atomic
def open_break(kind: str, key: object, wallet: Wallet | None = None, **detail: Any) -> Break:
    """The open break about this subject: a new one, or the one already open with `seen_at` and `detail` renewed."""
    if wallet is not None:
        _lock(wallet.pk)  # whoever finds a difference often stops the wallet next
    about = {name: _plain(value) for name, value in detail.items()}
    if found := _seen_again(kind, str(key), about):
        return found
    try:
        with transaction.atomic():
            new = Break.objects.create(kind=kind, key=str(key), wallet=wallet, detail=about)
    except IntegrityError:  # somebody found it in the same moment
        if found := _seen_again(kind, str(key), about):
            return found
        raise
    trail.record(None, "break.opened", new, kind=kind, about=str(key))
    return new


@transaction.atomic
def settle_break(kind: str, key: object, how: str) -> bool:
    """Close a break that turned out to heal by itself. True when one was open."""
    open_one = Break.objects.filter(kind=kind, key=str(key), closed_at__isnull=True)
    if not open_one.update(closed_at=timezone.now(), how_closed=how):
        return False
    trail.record(None, "break.settled", reason=how, kind=kind, about=str(key))
    return True


@transaction.atomic
def close_break(break_id: int, actor: Any, how: str) -> bool:
    """A person says what it was. True for the one call that closed it. With the last one, its wallet may send again."""
    wallet = _wallet_of(break_id)
    open_one = Break.objects.filter(pk=break_id, closed_at__isnull=True)
    if not open_one.update(closed_at=timezone.now(), how_closed=how):
        return False
    is_thawed = _thaw_if_explained(wallet)
    trail.record(actor, "break.closed", Break(pk=break_id), reason=how)
    if is_thawed:
        trail.record(actor, "wallet.thawed", wallet, reason=how)
    return True


def _thaw_if_explained(wallet: Wallet | None) -> bool:
    """The last open break of a stopped wallet was explained by a person: money may leave it again."""
    if wallet is None or Break.objects.filter(wallet=wallet, closed_at__isnull=True).exists():
        return False
    return bool(Wallet.objects.filter(pk=wallet.pk).exclude(frozen_reason="").update(frozen_reason=""))


@transaction.atomic
def assign_break(break_id: int, actor: Any, owner: Any) -> bool:
    """Somebody looks after it from now on. True when that changed something."""
    _wallet_of(break_id)  # the admin assigns and closes in one transaction
    if not Break.objects.filter(pk=break_id, closed_at__isnull=True).exclude(owner=owner).update(owner=owner):
        return False
    trail.record(actor, "break.assigned", Break(pk=break_id), owner=str(owner.public_id) if owner else "")
    return True


@transaction.atomic
def freeze(wallet: Wallet, reason: str) -> bool:
    """Let nothing leave this wallet. True for the call that stopped it; the first reason stays."""
    if not Wallet.objects.filter(pk=wallet.pk, frozen_reason="").update(frozen_reason=reason):
        return False
    wallet.frozen_reason = reason
    trail.record(None, "wallet.frozen", wallet, reason=reason)
    return True


def _wallet_of(break_id: int) -> Wallet | None:
    """The wallet this break is about, locked until the transaction ends. None when it is about none."""
    wallet_id = Break.objects.filter(pk=break_id).values_list("wallet_id", flat=True).first()
    return _lock(wallet_id) if wallet_id else None


def _lock(wallet_id: uuid.UUID) -> Wallet:
    return Wallet.objects.select_for_update(no_key=True).get(pk=wallet_id)


def _seen_again(kind: str, key: str, about: dict[str, Any]) -> Break | None:
    open_one = Break.objects.filter(kind=kind, key=key, closed_at__isnull=True)
    return open_one.get() if open_one.update(seen_at=timezone.now(), detail=about) else None


def _plain(value: Any) -> Any:
    """As JSON has it. An amount becomes its words: a break is read by people."""
    return value if isinstance(value, str | int | bool | None) else str(value)
