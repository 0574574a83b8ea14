"""The frame, its blocks and its behaviours in a real browser, by themselves: what unit tests cannot see."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from playwright.sync_api import Browser, Page, Route, expect

from tests.web import urls

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [(360, 780), (1280, 900)]
STYLE_PAGES = {
    "the style page": "/style/",
    "the landing page": "/",
    "sign-up": "/account/signup/",
    "sign-in": "/account/login/",
    "how we contact you": "/how-we-contact-you/",
    "the partner is away": "/away/",
    "no such page": "/nowhere/",
}

seen: dict[str, list[Any]] = {"ticks": [], "posts": []}


def page_of(body: str) -> Callable[[HttpRequest], HttpResponse]:
    source = '{% extends "base.html" %}{% load wallet_tags %}{% block main %}<div class="page stack">' + body
    template = engines["django"].from_string(source + "</div>{% endblock %}")

    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(template.render({"posted": len(seen["posts"])}, request))

    return view


def live(request: HttpRequest) -> HttpResponse:
    seen["ticks"].append(request.headers.get("HX-Trigger"))
    if len(seen["ticks"]) < 2:
        return HttpResponse(status=204)
    return HttpResponse('<div id="part" data-announce="Your cash has arrived.">Done</div>')


def send(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        seen["posts"].append(request.POST.get("amount"))
    wrong = request.method == "POST" and not request.POST.get("amount")
    form = (
        '<h1 tabindex="-1">{% if posted %}Answer{% else %}Question{% endif %}</h1>'
        '<form method="post" {% include "components/_form_attrs.html" %}>{% csrf_token %}'
        f'<input name="amount" aria-label="Amount" class="input"{" aria-invalid=true" if wrong else ""}>'
        '{% include "components/_submit.html" with label="Send it" busy="Sending..." only %}</form>'
    )
    return page_of(form)(request)


COPY = (
    '<h1>Copy</h1>{% include "components/_copy.html" with value="0xAbC1234567" label="Address" shape="address" only %}'
)
WRONG_CLOCK = (
    '<h1>Price</h1><button data-confirm>Send</button><div class="countdown-line" id="c" data-countdown="{0}" '
    'data-server-now="1000000000000" data-what="This price">'
    '<b role="timer" data-left></b><span role="status" data-say></span></div>'
)
LIVE = (
    '<h1>Live</h1><div id="part" hx-get="/live/" hx-trigger="wallet:tick from:body" hx-swap="outerHTML">Waiting</div>'
)

urlpatterns = [
    *urls.urlpatterns,
    path("copy/", page_of(COPY)),
    path("soon/", page_of(WRONG_CLOCK.replace("{0}", "1000000002500"))),
    path("later/", page_of(WRONG_CLOCK.replace("{0}", "1000000060000"))),
    path("live-page/", page_of(LIVE)),
    path("live/", live),
    path("send/", send),
]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


@pytest.fixture(autouse=True)
def _own_pages(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    seen["ticks"].clear()
    seen["posts"].clear()


@pytest.fixture
def problems() -> list[str]:
    return []


@pytest.fixture
def tab(browser: Browser, live_server: Any, problems: list[str]) -> Iterator[Page]:
    """A tab whose errors, policy violations among them, fail the test."""
    context = browser.new_context(base_url=live_server.url.replace("127.0.0.1", "localhost"))
    page = context.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    context.close()
    assert problems == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", STYLE_PAGES)
def test_a_page_fits_and_axe_finds_nothing(browser: Browser, live_server: Any, name: str, scheme: Any) -> None:
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce", base_url=live_server.url)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if "Content Security" in message.text else None)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(STYLE_PAGES[name])
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page).response["violations"]
        assert [(violation["id"], [node["html"] for node in violation["nodes"]]) for violation in found] == []
    context.close()
    assert said == []


def test_every_control_is_big_enough_for_a_thumb(tab: Page) -> None:
    tab.set_viewport_size({"width": 360, "height": 780})
    tab.goto("/style/")
    small = tab.evaluate(
        """() => [...document.querySelectorAll(
            'button, summary, select, .btn, .tile, .tabbar a, .choice, .input, .affix')]
        .filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 43.9).map(e => e.outerHTML)"""
    )
    assert small == []


def test_the_address_that_is_selected_and_copied_is_the_address(tab: Page) -> None:
    tab.context.grant_permissions(["clipboard-write"])
    tab.goto("/copy/")
    assert tab.evaluate(
        "getSelection().selectAllChildren(document.querySelector('.value')), `${getSelection()}`.trim()"
    ) == ("0xAbC1234567")
    tab.get_by_role("button", name="Copy address").click()
    expect(tab.get_by_role("button", name="Copied")).to_be_visible()
    expect(tab.locator("#announce")).to_have_text("Copied")
    tab.goto("/send/")  # our own policy forbids reading the clipboard: paste it like a person
    tab.get_by_label("Amount").press("Control+V")
    expect(tab.get_by_label("Amount")).to_have_value("0xAbC1234567")


def test_the_countdown_runs_by_the_servers_clock_and_stops_the_button(tab: Page) -> None:
    # The server's clock is decades away from the browser's: only the difference of its own two times counts.
    tab.goto("/soon/")
    tab.evaluate("window.expired = 0; document.body.addEventListener('wallet:expired', () => { window.expired += 1; })")
    expect(tab.get_by_role("timer")).to_have_text(re.compile(r"0:0[123] left"))
    expect(tab.get_by_role("button", name="Send")).to_be_enabled()
    expect(tab.locator("[data-say]")).to_have_text("This price runs out in 10 seconds.")
    expect(tab.get_by_role("button", name="Send")).to_be_disabled(timeout=5000)
    expect(tab.get_by_role("timer")).to_have_text("Run out")
    expect(tab.locator("[data-say]")).to_have_text("This price has run out.")
    tab.wait_for_timeout(600)
    assert tab.evaluate("window.expired") == 1


def test_setting_the_device_clock_back_buys_no_time(tab: Page) -> None:
    tab.goto("/later/")
    expect(tab.get_by_role("timer")).to_have_text(re.compile(r"(1:00|0:59) left"))
    tab.evaluate("const real = Date.now; Date.now = () => real() - 3600000")
    tab.wait_for_timeout(1200)
    expect(tab.get_by_role("timer")).to_have_text(re.compile(r"0:5[5-9] left"))
    tab.evaluate("const later = Date.now; Date.now = () => later() + 7200000")
    expect(tab.get_by_role("timer")).to_have_text("Run out")


def test_a_live_part_asks_until_it_is_finished_and_says_what_changed(tab: Page) -> None:
    tab.goto("/live-page/")
    expect(tab.locator("#part")).to_have_text("Done", timeout=9000)
    expect(tab.locator("#announce")).to_have_text("Your cash has arrived.")
    asked = len(seen["ticks"])
    tab.wait_for_timeout(3000)
    assert len(seen["ticks"]) == asked == 2


def test_a_form_is_sent_once_and_the_focus_goes_to_the_answer(tab: Page) -> None:
    tab.goto("/send/")
    tab.get_by_label("Amount").fill("25")
    tab.get_by_label("Amount").evaluate("e => { e.form.requestSubmit(); e.form.requestSubmit(); }")
    expect(tab.get_by_role("heading", name="Answer")).to_be_focused()
    assert seen["posts"] == ["25"]


def test_the_focus_goes_to_the_field_that_is_wrong(tab: Page) -> None:
    tab.goto("/send/")
    tab.get_by_role("button", name="Send it").click()
    expect(tab.get_by_label("Amount")).to_be_focused()
    assert seen["posts"] == [""]


def test_the_button_says_what_is_going_on_and_comes_back_when_we_cannot_be_reached(tab: Page) -> None:
    tab.goto("/send/")

    def lose(route: Route) -> None:
        tab.wait_for_timeout(300)
        route.abort()

    tab.route("**/send/", lose)
    tab.get_by_role("button", name="Send it").click()
    expect(tab.get_by_role("button", name="Sending...")).to_be_disabled()
    expect(tab.get_by_role("alert")).to_contain_text("We could not reach Harbor")
    expect(tab.get_by_role("button", name="Send it")).to_be_enabled()


def test_a_password_can_be_looked_at(tab: Page) -> None:
    tab.goto("/account/login/")
    field = tab.locator("#id_password")
    tab.get_by_role("button", name="Show the password").click()
    expect(field).to_have_attribute("type", "text")
    tab.get_by_role("button", name="Show the password").click()
    expect(field).to_have_attribute("type", "password")


def test_a_page_works_without_javascript(browser: Browser, live_server: Any) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    page.goto("/send/")
    page.get_by_label("Amount").fill("25")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("heading", name="Answer")).to_be_visible()
    page.goto("/account/login/")
    expect(page.get_by_role("button", name="Show the password")).to_be_hidden()
    page.goto("/style/")
    page.locator("summary", has_text="Account").click()
    expect(page.get_by_role("link", name="Identity")).to_be_visible()
    context.close()


def test_the_skip_link_is_the_first_stop_of_the_keyboard(tab: Page) -> None:
    tab.goto("/account/login/")
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("link", name="Skip to the content")).to_be_focused()
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"
