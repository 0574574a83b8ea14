"""What staff should look at first: counted for the front page of the admin, each linked to its list.

What must stay true: a line is shown only to whoever may open the list behind it, and a count that may not be read is
absent rather than zero.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from walletapp.accounts.models import Onboarding
from walletapp.accounts.recoveries import Recovery
from walletapp.banking.models import ExternalAccount, MissingDeposit, UnmatchedDeposit, VirtualAccount
from walletapp.oms.models import InboundEvent
from walletapp.privacy.models import Closure
from walletapp.transfers import overdue, screening
from walletapp.transfers.models import Transfer
from walletapp.wallet.models import Break, ReconciliationRun, Wallet


@dataclass(frozen=True, slots=True)
class Line:
    """One question, how many rows are a yes, and where they are listed."""

    label: str
    count: int
    url: str


def lines(user: Any) -> list[Line]:
    """Every line this person may read, the empty ones too: nothing to do is news."""
    return [
        Line(label, rows.count(), _address(table, query))
        for label, table, rows, query in _questions()
        if user.has_perm(table.replace(".", ".view_"))
    ]


def last_run(user: Any) -> ReconciliationRun | None:
    """The newest comparison with OMS, None also when it is not for this person."""
    if not user.has_perm("wallet.view_reconciliationrun"):
        return None
    return ReconciliationRun.objects.order_by("-started_at").first()


def _questions() -> Iterator[tuple[str, str, QuerySet[Any], dict[str, str]]]:
    """Label, table, rows, and the filter of the table's list that picks the same rows."""
    differences = Break.objects.filter(closed_at__isnull=True)
    alone = differences.filter(owner__isnull=True)
    yield "Open differences with OMS", "wallet.break", differences, {"open": "yes"}
    yield "Differences nobody looks after", "wallet.break", alone, {"open": "yes", "unassigned": "yes"}
    sanctions = differences.filter(kind=screening.BREAK)
    yield "Sends to a sanctioned address", "wallet.break", sanctions, {"open": "yes", "kind": screening.BREAK}
    stuck = Transfer.objects.exclude(attention="")
    yield "Transfers that need a person", "transfers.transfer", stuck, {"attention": "yes"}
    late = Transfer.objects.filter(overdue.late())
    yield "Transfers later than promised", "transfers.transfer", late, {"late": "yes"}
    yield "Wallets we stopped", "wallet.wallet", Wallet.objects.exclude(frozen_reason=""), {"frozen": "yes"}
    opening = Wallet.objects.filter(state=Wallet.State.OPENING)
    yield "Wallets still being opened", "wallet.wallet", opening, {"state__exact": "opening"}
    asked = Recovery.objects.waiting()
    yield "Requests to let somebody in who lost everything", "accounts.recovery", asked, {"waiting": "yes"}
    refused = Onboarding.objects.filter(is_unknown=True)
    yield "Identities given to OMS, answer not known", "accounts.onboarding", refused, {"is_unknown__exact": "1"}
    deposits = UnmatchedDeposit.objects.filter(state=UnmatchedDeposit.State.OPEN)
    yield "Bank deposits to be placed", "banking.unmatcheddeposit", deposits, {"state__exact": "open"}
    missed = MissingDeposit.objects.filter(state=MissingDeposit.State.OPEN)
    yield "Customers who miss a bank transfer", "banking.missingdeposit", missed, {"state__exact": "open"}
    numbers = VirtualAccount.objects.filter(state=VirtualAccount.State.OPENING, is_by_hand=True)
    yield "Account numbers to be opened by hand", "banking.virtualaccount", numbers, {"by_hand": "yes"}
    given = ExternalAccount.objects.filter(state=ExternalAccount.State.CHECKING, is_by_hand=True)
    yield "Bank accounts to be registered by hand", "banking.externalaccount", given, {"by_hand": "yes"}
    closures = Closure.objects.exclude(obstacle="")
    yield "Closed accounts that cannot be erased yet", "privacy.closure", closures, {"stuck": "yes"}
    for state in (InboundEvent.State.PARKED, InboundEvent.State.CONFLICT, InboundEvent.State.DEAD):
        events = InboundEvent.objects.filter(state=state)
        yield f"Events: {state.label.lower()}", "oms.inboundevent", events, {"state__exact": state.value}


def _address(table: str, query: dict[str, str]) -> str:
    return f"{reverse(f'admin:{table.replace(".", "_")}_changelist')}?{urlencode(query)}"
