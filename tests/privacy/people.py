"""The people of these tests, and what is known about them."""

from typing import Any

from tests.banking.people import added, let_in
from tests.builders import make_customer, make_holder, usdc
from tests.control import Control
from tests.transfers.steps import confirm, confirmed, drafted, finished
from walletapp.accounts.models import Customer, Onboarding, User
from walletapp.transfers.models import Transfer

DOCUMENT = "212-45-6789"
FIRST, LAST = "Zoraida", "Quillfeather"
OWNER = f"{FIRST} {LAST}"
NICKNAME = "Grandmother's savings"
NUMBER = "000987654321"


def make_known(sandbox: Control) -> User:
    """A verified person with an empty wallet of whom we know something in every way there is."""
    user = make_customer(sandbox, "zoraida")
    Customer.objects.filter(user=user).update(first_name=FIRST, last_name=LAST)
    user = User.objects.get(pk=user.pk)
    Onboarding.objects.create(user=user, answers={"document": {"number": DOCUMENT}}, document_hint="SSN ···6789")
    let_in(user)
    added(user, owner_name=OWNER, account_number=NUMBER, nickname=NICKNAME)
    return user


def pay(sandbox: Control, sender: User, to: str, amount: str) -> Transfer:
    return finished(sandbox, confirmed(sender, to=to, amount=usdc(amount)))


def empty(sandbox: Control, user: User, to: str) -> Transfer:
    """Send all of it away."""
    return finished(sandbox, confirm(drafted(user, to=to, side="max")))


def make_sender(sandbox: Control, **more: Any) -> User:
    return make_holder(sandbox, "bob", **more)
