"""A person with an authenticator app, her browser, and a clock that can be moved on."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from tests.builders import make_user, signed_in
from tests.second_factors import give_app
from walletapp.accounts.models import User


@pytest.fixture
def user(db: None) -> User:
    """With an authenticator app."""
    user = make_user("alice")
    give_app(user)
    return user


@pytest.fixture
def browser(user: User) -> Client:
    """Signed in this very moment, with the password and a code."""
    return signed_in(user)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime.now(UTC)) as clock:
        yield clock
