"""Of a confirmed transfer nothing changes; only the recipient's e-mail address may be erased, once all is over."""

import pytest
from django.db import DatabaseError, transaction

from tests.builders import make_customer, make_holder, usdc
from tests.control import Control
from tests.transfers.steps import confirmed, finished
from walletapp.transfers.models import Transfer

pytestmark = pytest.mark.django_db


def change(transfer: Transfer, **values: str) -> None:
    with transaction.atomic():
        Transfer.objects.filter(pk=transfer.pk).update(**values)


def test_the_address_is_erased_when_the_transfer_is_over_and_not_before(sandbox: Control) -> None:
    alice, bob = make_holder(sandbox, "alice"), make_customer(sandbox, "bob")
    transfer = confirmed(alice, to=bob.email, amount=usdc("5"))
    with pytest.raises(DatabaseError, match="does not change"):
        change(transfer, to_email="")
    transfer = finished(sandbox, transfer)
    with pytest.raises(DatabaseError, match="does not change"):
        change(transfer, to_email="somebody.else@example.com")
    change(transfer, to_email="")
    with pytest.raises(DatabaseError, match="does not change"):
        change(transfer, to_email=bob.email)
    with pytest.raises(DatabaseError, match="does not change"):
        change(transfer, to_address="0x0")
