"""The pages of the address book, by form posts alone."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.builders import PASSWORD, signed_in
from tests.payees.addresses import OUTSIDE, imitating
from tests.second_factors import code_of, post_proved, token_on
from walletapp.accounts.models import User
from walletapp.payees import book, only_saved
from walletapp.payees.models import Payee
from walletapp.web.templatetags.wallet_tags import grouped

pytestmark = pytest.mark.django_db

LATER = timedelta(minutes=6)  # past the time for which a sign-in is proof enough


def names(user: User) -> list[str]:
    return [payee.nickname for payee in Payee.objects.for_user(user)]


def test_saving_by_the_page(alice: User) -> None:
    browser = signed_in(alice)
    assert "Nobody yet" in browser.get("/payees/").content.decode()
    answer = post_proved(browser, alice, "/payees/add/", {"to": OUTSIDE, "nickname": "  The   rent "})
    assert answer["Location"] == "/payees/"
    page = browser.get("/payees/").content.decode()
    assert "The rent" in page
    assert grouped(OUTSIDE) in page


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 41, "Mom\u202e", "Mom\u200b", "\u2066Mom", "Mo\x00m", "\ue000"], ids=repr
)
def test_a_name_that_cannot_be_seen_is_refused(alice: User, name: str) -> None:
    answer = signed_in(alice).post("/payees/add/", {"to": OUTSIDE, "nickname": name})
    assert answer.status_code == 422
    assert names(alice) == []


@pytest.mark.parametrize("name", ["M", "x" * 40, "Zoë & Søren", "妈妈", "<b>Mom</b>", "O'Neil 🏠"])
def test_a_name_is_whatever_people_call_each_other_and_is_only_text(alice: User, name: str) -> None:
    browser = signed_in(alice)
    assert post_proved(browser, alice, "/payees/add/", {"to": OUTSIDE, "nickname": name}).status_code == 302
    assert names(alice) == [name]
    page = browser.get("/payees/").content.decode()
    assert "<b>Mom</b>" not in page


def test_saving_renaming_and_removing_want_a_fresh_proof(alice: User) -> None:
    browser = signed_in(alice)
    saved = book.save(alice, OUTSIDE, "Rent")
    page = f"/payees/{saved.pk}/"
    acts = {
        "/payees/add/": {"to": imitating(OUTSIDE, first=0, last=0), "nickname": "Power"},
        page: {"do": "rename", "nickname": "Landlord"},
        f"{page}?": {"do": "remove"},
        "/payees/only-saved/": {"do": "off"},
    }
    only_saved.turn_on(alice)
    with time_machine.travel(timezone.now() + LATER):
        for url, form in acts.items():
            for _ in range(6):  # a form without a proof is no try
                asked = browser.post(url, form)
                assert 'name="code"' in asked.content.decode(), url
            assert browser.post(url, {**form, "password": PASSWORD}).status_code == 200, url
            wrong = {**form, "token": token_on(asked.content), "code": "000000"}
            assert browser.post(url, wrong).status_code == 422, url
        assert names(alice) == ["Rent"]
        standing = only_saved.standing(alice)
        assert standing is not None
        assert standing.ends_at is None
        proof = {"token": token_on(browser.post(page, {"do": "remove"}).content), "code": code_of(alice)}
        assert browser.post(page, {"do": "rename", "nickname": "Landlord", **proof}).status_code == 422
        proof["code"] = code_of(alice)
        assert browser.post(page, {"do": "remove", **proof}).status_code == 302
    assert names(alice) == []


def test_switching_it_on_wants_no_proof(alice: User) -> None:
    browser = signed_in(alice)
    with time_machine.travel(timezone.now() + LATER):
        assert browser.post("/payees/only-saved/", {"do": "on"}).status_code == 302
    assert only_saved.standing(alice) is not None
    assert "Switch it off in 24 hours" in browser.get("/payees/only-saved/").content.decode()


def test_switching_off_and_keeping_it_on_by_the_page(alice: User) -> None:
    browser = signed_in(alice)
    browser.post("/payees/only-saved/", {"do": "on"})
    post_proved(browser, alice, "/payees/only-saved/", {"do": "off"})
    assert "Keep it on" in browser.get("/payees/only-saved/").content.decode()
    browser.post("/payees/only-saved/", {"do": "on"})
    standing = only_saved.standing(alice)
    assert standing is not None
    assert standing.ends_at is None


def test_a_new_entry_says_from_when_it_can_be_paid(alice: User) -> None:
    browser = signed_in(alice)
    payee = book.save(alice, OUTSIDE, "Rent")
    assert "can be paid from" not in browser.get("/payees/").content.decode()
    only_saved.turn_on(alice)
    assert "can be paid from" in browser.get("/payees/").content.decode()
    assert "Can be paid" in browser.get(f"/payees/{payee.pk}/").content.decode()


def test_the_book_shows_an_address_in_groups(alice: User) -> None:
    book.save(alice, OUTSIDE, "Rent")
    assert grouped(OUTSIDE) in signed_in(alice).get("/payees/").content.decode()


def test_a_look_alike_is_shown_beside_the_saved_one(alice: User) -> None:
    book.save(alice, OUTSIDE, "Rent")
    answer = signed_in(alice).post("/payees/add/", {"to": imitating(OUTSIDE), "nickname": "Landlord"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "You saved it as Rent" in page
    assert "<mark" in page


def test_somebody_elses_entry_does_not_exist(alice: User, bob: User) -> None:
    payee = book.save(alice, OUTSIDE, "Rent")
    browser = signed_in(bob)
    assert browser.get(f"/payees/{payee.pk}/").status_code == 404
    assert browser.post(f"/payees/{payee.pk}/", {"do": "remove"}).status_code == 404
    assert "Rent" not in browser.get("/payees/").content.decode()
    assert names(alice) == ["Rent"]
