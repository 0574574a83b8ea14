"""The frame of the two harnesses in pytest: which rows run, what they are given, and the table at the end.

    pytest tests/faults -m faults --size quick --seed 1
    pytest tests/security -m security

A row fails when it raises or when one of its figures does not hold. At full size a row that already held for the same
commit, engine and seed is not measured again; its figures stand in the table all the same.
"""

import os
import time
from collections.abc import Generator
from typing import Any

import pytest

from tests.faults.figures import SUITES, Figures, Run, commit, table

FOUND = pytest.StashKey[Figures]()
RUNS = pytest.StashKey[dict[str, Run]]()
SHOWN = pytest.StashKey[dict[str, dict[str, Any]]]()
LONGEST = {"quick": 900, "full": 6 * 3600}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults", "the harnesses of faults and of security")
    group.addoption("--size", choices=["quick", "full"], default="quick", help="how much of each row")
    group.addoption("--seed", type=int, default=1, help="what every draw of a row follows from")
    group.addoption("--part", type=int, default=0, help="this row alone")


def pytest_configure(config: pytest.Config) -> None:
    engine = "postgresql" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"
    about = (commit(), engine, config.getoption("--size"), config.getoption("--seed"))
    config.stash[RUNS] = {suite: Run(*about, suite) for suite in SUITES}
    shown: dict[str, dict[str, Any]] = {suite: {} for suite in SUITES}
    config.stash[SHOWN] = shown


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    part, left_out = config.getoption("--part"), []
    for item in items:
        if not (row := _row(item)):
            continue
        run = config.stash[RUNS][_suite(item)]
        kept = run.kept() if run.size == "full" and "+" not in run.commit else {}
        item.stash[FOUND] = Figures(row)
        item.add_marker(_suite(item))
        item.add_marker(pytest.mark.timeout(LONGEST[run.size]))
        if part not in {0, row}:
            left_out.append(item)
        elif kept.get(_name(item), {}).get("passed"):
            config.stash[SHOWN][run.suite][_name(item)] = kept[_name(item)]
            left_out.append(item)
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Time a row, write its figures down whatever happens, and fail it for those that do not hold."""
    if not _row(item):
        return (yield)
    began, passed, figures = time.monotonic(), False, item.stash[FOUND]
    try:
        yield
        assert figures.found, "a row that measures nothing proves nothing"
        assert not figures.broken, "\n".join(f"{it.measure}: {it.value}, not {it.bar}" for it in figures.broken)
        passed = True
    finally:
        seconds, run = time.monotonic() - began, item.config.stash[RUNS][_suite(item)]
        if not passed and not figures.broken:
            figures.hold("ended in order", "no", "yes", holds=False)
        run.keep(_name(item), seconds, figures, passed)
        item.config.stash[SHOWN][run.suite][_name(item)] = run.kept()[_name(item)]
        print(f"\n{_name(item)}: {seconds:.0f} s, seed {run.seed}, {run.size}, {run.engine}, commit {run.commit}")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Nothing left to measure because everything held before is no failure."""
    shown = any(session.config.stash[SHOWN].values())
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and shown:
        session.exitstatus = pytest.ExitCode.OK


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for suite, shown in config.stash[SHOWN].items():
        if not shown:
            continue
        run = config.stash[RUNS][suite]
        terminalreporter.section(f"{suite}, {run.size}, {run.engine}, seed {run.seed}, commit {run.commit}")
        terminalreporter.write_line(table(shown.values()))
        terminalreporter.write_line(f"kept in {run.file}")


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Where a row records what it measured."""
    found: Figures = request.node.stash[FOUND]
    return found


@pytest.fixture
def size(request: pytest.FixtureRequest) -> int:
    """How much of this row: SIZES of its module."""
    return int(request.module.SIZES[request.config.getoption("--size")])


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--seed"))


def _suite(item: pytest.Item) -> str:
    """The harness whose folder a test lies in; "" for every other test."""
    return next((suite for suite in SUITES if item.nodeid.startswith(f"tests/{suite}/")), "")


def _row(item: pytest.Item) -> int:
    """The number of the row a test belongs to; 0 for every other test."""
    return int(getattr(getattr(item, "module", None), "ROW", 0)) if _suite(item) else 0


def _name(item: pytest.Item) -> str:
    return item.nodeid.rpartition(f"tests/{_suite(item)}/")[2]
