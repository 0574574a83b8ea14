"""The names people gave in their address book to whom they sent to, for the rows of what moved.

What must stay true: a name is looked up in the owner's own book alone, and by the address the money went to: an e-mail
may lead elsewhere one day. However many rows there are, it is asked for once.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from walletapp.payees.models import Payee
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import Kind


def names_of(user: Any, ids: Iterable[UUID]) -> dict[UUID, str]:
    """What this person calls whoever these sends of theirs went to; without those who are in no book."""
    book = {payee.address.lower(): payee.nickname for payee in Payee.objects.for_user(user)}
    if not book:
        return {}
    sends = _sends(user).filter(pk__in=list(ids)).values_list("pk", "to_address")
    return {pk: book[address.lower()] for pk, address in sends if address.lower() in book}


def sent_to(user: Any, words: str) -> QuerySet[Transfer, UUID]:
    """The ids of this person's sends to whom they saved by such a name."""
    places = Q(pk__in=[])
    for payee in Payee.objects.for_user(user).filter(nickname__icontains=words):
        places |= Q(to_address__iexact=payee.address)
    return _sends(user).filter(places).values_list("pk", flat=True)


def _sends(user: Any) -> QuerySet[Transfer]:
    return Transfer.objects.filter(user=user, kind=Kind.SEND).order_by()
