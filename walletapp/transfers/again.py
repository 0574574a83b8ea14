"""The form as it was for something this person asked for before: to change it, or to ask for the same once more.

What must stay true: only of one's own, and of the same kind; what cannot be read is an empty form.
"""

from typing import Any
from uuid import UUID

from django.urls import reverse

from walletapp.transfers.funding_forms import CashAmountForm
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import Kind


def send(user: Any, reference: str) -> dict[str, Any]:
    """What stood in the form of a send."""
    found = _own(user, reference, Kind.SEND)
    return {"to": found.to_email or found.to_address, **_amount(found)} if found else {}


def cash_in(user: Any, reference: str) -> dict[str, Any]:
    """What stood in the form of a cash-in."""
    found = _own(user, reference, Kind.CASH_IN)
    if found is None:
        return {}
    way = CashAmountForm.BRING if found.asked_side == "source" else CashAmountForm.WANT
    return {"amount": found.asked.text(), "way": way}


def withdrawal(user: Any, reference: str) -> dict[str, Any]:
    """What stood in the form of a withdrawal, or what came back of one."""
    found = _own(user, reference, Kind.WITHDRAWAL, Kind.RETURNED)
    if found is None:
        return {}
    initial = {"account": found.external_account_id, "rail": found.rail}
    if found.kind == Kind.RETURNED:
        return initial | {"amount": found.amount.text(), "side": "source"}
    return initial | _amount(found)


def url_of(transfer: Transfer) -> str:
    """The page of its form, with everything in it."""
    match transfer.kind:
        case Kind.CASH_IN:
            page = reverse("transfers:add_cash_amount", args=[transfer.store_id])
        case Kind.SEND:
            page = reverse("transfers:send")
        case _:
            page = reverse("transfers:withdraw")
    return f"{page}?again={transfer.pk}"


def _amount(found: Transfer) -> dict[str, Any]:
    if found.asked_minor is None:
        return {"everything": True}
    return {"amount": found.asked.text(), "side": found.asked_side}


def _own(user: Any, reference: str, *kinds: Kind) -> Transfer | None:
    try:
        transfer_id = UUID(reference)
    except ValueError:
        return None
    return Transfer.objects.filter(user=user, kind__in=kinds, pk=transfer_id).select_related("wallet").first()
