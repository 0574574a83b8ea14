"""The pages of a withdrawal, by form posts alone: what a browser without JavaScript does."""

import re

import pytest
from django.test import Client
from django.utils import timezone
from waffle import get_waffle_flag_model, get_waffle_switch_model

from tests.builders import just_proved, make_user, signed_in, usd, usdc, wallet_of
from tests.control import Control
from tests.second_factors import proof_on
from tests.transfers.bank_steps import confirmed_payout, drafted_payout, make_account, open_payouts, send_back
from tests.transfers.steps import confirm, finished
from tests.transfers.test_pages import digest_on
from walletapp import features
from walletapp.accounts.models import User
from walletapp.banking.models import ExternalAccount
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import Kind, State
from walletapp.transfers.tracking import apply_transaction

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(alice: User, account: ExternalAccount) -> Client:
    return signed_in(alice)


def text_of(page: bytes) -> str:
    """What people read of it."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode()).split())


def test_from_the_form_to_the_status_page(browser: Client, alice: User, account: ExternalAccount) -> None:
    form = {"account": account.pk, "rail": "wire", "amount": "30", "side": "destination"}
    answer = browser.post("/withdraw/", form)
    page = browser.get(answer["Location"]).content
    shown = text_of(page)

    assert f"To {account.label}" in shown
    assert "Your bank gets $30.00" in shown
    assert "Withdraw $30.00 by wire" in shown
    answer = browser.post(answer["Location"], proof_on(page, alice))
    assert answer.status_code == 302
    status = text_of(browser.get(answer["Location"]).content)
    assert "Your money is set aside for this" in status
    assert "Should be there by" in status
    assert wallet_of(alice).held == usdc("45")


def test_the_form_says_what_each_rail_costs_allows_and_when_it_is_there(browser: Client) -> None:
    shown = text_of(browser.get("/withdraw/").content)

    assert "ACH, about $0.25 There by" in shown
    assert "Wire, about $15.00 There by" in shown
    assert re.search(r"Confirm before \w+day, 4 PM New York time for that", shown)
    assert "By ACH right now: $1.00 to $5,000.00 at once" in shown
    assert "30 days: $25,000.00 of $25,000.00 left" in shown


def test_what_was_used_of_a_limit_says_when_it_comes_back(browser: Client, account: ExternalAccount) -> None:
    confirmed_payout(account, usdc("40"))
    shown = text_of(browser.get("/withdraw/").content)

    assert "24 hours: $4,960.00 of $5,000.00 left; more from" in shown
    assert "By wire right now: $20.00 to $25,000.00 at once" in shown


def test_a_new_account_says_its_cap_wherever_limits_are_read(browser: Client, account: ExternalAccount) -> None:
    ExternalAccount.objects.filter(pk=account.pk).update(created_at=timezone.now())
    page = browser.get("/withdraw/").content
    shown = text_of(page)

    assert "By ACH right now: $1.00 to $500.00 at once" in shown
    assert f"To {account.label} at most $500.00 at a time until" in shown
    assert "New: at most $500.00 at a time until" in shown
    assert page.count(b"<time datetime=") >= 2, "in the reader's own time"
    assert "at most $500.00 at a time until" in text_of(browser.get(f"/bank-transfers/accounts/{account.pk}/").content)


def test_an_older_account_beside_a_new_one_keeps_the_limit_of_the_rail(
    browser: Client, alice: User, account: ExternalAccount
) -> None:
    new = make_account(alice, "1111", since=timezone.now())
    shown = text_of(browser.get("/withdraw/").content)

    assert "By ACH right now: $1.00 to $5,000.00 at once" in shown
    assert f"To {new.label} at most $500.00 at a time until" in shown
    assert f"To {account.label} at most" not in shown
    assert "at a time until" not in text_of(browser.get(f"/bank-transfers/accounts/{account.pk}/").content)


@pytest.mark.parametrize("side", ["source", "destination"])
def test_more_than_the_balance_and_than_a_new_account_may_get_says_both(
    browser: Client, account: ExternalAccount, side: str
) -> None:
    ExternalAccount.objects.filter(pk=account.pk).update(created_at=timezone.now(), nickname="<b>Rent")
    form = {"account": account.pk, "rail": "ach", "amount": "600", "side": side}
    page = browser.post("/withdraw/", form).content.decode()
    error = page[page.index('id="id_amount_error"') :]

    assert "Not enough available: you have 100.00 USDC" in error
    assert "&lt;b&gt;Rent ····6789 is new: at most $500.00 can go to it at a time until <time datetime=" in error


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"amount": ""}, "Enter how much to withdraw"),
        ({"amount": "1.001", "side": "destination"}, "Dollars have two decimal places: 1.00 or 1.01"),
        ({"amount": "1000"}, "Not enough available"),
        ({"amount": "0.5"}, "The least by ACH is 1.00 USDC"),
        ({"account": "4d0a1a3e-0000-4000-8000-000000000000"}, "Select a valid choice"),
        ({"rail": "pigeon"}, "Select a valid choice"),
    ],
)
def test_a_wrong_form_says_what_is_wrong(
    browser: Client, alice: User, account: ExternalAccount, change: dict[str, str], why: str
) -> None:
    form = {"account": account.pk, "rail": "ach", "amount": "25", "side": "source"} | change
    answer = browser.post("/withdraw/", form)

    assert answer.status_code == 422
    assert why in text_of(answer.content)
    assert not Transfer.objects.filter(user=alice, kind=Kind.WITHDRAWAL).exists()


def test_changing_a_draft_keeps_what_was_typed(browser: Client, account: ExternalAccount) -> None:
    draft = drafted_payout(account, usd("30"), rail="wire", side="destination")
    page = browser.get(f"/withdraw/?again={draft.pk}").content.decode()

    assert 'value="30.00"' in page
    assert re.search(r'value="wire"[^>]*checked', page)


def test_a_return_leads_to_the_right_account_and_to_withdrawing_again(
    sandbox: Control, browser: Client, alice: User, account: ExternalAccount
) -> None:
    payout = finished(sandbox, confirmed_payout(account, usdc("25")))
    apply_transaction(send_back(sandbox, payout, "R03 no account"), {})
    back = Transfer.objects.get(kind=Kind.RETURNED)
    shown = browser.get(f"/transfers/{back.pk}/").content.decode()

    assert "24.75 USDC came back" in shown
    assert "The bank could not find this account." in shown
    assert "Fix the account" in shown
    assert f"/withdraw/?again={back.pk}" in shown
    first = browser.get(f"/transfers/{payout.pk}/").content.decode()
    assert "Your bank sent this back" in first
    assert f"/transfers/{back.pk}/" in first
    make_account(alice, ends="1111")
    again = browser.get(f"/withdraw/?again={back.pk}").content.decode()
    assert 'value="24.75"' in again
    assert "····6789" not in again


def test_somebody_elses_draft_fills_no_form(browser: Client, bob: User) -> None:
    open_payouts(bob)
    foreign = Transfer.objects.create(
        user=bob, wallet=wallet_of(bob), kind=Kind.WITHDRAWAL, external_account=make_account(bob), rail="wire",
        asked_minor=77_00, asked_side="destination",
    )  # fmt: skip
    page = browser.get(f"/withdraw/?again={foreign.pk}").content.decode()

    assert "77" not in re.findall(r'name="amount"[^>]*', page)[0]


def test_without_an_account_the_way_to_one_is_shown(alice: User) -> None:
    open_payouts(alice)
    assert "No bank account to pay yet" in signed_in(alice).get("/withdraw/").content.decode()


def test_only_the_open_rail_is_offered(browser: Client, alice: User) -> None:
    get_waffle_flag_model().objects.get(name=features.BANK_PAYOUTS_WIRE).users.remove(alice)
    page = browser.get("/withdraw/").content.decode()

    assert 'value="ach"' in page
    assert 'value="wire"' not in page


def test_without_access_the_address_itself_is_refused(alice: User, bob: User, account: ExternalAccount) -> None:
    form = {"account": account.pk, "rail": "ach", "amount": "25", "side": "source"}
    for answer in (signed_in(bob).get("/withdraw/"), signed_in(bob).post("/withdraw/", form)):
        assert answer.status_code == 403
    assert Client().get("/withdraw/").status_code == 302
    assert not Transfer.objects.filter(kind=Kind.WITHDRAWAL).exists()


def test_while_outgoing_money_is_stopped_nothing_begins_and_the_status_page_stays(
    browser: Client, account: ExternalAccount
) -> None:
    payout, draft = confirmed_payout(account, usdc("25")), drafted_payout(account, usdc("5"))
    get_waffle_switch_model().objects.update_or_create(name=features.OUTGOING, defaults={"active": False})

    assert browser.get("/withdraw/").status_code == 503
    review = browser.get(f"/review/{draft.pk}/").content.decode()
    answer = browser.post(f"/review/{draft.pk}/", {"digest": digest_on(review)})
    assert answer.status_code == 422
    assert "stopped for now" in answer.content.decode()
    assert browser.get(f"/transfers/{payout.pk}/").status_code == 200
    draft.refresh_from_db()
    assert draft.state == State.QUOTED


def test_a_price_that_ran_out_stands_beside_the_new_one(browser: Client, account: ExternalAccount) -> None:
    draft = drafted_payout(account, usdc("25"))
    page = browser.get(f"/review/{draft.pk}/").content.decode()
    draft.quotes.update(status="expired")
    shown = text_of(browser.post(f"/review/{draft.pk}/", {"digest": digest_on(page)}).content)

    assert "This is a new price" in shown
    assert "Your bank gets" in shown


def test_it_is_listed_as_withdrawn_and_as_came_back(
    sandbox: Control, browser: Client, account: ExternalAccount
) -> None:
    payout = finished(sandbox, confirm(drafted_payout(account, usdc("25"))))
    apply_transaction(send_back(sandbox, payout), {})
    shown = text_of(browser.get("/activity/?kind=withdrawn").content)

    assert f"Withdrawn to {account.label}" in shown
    assert f"Came back from {account.label}" in shown


def test_staff_go_from_the_payout_to_what_came_back_and_to_the_account(
    sandbox: Control, alice: User, account: ExternalAccount
) -> None:
    payout = finished(sandbox, confirmed_payout(account, usdc("25")))
    apply_transaction(send_back(sandbox, payout, "R03 no account"), {})
    back = Transfer.objects.get(kind=Kind.RETURNED)
    staff = just_proved(make_user("root", is_staff=True, is_superuser=True))

    page = staff.get(f"/admin/transfers/transfer/{payout.pk}/change/").content.decode()
    assert f"/admin/transfers/transfer/{back.pk}/change/" in page
    assert f"/admin/banking/externalaccount/{account.pk}/change/" in page
    assert "R03 no account" in staff.get(f"/admin/transfers/transfer/{back.pk}/change/").content.decode()
