"""Everybody who may come to a page, and one of everything that a customer can have.

Alice owns; Bob could own the same things and owns none of hers; Charlie is not verified; of the staff there is one with
no right, one of each role, and the superuser who hands out roles.
"""

import uuid
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client

from tests.banking.people import let_in, make_insider, opened
from tests.builders import deposit, just_proved, make_user, usd, usdc, wallet_of
from tests.control import Control
from tests.transfers import cash_steps
from tests.transfers.bank_steps import make_account
from tests.transfers.steps import OUTSIDE, confirmed, drafted, finished
from walletapp.accounts import factors, recovering
from walletapp.accounts.models import User
from walletapp.banking import interest, missing
from walletapp.banking.models import ExternalAccount
from walletapp.payees import book
from walletapp.payees.models import Payee
from walletapp.staff import roles
from walletapp.transfers.models import Transfer
from walletapp.wallet.models import Break

ANONYMOUS, OWNER, OTHER, UNVERIFIED = "anonymous", "owner", "other customer", "unverified"
NO_ROLE, ROOT = "staff without a role", "superuser"
CUSTOMERS = (OWNER, OTHER, UNVERIFIED)
STAFF = (NO_ROLE, roles.SUPPORT, roles.OPERATIONS, roles.COMPLIANCE, roles.ENGINEERS, ROOT)
EVERYBODY = (ANONYMOUS, *CUSTOMERS, *STAFF)


@dataclass
class Cast:
    """The people of one sweep, with what is Alice's."""

    alice: User
    bob: User
    charlie: User
    draft: Transfer
    sent: Transfer
    cash: Transfer
    account: ExternalAccount
    payee: Payee

    @cached_property
    def users(self) -> dict[str, User]:
        people = {OWNER: self.alice, OTHER: self.bob, UNVERIFIED: self.charlie}
        for role in STAFF:
            people[role] = make_user(role.lower().replace(" ", "-"), is_staff=True, is_superuser=role == ROOT)
            people[role].groups.set(Group.objects.filter(name=role))
        return people

    @cached_property
    def cookies(self) -> dict[str, str]:
        """The session of each, in which they have just proved who they are."""
        return {role: just_proved(user).cookies["sessionid"].value for role, user in self.users.items()}

    @cached_property
    def passkey(self) -> Authenticator:
        """Alice's, with which her session was proved."""
        return Authenticator.objects.get(user=self.alice, type=factors.PASSKEY)

    def browser(self, role: str, **more: Any) -> Client:
        """A new browser in that person's session: what one request does to its cookies is not the next one's."""
        client = Client(raise_request_exception=False, **more)
        if role != ANONYMOUS:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.cookies[role]
        return client

    def ask(self, role: str, method: str, url: str, data: Any = None, **more: Any) -> Any:
        """One request, of which nothing stays in the database."""
        taken_back: Any = transaction.atomic()
        taken_back._from_testcase = True  # as the one around every test: what wants to commit for itself may
        with taken_back:
            answer = (
                getattr(self.browser(role), method.lower())(url, data, **more)
                if method in {"GET", "POST"}
                else (self.browser(role).generic(method, url, **more))
            )
            transaction.set_rollback(True)
        return answer


def gather(sandbox: Control) -> Cast:
    """Make them all, with real calls to the sandbox."""
    alice = make_insider(sandbox, "alice")
    deposit(sandbox, wallet_of(alice), "200")
    account = make_account(alice)
    opened(alice)
    interest.register(alice, use_case="salary", monthly_volume="to_2000", state="TX", consents=True)
    missing.report(alice, amount=usd("40"), sent_on=date(2026, 1, 5), rail="ach", bank_name="Wells", reference="r1")
    sent = finished(sandbox, confirmed(alice, amount=usdc("25")))
    cash = cash_steps.with_code(alice, usd("50"))
    Break.objects.create(kind="balance", key=str(uuid.uuid4()), wallet=wallet_of(alice), detail={"remote": "1"})
    cast = Cast(
        alice=alice,
        bob=let_in(make_insider(sandbox, "bob")),
        charlie=make_user("charlie"),
        draft=drafted(alice, amount=usdc("10")),
        sent=sent,
        cash=cash,
        account=account,
        payee=book.save(alice, OUTSIDE, "Ann"),
    )
    recovering.ask(cast.users[roles.SUPPORT], alice, proved="video", words="Lost the phone with everything on it")
    assert cast.cookies, "made now: what is made inside of a request that is taken back would be gone"
    return cast
