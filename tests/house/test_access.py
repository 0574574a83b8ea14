"""Every page has a decision about who may open it, and keeps to it."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.house.access import ACCESS, ANYBODY, MACHINE, SIGNED_IN, STAFF, VERIFIED, rule
from walletapp.accounts.models import User

SAMPLES: dict[str, Any] = {
    "UUIDConverter": uuid.UUID(int=7),
    "IntConverter": 7,
    "SlugConverter": "name",
    "StringConverter": "name",
    "PathConverter": "name",
}
ONLY_SOMETIMES = {"web:styleguide", "demo:mail", "demo:message", "demo:codes"}


def pages(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every URL of the wallet: its name with its namespace (or its route, when it has none)."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from pages(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        else:
            yield f"{space}{pattern.name or pattern.pattern}", pattern


def address(name: str, pattern: URLPattern) -> str | None:
    """An address of the page, with made-up parts; None for a page whose address is not made of converters."""
    try:
        parts: dict[str, Any] = {
            key: SAMPLES[type(converter).__name__] for key, converter in pattern.pattern.converters.items()
        }
        return reverse(name, kwargs=parts)
    except Exception:  # noqa: BLE001  an address by regular expression: allauth's keys, the admin's last resort
        return None


def addresses(*rules: str) -> list[str]:
    found = (address(name, pattern) for name, pattern in pages() if rule(name) in rules)
    return sorted({url for url in found if url})


def test_every_page_has_a_decision() -> None:
    assert sorted(name for name, _ in pages() if rule(name) is None) == []


def test_every_decision_is_about_a_page() -> None:
    known = {name for name, _ in pages()}
    assert sorted(set(ACCESS) - known - ONLY_SOMETIMES) == []


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_asked_to_sign_in_or_sent_away(client: Client, method: str) -> None:
    for url in addresses(SIGNED_IN, VERIFIED, STAFF):
        answer = getattr(client, method)(url)
        assert answer.status_code in {302, 403, 404, 405}, url
        if answer.status_code == 302:
            assert "login" in answer["Location"], url


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_opens_what_is_for_anybody(client: Client, method: str) -> None:
    for url in addresses(ANYBODY):
        assert getattr(client, method)(url).status_code < 500, url


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_customer_gets_no_answer_where_only_staff_may_be(client: Client, method: str) -> None:
    client.force_login(User.objects.create_user("alice@example.com", "a long password"))
    urls = addresses(STAFF)
    assert len(urls) > 10
    for url in urls:
        answer = getattr(client, method)(url)
        assert answer.status_code in {302, 403, 404}, url
        if answer.status_code == 302:
            assert "login" in answer["Location"], url


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_somebody_not_yet_verified_is_led_to_the_identity_page(client: Client, method: str) -> None:
    client.force_login(User.objects.create_user("charlie@example.com", "a long password"))
    for url in addresses(VERIFIED):
        answer = getattr(client, method)(url)
        assert answer.status_code in {302, 405}, url
        if answer.status_code == 302:
            assert answer["Location"] == reverse("accounts:identity"), url


@pytest.mark.django_db
def test_a_machine_that_proves_nothing_is_refused(client: Client) -> None:
    for url in addresses(MACHINE):
        assert client.post(url, b"{}", content_type="application/json").status_code in {400, 401, 403, 404}, url
        assert client.get(url).status_code in {404, 405}, url
