"""Bank accounts of one's own that money can go out to: added, checked by OMS, named, removed.

What must stay true: the holder is the verified person; the number is sealed, and erased as soon as OMS has it; the same
number is on a person's list once; adding one is told by e-mail, because somebody else may have done it.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.safestring import SafeString

from walletapp import features
from walletapp.accounts.models import Customer, User
from walletapp.audit import trail
from walletapp.banking import provisioning, tasks
from walletapp.banking.models import ExternalAccount
from walletapp.banking.names import is_same_person
from walletapp.banking.states import EXTERNAL_MOVES, ExternalAccountState
from walletapp.durable import durable
from walletapp.later import ring
from walletapp.moments import written
from walletapp.money import Money
from walletapp.notifications.tell import tell
from walletapp.oms import bodies
from walletapp.oms.client import get_client
from walletapp.oms.errors import OmsError, OmsRejected
from walletapp.oms.inbox import NotYet
from walletapp.oms.schemas import ExternalAccount as OmsExternalAccount
from walletapp.refusals import Refusal
from walletapp.transitions import advance
from walletapp.wallet import breaks
from walletapp.web.templatetags.wallet_tags import dollars, when

State = ExternalAccountState
MOST = 10  # accounts on one list; more is somebody trying numbers
PAGE = "/bank-transfers/accounts/"
PAYOUT_RAILS = (features.BANK_PAYOUTS_ACH, features.BANK_PAYOUTS_WIRE)

STATE_OF = {
    "verified": State.VERIFIED,
    "active": State.VERIFIED,
    "pending": State.CHECKING,
    "created": State.CHECKING,
    "declined": State.REFUSED,
    "rejected": State.REFUSED,
}
_NAME_DIFFERS = "The bank says this account is in another name. Add one that is in yours."
_DECLINED = "The bank did not accept this account. Check both numbers and add it again."


class CannotAdd(Refusal):
    """The account was not added. Nothing was changed."""

    code = "cannot_add_account"


class AccountNotReady(Refusal):
    """Money cannot go out to this account now. Nothing was changed."""

    code = "account_not_ready"


class AccountTooNew(Refusal):
    """The account is too new for this much. Nothing was changed."""

    code = "account_too_new"


def require_payout_open(user: Any) -> None:
    """Raises SwitchedOff when no way out to a bank is open for this person."""
    if not any(features.is_open(rail, user) for rail in PAYOUT_RAILS):
        features.require_open(features.BANK_PAYOUTS_ACH, user)


@durable
def add(
    user: User,
    *,
    owner_name: str,
    bank_name: str,
    routing_number: str,
    account_number: str,
    account_type: str,
    nickname: str = "",
) -> ExternalAccount:
    """Put an account on the person's list and have OMS check it. Safe to repeat: the same number is the same row.

    Raises SwitchedOff or CannotAdd, and then nothing has changed.
    """
    require_payout_open(user)
    customer = Customer.objects.select_for_update().filter(user=user).first()
    if customer is None or not is_same_person(owner_name, customer.first_name, customer.last_name):
        name = customer.name if customer else "the verified name"
        raise CannotAdd(f"The account must be your own, in the name {name}. Nothing was added.", field="owner_name")
    mine = ExternalAccount.objects.for_user(user)
    mark = _fingerprint(routing_number, account_number)
    if found := mine.kept().exclude(state=State.REFUSED).filter(fingerprint=mark).first():
        return found
    if mine.kept().count() >= MOST:
        raise CannotAdd(f"You have {MOST} accounts on your list. Remove one first. Nothing was added.")
    account_id, by_hand = uuid.uuid4(), provisioning.is_opened_by_hand()
    account = ExternalAccount.objects.create(
        id=account_id,
        user=user,
        nickname=nickname.strip()[:40],
        owner_name=owner_name.strip(),
        bank_name=bank_name.strip(),
        routing_number=routing_number,
        account_number=account_number,
        last4=account_number[-4:],
        fingerprint=mark,
        account_type=account_type,
        idem_key=provisioning.key_of("xa", account_id),
        is_by_hand=by_hand,
        due_at=None if by_hand else timezone.now(),
    )
    now = written(timezone.now())
    tell(user, "bank_account_added", f"bank_account_added:{account.pk}", link=PAGE, account=account.label, when=now)
    trail.record(user, "external_account.added", account)
    ring(tasks.provision_external, account.pk)
    return account


@durable
def rename(user: Any, account_id: uuid.UUID, nickname: str) -> bool:
    """Give one's own account a name. True when that changed something."""
    mine = ExternalAccount.objects.for_user(user).kept().filter(pk=account_id).exclude(nickname=nickname.strip()[:40])
    if not mine.update(nickname=nickname.strip()[:40]):
        return False
    trail.record(user, "external_account.renamed", ExternalAccount(pk=account_id))
    return True


@durable
def remove(user: Any, account_id: uuid.UUID) -> bool:
    """Take one's own account off the list. What is on its way to it still arrives. True for the call that did it."""
    account = ExternalAccount.objects.for_user(user).kept().filter(pk=account_id).first()
    end = {"account_number": None, "removed_at": timezone.now(), "due_at": None, "lease_until": None, "lease_token": ""}
    if account is None or not advance(account, to=State.REMOVED, frm=EXTERNAL_MOVES[State.REMOVED], **end):
        return False
    breaks.settle_break(provisioning.NOT_OPENED, account.pk, "removed by its owner")
    trail.record(user, "external_account.removed", account)
    return True


def require_payable(account: ExternalAccount, amount: Money, now: datetime) -> None:
    """Raises AccountNotReady or AccountTooNew when `amount` dollars may not go out to this account now."""
    if not account.is_payable:
        raise AccountNotReady(f"{account.label} cannot be used now. Nothing was sent. Choose another account.")
    if not account.may_be_paid(amount, now):
        raise AccountTooNew(format_html("{} Nothing was sent.", most_while_new(account, now)), field="amount")


def most_while_new(account: ExternalAccount, now: datetime) -> SafeString:
    """How much can go to an account that is new, and how long that is so: a sentence with a time, for a page."""
    said = "{} is new: at most {} can go to it at a time until {}."
    return format_html(said, account.label, dollars(account.most_at(now)), when(account.large_payouts_from))


def provision(account_id: str) -> None:
    """Claim the row and have OMS register the account, or read again one that it is still looking at."""
    account = ExternalAccount.claim(account_id)
    if account is None:
        return
    read_at = timezone.now()
    if account.oms_id:
        _look_again(account, account.oms_id, read_at)
        return
    try:
        theirs = provisioning.have_opened(account, lambda: _find(account) or _create(account))
    except OmsRejected as no:
        if no.status in {400, 422}:
            refuse(account.pk, _DECLINED)
        else:
            provisioning.try_again(account, no)
        return
    if theirs is not None:
        registered(account.pk, theirs, read_at)


def apply_external_account(oms_id: str, data: Mapping[str, Any]) -> None:
    """An event about an external account: ask OMS how it is and believe that. Raises NotYet when it is not known."""
    account = ExternalAccount.objects.filter(oms_id=oms_id).first()
    if account is None:
        raise NotYet(f"external account {oms_id}")
    read_at = timezone.now()
    _follow(account.pk, get_client().get_external_account(oms_id), read_at)


@transaction.atomic
def registered(account_id: uuid.UUID, theirs: OmsExternalAccount, read_at: datetime, actor: Any = None) -> bool:
    """OMS, or staff in its place, has the account: keep its id, erase the number. True for the call that did it."""
    account = ExternalAccount.objects.select_for_update(of=("self",)).get(pk=account_id)
    if account.oms_id or account.state != State.CHECKING:
        return False
    known = {"oms_id": theirs.id, "account_number": None, "status_seen_at": read_at, **_free(theirs)}
    ExternalAccount.objects.filter(pk=account.pk).update(**known)
    breaks.settle_break(provisioning.NOT_OPENED, account.pk, f"registered at attempt {account.attempts}")
    trail.record(actor, "external_account.registered", account, oms_id=theirs.id, by_hand=account.is_by_hand)
    _advance(account, theirs)
    return True


@transaction.atomic
def refuse(account_id: uuid.UUID, why: str, actor: Any = None) -> bool:
    """The account is not accepted. `why` is for its owner. True for the call that said so."""
    account = ExternalAccount.objects.get(pk=account_id)
    end = {"problem": why[:200], "account_number": None, "due_at": None, "lease_until": None, "lease_token": ""}
    if not advance(account, to=State.REFUSED, frm=EXTERNAL_MOVES[State.REFUSED], **end):
        return False
    trail.record(actor, "external_account.refused", account)
    return True


def _look_again(account: ExternalAccount, oms_id: str, read_at: datetime) -> None:
    """The event that said what became of it may have been lost, or never comes where accounts are made by hand."""
    try:
        theirs = get_client().get_external_account(oms_id)
    except OmsError:
        account.release(due_at=timezone.now() + timedelta(seconds=provisioning.LOOK_AGAIN * account.attempts))
        return
    account.release(due_at=_free(theirs)["due_at"])
    _follow(account.pk, theirs, read_at)


@durable
def _follow(account_id: uuid.UUID, theirs: OmsExternalAccount, read_at: datetime) -> None:
    account = ExternalAccount.objects.get(pk=account_id)
    if provisioning.is_newer(account, read_at):
        _advance(account, theirs)


def _advance(account: ExternalAccount, theirs: OmsExternalAccount) -> None:
    state = _state_of(theirs)
    if state not in EXTERNAL_MOVES:
        return
    values: dict[str, Any] = {"problem": "", "due_at": None}
    if state == State.REFUSED:
        values["problem"] = _NAME_DIFFERS if theirs.decline_reason == "nameMismatch" else _DECLINED
    if state == State.VERIFIED:
        values["verified_at"] = timezone.now()
    if advance(account, to=state, frm=EXTERNAL_MOVES[state], **values):
        trail.record(None, f"external_account.{state.value}", account, reason="OMS says so")


def _find(account: ExternalAccount) -> OmsExternalAccount | None:
    return provisioning.find(account, get_client().list_external_accounts)


def _create(account: ExternalAccount) -> OmsExternalAccount:
    body = bodies.external_account_body(
        bank_name=account.bank_name,
        account_number=account.account_number,
        routing_number=account.routing_number,
        account_type=account.account_type,
        owner_name=account.owner_name,
        metadata={"accountId": str(account.pk)},
    )
    return get_client().create_external_account(account.user.customer.oms_id, body, key=account.idem_key)


def _free(theirs: OmsExternalAccount) -> dict[str, Any]:
    """The work item's columns: due again while OMS is still looking, else done."""
    again = timezone.now() + timedelta(seconds=provisioning.LOOK_AGAIN)
    is_open = _state_of(theirs) == State.CHECKING
    return {"due_at": again if is_open else None, "lease_until": None, "lease_token": ""}


def _state_of(theirs: OmsExternalAccount) -> ExternalAccountState:
    """A word OMS may add one day stops the account rather than letting money out to it."""
    return STATE_OF.get(theirs.status, State.STOPPED)


def _fingerprint(routing_number: str, account_number: str) -> str:
    text = f"{routing_number}:{account_number}"
    return salted_hmac("walletapp.banking.account", text, algorithm="sha256").hexdigest()
