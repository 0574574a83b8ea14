"""Flags: per person, group, percent, staff and everyone; a visitor cannot switch one on."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group

from tests.builders import make_user
from walletapp import features
from walletapp.accounts.models import Flag

pytestmark = pytest.mark.django_db

NAME = features.BANK_FUNDING


@pytest.fixture
def flag() -> Flag:
    found: Flag = Flag.objects.get_or_create(name=NAME)[0]
    return found


def change(flag: Flag, **values: Any) -> None:
    for name, value in values.items():
        setattr(flag, name, value)
    flag.save()
    flag.flush()  # what a commit does


def test_a_flag_is_off_until_somebody_opens_it(flag: Flag) -> None:
    assert not features.is_on(NAME, make_user())


def test_a_name_nobody_created_is_off() -> None:
    assert not features.is_on("never_created", make_user())


def test_it_opens_for_one_person_only(flag: Flag) -> None:
    alice, bob = make_user("alice"), make_user("bob")
    flag.users.add(alice)
    change(flag)
    assert features.is_on(NAME, alice)
    assert not features.is_on(NAME, bob)


def test_it_opens_for_a_group_and_for_staff(flag: Flag) -> None:
    member, staff = make_user("member"), make_user("staff", is_staff=True)
    group = Group.objects.create(name="early")
    member.groups.add(group)
    flag.groups.add(group)
    change(flag, staff=True)
    assert features.is_on(NAME, member)
    assert features.is_on(NAME, staff)


def test_everyone_overrules_all_else_both_ways(flag: Flag) -> None:
    alice = make_user()
    flag.users.add(alice)
    change(flag, everyone=False)
    assert not features.is_on(NAME, alice)
    change(flag, everyone=True)
    assert features.is_on(NAME, AnonymousUser())


def test_a_percentage_is_the_same_people_every_time(flag: Flag) -> None:
    people = [make_user(f"p{number}") for number in range(60)]
    change(flag, percent=50)
    first = [features.is_on(NAME, person) for person in people]
    assert first == [features.is_on(NAME, person) for person in people]
    assert 10 < sum(first) < 50
    change(flag, percent=99)
    assert all(features.is_on(NAME, person) for person, was_in in zip(people, first, strict=True) if was_in)


def test_no_visitor_switches_it_on_by_address_or_cookie(flag: Flag, rf: Any) -> None:
    change(flag, testing=True)
    request = rf.get(f"/?{NAME}=1&dwft_{NAME}=1")
    request.user = make_user()
    request.COOKIES[f"dwf_{NAME}"] = "True"
    request.COOKIES[f"dwft_{NAME}"] = "True"
    assert not flag.is_active(request)
