"""Each fault of docs/reliability.md has a row, and every test named there exists."""

import re

import pytest

from tests.house.source import ROOT

TEXT = (ROOT / "docs" / "reliability.md").read_text()
NAMED = sorted(set(re.findall(r"`([a-z_/0-9]+\.py)::(test_\w+)`", TEXT)))


def test_each_of_the_faults_has_its_row() -> None:
    numbers = [
        int(number) for number in re.findall(r"^\| (\d+) \|.*\|$", TEXT.partition("## The faults")[2], re.MULTILINE)
    ]
    assert numbers == list(range(1, 62))


@pytest.mark.parametrize(("file", "test"), NAMED, ids=[test for _, test in NAMED])
def test_a_test_that_is_named_exists(file: str, test: str) -> None:
    assert f"\ndef {test}(" in (ROOT / "tests" / file).read_text()


def test_every_row_of_the_harness_is_there() -> None:
    files = re.findall(r"`(tests/faults/\w+\.py)` \|$", TEXT, re.MULTILINE)
    assert len(files) == 10
    assert [file for file in files if not (ROOT / file).exists()] == []
