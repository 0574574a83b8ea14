"""Error pages: plain words, no detail, and they still come when nothing else works."""

import re
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.db import DatabaseError, OperationalError, connection
from django.test import Client, RequestFactory

from walletapp.web import errors


@pytest.fixture
def page(client: Client, db: None) -> Client:
    client.raise_request_exception = False
    return client


def test_a_partner_that_is_away_is_said_so_with_a_503(page: Client) -> None:
    response = page.get("/away/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "8"
    text = response.content.decode()
    assert "Our payment partner cannot be reached" in text
    assert "Nothing was sent, and your money is where it was" in text
    assert "nobody answers" not in text


def test_a_mistake_of_ours_shows_a_reference_that_is_in_the_log(page: Client, caplog: Any) -> None:
    response = page.get("/broken/")
    text = response.content.decode()
    assert response.status_code == 500
    assert "secret detail" not in text
    reference = re.search(r"Reference <strong[^>]*>([0-9a-f]{8})<", text)
    assert reference
    assert any(reference[1] in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize(
    ("status", "words"),
    [(400, "could not read"), (403, "not yours to open"), (404, "no page here"), (429, "too many tries")],
)
def test_each_error_page_says_what_it_means_for_the_money(status: int, words: str) -> None:
    text = errors._page(RequestFactory().get("/x"), status).content.decode()
    assert words in text
    assert re.search(r"[Nn]othing was|not affected", text)


def test_who_is_too_quick_reads_what_it_means_and_when_it_goes_on(page: Client) -> None:
    with time_machine.travel(datetime(2031, 5, 5, 12, 0, 30, tzinfo=UTC), tick=False):
        response = page.get("/quick/")
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "90"
    text = response.content.decode()
    assert "You pressed that very often. Nothing was changed" in text
    assert 'datetime="2031-05-05T12:02:00+00:00"' in text


def test_what_cannot_be_counted_is_a_503_that_says_to_try_again(page: Client) -> None:
    response = page.get("/uncounted/")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert b"We cannot do this right now" in response.content
    assert b"10.0.0.7" not in response.content


def test_an_unknown_address_is_a_404_in_the_frame(page: Client) -> None:
    response = page.get("/nowhere/")
    assert response.status_code == 404
    assert b"There is no page here" in response.content


def test_a_form_without_its_token_is_explained(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post("/account/login/", {"login": "x"})
    assert response.status_code == 403
    assert b"This page was open for too long" in response.content


def test_the_error_page_needs_no_database(page: Client) -> None:
    page.cookies["sessionid"] = "x" * 32
    with mock.patch.object(connection, "cursor", side_effect=DatabaseError("away")):
        response = page.get("/broken/")
    assert response.status_code == 500
    assert b"Something broke on our side" in response.content


def test_a_database_that_is_away_is_a_503_that_says_to_try_again(page: Client) -> None:
    page.cookies["sessionid"] = "x" * 32
    with mock.patch.object(connection, "cursor", side_effect=OperationalError("terminating connection")):
        response = page.get("/home/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "10"
    assert b"We cannot do this right now" in response.content
    assert b"terminating connection" not in response.content


def test_when_even_the_error_page_fails_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> str:
        raise RuntimeError("no templates")

    monkeypatch.setattr(errors, "render_to_string", fail)
    response = errors.server_error(RequestFactory().get("/x"))
    assert response.status_code == 500
    assert b"Something broke on our side" in response.content
