"""Opening an account: e-mail and password, the code, and where one lands."""

import re

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from tests.builders import PASSWORD, make_user, signed_in
from tests.passkeys import Passkey
from tests.second_factors import options_on
from walletapp.accounts import code_tries
from walletapp.accounts.models import Customer, Endorsement, User

pytestmark = pytest.mark.django_db


def sign_up(client: Client, email: str = "New.Person@Example.com", password: str = PASSWORD) -> str:
    return client.post(reverse("account_signup"), {"email": email, "password1": password})["Location"]


def code_in_the_mail() -> str:
    found = re.search(r"\b\d{4}-\d{4}\b", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[0]


def test_signing_up_asks_for_an_email_and_a_password_and_leads_to_identity() -> None:
    client = Client()
    assert sign_up(client) == reverse("account_email_verification_sent")
    assert mail.outbox[-1].to == ["new.person@example.com"]
    answer = client.post(reverse("account_email_verification_sent"), {"code": code_in_the_mail()})
    assert answer["Location"] == reverse("accounts:identity")
    assert "Start with my name" in client.get("/identity/").content.decode()
    assert User.objects.get().email == "new.person@example.com"


def test_the_code_may_be_typed_without_its_hyphen() -> None:
    client = Client()
    sign_up(client)
    code = code_in_the_mail().replace("-", " ")
    assert client.post(reverse("account_email_verification_sent"), {"code": code}).status_code == 302


def test_a_wrong_code_opens_nothing() -> None:
    client = Client()
    sign_up(client)
    wrong = "0000-0000" if code_in_the_mail() != "0000-0000" else "1111-1111"
    assert client.post(reverse("account_email_verification_sent"), {"code": wrong}).status_code == 200
    assert "/account/login/" in client.get("/identity/")["Location"]


def test_too_many_tries_are_told_when_to_come_back() -> None:
    """allauth's own limits, by the minute, and ours on one code, for as long as it lives."""
    answers = [
        Client().post(reverse("account_login"), {"login": f"{n}@example.com", "password": "x"}) for n in range(31)
    ]
    assert (answers[-1].status_code, answers[-1]["Retry-After"]) == (429, "60")
    client = Client()
    sign_up(client)
    page = reverse("account_email_verification_sent")
    while (answer := client.post(page, {"code": "0000-0000"})).status_code == 200:
        pass
    for _ in range(code_tries.MOST):
        answer = client.post(page, {"code": "0000-0000"})
    assert (answer.status_code, answer["Retry-After"]) == (429, "600")
    assert "That was too many tries" in answer.content.decode()


def test_a_short_password_is_refused() -> None:
    answer = Client().post(reverse("account_signup"), {"email": "a@example.com", "password1": "short"})
    assert "Use 12 characters or more." in answer.content.decode()
    assert not User.objects.exists()


def test_signing_up_twice_looks_the_same_to_a_stranger() -> None:
    user = make_user("taken")
    assert sign_up(Client(), user.email) == reverse("account_email_verification_sent")
    assert User.objects.count() == 1


def test_somebody_without_a_wallet_lands_on_identity_after_signing_in() -> None:
    user = make_user("charlie")
    answer = Client().post(reverse("account_login"), {"login": user.email.upper(), "password": PASSWORD})
    assert answer["Location"] == reverse("accounts:identity")


def test_somebody_verified_lands_at_home() -> None:
    user = make_user("bob")
    customer = Customer.objects.create(user=user, oms_id="cst_1")
    for name in ("basic", "cryptoCustody"):
        Endorsement.objects.create(customer=customer, name=name, status="ACTIVE")
    answer = Client().post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer["Location"] == reverse("wallet:dashboard")


def test_a_user_who_was_switched_off_is_signed_out_at_the_next_page() -> None:
    user = make_user("charlie")
    client = signed_in(user)
    assert client.get("/identity/").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/identity/").status_code == 302


def test_two_users_cannot_share_an_address_in_other_letters() -> None:
    user = make_user("charlie")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email=user.email.upper())


def test_an_account_that_a_passkey_opens_has_recovery_codes_before_anything_else() -> None:
    client, passkey = Client(), Passkey()
    assert client.post(reverse("account_signup_by_passkey"), {"email": "new@example.com"}).status_code == 302
    client.post(reverse("account_email_verification_sent"), {"code": code_in_the_mail()})
    page = client.get(reverse("mfa_signup_webauthn"))
    made = {"name": "", "credential": passkey.make(options_on(page.content))}
    answer = client.post(reverse("mfa_signup_webauthn"), made)
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    assert len(re.findall(r">(\d{5} \d{5})<", client.get(answer["Location"]).content.decode())) == 10
    assert "were shown once" in client.get(answer["Location"]).content.decode()
    assert client.get(reverse("account_protected"))["Location"] == reverse("accounts:identity")


def test_the_way_for_the_forgetful_stands_behind_the_form() -> None:
    """So that the password comes right after the address, for the keyboard too."""
    page = Client().get(reverse("account_login")).content.decode()
    assert page.index('type="password"') < page.index(reverse("account_reset_password"))
