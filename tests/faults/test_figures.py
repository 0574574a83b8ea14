"""The figures of the fault harness: what holds, what is written down, and what the table says."""

from pathlib import Path

import pytest

from tests.faults import figures as module
from tests.faults.figures import Figures, Run, table


def test_a_figure_over_its_bar_is_broken() -> None:
    figures = Figures(1)
    figures.zero("lost", [])
    figures.at_most("p99", 120, 250, "ms")
    assert not figures.broken
    figures.zero("applied twice", ["one", "two"])
    figures.at_most("p99", 300, 250, "ms")
    assert [(it.measure, it.value, it.bar) for it in figures.broken] == [
        ("applied twice", "2; one; two", "0"),
        ("p99", "300 ms", "<= 250 ms"),
    ]


def test_what_was_measured_is_kept_for_the_same_commit_engine_size_and_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ROOT", tmp_path)
    run, figures = Run("abc", "sqlite", "full", 7), Figures(2)
    figures.zero("double", 0)
    run.keep("test_kills.py::test_row", 61.23, figures, passed=True)
    run.keep("test_storm.py::test_row", 1, Figures(1), passed=False)
    assert {name: entry["passed"] for name, entry in run.kept().items()} == {
        "test_kills.py::test_row": True,
        "test_storm.py::test_row": False,
    }
    assert Run("abc", "sqlite", "full", 8).kept() == {}
    assert Run("abd", "sqlite", "full", 7).kept() == {}


def test_the_table_names_row_figure_bar_seconds_and_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROOT", tmp_path)
    run, figures = Run("abc", "sqlite", "quick", 7), Figures(2)
    figures.zero("double", 1)
    run.keep("test_kills.py::test_row", 61.23, figures, passed=False)
    cells = [cell.strip() for cell in table(run.kept().values()).splitlines()[2].split("|")]
    assert cells == ["", "2 kills", "double", "1", "0", "DOES NOT HOLD", "61.2", "7", ""]


def test_what_was_measured_many_times_with_one_outcome_stands_in_the_table_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ROOT", tmp_path)
    run, good, bad = Run("abc", "sqlite", "quick", 7), Figures(5), Figures(5)
    good.zero("counter-examples", 0)
    bad.zero("counter-examples", 1)
    for chapter, figures in enumerate([good, good, bad, good]):
        run.keep(f"test_machine.py::test_row[{chapter}]", 10, figures, passed=figures is good)
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table(run.kept().values()).splitlines()[2:]]
    assert lines == [
        ["5 stateful machine", "counter-examples, 3 times", "0", "0", "holds", "30.0", "7"],
        ["5 stateful machine", "counter-examples", "1", "0", "DOES NOT HOLD", "10.0", "7"],
    ]
