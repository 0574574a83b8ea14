"""The steps of a withdrawal, as the tests take them."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from tests.banking.people import added, let_in
from tests.control import Control
from tests.transfers.steps import confirm
from walletapp.accounts.models import User
from walletapp.banking.access import PAYOUTS
from walletapp.banking.models import ExternalAccount
from walletapp.money import Money
from walletapp.transfers import withdrawing
from walletapp.transfers.models import Transfer


def open_payouts(user: User) -> None:
    """Both rails, for this person alone."""
    let_in(user, *PAYOUTS)


def make_account(user: User, ends: str = "6789", *, since: datetime | None = None) -> ExternalAccount:
    """A verified bank account of theirs, old enough for any amount. How its bank behaves is decided by `ends`."""
    account = added(user, account_number=f"55550000{ends}", owner_name=user.customer.name)
    old = timezone.now() - timedelta(hours=settings.NEW_BANK_ACCOUNT_HOURS + 1)
    ExternalAccount.objects.filter(pk=account.pk).update(created_at=since or old)
    account.refresh_from_db()
    return account


def drafted_payout(
    account: ExternalAccount, amount: Money | None, *, rail: str = "ach", side: str = "source"
) -> Transfer:
    return withdrawing.start(account.user, account_id=account.pk, rail=rail, amount=amount, side=side)


def confirmed_payout(account: ExternalAccount, amount: Money | None, *, rail: str = "ach") -> Transfer:
    """A withdrawal the person reviewed, re-authenticated for and confirmed; nothing has been said to OMS yet."""
    return confirm(drafted_payout(account, amount, rail=rail))


def send_back(sandbox: Control, payout: Transfer, reason: str = "R03 no account") -> str:
    """The bank returns a completed payout, and OMS has settled that. OMS's id of the return."""
    returned = sandbox.post(f"transactions/{payout.oms_id}/return", reason=reason)["id"]
    sandbox.settle(returned)
    return str(returned)
