"""Staff with all rights, with the right to read one table, and customers whose rows fill the admin."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from tests.builders import just_proved, make_holder, make_user, usdc
from tests.control import Control
from tests.transfers.steps import confirmed, finished
from walletapp.accounts.models import User
from walletapp.transfers.models import Transfer
from walletapp.wallet import balance
from walletapp.wallet.models import Break, Wallet


def browser(user: User) -> Client:
    return just_proved(user)


@pytest.fixture
def root(db: None) -> Client:
    """A superuser's browser."""
    return browser(make_user("root", is_staff=True, is_superuser=True))


@pytest.fixture
def clerk(db: None) -> User:
    """A member of staff who may look after differences and nothing else."""
    user = make_user("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_break", "change_break"]))
    return user


@pytest.fixture
def alice(sandbox: Control, db: None) -> User:
    """Received 100 USDC, sent 25 of it."""
    user = make_holder(sandbox, "alice", "100")
    finished(sandbox, confirmed(user, amount=usdc("25")))
    balance.refresh(Wallet.objects.get(user=user).pk)
    return user


@pytest.fixture
def sent(alice: User) -> Transfer:
    return Transfer.objects.get(user=alice, kind="send")


@pytest.fixture
def difference(alice: User) -> Break:
    wallet = Wallet.objects.get(user=alice)
    details: dict[str, Any] = {"remote": "75.000000", "ours": "74.000000"}
    return Break.objects.create(kind="balance", key=str(wallet.pk), wallet=wallet, detail=details)
