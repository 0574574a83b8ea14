"""Headers, what htmx is told instead of a redirect, and where errors go."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from walletapp.accounts.models import User

HTMX = {"HX-Request": "true"}


@pytest.fixture
def page(client: Client, db: None) -> Client:
    client.raise_request_exception = False
    return client


def test_every_page_says_what_browsers_may_do(page: Client) -> None:
    headers = page.get("/").headers
    assert "geolocation=(self)" in headers["Permissions-Policy"]
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_policy_allows_no_inline_code_and_no_other_origin(page: Client) -> None:
    policy = page.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_every_script_of_a_page_carries_the_nonce_of_its_policy(page: Client) -> None:
    response = page.get("/")
    text = response.content.decode()
    nonce = response.headers["Content-Security-Policy"].split("'nonce-")[1].split("'")[0]
    assert text.count("<script") == text.count(f'nonce="{nonce}"') > 3


def test_pages_are_not_stored_anywhere(page: Client) -> None:
    assert page.get("/account/login/").headers["Cache-Control"].count("no-store") == 1
    assert page.get("/wallet-dashboard/").headers["Cache-Control"] == "no-store"


def test_a_view_that_says_how_long_it_may_be_kept_has_the_last_word(page: Client) -> None:
    assert "public" in page.get("/public/").headers["Cache-Control"]


@pytest.mark.parametrize("site", ["cross-site", "same-site", "somewhere"])
def test_what_another_site_makes_a_browser_send_is_refused(page: Client, site: str) -> None:
    response = page.post("/bounce/", headers={"Sec-Fetch-Site": site})
    assert response.status_code == 403
    assert "nothing was changed" in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("site", ["same-origin", "none", None])
def test_our_own_pages_and_programs_are_not(page: Client, site: str | None) -> None:
    assert page.post("/bounce/", headers={"Sec-Fetch-Site": site} if site else {}).status_code == 302


def test_another_site_may_lead_people_here(page: Client) -> None:
    assert page.get("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_a_browser_is_redirected_as_always(page: Client) -> None:
    response = page.post("/bounce/")
    assert (response.status_code, response.headers["Location"]) == (302, "/elsewhere/?a=1")


def test_htmx_is_told_to_take_the_whole_page_where_a_redirect_points(page: Client) -> None:
    response = page.post("/bounce/", headers=HTMX)
    assert response.status_code == 200
    assert response.headers["HX-Redirect"] == "/elsewhere/?a=1"
    assert "Location" not in response.headers
    assert response.content == b""
    assert response.cookies["kept"].value == "yes"


def test_a_fragment_whose_session_ended_reloads_its_page(page: Client) -> None:
    response = page.get("/private/", headers=HTMX)
    assert response.headers["HX-Refresh"] == "true"
    assert "HX-Redirect" not in response.headers


def test_a_form_whose_session_ended_asks_for_a_login_and_comes_back_to_its_page(page: Client) -> None:
    response = page.post("/private/", headers={**HTMX, "HX-Current-URL": "http://testserver/send/?to=bob"})
    assert response.headers["HX-Redirect"] == "/account/login/?next=%2Fsend%2F%3Fto%3Dbob"


def test_the_way_back_after_a_login_is_never_another_site(page: Client) -> None:
    response = page.post("/private/", headers={**HTMX, "HX-Current-URL": "https://evil.example//evil.example/x"})
    assert response.headers["HX-Redirect"] == "/account/login/?next=%2Fprivate%2F"


@pytest.mark.parametrize("url", ["/away/", "/broken/", "/nowhere/"])
def test_a_part_that_updates_itself_stays_as_it_was_when_the_answer_is_an_error(page: Client, url: str) -> None:
    response = page.get(url, headers={**HTMX, "HX-Target": "status"})
    assert response.status_code >= 400
    assert response.headers["HX-Reswap"] == "none"


def test_an_error_page_that_answers_a_press_takes_the_place_of_the_page(page: Client) -> None:
    response = page.post("/away/", headers={**HTMX, "HX-Target": "quote"})
    assert response.headers["HX-Retarget"] == "#main"
    assert response.headers["HX-Reselect"] == "#main"
    assert b'<main id="main"' in response.content


def test_an_error_for_the_whole_page_needs_nothing_special(page: Client) -> None:
    response = page.post("/away/", headers={**HTMX, "HX-Target": "main"})
    assert "HX-Reswap" not in response.headers
    assert "HX-Retarget" not in response.headers


def test_a_form_with_mistakes_is_shown_where_it_stands(page: Client) -> None:
    response = page.post("/wrong/", headers={**HTMX, "HX-Target": "form"})
    assert response.status_code == 422
    assert "HX-Retarget" not in response.headers


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "FOO"])
def test_methods_that_nobody_uses_here_are_refused(page: Client, method: str) -> None:
    assert page.generic(method, "/wrong/").status_code == 405


@pytest.mark.parametrize("url", ["/?a=1&a=2", "/account/login/?next=/home/&next=//evil.example"])
def test_a_name_that_stands_twice_in_an_address_is_refused(page: Client, url: str) -> None:
    assert page.get(url).status_code == 400


def test_a_name_that_stands_twice_in_a_form_is_refused(page: Client) -> None:
    assert (
        page.post("/account/login/", {"login": ["a@example.com", "b@example.com"], "password": "x"}).status_code == 400
    )
    assert page.post("/account/login/", {"login": "a@example.com", "password": "x"}).status_code == 200


def test_a_file_is_refused_wherever_it_is_sent(page: Client) -> None:
    page.raise_request_exception = True
    file = SimpleUploadedFile("x.txt", b"x" * 100)
    assert page.post("/account/login/", {"login": "a@example.com", "password": "x", "f": file}).status_code == 400


def test_signing_out_makes_the_browser_forget(page: Client) -> None:
    page.force_login(User.objects.create_user("alice@example.com", "a long password"))
    assert page.post("/account/logout/").headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in page.post("/account/logout/").headers


def test_another_host_is_refused(page: Client) -> None:
    assert page.get("/", headers={"Host": "evil.example"}).status_code == 400
    assert page.get("/", headers={"X-Forwarded-Host": "evil.example"}).status_code == 200
