"""Saying that one wants bank transfers, changing one's mind, taking it back, and being let in.

What must stay true: nothing is kept without consent; each change is in the audit trail; all of it is safe to repeat.
"""

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.text import get_text_list

from walletapp import features
from walletapp.accounts.models import Flag, User
from walletapp.audit.trail import record
from walletapp.banking.models import InterestEntry
from walletapp.durable import durable
from walletapp.notifications.models import Notice
from walletapp.notifications.tell import tell
from walletapp.refusals import Refusal


class NoConsent(Refusal):
    """We may not keep the entry. Nothing was saved."""

    code = "no_consent"


@durable
def register(user: User, *, use_case: str, monthly_volume: str, state: str, consents: bool) -> InterestEntry:
    """Save the person's entry, the first or a corrected one; a withdrawn one stands again. Raises NoConsent."""
    if not consents:
        raise NoConsent("Tick that we may write to you, or we cannot keep this. Nothing was saved.", field="consents")
    now = timezone.now()
    answers = {"use_case": use_case, "monthly_volume": monthly_volume, "state": state}
    entry, is_new = InterestEntry.objects.get_or_create(user=user, defaults={**answers, "consented_at": now})
    before = {name: getattr(entry, name) for name in answers}
    if not is_new and (before != answers or not entry.is_standing):
        consented_at = entry.consented_at if entry.is_standing else now
        changes = {**answers, "consented_at": consented_at, "updated_at": now, "withdrawn_at": None}
        InterestEntry.objects.filter(pk=entry.pk).update(**changes)
        entry.refresh_from_db()
    elif not is_new:
        return entry
    record(user, "interest.registered" if is_new else "interest.changed", entry, **answers)
    return entry


@durable
def withdraw(user: User) -> bool:
    """Take the person off the list. True for the call that did it."""
    now = timezone.now()
    if not InterestEntry.objects.standing().filter(user=user).update(withdrawn_at=now, updated_at=now):
        return False
    record(user, "interest.withdrawn", InterestEntry.objects.get(user=user))
    return True


@durable
def give_access(actor: Any, entry_id: UUID, *flag_names: str, why: str) -> bool:
    """Switch the flags on for the person of this entry and write to them: one letter that names all that opened. False
    when they have them all, or are off the list: without consent nobody is written to. `why` goes on record."""
    entry = InterestEntry.objects.standing().select_related("user").filter(pk=entry_id).first()
    flags = list(Flag.objects.select_for_update().filter(name__in=flag_names).order_by("pk"))
    if entry is None:
        return False
    given = [flag for flag in flags if not flag.users.filter(pk=entry.user_id).exists()]
    for flag in given:
        flag.users.add(entry.user)
        flag.save()
        record(actor, "flag.given", flag, why, name=flag.name, user=str(entry.user.public_id))
    if given:
        _tell(entry, *(flag.name for flag in given))
    return bool(given)


@durable
def tell_what_opened(entry_id: UUID) -> None:
    """Write to the person of this entry about each rail that was opened for them since they asked for it, however staff
    opened it: for a group, a percentage or everyone. Safe to repeat; nobody hears of the same rail twice."""
    entry = InterestEntry.objects.standing().select_related("user").filter(pk=entry_id).first()
    if entry is None:
        return
    changed = dict(Flag.objects.filter(name__in=features.FLAGS).values_list("name", "modified"))
    for standing in features.standings(entry.user).values():
        flag_name = standing.rail.flag
        if flag_name and standing.is_open and changed[flag_name] > entry.consented_at:
            _tell(entry, flag_name)


def named(*flag_names: str) -> str:
    """What these open, in the order people know it: adding money by bank transfer and withdrawing to a bank by ACH."""
    titles = [features.RAILS[name].title for name in features.FLAGS if name in flag_names]
    return get_text_list([title[0].lower() + title[1:] for title in titles], "and")


def _tell(entry: InterestEntry, *flag_names: str) -> None:
    """One letter about those of these that no letter has named yet."""
    InterestEntry.objects.filter(pk=entry.pk, opened_at=None).update(opened_at=timezone.now())
    letters = Notice.objects.filter(user=entry.user, kind="bank_access").values_list("dedupe_key", flat=True)
    told = {name for key in letters for name in key.split(":")[1].split("+")}
    if new := sorted({*flag_names} - told):
        what = named(*new)
        key = f"bank_access:{'+'.join(new)}:{entry.user_id}"
        tell(entry.user, "bank_access", key, link="/bank-transfers/", what=what[0].upper() + what[1:])
