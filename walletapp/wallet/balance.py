"""What OMS says a wallet holds, when it said so, and whether that agrees with our ledger.

What must stay true: a balance that could not be read stays what it was, with its old time, and is never zero; an older
answer never replaces a newer one; no page waits for OMS. The ledger decides what may be spent; this only compares.
"""

import logging
import uuid
from datetime import timedelta

from django.core.cache import cache
from django.db import models
from django.utils import timezone

from walletapp.later import ring
from walletapp.oms.client import get_client
from walletapp.oms.errors import OmsError
from walletapp.wallet import tasks
from walletapp.wallet.models import Movement, Wallet

log = logging.getLogger(__name__)

FRESH = timedelta(seconds=30)
LATELY = timedelta(hours=1)
AT_ONCE = 50  # wallets asked about in one beat, so that a large house does not flood OMS
ASK_EVERY = 10  # seconds between two rings for the same wallet, whoever watches it
REMEMBER_AWAY = 180  # seconds


def refresh(wallet_id: uuid.UUID | str) -> bool:
    """Read the balance from OMS. False when that failed: then everything stays as it was."""
    wallet = Wallet.objects.custodial().get(pk=wallet_id)
    if wallet.oms_id is None:
        return False
    asked_at = timezone.now()
    try:
        answer = get_client().get_wallet_balance(wallet.oms_id)
    except OmsError as problem:
        log.warning("balance of wallet %s not read: %s", wallet.pk, problem)
        _remember_away(wallet, True)
        return False
    older = models.Q(remote_seen_at__isnull=True) | models.Q(remote_seen_at__lt=asked_at)
    Wallet.objects.filter(older, pk=wallet.pk).update(remote_minor=answer.balance.minor, remote_seen_at=asked_at)
    _remember_away(wallet, False)
    return True


def refresh_soon(wallet: Wallet) -> None:
    """Somebody is looking: have the balance read again if it is older than FRESH. Returns at once."""
    if wallet.oms_id and not is_fresh(wallet) and _may_ask(wallet):
        ring(tasks.refresh_balance, wallet.pk)


def is_fresh(wallet: Wallet) -> bool:
    return wallet.remote_seen_at is not None and timezone.now() - wallet.remote_seen_at < FRESH


def is_away(wallet: Wallet) -> bool:
    """Whether the last attempt to read this balance failed. Only words depend on it."""
    try:
        return bool(cache.get(_away_key(wallet)))
    except Exception:  # noqa: BLE001  each cache backend raises its own kind; without it we do not know
        return False


def worth_refreshing() -> models.QuerySet[Wallet]:
    """Wallets that somebody watches or that money is moving in, the longest unread first, a bounded number."""
    since = timezone.now() - LATELY
    moving = Movement.objects.filter(wallet=models.OuterRef("pk"))
    busy = models.Exists(moving.pending()) | models.Exists(moving.filter(finished_at__gte=since))
    watched = models.Q(user__last_login__gte=since) | models.Q(remote_seen_at__isnull=True)
    wallets = Wallet.objects.custodial().filter(watched | models.Q(busy), oms_id__isnull=False)
    return wallets.order_by(models.F("remote_seen_at").asc(nulls_first=True))[:AT_ONCE]


def compare(wallet: Wallet, *, leaving: int = 0, arriving: int = 0) -> int | None:
    """How many minor units OMS holds more (or less, negative) than our ledger and what is under way explain.

    `leaving` is what open transfers may already have taken out at OMS while we still hold it; `arriving` what OMS may
    already have credited and we have not. 0: explained. None: OMS's balance was never read, so nothing is known.
    Compare a balance read while nothing changed here: read it, then call this with the row as it was before.
    """
    if wallet.remote_minor is None:
        return None
    ours = wallet.available_minor + wallet.held_minor
    least, most = ours - leaving, ours + arriving
    if wallet.remote_minor < least:
        return wallet.remote_minor - least
    return max(wallet.remote_minor - most, 0)


def _may_ask(wallet: Wallet) -> bool:
    try:
        return bool(cache.add(f"balance-asked:{wallet.pk}", 1, ASK_EVERY))
    except Exception:  # noqa: BLE001  the cache is away, and the bell is the same server: nobody would hear it
        return False


def _remember_away(wallet: Wallet, away: bool) -> None:
    try:
        if away:
            cache.set(_away_key(wallet), 1, REMEMBER_AWAY)
        else:
            cache.delete(_away_key(wallet))
    except Exception:  # noqa: BLE001  only words on a page depend on it
        log.warning("cache away")


def _away_key(wallet: Wallet) -> str:
    return f"balance-away:{wallet.pk}"
