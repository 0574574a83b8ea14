"""Row 9, the addresses of pages: histories, proxies and logs keep them, so nothing about a person stands in one."""

import logging
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from unittest import mock
from urllib.parse import unquote_plus

import pytest

from tests.accounts.test_secrecy import everything_in_redis, everything_in_the_database
from tests.builders import wallet_of
from tests.faults.figures import Figures
from tests.security.cast import ANONYMOUS, OTHER, OWNER, ROOT, Cast
from tests.security.routes import own_samples, routes
from tests.transfers.steps import OUTSIDE
from walletapp import logs
from walletapp.payees.models import Payee
from walletapp.web import views

ROW = 9
SOUGHT, NICKNAME = "canary-sought", "Canary Nickname"
FORMS = (logs.PlainLines(), logs.JSONLines())
_OURS = re.compile(r'\b(?:href|action|hx-get|hx-post|src)="([/?][^"]*)"')


def test_no_address_of_ours_says_anything_about_a_person(cast: Cast, figures: Figures) -> None:
    personal = [cast.alice.email, cast.bob.email, cast.alice.customer.name, NICKNAME, OUTSIDE]
    personal += [wallet_of(cast.alice).address, "Sacramento", "95814", "38.58", SOUGHT]
    looked_at = [(page, address) for page, addresses in _addresses(cast) for address in addresses]
    found = [
        f"{address} on {page}"
        for page, address in looked_at
        if any(word.lower() in unquote_plus(unescape(address)).lower() for word in personal)
    ]
    many = len(looked_at)
    figures.hold("addresses of ours on pages and in redirects", many, ">= 10,000", many >= 10_000)
    figures.zero("that say something about a person", sorted(set(found)))


def _addresses(cast: Cast) -> Iterator[tuple[str, list[str]]]:
    pages = {route.thing: route.name for route in routes(cast)} | own_samples()
    for role in (OWNER, ROOT):
        for url, name in pages.items():
            yield name, _of(cast.ask(role, "GET", url))
    Payee.objects.filter(pk=cast.payee.pk).update(nickname=NICKNAME)
    client = cast.browser(OWNER)
    for url, form in {
        "/activity/": {"q": SOUGHT},
        "/add-cash/": {"q": "95814"},
        "/add-cash/#": {"latitude": "38.580", "longitude": "-121.490"},
        "/send/": {"to": cast.bob.email, "amount": "1", "side": "source"},
        "/payees/add/": {"to": OUTSIDE, "nickname": NICKNAME},
    }.items():
        answer = client.post(url.rstrip("#"), form)
        yield url, _of(answer)
        if answer.status_code == 302:
            yield url, _of(client.get(answer["Location"]))


def _of(answer: Any) -> list[str]:
    text = "" if answer.streaming else answer.content.decode("latin-1")
    return [*_OURS.findall(text), *filter(None, [answer.get("Location", "")])]


def test_what_stands_in_an_address_reaches_no_log_no_trail_and_no_other_site(
    cast: Cast, caplog: pytest.LogCaptureFixture, figures: Figures
) -> None:
    """Staff search by GET, which is how the admin is made; and anybody can type an address."""
    caplog.set_level("DEBUG")
    query = f"?q={SOUGHT}"
    answers = [cast.browser(ROOT).get(f"/admin/{table}/{query}") for table in ("accounts/user", "transfers/transfer")]
    answers += [cast.browser(role).get(url if "?" in url else f"{url}{query}") for role, url in _REFUSED]
    answers += [cast.browser(ROOT).get(f"/admin/accounts/user/?nothing={SOUGHT}")]
    with mock.patch.object(views, "theme", None):
        answers.append(cast.browser(ANONYMOUS).get(f"/theme.css{query}"))
    statuses = {answer.status_code for answer in answers}
    figures.hold("kinds of answer", sorted(statuses), "200 to 500", statuses >= {200, 302, 400, 404, 405, 500})
    lines = [form.format(record) for record in caplog.records for form in FORMS]
    places = {
        "logs": [*lines, *caplog.messages],
        "tables, the trail too": everything_in_the_database(),
        "cache and queue": everything_in_redis(),
    }
    for place, texts in places.items():
        figures.zero(f"found in {place}", [text[:80] for text in texts if SOUGHT in text])
    told = [answer.request["PATH_INFO"] for answer in answers if answer.get("Referrer-Policy") != "same-origin"]
    figures.zero("answers that let a browser tell it to another site", told)


_REFUSED = [
    (ANONYMOUS, "/nothing/here/"),
    (ANONYMOUS, "/home/"),
    (ANONYMOUS, "/webhooks/oms/test-path-token/"),
    (OTHER, "/transfers/00000000-0000-0000-0000-000000000007/"),
    (OTHER, "/admin/"),
    (OWNER, "/activity/"),
    (OWNER, "/send/"),
    (ANONYMOUS, f"/?q={SOUGHT}&x=1&x="),
]


def test_a_line_of_the_log_with_a_query_string_would_be_found(
    caplog: pytest.LogCaptureFixture, figures: Figures
) -> None:
    caplog.set_level("DEBUG")
    logging.getLogger("walletapp").info("asked for /activity/?q=%s", SOUGHT)
    figures.hold("as it was logged", caplog.messages[-1], "with it", SOUGHT in caplog.messages[-1])
    lines = [form.format(caplog.records[-1]) for form in FORMS]
    figures.zero("as it is written", [line for line in lines if SOUGHT in line or "?[query]" not in line])
