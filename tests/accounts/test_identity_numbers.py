"""Which document numbers can exist."""

import pytest

from walletapp.accounts.identity_numbers import masked, problem_with, tidy
from walletapp.accounts.steps import step_for, step_named_in


@pytest.mark.parametrize(
    ("kind", "number", "fine"),
    [
        ("ssn", "412-73-9968", True),
        ("ssn", "412 73 9968", True),
        ("ssn", "412739968", True),
        ("ssn", "000-12-3456", False),
        ("ssn", "666-12-3456", False),
        ("ssn", "900-12-3456", False),
        ("ssn", "412-00-9968", False),
        ("ssn", "412-73-0000", False),
        ("ssn", "078-05-1120", False),
        ("ssn", "41273996", False),
        ("ssn", "\u0664\u0661\u0662\u0667\u0663\u0669\u0669\u0666\u0668", False),
        ("itin", "912-70-1234", True),
        ("itin", "912-49-1234", False),
        ("itin", "812-70-1234", False),
        ("passport", "a1234567", True),
        ("passport", "12", False),
        ("driversLicense", "D123-4567", True),
        ("driversLicense", "<script>", False),
    ],
)
def test_a_number_is_taken_only_if_it_can_exist(kind: str, number: str, fine: bool) -> None:
    assert (problem_with(kind, tidy(kind, number)) == "") is fine


def test_a_masked_number_tells_only_its_last_four() -> None:
    assert masked("ssn", "412739968") == "Social Security number ending in 9968"


@pytest.mark.parametrize(
    ("item", "slug"),
    [
        ("residentialAddress", "address"),
        ("residentialAddress.zipCode", "address"),
        ("residential_address", "address"),
        ("identifyingInformation[0].number", "document"),
        ("ssn", "document"),
        ("birthDate", "birth"),
        ("lastName", "name"),
        ("phone", "phone"),
    ],
)
def test_every_item_of_oms_finds_its_step(item: str, slug: str) -> None:
    step = step_for(item)
    assert step is not None
    assert step.slug == slug


def test_an_unknown_item_finds_none_and_a_plain_word_is_no_item() -> None:
    assert step_for("sourceOfFunds") is None
    assert step_named_in("the name of this thing is not an address") is None
    named = step_named_in("birthDate: is in the future")
    assert named is not None
    assert named.slug == "birth"
