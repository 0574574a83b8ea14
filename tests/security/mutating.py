"""A pytest plugin that runs each guard's own tests twice, with the guard and without it, in one process.

    pytest -p tests.security.mutating --report=FILE

With the guard all of them must be green, without it at least one must turn red. Prints nothing but what it found.
"""

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.runner import runtestprotocol

if TYPE_CHECKING:
    from tests.security.guards import Guard

Item = pytest.Item


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--report", default="", help="where what was found is written, as JSON")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """The tests that the guards name are what is collected."""
    config.args = sorted({f"tests/{name}" for guard in _guards() for name in guard.tests})


def pytest_runtestloop(session: pytest.Session) -> bool:
    guards = _guards()
    items = {guard.name: list(_own(guard, session.items)) for guard in guards}
    green = {item.nodeid: _is_green(item) for item in session.items}
    found: list[dict[str, Any]] = []
    for guard in guards:
        began, own = time.monotonic(), items[guard.name]
        with pytest.MonkeyPatch.context() as patch:
            guard.off(patch)
            red = next((item.nodeid for item in own if _is_red(item)), "")
        sound = bool(own) and all(green[item.nodeid] for item in own)
        seconds = round(time.monotonic() - began, 1)
        found.append({"guard": guard.name, "green with it": sound, "red without it": red, "seconds": seconds})
    Path(session.config.getoption("--report")).write_text(json.dumps(found, indent=1))
    session.testsfailed = sum(not (it["green with it"] and it["red without it"]) for it in found)
    return True


def _guards() -> "tuple[Guard, ...]":
    """Not before Django is set up."""
    from tests.security.guards import GUARDS

    return GUARDS


def _own(guard: "Guard", items: Sequence[Item]) -> Iterator[Item]:
    for item in items:
        if item.nodeid.partition("[")[0].removeprefix("tests/") in guard.tests:
            yield item


def _run(item: Item) -> list[pytest.TestReport]:
    """Once more, from its fixtures on. What lives for a module or a session is kept where it still serves."""
    item.session._setupstate.teardown_exact(item)
    item._initrequest()  # type: ignore[attr-defined]
    # What follows is said to be the item's own module: so the item is taken down whole, and the module stays.
    return runtestprotocol(item, nextitem=item.parent, log=False)  # type: ignore[arg-type]


def _is_green(item: Item) -> bool:
    return all(report.passed for report in _run(item))


def _is_red(item: Item) -> bool:
    """By what it asserts, not because it could not begin."""
    return any(report.failed and report.when == "call" for report in _run(item))
