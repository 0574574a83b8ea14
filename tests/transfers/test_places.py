"""Where a ZIP code or city is, without asking anybody."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

import walletapp
from walletapp.transfers.places import ZIPS, Place, find_places

# The sandbox's own stores: data of another program, compared with ours only here.
STORES = json.loads((Path(walletapp.__path__[0]) / "sandbox" / "data" / "locations.json").read_text())
NEAR = Decimal("0.35")  # of a degree: a large city's middle and its edge


def labels(text: str) -> list[str]:
    return [place.label for place in find_places(text)]


def is_near(place: Place, store: dict[str, object]) -> bool:
    apart = [
        abs(place.latitude - Decimal(str(store["latitude"]))),
        abs(place.longitude - Decimal(str(store["longitude"]))),
    ]
    return max(apart) < NEAR


def test_a_zip_code_is_found_with_its_city() -> None:
    [place] = find_places("95814")
    assert place == Place("Sacramento, CA 95814", Decimal("38.58"), Decimal("-121.49"))


@pytest.mark.parametrize("text", ["95814-1234", " 95814 ", "95814 1234"])
def test_a_zip_code_may_be_long_or_have_spaces(text: str) -> None:
    assert labels(text) == ["Sacramento, CA 95814"]


def test_a_zip_code_that_we_do_not_list_is_found_by_its_first_three_digits() -> None:
    assert not any(line.startswith("95800") for line in ZIPS.read_text().splitlines())
    assert labels("95800") == labels("958") == ["the area around Sacramento, CA (ZIP codes 958..)"]


def test_every_region_of_the_postal_service_is_known() -> None:
    regions = {line[:3] for line in ZIPS.read_text().splitlines()}
    assert len(regions) > 900
    assert all(find_places(region) and find_places(f"{region}99") for region in regions)


def test_every_store_of_the_sandbox_is_near_its_zip_code() -> None:
    assert len(STORES) > 200
    lost = [store for store in STORES if not any(is_near(place, store) for place in find_places(store["zipCode"]))]
    assert not lost


def test_every_store_of_the_sandbox_is_near_its_city() -> None:
    names = {f"{store['city']}, {store['state']}": store for store in STORES}
    assert not [name for name, store in names.items() if not any(is_near(place, store) for place in find_places(name))]


def test_a_city_of_one_name_only_needs_no_state() -> None:
    assert labels("albuquerque") == ["Albuquerque, NM"]


def test_cities_of_the_same_name_are_all_offered_the_largest_first() -> None:
    found = labels("Kansas City")
    assert found == ["Kansas City, MO", "Kansas City, KS"]


@pytest.mark.parametrize(
    "text", ["Saint Louis, MO", "st. louis, mo", "St Louis MO", "saint louis missouri", "ST LOUIS, Missouri"]
)
def test_a_city_is_found_however_it_is_written(text: str) -> None:
    assert labels(text) == ["Saint Louis, MO"]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("NYC", "New York, NY"),
        ("new york ny", "New York, NY"),
        ("manhattan", "New York, NY"),
        ("LA", "Los Angeles, CA"),
    ],
)
def test_names_that_people_use_are_understood(text: str, label: str) -> None:
    assert labels(text)[0] == label


@pytest.mark.parametrize("text", ["", "   ", "xyzzy", "000", "Springfield, ZZ", "%", "1" * 200, "95", "Sacramento,"])
def test_what_is_no_place_is_not_found_or_not_guessed(text: str) -> None:
    assert labels(text) in ([], labels("Sacramento"))
