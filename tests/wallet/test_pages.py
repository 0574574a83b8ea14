"""The dashboard, the activity and the receive page, for the one who holds money and for those who do not."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.builders import make_customer, make_holder, make_user, make_verified, signed_in, wallet_of
from tests.control import Control
from tests.wallet.conftest import MakeMovement
from walletapp.accounts import pausing
from walletapp.accounts.models import User
from walletapp.wallet import balance
from walletapp.wallet.models import Wallet
from walletapp.wallet.states import Direction, MovementKind, Word

pytestmark = pytest.mark.django_db

PAGES = ("/home/", "/activity/", "/receive/")


@pytest.fixture
def alice(sandbox: Control) -> User:
    user = make_holder(sandbox, "alice", "100")
    balance.refresh(wallet_of(user).pk)
    return user


@pytest.fixture
def charlie() -> User:
    return make_user("charlie")


def text(response: Any) -> str:
    """What a person reads, in one line."""
    assert response.status_code == 200
    words = re.sub(r"<script.*?</script>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", words)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def live(client: Client) -> tuple[str, Any]:
    """The address the page's live part asks, and what it says."""
    page = client.get("/home/").content.decode()
    address = re.search(r'hx-get="([^"]+)"', page)
    assert address is not None
    return address[1], client.get(address[1], headers={"HX-Request": "true"})


# ----- who sees what -----


@pytest.mark.parametrize("page", [*PAGES, "/home/live/", "/receive/qr.svg"])
def test_a_stranger_is_asked_to_sign_in(page: str) -> None:
    answer = Client().get(page)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")


@pytest.mark.parametrize("page", PAGES)
def test_nobody_sees_anything_of_somebody_else(
    alice: User, charlie: User, sandbox: Control, page: str, movement: MakeMovement
) -> None:
    movement(wallet_of(alice), other_party="a-secret-friend@example.com")
    for other in (make_customer(sandbox, "bob"), charlie):
        seen = browser(other).get(page).content.decode()
        for secret in (wallet_of(alice).address, alice.email, "a-secret-friend", "$100", "100.00"):
            assert secret not in seen


def test_searching_finds_only_ones_own(alice: User, sandbox: Control, movement: MakeMovement) -> None:
    theirs = movement(wallet_of(alice), other_party="dora@example.com")
    bob = browser(make_customer(sandbox, "bob"))
    for q in ("dora", "25", str(theirs.pk)):
        assert "Nothing like that" in text(bob.post("/activity/", {"q": q}, follow=True))


# ----- before there is a wallet -----


@pytest.mark.parametrize("page", PAGES)
def test_an_unverified_person_is_shown_the_way_to_a_wallet(charlie: User, page: str) -> None:
    seen = text(browser(charlie).get(page))
    assert "Tell us who you are" in seen
    assert "Waiting for you" in seen
    assert "$0" not in seen


def test_there_is_no_code_to_scan_without_a_wallet(charlie: User) -> None:
    assert browser(charlie).get("/receive/qr.svg").status_code == 404


def test_a_wallet_being_opened_is_told_so_and_the_page_turns_into_the_dashboard(sandbox: Control) -> None:
    from walletapp.wallet import provisioning

    dora = make_verified(sandbox)
    provisioning.open_wallet(dora.customer.pk)
    client = browser(dora)
    assert "We are opening it now" in text(client.get("/home/"))
    address, unchanged = live(client)
    assert unchanged.status_code == 204

    provisioning.provision(str(wallet_of(dora).pk))
    balance.refresh(wallet_of(dora).pk)
    changed = client.get(address, headers={"HX-Request": "true"})
    assert "Available $0 .00" in text(changed)
    assert changed.content.decode().strip().startswith('<div id="holdings"')


# ----- the dashboard -----


def test_the_dashboard_tells_what_is_available_on_the_way_and_on_hold(alice: User, movement: MakeMovement) -> None:
    wallet = wallet_of(alice)
    coming = {"direction": Direction.IN, "finished_at": None}
    movement(wallet, kind=MovementKind.CASH_IN, word=Word.IN_PROGRESS, amount_minor=40_000_000, **coming)
    movement(wallet, kind=MovementKind.CASH_IN, word=Word.WAITING_FOR_YOU, amount_minor=7_000_000, **coming)
    Wallet.objects.filter(pk=wallet.pk).update(available_minor=75_000_000, held_minor=25_000_000)
    seen = text(browser(alice).get("/home/"))

    assert "Available $75 .00 75.00 USDC" in seen
    assert "On the way to you $40.00" in seen
    assert "On hold $25.00" in seen
    assert "As of" in seen


def test_a_balance_never_read_is_not_shown_as_zero(sandbox: Control) -> None:
    client = browser(make_customer(sandbox, "bob"))
    seen = text(client.get("/home/"))
    assert "Reading your balance" in seen
    assert "Available $" not in seen


def test_oms_being_away_shows_the_last_known_figure_with_its_time(alice: User, sandbox: Control) -> None:
    sandbox.fault("errorBefore", method="GET", path="/wallets/[^/]+/balance$")
    balance.refresh(wallet_of(alice).pk)
    seen = text(browser(alice).get("/home/"))
    assert "Available $100 .00" in seen
    assert "Last known" in seen
    assert "does not answer right now" in seen


def test_oms_being_away_from_the_start_says_so_instead_of_zero(sandbox: Control) -> None:
    bob = make_customer(sandbox, "bob")
    sandbox.fault("errorBefore", method="GET", path="/wallets/[^/]+/balance$")
    balance.refresh(wallet_of(bob).pk)
    seen = text(browser(bob).get("/home/"))
    assert "We cannot reach your balance right now." in seen
    assert "Available $" not in seen


def test_the_live_part_answers_nothing_until_something_changed(alice: User, movement: MakeMovement) -> None:
    client = browser(alice)
    address, unchanged = live(client)
    assert unchanged.status_code == 204

    movement(wallet_of(alice), word=Word.IN_PROGRESS, finished_at=None)
    changed = client.get(address, headers={"HX-Request": "true"})
    assert "Sending" in text(changed)
    assert changed.content.decode().count("<html") == 0
    assert live(client)[1].status_code == 204


def test_a_pause_stands_on_the_dashboard_until_it_is_over(alice: User) -> None:
    client = browser(alice)
    address, _ = live(client)
    pausing.pause(alice)
    client = browser(alice)  # pausing signs everybody out
    assert "Nothing leaves your wallet now" in text(client.get(address, headers={"HX-Request": "true"}))
    pausing.resume(alice)
    assert "Nothing leaves your wallet now" not in text(client.get("/home/"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"frozen_reason": "a difference"}, "Sending is paused"),
        ({"state": "suspended"}, "This wallet is paused"),
        ({"state": "closed"}, "This wallet is closed"),
    ],
)
def test_what_stops_a_wallet_is_said_and_our_own_reason_is_not(alice: User, change: dict[str, str], words: str) -> None:
    Wallet.objects.filter(user=alice).update(**change)
    seen = text(browser(alice).get("/home/"))
    assert words in seen
    assert "a difference" not in seen
    assert "Available $100 .00" in seen


def test_a_dashboard_opens_while_the_cache_is_away(alice: User, settings: Any) -> None:
    client = browser(alice)
    settings.CACHES = {"default": {"BACKEND": "tests.wallet.caches.Away"}}
    cache.close()
    assert "Available $100 .00" in text(client.get("/home/"))


# ----- the activity -----


def test_pending_comes_first_and_the_rest_day_by_day(alice: User, movement: MakeMovement) -> None:
    wallet, now = wallet_of(alice), timezone.now()
    movement(wallet, other_party="pending@example.com", word=Word.CHECKING, finished_at=None)
    movement(wallet, other_party="yesterday@example.com", finished_at=now - timedelta(days=1))
    movement(wallet, other_party="older@example.com", finished_at=datetime(2024, 2, 29, 12, tzinfo=UTC))
    seen = text(browser(alice).get("/activity/"))

    order = ["Under way", "pending@example.com", "Today", "Yesterday", "yesterday@", "February 29, 2024", "older@"]
    places = [seen.index(word) for word in order]
    assert places == sorted(places)


def test_days_are_the_readers_own(alice: User, movement: MakeMovement) -> None:
    late = datetime(2025, 7, 2, 2, 30, tzinfo=UTC)
    movement(wallet_of(alice), finished_at=late)
    client = browser(alice)
    assert "July 2, 2025" in text(client.get("/activity/"))
    client.cookies["zone"] = "America/New_York"
    assert "July 1, 2025" in text(client.get("/activity/"))


@pytest.mark.parametrize("zone", ["../../etc/passwd", "Mars/Base", "x" * 200, ""])
def test_a_zone_that_is_none_counts_as_utc(alice: User, movement: MakeMovement, zone: str) -> None:
    movement(wallet_of(alice), finished_at=datetime(2025, 7, 2, 2, 30, tzinfo=UTC))
    client = browser(alice)
    client.cookies["zone"] = zone
    assert "July 2, 2025" in text(client.get("/activity/"))


@pytest.mark.parametrize(
    ("query", "found", "hidden"),
    [
        ({"kind": "sent"}, "bob@example.com", "0xAbc"),
        ({"kind": "received"}, "0xAbc", "bob@example.com"),
        ({"q": "BOB@"}, "bob@example.com", "0xAbc"),
        ({"q": "12.34"}, "0xAbc", "bob@example.com"),
        ({"q": "$12.34"}, "0xAbc", "bob@example.com"),
        ({"kind": "nonsense"}, "bob@example.com", "nothing hidden"),
    ],
)
def test_the_activity_is_filtered_and_searched(
    alice: User, movement: MakeMovement, query: dict[str, str], found: str, hidden: str
) -> None:
    wallet = wallet_of(alice)
    now = {"finished_at": timezone.now()}
    movement(wallet, **now)
    coming = {"kind": MovementKind.DEPOSIT, "direction": Direction.IN}
    movement(wallet, other_party="0xAbc", amount_minor=12_340_000, **coming, **now)
    client = browser(alice)
    seen = text(client.post("/activity/", query, follow=True) if "q" in query else client.get("/activity/", query))
    assert found in seen
    assert hidden not in seen


def test_a_reference_is_found(alice: User, movement: MakeMovement) -> None:
    one = movement(wallet_of(alice), finished_at=timezone.now())
    assert "bob@example.com" in text(browser(alice).post("/activity/", {"q": str(one.pk)}, follow=True))


def test_pages_keep_the_filter_and_a_page_that_is_none_is_the_nearest(alice: User, movement: MakeMovement) -> None:
    for number in range(30):
        movement(wallet_of(alice), other_party=f"n{number}@example.com", finished_at=timezone.now())
    client = browser(alice)
    first = client.get("/activity/", {"kind": "sent"})
    assert "kind=sent&amp;page=2" in first.content.decode()
    assert "Page 2 of 2" in text(client.get("/activity/", {"kind": "sent", "page": "2"}))
    assert "Page 2 of 2" in text(client.get("/activity/", {"kind": "sent", "page": "99"}))
    assert "Page 1 of 2" in text(client.get("/activity/", {"kind": "sent", "page": "x"}))


def test_what_is_searched_for_stands_in_no_address_and_goes_on_over_pages(alice: User, movement: MakeMovement) -> None:
    for number in range(30):
        movement(wallet_of(alice), other_party=f"n{number}@example.com", finished_at=timezone.now())
    movement(wallet_of(alice), other_party="somebody else", finished_at=timezone.now())
    client = browser(alice)
    answer = client.post("/activity/", {"q": "@example.com", "kind": "sent"})
    assert answer.headers["Location"] == "/activity/?kind=sent&searched=yes"

    first = client.get(answer.headers["Location"]).content.decode()
    assert 'value="@example.com"' in first
    assert not [address for address in re.findall(r'(?:href|action)="([^"]*)"', first) if "example.com" in address]
    second = re.search(r'rel="next" href="([^"]+)"', first)
    assert second, first
    seen = text(client.get(f"/activity/{unescape(second[1])}"))
    assert "Page 2 of 2" in seen
    assert "somebody else" not in seen
    assert "somebody else" in text(client.get("/activity/")), "only where it was asked for"
    assert "somebody else" in text(client.get("/activity/", {"q": "@example.com"})), "and never from the address"
    assert client.post("/activity/", {"q": ""}).headers["Location"] == "/activity/"
    assert "somebody else" not in text(client.get("/activity/?kind=received"))


@pytest.mark.parametrize(
    ("fields", "title", "money"),
    [
        ({}, "Sent", "\N{MINUS SIGN}$25.00"),
        ({"finished_at": None, "word": Word.IN_PROGRESS}, "Sending", "\N{MINUS SIGN}$25.00"),
        ({"word": Word.DID_NOT_HAPPEN}, "Send", "$25.00"),
        ({"kind": "received", "direction": "in"}, "Received", "+$25.00"),
        ({"kind": "cash_in", "direction": "in", "word": Word.CHECKING, "finished_at": None}, "Adding cash", "+$25.00"),
        ({"kind": "received", "direction": "in", "word": Word.CAME_BACK}, "Came back", "+$25.00"),
    ],
)
def test_nothing_is_called_done_before_it_is_and_the_sign_is_in_words(
    alice: User, movement: MakeMovement, fields: dict[str, Any], title: str, money: str
) -> None:
    movement(wallet_of(alice), **{"finished_at": timezone.now(), "other_party": "zed", **fields})
    row = re.search(r'<a href="[^"]+" class="row">(?:(?!</a>).)*zed.*?</a>', _rows(alice), re.DOTALL)
    assert row is not None
    assert f"<b>{title}</b>" in row[0]
    assert f">{money}</span>" in row[0]


def _rows(user: User) -> str:
    return browser(user).get("/activity/").content.decode()


# ----- receiving -----


def test_the_receive_page_gives_the_address_as_it_is_and_warns(alice: User) -> None:
    page = browser(alice).get("/receive/").content.decode()
    address = wallet_of(alice).address
    assert f'data-copy="{address}"' in page
    assert "USDC on Polygon only" in page
    assert "0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359" in page
    for lost in ("Ethereum", "Solana", "Tron", "USDC.e", "USDT"):
        assert lost in page


def test_the_grouped_address_reads_back_as_the_address(alice: User) -> None:
    page = browser(alice).get("/receive/").content.decode()
    shown = re.search(r'<p class="value">(.*?)</p>', page, re.DOTALL)
    assert shown is not None
    assert re.sub(r"<[^>]+>", "", shown[1]) == wallet_of(alice).address


def test_the_picture_is_a_plain_svg_without_styles_or_scripts(alice: User) -> None:
    answer = browser(alice).get("/receive/qr.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer["Cache-Control"] == "no-store"
    picture = answer.content.decode()
    assert "<svg" in picture
    assert not re.search(r"style|<script|class=", picture)


def test_an_address_is_not_given_out_while_the_wallet_is_stopped(alice: User) -> None:
    Wallet.objects.filter(user=alice).update(state=Wallet.State.SUSPENDED)
    assert wallet_of(alice).address not in browser(alice).get("/receive/").content.decode()


def test_a_password_sign_in_leads_to_the_dashboard(alice: User) -> None:
    assert "Available $100 .00" in text(signed_in(alice).get("/home/"))
