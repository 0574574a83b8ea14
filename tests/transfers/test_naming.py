"""The name of the address book, on the page of a send, in the activity and in its search: its owner's only."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.builders import signed_in, usdc
from tests.control import Control
from tests.transfers.steps import OUTSIDE, confirmed, finished
from walletapp.accounts.models import User
from walletapp.payees.models import Payee
from walletapp.transfers import naming
from walletapp.web.templatetags.wallet_tags import grouped, short_party

pytestmark = pytest.mark.django_db


def save(user: User, nickname: str, address: str = OUTSIDE) -> Payee:
    return Payee.objects.create(user=user, nickname=nickname, address=address)


def search(browser: Client, words: str) -> str:
    return browser.post("/activity/", {"q": words}, follow=True).content.decode()


def test_a_saved_name_stands_beside_the_address_wherever_a_send_is_shown(sandbox: Control, alice: User) -> None:
    sent = finished(sandbox, confirmed(alice, amount=usdc("5")))
    under_way = confirmed(alice, amount=usdc("6"))
    save(alice, "Aunt Mo", OUTSIDE.lower())
    browser = signed_in(alice)

    for transfer in (sent, under_way):
        page = browser.get(f"/transfers/{transfer.pk}/").content.decode()
        assert "Aunt Mo" in page
        assert str(grouped(OUTSIDE)) in page
    for path in ("/activity/", "/home/"):
        assert browser.get(path).content.decode().count(f"to Aunt Mo ({short_party(OUTSIDE)})") == 2


def test_the_search_finds_a_send_by_the_name_and_only_in_ones_own_book(
    sandbox: Control, alice: User, bob: User
) -> None:
    finished(sandbox, confirmed(alice, amount=usdc("5")))
    save(bob, "Aunt Mo")
    browser = signed_in(alice)
    assert "Nothing like that" in search(browser, "aunt")
    assert "Aunt Mo" not in browser.get("/activity/").content.decode()

    save(alice, "Old Joe")
    found = search(browser, "old j")
    assert "to Old Joe (" in found
    assert "Clear the search" in found
    assert "Nothing like that" in search(browser, "old jane")
    Payee.objects.filter(user=alice).update(removed_at="2026-01-01T00:00Z")
    assert "Old Joe" not in browser.get("/activity/").content.decode()
    assert "Nothing like that" in search(browser, "old j")


def test_more_rows_ask_no_more_questions(alice: User) -> None:
    save(alice, "Aunt Mo")
    ids = [confirmed(alice, amount=usdc("1")).pk]
    with CaptureQueriesContext(connection) as one:
        assert set(naming.names_of(alice, ids).values()) == {"Aunt Mo"}
    ids += [confirmed(alice, amount=usdc("1")).pk for _ in range(2)]
    with CaptureQueriesContext(connection) as three:
        assert len(naming.names_of(alice, ids)) == 3
    assert len(three) == len(one) == 2
