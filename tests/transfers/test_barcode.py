"""The barcode says the code and nothing else: read back bar by bar, as a scanner does."""

from itertools import pairwise

import pytest
from barcode.charsets import code128

from walletapp.transfers import cash_codes
from walletapp.transfers.drawing import QUIET, Barcode, barcode
from walletapp.transfers.models import CashCode

START_B, START_C = 104, 105


def read(drawn: Barcode) -> str:
    """Decode Code 128 from the bars alone, check digit included."""
    modules = ["0"] * drawn.width
    for bar in drawn.bars:
        modules[bar.x : bar.x + bar.width] = "1" * bar.width
    text = "".join(modules)[QUIET:-QUIET]
    assert text.endswith("1100011101011"), "the stop"
    values = [code128.CODES.index(text[at : at + 11]) for at in range(0, len(text) - 13, 11)]
    *values, check = values
    assert check == (values[0] + sum(place * value for place, value in enumerate(values[1:], start=1))) % 103
    if values[0] == START_C:
        return "".join(f"{value:02d}" for value in values[1:])
    assert values[0] == START_B
    return "".join(chr(value + 32) for value in values[1:])


@pytest.mark.parametrize(
    "text", ["12345678901234567890", "ABC12345", "1234567", "a-1 ~B", "000000", "9" * 30, "9912", "1299"]
)
def test_a_scanner_reads_what_was_written(text: str) -> None:
    assert read(barcode(text)) == text


@pytest.mark.parametrize("text", ["", "ABC\n", "É1"])
def test_what_no_scanner_reads_is_not_drawn(text: str) -> None:
    with pytest.raises(ValueError, match="not printable"):
        barcode(text)


def test_there_is_white_on_either_side() -> None:
    drawn = barcode("12345678901234567890")
    assert drawn.bars[0].x == QUIET
    assert drawn.bars[-1].x + drawn.bars[-1].width == drawn.width - QUIET


def test_bars_do_not_touch_or_overlap() -> None:
    bars = barcode("ABC12345").bars
    assert all(one.x + one.width < other.x for one, other in pairwise(bars))


def test_omss_barcode_number_is_drawn_where_there_is_one_and_the_code_else() -> None:
    assert cash_codes.barcode_of(CashCode(code="ABC 12345", barcode="12345678901234567890")).text == "1234567890" * 2
    assert cash_codes.barcode_of(CashCode(code="ABC 12345")).text == "ABC12345"
    assert cash_codes.barcode_of(CashCode(code="AB12-CD34")).text == "AB12CD34"


@pytest.mark.parametrize(
    ("code", "groups"),
    [
        ("ABC 12345", ["ABC", "12345"]),
        ("AB12-CD34", ["AB12", "CD34"]),
        ("123456789012", ["1234", "5678", "9012"]),
        ("12345", ["1234", "5"]),
    ],
)
def test_a_code_is_read_out_in_groups(code: str, groups: list[str]) -> None:
    assert cash_codes.groups(code) == groups
