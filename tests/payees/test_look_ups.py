"""Who has a wallet can be asked by verified customers, because that is how one sends by e-mail: only so often."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.core.cache import cache
from pytest_django import Settings

from tests.builders import signed_in
from tests.payees.addresses import OUTSIDE
from tests.racing import at_once
from walletapp.accounts.models import User
from walletapp.payees.recipients import LOOK_UPS, CannotReceive, find_recipient
from walletapp.transfers.models import Transfer
from walletapp.web.pace import TooOften, Uncounted

pytestmark = pytest.mark.django_db

NOON = datetime(2031, 5, 5, 12, 0, 10, tzinfo=UTC)
MINUTE, DAY = (pace.most for pace in LOOK_UPS)


def somebody(number: int) -> str:
    return f"person-{number}@example.com"


def look_for(user: User, first: int, many: int) -> None:
    """So many e-mail addresses of nobody."""
    for number in range(first, first + many):
        with pytest.raises(CannotReceive):
            find_recipient(user, somebody(number))


@pytest.mark.parametrize(
    ("page", "form"),
    [("/send/", {"amount": "1", "side": "source"}), ("/payees/add/", {"nickname": "Them"})],
)
def test_whoever_looks_for_many_people_is_told_to_wait(alice: User, bob: User, page: str, form: dict[str, str]) -> None:
    with time_machine.travel(NOON, tick=False):
        browser = signed_in(alice)
        look_for(alice, 0, MINUTE)
        for email in (bob.email, somebody(1000)):
            answer = browser.post(page, {"to": email, **form})
            text = answer.content.decode()
            assert answer.status_code == 429
            assert answer["Retry-After"] == "50"
            assert "nobody can find out who has a wallet here" in text
            assert "Nothing was changed, and your money is where it was" in text
            assert "12:01" in text
            assert email not in text
    assert not Transfer.objects.filter(user=alice, kind="send").exists()
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        assert find_recipient(alice, bob.email).wallet is not None


def test_the_same_person_again_and_addresses_cost_nothing(alice: User, bob: User) -> None:
    with time_machine.travel(NOON, tick=False):
        for _ in range(MINUTE + 1):
            assert find_recipient(alice, bob.email).wallet is not None
            assert find_recipient(alice, bob.email.upper()).wallet is not None
            assert find_recipient(alice, OUTSIDE).wallet is None
        look_for(alice, 0, MINUTE - 1)
        with pytest.raises(TooOften):
            find_recipient(alice, somebody(1000))
        with pytest.raises(TooOften):
            find_recipient(alice, somebody(1000))
        assert find_recipient(alice, bob.email).wallet is not None, "nothing new is told by that"
        assert find_recipient(alice, OUTSIDE).address == OUTSIDE
        assert find_recipient(bob, alice.email).wallet is not None, "everybody is counted alone"


def test_a_day_has_a_limit_of_its_own(alice: User) -> None:
    for round_ in range(DAY // MINUTE):
        with time_machine.travel(NOON + timedelta(minutes=round_), tick=False):
            look_for(alice, round_ * MINUTE, MINUTE)
    with time_machine.travel(NOON + timedelta(hours=1), tick=False), pytest.raises(TooOften) as over:
        find_recipient(alice, somebody(1000))
    assert over.value.retry_after == 11 * 3600 - 10
    with time_machine.travel(NOON + timedelta(hours=12), tick=False):
        look_for(alice, 2000, 1)


@pytest.mark.django_db(transaction=True)
def test_many_hands_have_no_more_look_ups_than_one(alice: User) -> None:
    def ask(number: int) -> None:
        find_recipient(alice, somebody(number))

    with time_machine.travel(NOON, tick=False):
        results = at_once([partial(ask, number) for number in range(MINUTE + 10)])
    assert [type(one) for one in results].count(CannotReceive) == MINUTE
    assert [type(one) for one in results].count(TooOften) == 10


def test_while_nobody_can_count_nobody_is_looked_up_and_addresses_go_on(
    alice: User, bob: User, settings: Settings
) -> None:
    browser = signed_in(alice)
    settings.CACHES = {"default": {"BACKEND": "tests.wallet.caches.Away"}}
    with pytest.raises(Uncounted):
        find_recipient(alice, bob.email)
    assert find_recipient(alice, OUTSIDE).address == OUTSIDE
    answer = browser.post("/payees/add/", {"to": bob.email, "nickname": "Bob"})
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    assert bob.email not in answer.content.decode()


def test_what_is_kept_of_it_names_nobody(alice: User, bob: User) -> None:
    find_recipient(alice, bob.email)
    store = cache._cache.get_client(None)  # type: ignore[attr-defined]
    names = b" ".join(store.scan_iter("*pace:people*"))
    assert names.count(b"pace:people") == 2 * len(LOOK_UPS)
    assert bob.email.encode() not in names
    assert bob.email.partition("@")[0].encode() not in names
