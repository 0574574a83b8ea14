"""Which addresses could be taken for one another, and where they differ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.payees.addresses import OUTSIDE, imitating
from walletapp.chain.lookalikes import is_alike, pieces

BODIES = st.text("0123456789abcdef", min_size=40, max_size=40)


@pytest.mark.parametrize(("first", "last"), [(4, 4), (3, 3), (3, 6), (6, 3), (5, 5), (10, 10), (8, 0), (0, 8), (7, 1)])
def test_agreeing_ends_are_alike(first: int, last: int) -> None:
    assert is_alike(OUTSIDE, imitating(OUTSIDE, first=first, last=last))


@pytest.mark.parametrize(("first", "last"), [(2, 2), (2, 5), (5, 2), (7, 0), (0, 7), (0, 0)])
def test_what_chance_makes_is_not(first: int, last: int) -> None:
    assert not is_alike(OUTSIDE, imitating(OUTSIDE, first=first, last=last))


def test_capitals_neither_make_nor_hide_a_likeness() -> None:
    assert not is_alike(OUTSIDE, OUTSIDE.lower())
    assert is_alike(OUTSIDE, imitating(OUTSIDE).upper().replace("0X", "0x"))


@given(one=BODIES, other=BODIES)
def test_likeness_goes_both_ways_and_the_pieces_are_the_address(one: str, other: str) -> None:
    a, b = f"0x{one}", f"0x{other}"
    assert is_alike(a, b) == is_alike(b, a)
    shown = list(pieces(a, b))
    assert "".join(piece.text for piece in shown) == a
    assert any(piece.differs for piece in shown) == (a != b)


def test_the_group_that_differs_is_told() -> None:
    other = OUTSIDE[:10] + ("1111" if OUTSIDE[10:14] != "1111" else "2222") + OUTSIDE[14:]
    assert [piece.text for piece in pieces(OUTSIDE, other) if piece.differs] == [OUTSIDE[10:14]]
