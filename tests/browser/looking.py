"""What must be true of every page in every state, and the looking.

Each page a test comes to is looked at once as it stands. A state that has not been seen before in this run (by its
address, headings, notices, state words and fields) is also looked at in both sizes and both themes, and by axe. The
processes of a parallel run share what they have seen: a folder with an empty file for every state.
"""

import hashlib
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

from tests.browser.chromium import DESK, PHONE, SIZES, THEMES, Size

_AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
_SCRIPTS = Path(__file__).parent / "scripts"


def _script(name: str) -> str:
    """A function for page.evaluate()."""
    return (_SCRIPTS / f"{name}.js").read_text()


# The two runs see every rule in both sizes and both themes; colours are measured in the other two as well.
_EVERYTHING = {("360", "light"), ("1280", "dark")}

_LOOK = _script("look")
_FIT = _script("fit")
_STATE = _script("state")
_REST = _script("rest")
_STILL = _script("still")
_RUN_AXE = "(options) => axe.run(document, options)"

seen_in: Path | None = None  # the folder of this run; set before anything is looked at


def problems_of(page: Page, *, has_script: bool) -> list[str]:
    """What is wrong with the page as it stands, each with where."""
    page.wait_for_load_state("load")
    where = page.url
    found = [f"{where}: {problem}" for problem in [*page.evaluate(_LOOK), *page.evaluate(_FIT)]]
    state = page.evaluate(_STATE)
    if has_script and _is_new(state):
        found += _problems_in_every_light(page)
    return found


def _is_new(state: str) -> bool:
    """True for the first who comes to this state."""
    assert seen_in, "nobody said where to remember it"
    seen_in.mkdir(exist_ok=True)
    try:
        (seen_in / hashlib.sha256(state.encode()).hexdigest()).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _problems_in_every_light(page: Page) -> list[str]:
    """The page in both sizes and both themes. Leaves it as it was."""
    before = page.viewport_size
    assert before
    found: list[str] = []
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_AXE)
    page.evaluate(_STILL, True)
    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        for size in SIZES:
            show(page, size)
            where = f"{page.url} at {size.name}, {theme}"
            found += [f"{where}: {problem}" for problem in [*page.evaluate(_FIT), *_axe(page, size, theme)]]
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.evaluate(_STILL, False)
    show(page, PHONE if before["width"] == PHONE.width else DESK)
    return found


def come_to_rest(page: Page) -> None:
    """Wait until nothing fades any more."""
    page.evaluate(_REST)


def show(page: Page, size: Size) -> None:
    page.set_viewport_size({"width": size.width, "height": size.height})


def _axe(page: Page, size: Size, theme: str) -> list[str]:
    everything = (size.name, theme) in _EVERYTHING
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if not everything:
        options["runOnly"] = {"type": "rule", "values": ["color-contrast"]}
    violations = page.evaluate(_RUN_AXE, options)["violations"]
    return [
        f"axe {violation['id']} ({violation['help']}): {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for violation in violations
        for node in violation["nodes"][:3]
    ]
