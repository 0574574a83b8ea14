"""The list of addresses nobody may be paid at: what is on it, and that a damaged one clears nobody."""

import os
from pathlib import Path
from typing import Any

import pytest

from walletapp.chain import checks, sanctions
from walletapp.chain.addresses import read_address

LISTED = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"


def write(path: Path, text: str, settings: Any) -> Path:
    path.write_text(text)
    settings.SANCTIONS_LIST = str(path)
    return path


def test_the_sample_holds_true_addresses_and_knows_them_in_any_spelling(settings: Any) -> None:
    lines = Path(settings.SANCTIONS_SAMPLE).read_text().splitlines()
    addresses = [line for line in lines if line and not line.startswith("#")]
    assert [read_address(one) for one in addresses] == addresses, "checksummed, so that none is mistyped"
    for spelling in (LISTED, LISTED.lower(), "0x" + LISTED[2:].upper()):
        assert sanctions.is_listed(spelling)
    assert not sanctions.is_listed("0x52908400098527886E0F7030069857D2E4169EE7")


def test_comments_blank_lines_and_addresses_of_other_chains_are_passed_over(tmp_path: Path, settings: Any) -> None:
    text = f"# a list\n\n {LISTED.upper().replace('0X', '0x')}  # of 2022\nTJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC\n"
    write(tmp_path / "list.txt", text, settings)
    assert sanctions.listed() == {LISTED.lower()}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing but a comment\n",
        "<html>not found</html>\n",
        f"{LISTED[:-1]}\n",
        f"{LISTED}\nService Unavailable\n",
    ],
    ids=["empty", "comment", "a page", "cut off", "an error at the end"],
)
def test_a_damaged_list_clears_nobody(text: str, tmp_path: Path, settings: Any) -> None:
    write(tmp_path / "list.txt", text, settings)
    with pytest.raises(sanctions.ListUnreadable):
        sanctions.is_listed(LISTED)
    assert [found.id for found in checks.check_list()] == ["chain.E001"]


def test_a_list_that_is_missing_or_not_text_clears_nobody(tmp_path: Path, settings: Any) -> None:
    settings.SANCTIONS_LIST = str(tmp_path / "nowhere.txt")
    with pytest.raises(sanctions.ListUnreadable):
        sanctions.is_listed(LISTED)
    (tmp_path / "list.gz").write_bytes(b"\x1f\x8b\xff\xfe")
    settings.SANCTIONS_LIST = str(tmp_path / "list.gz")
    with pytest.raises(sanctions.ListUnreadable):
        sanctions.is_listed(LISTED)


def test_a_list_that_was_replaced_is_read_anew(tmp_path: Path, settings: Any) -> None:
    path = write(tmp_path / "list.txt", f"{LISTED}\n", settings)
    assert sanctions.is_listed(LISTED)
    other = LISTED[:-1] + "0"
    path.write_text(f"{other}\n")  # of the same length: the time of the change tells
    os.utime(path, ns=(1, 1))
    assert not sanctions.is_listed(LISTED)
    assert sanctions.is_listed(other)


def test_whoever_serves_people_with_the_sample_is_told(tmp_path: Path, settings: Any) -> None:
    assert [found.id for found in checks.check_deployment()] == ["chain.W001"]
    write(tmp_path / "list.txt", f"{LISTED}\n", settings)
    assert checks.check_deployment() == []
    assert checks.check_list() == []
