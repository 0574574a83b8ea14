"""The frame of the two harnesses in pytest: which rows run, what they are given, and the table at the end.

    pytest tests/faults -m faults --size quick --seed 1
    pytest tests/security -m security

A row fails when it raises or when one of its figures does not hold. At full size a row that already held for the same
commit, engine and seed is not measured again; its figures stand in the table all the same.

Several rows may be measured at once (--numprocesses); one that says ALONE waits until no other is, and holds up those
that come after it.
"""

import fcntl
import os
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.faults.figures import SUITES, Figures, Run, commit, table

FOUND = pytest.StashKey[Figures]()
RUNS = pytest.StashKey[dict[str, Run]]()
SHOWN = pytest.StashKey[dict[str, dict[str, Any]]]()
LONGEST = {"quick": 1200, "full": 6 * 3600}
MEASURED = "measured"  # the name under which a report carries what a row measured to the process that prints the table


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
    config.pluginmanager.register(_Listener(shown))


class _Listener:
    """Collects what the rows have measured, in whatever process."""

    def __init__(self, shown: dict[str, dict[str, Any]]) -> None:
        self.shown = shown

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call":
            return
        measured: list[Any] = [entry for name, entry in report.user_properties if name == MEASURED]
        for entry in measured:
            self.shown[entry["suite"]][entry["name"]] = entry


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    part, left_out = config.getoption("--part"), []
    items.sort(key=lambda item: (bool(_row(item)) and _is_alone(item), _row(item)))
    for item in items:
        if not (row := _row(item)):
            continue
        run = config.stash[RUNS][_suite(item)]
        kept = _held_before(run)
        item.stash[FOUND] = Figures(row)
        item.add_marker(_suite(item))
        item.add_marker(pytest.mark.timeout(LONGEST[run.size]))
        if part not in {0, row} or _name(item) in kept:
            left_out.append(item)
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Time a row, write its figures down whatever happens, and fail it for those that do not hold."""
    if not _row(item):
        return (yield)
    run, figures = item.config.stash[RUNS][_suite(item)], item.stash[FOUND]
    with _turn(run, is_alone=_is_alone(item)):
        began, passed = time.monotonic(), False
        try:
            yield
            assert figures.found, "a row that measures nothing proves nothing"
            assert not figures.broken, "\n".join(f"{it.measure}: {it.value}, not {it.bar}" for it in figures.broken)
            passed = True
        finally:
            if not passed and not figures.broken:
                figures.hold("ended in order", "no", "yes", holds=False)
            entry = run.keep(_name(item), time.monotonic() - began, figures, passed)
            item.user_properties.append((MEASURED, entry))


@contextmanager
def _turn(run: Run, *, is_alone: bool) -> Iterator[None]:
    """Rows share the machine, or one has it to itself."""
    run.file.parent.mkdir(parents=True, exist_ok=True)
    with (run.file.parent / ".turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX if is_alone else fcntl.LOCK_SH)
        yield


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Nothing left to measure because everything held before is no failure."""
    before = any(_held_before(run) for run in session.config.stash[RUNS].values())
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and before:
        session.exitstatus = pytest.ExitCode.OK


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for suite, shown in config.stash[SHOWN].items():
        run = config.stash[RUNS][suite]
        if not (shown or _held_before(run)):
            continue
        terminalreporter.section(f"{suite}, {run.size}, {run.engine}, seed {run.seed}, commit {run.commit}")
        terminalreporter.write_line(table((_held_before(run) | shown).values()))
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


def _held_before(run: Run) -> dict[str, Any]:
    """What a long run that was interrupted need not measure again."""
    if run.size != "full" or "+" in run.commit:
        return {}
    return {name: entry for name, entry in run.kept().items() if entry["passed"]}


def _is_alone(item: pytest.Item) -> bool:
    return bool(getattr(getattr(item, "module", None), "ALONE", False))


def _suite(item: pytest.Item) -> str:
    """The harness whose folder a test lies in; "" for every other test."""
    return next((suite for suite in SUITES if item.nodeid.startswith(f"tests/{suite}/")), "")


def _row(item: pytest.Item) -> int:
    """The number of the row a test belongs to; 0 for every other test."""
    return int(getattr(getattr(item, "module", None), "ROW", 0)) if _suite(item) else 0


def _name(item: pytest.Item) -> str:
    return item.nodeid.rpartition(f"tests/{_suite(item)}/")[2]
