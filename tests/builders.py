"""The people of the tests, made with real calls to the sandbox.

Alice holds money, Bob is verified but empty, Charlie is not verified and must see nothing of theirs.
"""

import secrets
import uuid
from datetime import date
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from django.conf import settings
from django.http import HttpRequest
from django.test import Client

from tests.control import Control
from tests.second_factors import code_of, give_app, give_key
from walletapp.accounts import factors
from walletapp.accounts.models import Customer, Endorsement, User
from walletapp.money import Currency, Money
from walletapp.oms import bodies
from walletapp.oms.client import get_client
from walletapp.transfers.depositing import apply_deposit
from walletapp.wallet.models import Wallet

PASSWORD = "a long walk by the sea"


def usdc(text: str) -> Money:
    return Money.from_wire(text, Currency.USDC)


def usd(text: str) -> Money:
    return Money.from_wire(text, Currency.USD)


def make_user(name: str = "alice", **fields: Any) -> User:
    """A person with a verified e-mail address and PASSWORD."""
    email = f"{name}-{secrets.token_hex(3)}@example.com"
    user = User.objects.create_user(email, PASSWORD, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def make_verified(sandbox: Control, name: str = "dora") -> User:
    """A person whom OMS has just let hold money, with an authenticator app and no wallet yet."""
    user = make_user(name)
    client = get_client()
    made = client.create_customer(
        bodies.customer_body(
            external_id=str(user.public_id),
            first_name=name.capitalize(),
            last_name="Example",
            email=user.email,
            phone="+12125550123",
            birth_date=date(1990, 5, 15),
            nationality="US",
            residential_address=bodies.address(line1="1 Main St", city="Austin", state="TX", zip_code="78701"),
            documents=[bodies.identity_document(kind="ssn", number="123456789")],
            signed_agreement=True,
        ),
        key=f"test-customer-{uuid.uuid4()}",
    )
    sandbox.approve(made.id)
    customer = Customer.objects.create(user=user, oms_id=made.id, first_name=name.capitalize(), last_name="Example")
    give_app(user)
    for endorsement in ("basic", "cryptoCustody", "usd"):
        Endorsement.objects.create(customer=customer, name=endorsement, status=Endorsement.Status.ACTIVE)
    return user


def make_customer(sandbox: Control, name: str = "bob") -> User:
    """A verified person with an open, empty wallet at the sandbox."""
    user = make_verified(sandbox, name)
    oms_id = Customer.objects.get(user=user).oms_id
    wallet = get_client().create_wallet(oms_id, bodies.wallet_body(), key=f"test-wallet-{uuid.uuid4()}")
    Wallet.objects.create(
        user=user,
        oms_id=wallet.id,
        address=wallet.address,
        state=Wallet.State.ACTIVE,
        idem_key=f"{settings.ENVIRONMENT_NAME}-wallet-{uuid.uuid4()}-0",
    )
    return user


def make_holder(sandbox: Control, name: str = "alice", amount: str = "100") -> User:
    """A verified person who holds `amount` USDC, deposited from outside."""
    user = make_customer(sandbox, name)
    deposit(sandbox, wallet_of(user), amount)
    return user


def deposit(sandbox: Control, wallet: Wallet, amount: str) -> None:
    """USDC arrives from outside, and our side hears of it."""
    tx_hash = "0x" + secrets.token_hex(32)
    sandbox.deposit(str(wallet.oms_id), amount, txHash=tx_hash)
    apply_deposit(str(wallet.oms_id), {"deposit": {"amount": amount, "asset": "usdc", "txHash": tx_hash}})


def wallet_of(user: User) -> Wallet:
    return Wallet.objects.get(user=user)


def signed_in(user: User, client: Client | None = None) -> Client:
    """A browser, a new one unless given, signed in just now: by password, and by a code where they have an app."""
    client = client or Client()
    answer = client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content[:500]
    if answer["Location"] == "/account/security/authenticate/":
        answer = client.post(answer["Location"], {"code": code_of(user)})
        assert answer.status_code == 302, answer.content[:500]
    return client


def just_proved(user: User) -> Client:
    """A browser of somebody who has just proved with a passkey who they are: staff pages want that."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    request = HttpRequest()
    request.session = client.session
    if not factors.has_factor(user, factors.PASSKEY):
        give_key(user)
    record_authentication(request, user, method="mfa", type=factors.PASSKEY.value, reauthenticated=True)
    request.session.save()
    return client
