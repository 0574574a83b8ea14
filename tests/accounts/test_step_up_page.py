"""The page between a form and what it does: as often as it is wanted, and each time with few tries."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.second_factors import code_of, give_passkey, options_on, post_proved, token_on
from walletapp.accounts.models import User
from walletapp.accounts.proofs import TRIES, WRONG_CODES, Proof
from walletapp.audit.models import AuditEvent

pytestmark = pytest.mark.django_db
URL, WANTED = "/your-data/", {"what": "everything", "month": ""}


def taken() -> int:
    return AuditEvent.objects.filter(action="data.exported").count()


def leads_to_the_file(browser: Client, answer: Any) -> bool:
    """What a proof is for, on its own page; taking the file is what is on record."""
    return bool(answer.status_code == 302 and browser.get(reverse("privacy:file")).status_code == 200)


def answered(browser: Client, page: Any, code: str) -> Any:
    return browser.post(URL, {**WANTED, "token": token_on(page.content), "code": code})


def test_the_same_can_be_wanted_any_number_of_times(browser: Client, user: User) -> None:
    for _ in range(TRIES + 1):
        assert leads_to_the_file(browser, post_proved(browser, user, URL, WANTED))
    assert taken() == TRIES + 1


def test_after_five_wrong_tries_the_page_is_of_no_use_and_a_new_one_is(browser: Client, user: User) -> None:
    page = browser.post(URL, WANTED)
    for _ in range(TRIES):
        page = answered(browser, page, "000000")
        assert page.status_code == 422
    page = answered(browser, page, code_of(user))
    assert "tried five times" in page.content.decode()
    assert taken() == 0
    assert leads_to_the_file(browser, answered(browser, page, code_of(user)))
    assert taken() == 1


def test_a_page_that_sends_nothing_does_not_speak_of_sending(browser: Client, user: User) -> None:
    page = browser.post(URL, WANTED)
    answers = [answered(browser, page, "000000") for _ in range(TRIES + 1)]
    answers.append(browser.post(URL, {**WANTED, "token": "old", "code": "000000"}))
    texts = [answer.content.decode() for answer in answers]
    assert [text for text in texts if "Nothing was sent" in text] == []
    assert all("Nothing was downloaded." in text for text in texts)


def test_wrong_passkeys_fill_no_table_and_a_right_one_still_counts(browser: Client, user: User) -> None:
    passkey = give_passkey(browser)
    Proof.objects.all().delete()
    for _ in range(WRONG_CODES // TRIES + 2):
        page = browser.post(URL, WANTED)
        for _ in range(TRIES):
            wrong = {**WANTED, "token": token_on(page.content), "credential": "{}"}
            page = browser.post(URL, wrong)
            assert "That passkey was not accepted. Nothing was downloaded." in page.content.decode()
    assert Proof.objects.count() == WRONG_CODES
    right = passkey.use(options_on(page.content))
    proved = {**WANTED, "token": token_on(page.content), "credential": right}
    assert leads_to_the_file(browser, browser.post(URL, proved))
    assert Proof.objects.filter(succeeded=True).count() == 1
    assert taken() == 1
