"""What kinds of staff there are and what each may do. Groups of these names have exactly these rights after `migrate`.

Support reads what customers see and signs people out, operations acts on it, compliance sees sealed numbers (each time
with a reason, on record), closes accounts, and decides whom the others ask to let in. Engineers have a door and nothing
behind it: they need no customer's data. Nobody has a right to money, because no page of the admin changes any;
superusers hand out roles.
"""

from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Q

SUPPORT, OPERATIONS, COMPLIANCE, ENGINEERS = "Support", "Operations", "Compliance", "Engineers"

_READ = (
    *("accounts.customer", "accounts.endorsement", "accounts.onboarding", "accounts.user", "account.emailaddress"),
    *("accounts.recovery", "accounts.hold", "accounts.proof"),
    *("wallet.wallet", "wallet.movement", "wallet.break", "transfers.transfer", "transfers.quote"),
    *("transfers.attempt", "transfers.cashcode", "notifications.notice"),
    *("banking.interestentry", "banking.missingdeposit", "banking.virtualaccount"),
)
_READ_MORE = (
    *("audit.auditevent", "oms.inboundevent", "oms.webhookendpoint", "wallet.ledgeraccount", "wallet.ledgerentry"),
    *("wallet.ledgertransaction", "wallet.reconciliationrun", "transfers.authorization", "transfers.standstill"),
    *("banking.unmatcheddeposit", "banking.externalaccount", "transfers.bankarrival"),
)
_READ_ABOUT_PRIVACY = ("privacy.closure", "privacy.staffvisit")
_SWITCHES = ("waffle.switch", "accounts.flag")
_ACT = (
    *("wallet.break", "oms.inboundevent", "banking.missingdeposit", "banking.unmatcheddeposit"),
    *("banking.virtualaccount", *_SWITCHES),
)
_SIGN_OUT = {"accounts.end_sessions"}
# Letting somebody in who lost every second factor takes two: who asks is none of those who decide.
_ASK_TO_LET_IN, _DECIDE_TO_LET_IN = {"accounts.ask_recovery"}, {"accounts.decide_recovery"}
_CLOSE_AND_REVEAL = ("accounts.user", "banking.externalaccount")


def rights() -> dict[str, set[str]]:
    """The rights of each role, as `app.verb_model`."""
    support = _named("view", *_READ) | _SIGN_OUT
    everything = support | _named("view", *_READ_MORE)
    return {
        SUPPORT: support | _ASK_TO_LET_IN,
        OPERATIONS: everything | _named("view", *_SWITCHES) | _named("change", *_ACT) | _ASK_TO_LET_IN,
        COMPLIANCE: everything
        | _named("view", *_READ_ABOUT_PRIVACY)
        | _named("change", *_CLOSE_AND_REVEAL)
        | _reveals()
        | _DECIDE_TO_LET_IN,
        ENGINEERS: set(),
    }


def make_roles(**_: Any) -> None:
    """Bring the groups in line with this file. Safe to repeat; other groups, and who is in which, stay as they are."""
    from django.contrib.auth.models import Group, Permission

    if not {"auth_group", "auth_permission"} <= set(connection.introspection.table_names()):
        return  # migrated back to before them
    for role, wanted in rights().items():
        group, _made = Group.objects.get_or_create(name=role)
        pairs = (right.partition(".") for right in wanted)
        chosen = [Q(content_type__app_label=app, codename=codename) for app, _dot, codename in pairs]
        group.permissions.set(Permission.objects.filter(reduce(or_, chosen, Q(pk__in=[]))))


def _named(verb: str, *models: str) -> set[str]:
    pairs = (name.partition(".") for name in models)
    return {f"{app}.{verb}_{model}" for app, _dot, model in pairs}


def _reveals() -> set[str]:
    """Rights of our own models to see something sealed: every one whose name begins so."""
    codes = ((model._meta.app_label, code) for model in apps.get_models() for code, _ in model._meta.permissions)
    return {f"{app}.{code}" for app, code in codes if code.startswith("reveal_")}
