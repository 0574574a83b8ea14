"""Lists: newest first, cursors both ways, filters."""

from typing import Any

import pytest

from tests.sandbox.api import Api, Person, found, refusal


@pytest.fixture
def history(api: Api) -> tuple[Person, list[str]]:
    """Seven sends, their ids newest first."""
    alice = api.rich()
    sent = []
    for _ in range(7):
        sent.append(api.send(alice, "1.00")["id"])
        api.control.advance_clock(1)
    return alice, sent[::-1]


def ids(page: dict[str, Any]) -> list[str]:
    return [row["id"] for row in page["data"]]


def test_pages_follow_each_other_forwards_and_back(api: Api, history: tuple[Person, list[str]]) -> None:
    _, expected = history
    first = found(api.get("transactions", limit=3))
    second = found(api.get("transactions", limit=3, startingAfter=first["nextCursor"]))
    third = found(api.get("transactions", limit=3, startingAfter=second["nextCursor"]))
    assert ids(first) + ids(second) + ids(third) == expected
    assert [page["hasMore"] for page in (first, second, third)] == [True, True, False]
    back = found(api.get("transactions", limit=3, endingBefore=third["previousCursor"]))
    assert (ids(back), back["hasMore"]) == (ids(second), True)
    start = found(api.get("transactions", limit=3, endingBefore=first["previousCursor"]))
    assert (ids(start), start["hasMore"]) == ([], False)
    assert "nextCursor" not in start


def test_date_filters_include_their_bounds(api: Api, history: tuple[Person, list[str]]) -> None:
    _, expected = history
    newest, _, third, *_ = found(api.get("transactions"))["data"]
    page = found(api.get("transactions", createdAfter=third["createdAt"], createdBefore=newest["createdAt"]))
    assert ids(page) == expected[:3]


def test_filters_by_state_type_and_customer(api: Api, history: tuple[Person, list[str]]) -> None:
    alice, expected = history
    api.control.settle(expected[0])
    assert ids(found(api.get("transactions", status="completed"))) == expected[:1]
    assert ids(found(api.get("transactions", type="fiatToCrypto"))) == []
    assert ids(found(api.get("transactions", senderCustomerId=alice.customer))) == expected
    assert ids(found(api.get("transactions", recipientCustomerId=alice.customer))) == []
    assert ids(found(api.get(f"accounts/{alice.wallet}/transactions", limit=2))) == expected[:2]


def test_a_customers_list_says_which_part_they_played(api: Api) -> None:
    alice, bob = api.rich(), api.person()
    sent = api.send(alice, "1.00", {"id": bob.wallet})
    for person, role in ((alice, "sender"), (bob, "recipient")):
        assert found(api.get(f"customers/{person.customer}/transactions"))["data"][0]["role"] == role
    assert "role" not in api.transaction(sent["id"])
    assert found(api.get(f"transactions/{sent['id']}", senderCustomerId=alice.customer))["role"] == "sender"


@pytest.mark.parametrize(
    "query",
    [{"limit": 0}, {"limit": 101}, {"startingAfter": "?"}, {"endingBefore": "YWJj"}, {"createdAfter": "yesterday"},
     {"createdAfter": "2026-01-01T00:00:00"}, {"status": "done"}, {"startingAfter": "MXxh", "endingBefore": "MXxh"}],
)  # fmt: skip
def test_a_query_that_makes_no_sense_is_refused(api: Api, query: dict[str, Any]) -> None:
    assert refusal(api.get("transactions", **query)) == (400, "invalidRequest")


def test_customers_name_their_cursor_otherwise(api: Api) -> None:
    older, newer = api.customer(), api.customer()
    first = found(api.get("customers", limit=1))
    assert "nextCursor" not in first
    second = found(api.get("customers", limit=1, cursor=first["cursor"]))
    assert set(ids(first) + ids(second)) == {older, newer}


def test_cash_ins_are_listed_by_customer_and_state(api: Api) -> None:
    alice, bob = api.person(), api.person()
    hers, his = found(api.cash_in(alice, "20.00"))["id"], found(api.cash_in(bob, "20.00"))["id"]
    assert ids(found(api.get("cash-ins", customerId=alice.customer))) == [hers]
    assert set(ids(found(api.get("cash-ins", status="pending")))) == {hers, his}
    assert ids(found(api.get("cash-ins", status="expired"))) == []
