"""The address book: saving, renaming and removing whom one pays.

What must stay true: whoever changes it proved a moment ago that it is them (the views see to it); every change is told
by e-mail, because somebody else may have done it; an address made like a known one is not saved.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from walletapp.audit import trail
from walletapp.durable import durable
from walletapp.moments import written
from walletapp.notifications.tell import tell
from walletapp.payees.acquaintances import require_unlike
from walletapp.payees.models import Payee
from walletapp.payees.recipients import Recipient, find_recipient
from walletapp.refusals import Refusal
from walletapp.wallet.models import Wallet
from walletapp.web.templatetags.wallet_tags import short_party

MOST = 200
A_DAY = 10  # a burst of new entries is seldom their owner's
PAGE = "/payees/"


class CannotSave(Refusal):
    """The book stays as it is. Nothing was changed."""

    code = "cannot_save_payee"


@durable
def save(user: Any, to: str, nickname: str) -> Payee:
    """Put an e-mail or an address into the book. Safe to repeat: what stands there already is answered as it is.

    Raises CannotReceive, InvalidAddress, LookAlike or CannotSave, and then nothing has changed.
    """
    hold_back_sends(user)
    recipient, known = _looked_up(user, to, nickname)
    if known:
        return known
    payee = Payee.objects.create(user=user, nickname=nickname, address=recipient.address, email=recipient.email)
    _tell(user, "payee_saved", f"{payee.pk}", payee)
    trail.record(user, "payee.saved", payee)
    return payee


@durable
def rename(user: Any, payee_id: UUID, nickname: str) -> bool:
    """Call an entry something else. True when that changed something. Raises CannotSave, nothing was changed."""
    hold_back_sends(user)
    payee = Payee.objects.for_user(user).filter(pk=payee_id).exclude(nickname=nickname).first()
    if payee is None:
        return False
    _require_free(user, nickname, apart_from=payee_id)
    before, payee.nickname = payee.nickname, nickname
    payee.save(update_fields=["nickname"])
    event = trail.record(user, "payee.renamed", payee)
    _tell(user, "payee_renamed", f"{event.pk}", payee, before=before)
    return True


@durable
def remove(user: Any, payee_id: UUID) -> bool:
    """Take an entry out. What is on its way to it still arrives. True for the call that did it."""
    hold_back_sends(user)
    payee = Payee.objects.for_user(user).filter(pk=payee_id).first()
    if payee is None:
        return False
    payee.removed_at = timezone.now()
    payee.save(update_fields=["removed_at"])
    _tell(user, "payee_removed", f"{payee.pk}", payee)
    trail.record(user, "payee.removed", payee)
    return True


def entry_of(user: Any, address: str) -> Payee | None:
    """What this person's book has for an address."""
    return Payee.objects.for_user(user).at(address).first()


def hold_back_sends(user: Any) -> None:
    """Let no send of this person be confirmed until the open transaction ends: what it changes counts from then on."""
    list(Wallet.objects.select_for_update(no_key=True).filter(user=user).order_by("pk").values_list("pk"))


def require_savable(user: Any, to: str, nickname: str) -> None:
    """Raises what `save` would, so that nobody proves who they are for nothing. Changes nothing."""
    _looked_up(user, to, nickname)


def _tell(user: Any, kind: str, once: str, payee: Payee, **more: str) -> None:
    told = {"payee": payee.nickname, "whom": short_party(payee.named_by), "when": written(timezone.now())}
    tell(user, kind, f"{kind}:{once}", link=PAGE, **told, **more)


def _looked_up(user: Any, to: str, nickname: str) -> tuple[Recipient, Payee | None]:
    """Who it is, and their entry where there is one. Raises the refusals of `save`."""
    recipient = find_recipient(user, to)
    known = _already(user, recipient)
    if known is None:
        _require_room(user)
        require_unlike(user, recipient.address)
        _require_free(user, nickname)
    return recipient, known


def _already(user: Any, recipient: Recipient) -> Payee | None:
    """The entry of this very address. Raises CannotSave when its e-mail leads elsewhere by now."""
    if found := entry_of(user, recipient.address):
        return found
    moved = Payee.objects.for_user(user).filter(email__iexact=recipient.email).first() if recipient.email else None
    if moved:
        raise CannotSave(
            f"{recipient.email} has another wallet than when you saved it as {moved.nickname}. Nothing was saved. "
            "Ask them whether that is right, then remove the old entry and save them again.",
            field="to",
        )
    return None


def _require_room(user: Any) -> None:
    if Payee.objects.for_user(user).count() >= MOST:
        raise CannotSave(f"Your address book has {MOST} entries. Remove one first. Nothing was saved.")
    today = Payee.objects.filter(user=user, saved_at__gt=timezone.now() - timedelta(days=1))
    if today.count() >= A_DAY:
        raise CannotSave(f"You can save {A_DAY} in 24 hours. Nothing was saved. You can still send without saving.")


def _require_free(user: Any, nickname: str, apart_from: UUID | None = None) -> None:
    same = Payee.objects.for_user(user).filter(nickname__iexact=nickname)
    if (same.exclude(pk=apart_from) if apart_from else same).exists():
        raise CannotSave("Another entry has this name. Choose a different one.", field="nickname")
