"""One person's answers, and walking the pages with them."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from tests.builders import make_user
from walletapp.accounts import onboarding
from walletapp.accounts.models import Onboarding, User

SSN = "412-73-9968"
SSN_DIGITS = "412739968"

FORMS: dict[str, dict[str, str]] = {
    "name": {"first_name": "Charlie", "middle_name": "", "last_name": "Rivera-O'Neil"},
    "birth": {"birth_date": "04/27/1990"},
    "phone": {"phone": "(212) 555-0123"},
    "address": {
        "country": "US",
        "line1": "12 Canary Street",
        "line2": "Apt 3",
        "city": "Austin",
        "state": "TX",
        "zip_code": "78701",
    },
    "document": {"nationality": "US", "kind": "ssn", "number": SSN, "issuing_country": "US"},
}

ANSWERS: dict[str, dict[str, str]] = {
    **FORMS,
    "birth": {"birth_date": "1990-04-27"},
    "phone": {"phone": "+12125550123"},
    "document": {"nationality": "US", "kind": "ssn", "number": SSN_DIGITS, "issuing_country": "US"},
}


def make_answered(name: str = "charlie", **answers: dict[str, str]) -> User:
    """A person who has answered every step and sent nothing yet."""
    user = make_user(name)
    for slug, answer in (ANSWERS | answers).items():
        onboarding.save_step(user, slug, answer)
    return user


def submit(user: User) -> Onboarding:
    """The press of the button."""
    return onboarding.submit(user, agreed=True, ip_address="203.0.113.7")


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def make_due(row: Onboarding, **changes: Any) -> None:
    """As if the time of the next try had come, and whoever held the row had died."""
    values = {"due_at": timezone.now() - timedelta(seconds=1), "lease_until": None, "lease_token": "", **changes}
    Onboarding.objects.filter(pk=row.pk).update(**values)
