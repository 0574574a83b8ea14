"""Every page about bank transfers, for each kind of person, with the flags off, on, and stopped."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse
from waffle.models import Switch

from tests.banking.people import let_in, make_insider
from tests.builders import just_proved, make_customer, make_user, signed_in
from tests.control import Control
from walletapp import features
from walletapp.accounts.models import Flag
from walletapp.banking import urls
from walletapp.banking.models import ExternalAccount, MissingDeposit, VirtualAccount

pytestmark = pytest.mark.django_db

OPEN_TO_ALL = {"interest", "withdraw"}  # to ask for access, and to take that back


def addresses() -> list[str]:
    """Every one that early access opens, from the URL table itself, so that none is forgotten."""
    ours = [route for route in urls.urlpatterns if route.name not in OPEN_TO_ALL]
    found = [reverse(f"banking:{it.name}", args=[uuid.UUID(int=7)] if it.pattern.converters else []) for it in ours]
    return [*found, reverse("transfers:withdraw")]


def test_with_the_flags_off_every_address_is_refused_to_everybody(sandbox: Control) -> None:
    roles = {
        "stranger": (Client(), {302}),
        "charlie": (signed_in(make_user("charlie")), {302}),
        "bob": (signed_in(make_customer(sandbox, "bob")), {403}),
        "staff": (just_proved(make_user("root", is_staff=True, is_superuser=True)), {302}),
    }
    assert len(addresses()) >= 11
    for role, (browser, expected) in roles.items():
        for url in addresses():
            for method in ("get", "post"):
                answer = getattr(browser, method)(url)
                assert answer.status_code in expected, (role, method, url, answer.status_code)
                if answer.status_code == 302:
                    assert answer["Location"].split("?")[0] not in addresses(), url
    assert not VirtualAccount.objects.exists()
    assert not ExternalAccount.objects.exists()
    assert not MissingDeposit.objects.exists()


def test_each_flag_opens_its_own_pages_only(sandbox: Control) -> None:
    payer = signed_in(let_in(make_customer(sandbox, "fran"), features.BANK_FUNDING))
    assert payer.get(reverse("banking:add_money")).status_code == 200
    assert payer.get(reverse("banking:accounts")).status_code == 403
    drawer = signed_in(let_in(make_customer(sandbox, "wanda"), features.BANK_PAYOUTS_WIRE))
    assert drawer.get(reverse("banking:accounts")).status_code == 200
    assert drawer.get(reverse("banking:add_money")).status_code == 403


def test_a_flag_for_everyone_opens_and_shuts_on_the_next_request(sandbox: Control) -> None:
    flag = Flag.objects.get(name=features.BANK_FUNDING)
    browser = signed_in(make_customer(sandbox, "bob"))
    page = reverse("banking:add_money")
    for everyone, status in ((True, 200), (False, 403), (True, 200), (None, 403)):
        Flag.objects.filter(pk=flag.pk).update(everyone=everyone)
        assert browser.get(page).status_code == status, everyone
    assert "not open for you yet" in browser.post(page).content.decode()


@pytest.mark.parametrize(("switch", "value"), [("read_only", True), ("outgoing", False)])
def test_a_kill_switch_shuts_what_begins_something_on_the_next_request(
    sandbox: Control, switch: str, value: bool
) -> None:
    browser = signed_in(make_insider(sandbox))
    add, listed, fund = (reverse(f"banking:{name}") for name in ("add_account", "accounts", "add_money"))
    assert browser.get(add).status_code == 200
    Switch.objects.update_or_create(name=switch, defaults={"active": value})
    assert browser.get(add).status_code == 503
    assert browser.post(add, {}).status_code == 503
    assert browser.get(listed).status_code == 200, "what one has can still be looked at"
    assert browser.get(fund).status_code == (503 if switch == "read_only" else 200)
    Switch.objects.update_or_create(name=switch, defaults={"active": not value})
    assert browser.get(add).status_code == 200


def test_a_rail_shut_for_everyone_says_so_to_those_who_had_it(sandbox: Control) -> None:
    browser = signed_in(make_insider(sandbox))
    Flag.objects.filter(name=features.BANK_FUNDING).update(everyone=False)
    answer = browser.get(reverse("banking:add_money"))
    assert answer.status_code == 503
    assert "stopped for now" in answer.content.decode()
    assert browser.get(reverse("banking:missing")).status_code == 200, "money on its way is still looked for"
