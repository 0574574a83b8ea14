"""Erasing a closed account when its day has come.

What must stay true: the customer's key is destroyed, so that what was sealed with it opens nowhere; clear
columns that name the person are blanked, in their rows and where others' rows name them; the ledger stays and still
sums to zero; nothing is erased while the account holds or moves money.
"""

import logging
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import connection, models
from django.db.models import Value
from django.db.models.functions import Concat
from django.utils import timezone

from walletapp import sqlite
from walletapp.accounts.models import Customer, User
from walletapp.audit import trail
from walletapp.banking.models import ExternalAccount
from walletapp.durable import durable
from walletapp.keys.models import CustomerKey
from walletapp.keys.rotation import seal_with_own_key
from walletapp.notifications.models import Notice
from walletapp.oms.models import InboundEvent
from walletapp.payees.models import Payee
from walletapp.privacy.classes import owned
from walletapp.privacy.closing import obstacles
from walletapp.privacy.models import Closure
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import Kind
from walletapp.wallet.models import Movement, Wallet

log = logging.getLogger(__name__)

NOBODY = "A closed account"
# Rows that are nothing but a way to sign in: thrown away whole, where the app is installed.
_SIGN_IN = ("account.EmailAddress", "mfa.Authenticator", "usersessions.UserSession")


@durable
def erase(closure_id: UUID) -> bool:
    """Erase what one closed account still holds of its person. True for the call that did; the others change nothing.

    An account that money came to meanwhile is not erased: its closure says why, for staff.
    """
    closure = Closure.objects.select_for_update().get(pk=closure_id)
    now = timezone.now()
    if closure.erased_at or closure.erase_after > now:
        return False
    user = User.objects.select_for_update().get(pk=closure.user_id)
    if reasons := obstacles(user):
        Closure.objects.filter(pk=closure.pk).update(obstacle=" ".join(reasons)[:200])
        return False
    Closure.objects.filter(pk=closure.pk).update(erased_at=now, obstacle="")
    _forget_deliveries(user)
    _forget_mentions(user)
    _blank(user)
    Payee.objects.filter(user=user).delete()
    _take_away_the_ways_in(user)
    seal_with_own_key(user.pk)
    CustomerKey.destroy(user.pk)
    trail.record(None, "account.erased", user, reason="its time was over")
    return True


def leave_no_traces() -> None:
    """After rows were erased: give the database's file back without what they held. PostgreSQL does so by itself."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        sqlite.rewrite(connection)


def _blank(user: User) -> None:
    """Every column that the table of classes says is erased. A column that must hold something holds NOBODY."""
    for model, table in owned():
        if names := table.erased.split():
            blanks = {name: _nothing(model, name) for name in names}
            model._base_manager.filter(**{table.owner: user.pk}).update(**blanks)


def _nothing(model: type[models.Model], name: str) -> Any:
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)
    if field.null:
        return None
    if isinstance(field, models.JSONField):
        return field.get_default()
    return "" if field.blank or (field.max_length or 0) < len(NOBODY) else NOBODY


def _forget_mentions(user: User) -> None:
    """Others have sent to this person, been sent to and saved them: their rows keep what moved and lose the name."""
    for email in _names_of(user):
        Transfer.objects.filter(to_email__iexact=email).update(to_email="")
        Transfer.objects.filter(from_party__iexact=email).update(from_party=NOBODY)
        Movement.objects.filter(other_party__iexact=email).update(other_party=NOBODY)
        Payee.objects.filter(email__iexact=email).update(email="")
        for notice in Notice.objects.filter(context__icontains=email):
            told = {name: NOBODY if str(value).lower() == email else value for name, value in notice.context.items()}
            Notice.objects.filter(pk=notice.pk).update(context=told)
        LogEntry.objects.filter(object_repr__icontains=email).update(object_repr=NOBODY)


def _names_of(user: User) -> set[str]:
    """Every e-mail address that others know them by: people change theirs. Not one that is somebody else's by now."""
    wallets = Wallet.objects.filter(user=user)
    sent = Transfer.objects.filter(user=user, kind=Kind.SEND, oms_id__isnull=False)
    arrivals = sent.annotate(ref=Concat(Value("txn:"), "oms_id")).values("ref")
    names = {
        *Transfer.objects.filter(to_wallet__in=wallets).values_list("to_email", flat=True).distinct(),
        *Transfer.objects.filter(arrival_ref__in=arrivals).values_list("from_party", flat=True).distinct(),
        *Payee.objects.filter(address__in=wallets.values("address")).values_list("email", flat=True).distinct(),
    }
    known = {user.email, *(name.lower() for name in names if "@" in name)}
    return known - set(User.objects.exclude(pk=user.pk).filter(email__in=known).values_list("email", flat=True))


def _forget_deliveries(user: User) -> None:
    """What OMS told us about them. Bodies go after some weeks anyway; this is for the newest."""
    known = [
        *Customer.objects.filter(user=user).values_list("oms_id", flat=True),
        *Wallet.objects.filter(user=user, oms_id__isnull=False).values_list("oms_id", flat=True),
        *Transfer.objects.filter(user=user, oms_id__isnull=False).values_list("oms_id", flat=True),
    ]
    at_rest = InboundEvent.objects.exclude(state__in=InboundEvent.WAITING)
    at_rest.filter(resource_id__in=known).update(body=None, last_error="")


def _take_away_the_ways_in(user: User) -> None:
    for label in _SIGN_IN:
        if apps.is_installed(_app_of(label)):
            apps.get_model(label)._base_manager.filter(user=user).delete()
    for account in ExternalAccount.objects.filter(user=user):
        ExternalAccount.objects.filter(pk=account.pk).update(fingerprint=account.pk.hex)
    user.email = f"{user.public_id}@erased.invalid"
    user.set_unusable_password()
    user.save(update_fields=["email", "password"])


def _app_of(label: str) -> str:
    return f"allauth.{label.partition('.')[0]}"
