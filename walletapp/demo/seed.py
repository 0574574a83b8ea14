"""The people of the demo, made by the journeys that everybody takes: no row is written that a person could not write.

Safe to repeat: what is there already is left alone. Needs the wallet's own programs and the sandbox to be running,
because identity checks, wallets and deposits arrive as events.
"""

import secrets
import time
from collections.abc import Callable, Sequence

from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection

from walletapp.accounts import factors, onboarding
from walletapp.accounts.models import Customer, User
from walletapp.accounts.steps import STEPS
from walletapp.demo import control
from walletapp.demo.logins import LOGINS, PASSWORD, Login
from walletapp.wallet.models import Movement, Wallet

_PATIENCE = 90.0  # a machine with much else to do still gets there

_ANSWERS = {
    "middle_name": "",
    "birth_date": "1990-04-27",
    "phone": "(212) 555-0123",
    "country": "US",
    "line1": "120 Broadway",
    "line2": "",
    "city": "New York",
    "state": "NY",
    "zip_code": "10271",
    "nationality": "US",
    "kind": "ssn",
    "issuing_country": "US",
}


class SeedStuck(Exception):
    """Something that should happen by itself did not."""


def seed(control_url: str) -> None:
    """Everybody of logins.py. Without a control room (another OMS than the sandbox) nobody is verified or paid."""
    for login in LOGINS:
        make_user(login, PASSWORD)
    if control_url:
        verify([login for login in LOGINS if login.is_verified], control_url)


def crowd(count: int, password: str, control_url: str) -> list[str]:
    """So many more verified customers whom nobody knows yet, for walks that each need somebody new; their e-mails."""
    addresses = [f"customer-{secrets.token_hex(4)}@example.com" for _ in range(count)]
    logins = [Login(address, "Maria", "Quintero", "", is_verified=True) for address in addresses]
    for login in logins:
        make_user(login, password)
    verify(logins, control_url)
    return addresses


def make_user(login: Login, password: str) -> User:
    """Somebody who has signed up and shown that the address is theirs."""
    user = User.objects.filter(email=login.email).first()
    if user is None:
        user = User.objects.create_user(login.email, password, is_staff=login.is_staff, is_superuser=login.is_staff)
    EmailAddress.objects.get_or_create(user=user, email=login.email, defaults={"verified": True, "primary": True})
    if login.is_verified or login.is_staff:
        give_app(user)
    return user


def give_app(user: User) -> None:
    """An authenticator app, which /demo/codes/ shows, and the recovery codes that come with the first factor."""
    if not factors.has_factor(user, factors.APP):
        TOTP.activate(user, generate_totp_secret())
        RecoveryCodes.activate(user)


def verify(logins: Sequence[Login], control_url: str) -> None:
    """Their identity, their wallets and their first money."""
    for login in logins:
        send_identity(login)
    for login in logins:
        approve(login, control_url)
    for login in logins:
        wait_for(f"the wallet of {login.email}", lambda login=login: wallet_of(login) is not None)  # type: ignore[misc]
    for login in logins:
        if login.starts_with:
            pay_in(login, control_url)


def send_identity(login: Login) -> None:
    """Answer every step through its form and send the request, unless OMS knows them already."""
    user = User.objects.get(email=login.email)
    if Customer.of(user) is not None:
        return
    number = str(212_450_000 + user.pk % 9000 + 1)
    answers = {**_ANSWERS, "first_name": login.given_name, "last_name": login.family_name, "number": number}
    for step in STEPS:
        form = step.form(data=answers)
        if not form.is_valid():
            raise SeedStuck(f"{login.email}, step {step.slug}: {form.errors.as_text()}")
        onboarding.save_step(user, step.slug, form.answer())
    onboarding.submit(user, agreed=True, ip_address="203.0.113.10")


def approve(login: Login, control_url: str) -> None:
    """Be the reviewer, so that nobody has to wait for the sandbox's own."""

    def customer() -> Customer | None:
        return Customer.of(User.objects.get(email=login.email))

    wait_for(f"OMS to know {login.email}", lambda: customer() is not None)
    known = customer()
    if known is not None and not known.may_hold_money:
        control.post(f"{control_url}/customers/{known.oms_id}/decision", {"decision": "approve"})
    wait_for(f"{login.email} to be verified", lambda: (now := customer()) is not None and now.may_hold_money)


def pay_in(login: Login, control_url: str) -> None:
    """First money, from outside, once."""
    wallet = wallet_of(login)
    if wallet is None or Movement.objects.filter(wallet=wallet).exists():
        return
    control.post(f"{control_url}/wallets/{wallet.oms_id}/deposit", {"amount": login.starts_with})
    wait_for(f"the money of {login.email}", lambda: Wallet.objects.filter(pk=wallet.pk, available_minor__gt=0).exists())


def wallet_of(login: Login) -> Wallet | None:
    """Their wallet once OMS has opened it."""
    return Wallet.objects.custodial().filter(user__email=login.email, state=Wallet.State.ACTIVE).first()


def wait_for(what: str, happened: Callable[[], bool]) -> None:
    """Look ten times a second. Raises SeedStuck."""
    give_up = time.monotonic() + _PATIENCE
    while not happened():
        if time.monotonic() > give_up:
            raise SeedStuck(f"waited {_PATIENCE:.0f} s in vain for {what}")
        connection.close_if_unusable_or_obsolete()
        time.sleep(0.1)
