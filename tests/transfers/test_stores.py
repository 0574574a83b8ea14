"""Stores near a point: asked of OMS, shared for a while, and honest about its absence."""

from datetime import timedelta
from decimal import Decimal
from itertools import combinations

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone
from pytest_django import Settings

from tests.control import Control
from tests.transfers.cash_steps import SACRAMENTO
from walletapp.transfers import finding
from walletapp.transfers.drawing import SIZE, store_map
from walletapp.transfers.places import find_places
from walletapp.transfers.stores import Point, StoresUnknown, find_store, in_words, stores_near

AWAY = "http://localhost:9/v0.9"


def test_stores_come_nearest_first_with_all_a_person_needs(sandbox: Control) -> None:
    nearby = stores_near(SACRAMENTO)
    assert len(nearby.stores) >= 5
    miles = [near.miles for near in nearby.stores if near.miles is not None]
    assert miles == sorted(miles)
    assert [near.number for near in nearby.stores] == list(range(1, len(nearby.stores) + 1))
    first = nearby.stores[0].store
    assert first.name
    assert first.reference
    assert first.full_address.endswith(f"Sacramento, CA {first.zip_code}")
    assert first.hours.startswith(("Mon-Fri", "Open all day"))


def test_distances_are_from_the_exact_point_although_oms_hears_a_rounded_one(sandbox: Control) -> None:
    here = stores_near(SACRAMENTO).stores[0].store.point
    assert here is not None
    near = next(near for near in stores_near(here).stores if near.store.point == here)
    assert near.miles is not None
    assert near.miles < Decimal("0.001")


def test_a_list_is_shared_for_some_minutes_and_not_asked_again(sandbox: Control, settings: Settings) -> None:
    first = stores_near(SACRAMENTO)
    settings.OMS_BASE_URL = AWAY
    second = stores_near(Point(Decimal("38.5802"), Decimal("-121.4904")))
    assert {near.store.id for near in second.stores} == {near.store.id for near in first.stores}
    assert not second.is_old


def test_an_old_list_is_shown_with_its_age_while_oms_is_away(sandbox: Control, settings: Settings) -> None:
    first = stores_near(SACRAMENTO)
    settings.OMS_BASE_URL = AWAY
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        nearby = stores_near(SACRAMENTO)
    assert nearby.is_old
    assert nearby.as_of == first.as_of
    assert nearby.stores == first.stores


def test_without_oms_and_without_a_memory_there_is_a_clear_sentence(settings: Settings) -> None:
    settings.OMS_BASE_URL = AWAY
    with pytest.raises(StoresUnknown, match="cannot reach our payment partner"):
        stores_near(SACRAMENTO)


def test_a_store_is_found_again_by_its_id(sandbox: Control, settings: Settings) -> None:
    store = stores_near(SACRAMENTO).stores[3].store
    settings.OMS_BASE_URL = AWAY
    assert find_store(store.id, None) == store


def test_a_store_nobody_listed_is_looked_for_around_the_point_or_not_at_all(sandbox: Control) -> None:
    store = stores_near(SACRAMENTO).stores[0].store
    cache.clear()
    assert find_store(store.id, None) is None
    assert find_store(store.id, SACRAMENTO) == store
    assert find_store("loc_of_nobody", SACRAMENTO) is None


def test_without_the_shared_cache_stores_are_asked_for_each_time(sandbox: Control, settings: Settings) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere/valkey.sock",
        }
    }
    assert stores_near(SACRAMENTO).stores


@pytest.mark.parametrize("text", ["", "38.58", "38.58,", "a,b", "91,0", "0,181", "nan,0", "Infinity,1", "1e-9,1"])
def test_what_is_no_point_is_none(text: str) -> None:
    assert Point.of_text(text) is None


def test_hours_are_said_as_people_here_say_them() -> None:
    assert in_words("Mon-Fri 06:00-23:30, Sat-Sun 00:00-24:00") == "Mon-Fri 6 am-11:30 pm, Sat-Sun all day"
    assert in_words("Mon-Fri 00:00-24:00, Sat-Sun 00:00-23:59") == "Open all day, every day"
    assert in_words("Mon-Sun 00:00-24:00") == "Open all day, every day"
    assert in_words("Mon-Sat 00:00-24:00") == "Mon-Sat all day", "not on Sundays"
    assert in_words("12:00-00:30") == "12 pm-12:30 am"
    assert in_words("whenever it is open") == "whenever it is open"


# --- searching --------------------------------------------------------------------------------------------------------


def test_a_zip_code_a_city_and_the_browsers_place_find_the_same_stores(sandbox: Control) -> None:
    [place] = find_places("Sacramento, CA")
    found = [
        finding.search("95814", None),
        finding.search("sacramento ca", None),
        finding.search("", Point(place.latitude, place.longitude)),
    ]
    names = [{near.store.id for near in search.found.stores} for search in found if search.found]
    assert len(names) == 3
    assert names[1] == names[2]
    assert names[0] & names[1]


def test_a_name_of_several_towns_is_asked_back(sandbox: Control) -> None:
    search = finding.search("Kansas City", None)
    assert search.place == "Kansas City, MO"
    assert search.choices == ("Kansas City, KS",)


def test_an_unknown_place_no_store_and_oms_away_are_three_sentences(sandbox: Control, settings: Settings) -> None:
    assert "do not know a place called" in finding.search("xyzzy", None).problem
    nowhere = finding.search("99723", None)  # Utqiagvik, Alaska
    assert nowhere.found is not None
    assert (nowhere.found.stores, nowhere.problem, nowhere.picture) == ((), "", None)
    settings.OMS_BASE_URL = AWAY
    assert "cannot reach our payment partner" in finding.search("10001", None).problem


def test_before_anybody_searches_nothing_is_asked(settings: Settings) -> None:
    settings.OMS_BASE_URL = AWAY
    assert finding.search("", None) == finding.Search()


# --- the map ----------------------------------------------------------------------------------------------------------


def test_the_map_has_north_up_and_the_numbers_of_the_list() -> None:
    centre = (Decimal("38.58"), Decimal("-121.49"))
    north, east = (Decimal("38.68"), Decimal("-121.49")), (Decimal("38.58"), Decimal("-121.39"))
    drawn = store_map(centre, [north, east])
    assert drawn is not None
    dots = {dot.number: dot for dot in drawn.dots}
    assert dots[1].x == SIZE // 2
    assert dots[1].y < SIZE // 2
    assert dots[2].x > SIZE // 2
    assert dots[2].y == SIZE // 2
    # A degree east is shorter than a degree north, here by about a fifth.
    assert (SIZE // 2 - dots[1].y) * 7 > (dots[2].x - SIZE // 2) * 8


def test_every_dot_and_ring_lies_on_the_map() -> None:
    centre = (Decimal("38.58"), Decimal("-121.49"))
    drawn = store_map(
        centre, [(centre[0] + Decimal(step) / 37, centre[1] - Decimal(step) / 41) for step in range(-9, 9)]
    )
    assert drawn is not None
    assert all(drawn.dot <= at <= SIZE - drawn.dot for dot in drawn.dots for at in (dot.x, dot.y))
    assert all(0 < ring.radius <= SIZE // 2 for ring in drawn.rings)


def test_one_store_at_the_very_place_can_be_drawn() -> None:
    centre = (Decimal("38.58"), Decimal("-121.49"))
    drawn = store_map(centre, [centre])
    assert drawn is not None
    assert (drawn.dots[0].x, drawn.dots[0].y) == (SIZE // 2, SIZE // 2)


def test_dots_of_stores_in_one_street_do_not_cover_each_other() -> None:
    centre = (Decimal("38.58"), Decimal("-121.49"))
    far = (Decimal("38.90"), Decimal("-121.49"))
    drawn = store_map(centre, [centre, centre, centre, (Decimal("38.581"), Decimal("-121.49")), far])
    assert drawn is not None
    pairs = combinations(drawn.dots, 2)
    assert all(max(abs(one.x - other.x), abs(one.y - other.y)) >= drawn.dot for one, other in pairs)
