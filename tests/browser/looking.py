"""What must be true of every page in every state, and the looking.

Each page a test comes to is looked at once as it stands. A state that has not been seen before in this run (by its
address, headings, notices, state words and fields) is also looked at in both sizes and both themes, and by axe.
"""

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

from tests.browser.chromium import DESK, PHONE, SIZES, THEMES, Size

_AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()

# The two runs see every rule in both sizes and both themes; colours are measured in the other two as well.
_EVERYTHING = {("360", "light"), ("1280", "dark")}

_LOOK = r"""
() => {
  const problems = [];
  const root = document.documentElement;
  const shown = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const told = (e) => e.outerHTML.replace(/\s+/g, " ").slice(0, 160);

  if (!document.title.trim()) problems.push("no title");
  if (!root.lang) problems.push("no language");
  const headings = [...document.querySelectorAll("h1")];
  if (headings.length !== 1) problems.push(`${headings.length} h1`);
  const seen = new Set();
  document.querySelectorAll("[id]").forEach((e) => {
    if (seen.has(e.id)) problems.push(`the id ${e.id} twice`);
    seen.add(e.id);
  });
  document.querySelectorAll("img").forEach((e) => {
    if (e.complete && !e.naturalWidth) problems.push(`a picture that is not there: ${told(e)}`);
  });
  const text = document.body.innerText;
  const debris = text.match(/\{\{|\{%|\bNone\b|\bundefined\b|\bNaN\b|\[object |&[a-z]+;|TemplateSyntax/);
  if (debris) problems.push(`debris in the text: ${text.slice(Math.max(0, debris.index - 40), debris.index + 40)}`);
  document.querySelectorAll("[style], [onclick], [onsubmit], [onload]").forEach((e) => {
    if (e.hasAttribute("style") && e.closest("main")) problems.push(`a style attribute: ${told(e)}`);
  });
  return problems;
}
"""

_FIT = r"""
() => {
  const problems = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll("body *")].filter((e) => {
      const box = e.getBoundingClientRect();
      return box.width && box.right > root.clientWidth + 0.5 && getComputedStyle(e).position !== "fixed";
    });
    const worst = wide.length ? wide[wide.length - 1].outerHTML.replace(/\s+/g, " ").slice(0, 160) : "?";
    problems.push(`scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}, by ${worst}`);
  }
  // A target is the thing pressed or the label around it; links within a sentence are as high as their line.
  // The sandbox's control room is for people at a desk.
  const targets = location.pathname.startsWith("/control") ? "button" : 'button, input:not([type=hidden]), select, textarea, summary, a.btn, nav a, .row[href], .tile';
  document.querySelectorAll(targets).forEach((e) => {
    if (!e.checkVisibility({ visibilityProperty: true }) || e.closest(".sr-only, .skip")) return;
    const box = (e.closest("label, .affix") || e).getBoundingClientRect();
    if (box.height && Math.max(box.height, e.getBoundingClientRect().height) < 43.5) {
      problems.push(`a target of ${Math.round(box.height)} px: ${e.outerHTML.replace(/\s+/g, " ").slice(0, 120)}`);
    }
  });
  // Text that is cut off is text that is not there.
  document.querySelectorAll("main *, nav *").forEach((e) => {
    if (e.children.length || !e.textContent.trim() || !e.checkVisibility() || e.closest(".sr-only")) return;
    const style = getComputedStyle(e);
    if (style.overflowX !== "visible" && style.display !== "inline" && e.scrollWidth > e.clientWidth + 1
        && !["INPUT", "SELECT", "TEXTAREA", "OPTION"].includes(e.tagName)) {
      problems.push(`cut off: ${e.outerHTML.replace(/\s+/g, " ").slice(0, 120)}`);
    }
  });
  return problems;
}
"""

_STATE = r"""
() => {
  const plain = (t) => t.replace(/\s+/g, " ").trim().replace(/0x[0-9a-fA-F ]+/g, "@").replace(/[\d.,:]+/g, "#").slice(0, 60);
  const all = (selector, what) => [...new Set([...document.querySelectorAll(selector)].map(what))];
  const path = location.pathname
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "*").replace(/\/(add-cash|mail)\/[^/]+\//, "/$1/*/").replace(/\/\d+\//g, "/#/");
  return JSON.stringify([
    path, document.title, all("h1, h2, h3", (e) => plain(e.textContent)),
    all(".state", (e) => plain(e.textContent)), all(".notice", (e) => e.className + plain(e.textContent).slice(0, 30)),
    all("main input, main select, main textarea", (e) => `${e.name}${e.type}`), all("ul.errors", (e) => e.id),
    all("main button", (e) => plain(e.textContent) + e.disabled), all("details[open]", (e) => e.className),
  ]);
}
"""

# Colours fade when the theme changes, parents before their children: what is measured is what they come to.
_REST = """
async () => {
  const pause = () => new Promise((done) => setTimeout(done, 20));
  const isFading = (it) => it instanceof CSSTransition && it.playState !== "finished";
  for (let still = 0, turns = 0; still < 3 && turns < 50; turns += 1) {
    still = document.getAnimations().some(isFading) ? 0 : still + 1;
    await pause();
  }
}
"""
_RUN_AXE = "(options) => axe.run(document, options)"

_states_seen: set[str] = set()


def problems_of(page: Page, *, has_script: bool) -> list[str]:
    """What is wrong with the page as it stands, each with where."""
    page.wait_for_load_state("load")
    where = page.url
    found = [f"{where}: {problem}" for problem in [*page.evaluate(_LOOK), *page.evaluate(_FIT)]]
    state = page.evaluate(_STATE)
    if has_script and state not in _states_seen:
        _states_seen.add(state)
        found += _problems_in_every_light(page)
    return found


def states_seen() -> int:
    return len(_states_seen)


def _problems_in_every_light(page: Page) -> list[str]:
    """The page in both sizes and both themes. Leaves it as it was."""
    before = page.viewport_size
    assert before
    found: list[str] = []
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_AXE)
    for size in SIZES:
        show(page, size)
        found += [f"{page.url} at {size.name}: {problem}" for problem in page.evaluate(_FIT)]
        for theme in THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
            page.evaluate(_REST)
            found += [f"{page.url} at {size.name}, {theme}: {problem}" for problem in _axe(page, size, theme)]
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.evaluate(_REST)
    show(page, PHONE if before["width"] == PHONE.width else DESK)
    return found


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
