"""The pages of putting cash in: what they say, what they offer, and that they work as plain forms."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.builders import make_user, signed_in, usd
from tests.control import Control
from tests.transfers.cash_steps import a_store, arrived, code_of, drafted, pay, with_code
from tests.transfers.steps import work
from walletapp.accounts.models import User
from walletapp.transfers.models import CashCode, Transfer
from walletapp.transfers.states import State

pytestmark = pytest.mark.django_db

AWAY = "http://localhost:9/v0.9"
FIND = reverse("transfers:add_cash")


@pytest.fixture
def browser(bob: User) -> Client:
    return signed_in(bob)


def text_of(answer: object) -> str:
    """What a person reads: no tags, single spaces."""
    html = answer.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace(" .", ".").replace(" ,", ",")


def amount_url(chain: str = "7-Eleven") -> str:
    return reverse("transfers:add_cash_amount", args=[a_store(chain).id])


def look(browser: Client, **place: str) -> str:
    """The page after this was looked for."""
    return browser.post(FIND, place, follow=True).content.decode()


def page_of(browser: Client, transfer: Transfer) -> str:
    return text_of(browser.get(reverse("transfers:transfer", args=[transfer.pk])))


# --- finding a store --------------------------------------------------------------------------------------------------


def test_only_verified_people_get_here(sandbox: Control, bob: User) -> None:
    assert Client().get(FIND).status_code == 302
    charlie = signed_in(make_user("charlie"))
    assert charlie.get(FIND).headers["Location"] == reverse("accounts:identity")


def test_before_a_search_the_page_says_how_it_goes(browser: Client) -> None:
    said = text_of(browser.get(FIND))
    assert "Show the barcode to the cashier" in said
    assert "Use my location" in said


@pytest.mark.parametrize(
    "query", [{"q": "95814"}, {"q": "Sacramento, CA"}, {"latitude": "38.580", "longitude": "-121.490"}]
)
def test_stores_are_listed_with_distance_hours_and_a_map(browser: Client, query: dict[str, str]) -> None:
    answer = browser.post(FIND, query, follow=True)
    said = text_of(answer)
    store = a_store()
    assert store.name in said
    assert store.full_address in said
    assert store.hours in said
    assert "check that it is open before you go" in said
    assert re.search(r"\d\.\d mi", said)
    html = answer.content.decode()
    assert "Map of the stores around" in html
    assert html.count("<circle") > html.count('class="row"'), "a dot for each store, and rings"
    assert "http" not in re.sub(r"http://www.w3.org/2000/svg", "", html.split("<figure")[1].split("</figure>")[0])


def test_towns_of_the_same_name_are_offered(browser: Client) -> None:
    page = look(browser, q="Kansas City")
    assert "Did you mean another?" in page
    other = re.search(r'<button[^>]* name="q" value="(Kansas City, KS)"', page)
    assert other, page
    assert "near Kansas City, KS" in look(browser, q=other[1])


def test_an_unknown_place_is_said_in_a_clear_sentence(browser: Client) -> None:
    answer = browser.post(FIND, {"q": "<b>nowhere"}, follow=True)
    assert answer.status_code == 200
    assert "We do not know a place called" in text_of(answer)
    assert b"<b>nowhere" not in answer.content


def test_an_empty_search_is_asked_for_words(browser: Client) -> None:
    assert "Enter a ZIP code, or a city with its state" in look(browser, q=" ")
    assert "Enter a ZIP code, or a city with its state" in look(browser, latitude="", longitude="91")


def test_no_store_near_by_is_not_an_error(browser: Client) -> None:
    assert "No store within 25 miles" in look(browser, q="99723")


def test_while_oms_is_away_the_page_says_so(browser: Client, settings: Settings) -> None:
    settings.OMS_BASE_URL = AWAY
    said = look(browser, q="95814")
    assert "cannot reach our payment partner right now" in said
    assert "Nothing was charged" in said


# --- the amount -------------------------------------------------------------------------------------------------------


def test_limits_and_what_is_left_stand_there_before_anybody_types(browser: Client) -> None:
    said = text_of(browser.get(amount_url()))
    assert "Right now you can bring $20.00 to $500.00 at this store." in said
    assert "24 hours: $1,500.00 of $1,500.00, 3 of 3 deposits" in said
    assert "7 days: $3,500.00 of $3,500.00, 12 of 12 deposits" in said
    assert "30 days: $5,000.00 of $5,000.00, 20 of 20 deposits" in said


def test_at_walmart_more_is_possible(browser: Client) -> None:
    assert "$20.00 to $1,000.00 at this store" in text_of(browser.get(amount_url("Walmart")))


def test_what_was_used_is_subtracted_and_says_when_it_comes_back(sandbox: Control, bob: User, browser: Client) -> None:
    arrived(sandbox, pay(sandbox, with_code(bob, usd("300")), "300"))
    with_code(bob, usd("250"))
    said = text_of(browser.get(amount_url()))
    assert "24 hours: $950.00 of $1,500.00, 1 of 3 deposits; more from" in said


def test_a_used_up_day_says_when_it_is_possible_again(sandbox: Control, bob: User, browser: Client) -> None:
    for _ in range(3):
        pay(sandbox, with_code(bob, usd("20")), "20")
    said = text_of(browser.get(amount_url()))
    assert "No more cash right now" in said
    assert "You can bring cash again from" in said


@pytest.mark.parametrize(
    ("way", "amount", "brings", "arrives"), [("bring", "100", "$100.00", "98.00"), ("want", "98", "$100.00", "98.00")]
)
def test_both_ways_lead_to_the_same_price(browser: Client, way: str, amount: str, brings: str, arrives: str) -> None:
    answer = browser.post(amount_url(), {"amount": amount, "way": way})
    assert answer.status_code == 302
    said = text_of(browser.get(answer.headers["Location"]))
    assert brings in said
    assert f"{arrives} USDC" in said
    assert "Fee: Payment partner (OMS) $2.00" in said
    assert "1 USD = 1 USDC" in said
    assert "locked until" in said
    assert "Get my cash code" in said


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("19", "The least a store takes is $20.00"),
        ("500.01", "This store takes at most $500.00 at a time"),
        ("1,5", "Use a point for cents"),
        ("12.345", "Dollars have two decimal places: 12.34 or 12.35, not 12.345."),
        ("abc", "Enter an amount in figures"),
        ("", "This is still needed"),
        ("0", "above zero"),
    ],
)
def test_a_wrong_amount_is_said_at_the_field(browser: Client, amount: str, sentence: str) -> None:
    answer = browser.post(amount_url(), {"amount": amount, "way": "bring"})
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not Transfer.objects.exists()


def test_an_unknown_store_leads_back_to_the_list(browser: Client) -> None:
    answer = browser.get(reverse("transfers:add_cash_amount", args=["loc_unknown"]))
    assert (answer.status_code, answer.headers["Location"]) == (302, FIND)


def test_the_page_of_a_code_has_the_print_button_it_speaks_of(bob: User, browser: Client) -> None:
    page = browser.get(reverse("transfers:transfer", args=[with_code(bob).pk])).content.decode()
    assert "print this page" in page
    assert re.search(r"<button[^>]* data-print hidden>Print<", page)


@pytest.mark.parametrize(("way", "amount"), [("bring", "80"), ("want", "40")])
def test_changing_a_draft_keeps_the_store_the_amount_and_its_way(browser: Client, way: str, amount: str) -> None:
    answer = browser.post(amount_url(), {"amount": amount, "way": way})
    review = browser.get(answer["Location"]).content.decode()
    change = re.search(r'href="([^"]+)">Change it', review)
    assert change, review
    page = browser.get(change[1]).content.decode()

    assert a_store("7-Eleven").full_address in page
    assert f'value="{amount}.00"' in page
    assert re.search(rf'value="{way}"[^>]*checked', page)


@pytest.mark.parametrize(
    ("query", "heading"),
    [({"q": "95814"}, "95814"), ({"latitude": "38.580", "longitude": "-121.490"}, "near you")],
)
def test_the_way_back_to_the_stores_keeps_what_was_searched(
    browser: Client, query: dict[str, str], heading: str
) -> None:
    listed = look(browser, **query)
    chosen = re.search(r'href="([^"]+)"[^>]*>\s*<span class="round" aria-hidden="true">1<', listed)
    assert chosen, listed
    amount = browser.get(chosen[1]).content.decode()
    back = re.search(r'href="([^"]+)"[^>]*>(?:<svg.*?</svg>)?\s*Stores', amount)
    assert back, amount
    assert heading in re.findall(r'id="stores">([^<]+)<', browser.get(back[1]).content.decode())[0]
    assert not any(value in address for value in query.values() for address in (chosen[1], back[1]))


def test_a_store_is_found_again_by_what_was_looked_for_when_its_list_is_forgotten(browser: Client) -> None:
    url = amount_url()
    look(browser, q="95814")
    cache.clear()
    assert "How much?" in browser.get(url).content.decode()


def test_no_price_while_oms_is_away_and_nothing_is_lost(browser: Client, settings: Settings) -> None:
    url = amount_url()
    settings.OMS_BASE_URL = AWAY
    answer = browser.post(url, {"amount": "100", "way": "bring"})
    assert answer.status_code == 503
    assert not Transfer.objects.exists()


# --- review, code, end ------------------------------------------------------------------------------------------------


def test_the_whole_way_as_plain_forms(sandbox: Control, bob: User, browser: Client) -> None:
    review = browser.post(amount_url(), {"amount": "100", "way": "bring"}).headers["Location"]
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', browser.get(review).content.decode())
    assert found
    answer = browser.post(review, {"digest": found[1]})
    transfer = Transfer.objects.get()
    assert answer.headers["Location"] == reverse("transfers:transfer", args=[transfer.pk])
    assert "Getting your code" in page_of(browser, transfer)

    transfer = work(transfer)
    code = code_of(transfer)
    answer = browser.get(reverse("transfers:transfer", args=[transfer.pk]))
    said = text_of(answer)
    assert "Waiting for you" in said
    for part in code.code.split():
        assert part in said
    assert "I want to load cash with a barcode" in said
    assert "Keep the receipt until this page says Done" in said
    assert transfer.store_name in said
    assert transfer.store_address in said
    assert "This code is good until" in said
    assert "data-countdown" in answer.content.decode()
    assert answer.content.decode().count("<rect") > 30
    assert "style=" not in answer.content.decode().split("<main")[1].split("</main>")[0]

    said = page_of(browser, pay(sandbox, transfer))
    assert "Waiting for the store" in said
    assert "The store has your cash" in said
    assert code.code not in said

    said = page_of(browser, arrived(sandbox, transfer.__class__.objects.get(pk=transfer.pk)))
    assert "Done" in said
    assert "98.00 USDC arrived" in said
    assert "You paid at the counter $100.00" in said
    assert "$2.00" in said
    assert "1 USD = 1 USDC" in said


def test_another_amount_is_said_with_both_figures(sandbox: Control, bob: User, browser: Client) -> None:
    transfer = pay(sandbox, with_code(bob), "60")
    assert "You said $100.00 and paid $60.00" in page_of(browser, transfer)
    said = page_of(browser, arrived(sandbox, transfer))
    assert "You said $100.00 and paid $60.00" in said
    assert "$1.40" in said
    assert "58.60 USDC" in said


def test_a_code_that_ran_out_is_struck_out_and_one_tap_gives_another(
    sandbox: Control, bob: User, browser: Client
) -> None:
    transfer = with_code(bob)
    old = code_of(transfer)
    sandbox.expire_code(old.code)
    transfer = work(transfer)
    answer = browser.get(reverse("transfers:transfer", args=[transfer.pk]))
    assert "Your code has run out" in text_of(answer)
    assert "No cash was taken" in text_of(answer)
    assert "<rect" not in answer.content.decode()

    answer = browser.post(reverse("transfers:new_code", args=[transfer.pk]))
    assert answer.status_code == 302
    answer = browser.get(answer.headers["Location"])
    assert f"Do not use the old code <s>{old.code}</s>" in answer.content.decode()
    assert "".join(code_of(transfer).code.split()) in text_of(answer).replace(" ", "")


def test_a_code_past_its_time_is_not_shown_even_if_nobody_told_us(bob: User, sandbox: Control, browser: Client) -> None:
    transfer = with_code(bob)
    status = reverse("transfers:status", args=[transfer.pk])
    page = browser.get(reverse("transfers:transfer", args=[transfer.pk])).content.decode()
    version = re.search(r"status/\?v=([0-9a-f]+)", page)
    assert version
    assert browser.get(status, {"v": version[1]}).status_code == 204
    transfer.codes.update(expires_at=transfer.created_at)
    answer = browser.get(status, {"v": version[1]})
    assert answer.status_code == 200
    assert "Your code has run out" in text_of(answer)
    assert "<rect" not in answer.content.decode()


def test_no_new_code_while_oms_is_away_and_the_page_says_so(
    sandbox: Control, bob: User, browser: Client, settings: Settings
) -> None:
    transfer = with_code(bob)
    sandbox.expire_code(code_of(transfer).code)
    work(transfer)
    settings.OMS_BASE_URL = AWAY
    answer = browser.post(reverse("transfers:new_code", args=[transfer.pk]))
    assert answer.status_code == 409
    assert "there is no new code yet. No cash was taken" in text_of(answer)


def test_a_lost_answer_is_called_checking_and_not_failed(sandbox: Control, bob: User, browser: Client) -> None:
    transfer = drafted(bob)
    Transfer.objects.filter(pk=transfer.pk).update(state=State.UNKNOWN, rank=45)
    said = page_of(browser, transfer)
    assert "Checking" in said
    assert "No cash was taken" in said
    assert "Please do not start another one" in said


def test_nobody_sees_or_renews_the_code_of_somebody_else(sandbox: Control, bob: User, alice: User) -> None:
    transfer = with_code(bob)
    stranger = signed_in(alice)
    assert stranger.get(reverse("transfers:transfer", args=[transfer.pk])).status_code == 404
    assert stranger.post(reverse("transfers:new_code", args=[transfer.pk])).status_code == 404
    assert stranger.get(reverse("transfers:new_code", args=[transfer.pk])).status_code == 405
    assert transfer.codes.filter(status=CashCode.Status.ACTIVE).count() == 1


def test_an_estimate_is_called_one(sandbox: Control, bob: User, browser: Client, settings: Settings) -> None:
    settings.OMS_CASH_FUNDING = "cash_in"
    review = browser.post(amount_url(), {"amount": "100", "way": "bring"}).headers["Location"]
    said = text_of(browser.get(review))
    assert "You receive about 98.00 USDC" in said
    assert "About this fee: Payment partner (OMS) $2.00" in said
    assert "This is an estimate" in said
    assert "locked until" not in said
