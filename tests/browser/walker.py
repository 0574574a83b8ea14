"""A person at Chromium, with scripts or without, who notices everything that is wrong with the pages they come by.

What they notice is gathered in `problems`; the fixture that hands the Walker out fails the test when there is any.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Frame, Locator, Page, Request, Response, expect

from tests.browser import reading
from tests.browser.looking import problems_of
from tests.browser.reading import tidy
from tests.browser.stage import Stage
from tests.own_time import clock

PATIENCE = 60_000

# A refused form is answered with one of these; the browser's console calls that an error, and it is none.
_REFUSALS = frozenset({400, 409, 422})
_STATUS_NOISE = re.compile(
    r"Failed to load resource: the server responded with a status of (\d+)|Status Error Code (\d+)"
)

_TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI}`);
});
"""


@dataclass(frozen=True)
class Asked:
    """One request that a page made for itself or for a form."""

    method: str
    path: str
    is_htmx: bool
    kind: str


class Walker:
    """See `Person`."""

    def __init__(self, stage: Stage, context: BrowserContext, *, has_script: bool, email: str = "") -> None:
        self.stage = stage
        self.email = email
        self.has_script = has_script
        self.context = context
        self.problems: list[str] = []
        self.asked: list[Asked] = []
        self.allowed = set(_REFUSALS)
        self.is_looking = not os.environ.get("DATABASE_URL")  # another database makes no other pages
        self._came_to: set[str] = set()
        self._looked_at: set[str] = set()
        context.add_init_script(_TELL_VIOLATIONS)
        self.page = self._new_page()

    # --- the words of Person ------------------------------------------------------------------------------------------

    def open(self, path: str, then: str = "") -> None:
        self.page.goto(path, wait_until="load")
        self._arrive(then)

    def fill(self, label: str, text: str) -> None:
        self.field(label).fill(text)

    def pick(self, label: str, option: str) -> None:
        self.field(label).select_option(label=option)

    def tick(self, label: str) -> None:
        self.field(label).check()

    def press(self, name: str, then: str = "") -> None:
        self.leave_by(lambda: self.button(name).click(timeout=PATIENCE), then)

    def follow(self, address: str, then: str = "") -> None:
        link = self.page.locator(f"#main a[href*='{address}']").first
        self.leave_by(lambda: link.click(timeout=PATIENCE), then)

    def offers(self, name: str) -> bool:
        return self.field(name).count() > 0 or self._pressable(self.page.locator("body"), name).count() > 0

    def waits_for(self, text: str, seconds: float = 30) -> None:
        if self.has_script:
            expect(self.page.locator("#main")).to_contain_text(
                text, timeout=max(PATIENCE, seconds * 1000), use_inner_text=True
            )
        else:
            self._await(self.page.url, lambda page: tidy(text) in page.main, seconds)
            self.page.reload()
            expect(self.page.locator("#main")).to_contain_text(text, timeout=PATIENCE, use_inner_text=True)
        self.look()

    @property
    def main(self) -> str:
        return " ".join(self.page.locator("#main").inner_text().split())

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def letter(self, subject: str, seconds: float = 30) -> str:
        """Read in a second tab, as a person would."""
        box = f"{self.stage.url}/demo/mail/?to={self.email}"
        self._await(box, lambda page: any(subject in link.text for link in page.links), seconds)
        reader = Walker(self.stage, self.context, has_script=self.has_script)
        reader.is_looking = self.is_looking
        reader.open(box, then="Demo mail")
        link = reader.page.locator("#main a", has_text=subject).first
        reader.leave_by(lambda: link.click(timeout=PATIENCE), subject)
        text = reader.main
        self.problems += reader.finish()
        reader.page.close()
        return text

    # --- what only a browser has --------------------------------------------------------------------------------------

    def field(self, label: str) -> Locator:
        """A field by its label; "(optional)" is not part of it."""
        named = re.compile(rf"^{re.escape(label)}( \(optional\))?$")
        return self.page.locator("input, select, textarea").and_(self.page.get_by_label(named))

    def button(self, name: str) -> Locator:
        """A button or link: of the page itself, or else of the frame around it."""
        inside = self._pressable(self.page.locator("#main"), name)
        return (inside if inside.count() else self._pressable(self.page.locator("body"), name)).first

    def leave_by(self, act: Callable[[], object], then: str = "") -> None:
        """Do something that brings another page, and wait for that page, whether it is swapped in or loaded."""
        self.page.evaluate("() => { document.getElementById('main').dataset.left = ''; }")
        act()
        self.page.locator("#main:not([data-left])").wait_for(state="attached", timeout=PATIENCE)
        self._arrive(then)

    def look(self) -> None:
        """Note whatever is wrong with what is on the screen."""
        self._looked_at.add(self._place(self.page.url))
        if not self.is_looking:
            return
        for problem in problems_of(self.page, has_script=self.has_script):
            if problem not in self.problems:
                self.problems.append(problem)

    def executed(self, what: str = "amount") -> list[str]:
        """What OMS has really done for the transfer whose page is open: its amount, or more of it, for every time."""
        transfer = self.path.split("/")[2]
        journal = self.stage.control.journal()
        return [str(entry[what]) for entry in journal if entry["metadata"].get("transferId") == transfer]

    @contextmanager
    def short_prices(self) -> Iterator[None]:
        """Prices that run out after three seconds: too short a time to look around."""
        self.stage.control.settings(quoteSeconds=8)  # the wallet counts a price as over five seconds early
        before, self.is_looking = self.is_looking, False
        yield
        self.stage.control.settings(quoteSeconds=60)
        self.is_looking = before

    def finish(self) -> list[str]:
        """All that was wrong, once the walk is over."""
        unseen = self._came_to - self._looked_at
        return self.problems + [f"{place} was passed by and not looked at" for place in sorted(unseen)]

    def _arrive(self, then: str) -> None:
        if then:
            expect(self.page.locator("#main")).to_contain_text(then, timeout=PATIENCE, use_inner_text=True)
        self.look()

    def _await(self, address: str, holds: Callable[[reading.Page], bool], seconds: float) -> None:
        """Ask for the page again and again with this browser's cookies, which costs less than showing it each time."""
        give_up = clock() + seconds
        while not holds(reading.Page(self.page.request.get(address).text())) and clock() < give_up:
            self.page.wait_for_timeout(300)

    def _pressable(self, within: Locator, name: str) -> Locator:
        button = within.get_by_role("button", name=name, exact=True)
        return button.or_(within.get_by_role("link", name=name, exact=True))

    # --- noticing -----------------------------------------------------------------------------------------------------

    def _new_page(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: a script failed: {error}"))
        page.on("framenavigated", self._come_to)
        page.on("response", self._answered)
        page.on("request", self._note_request)
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        noise = _STATUS_NOISE.search(message.text)
        if noise and int(noise[1] or noise[2]) in self.allowed:
            return
        if message.type in {"error", "warning"} or "Content Security Policy" in message.text:
            self.problems.append(f"{self.page.url}: the console says: {message.text[:300]}")

    def _come_to(self, frame: Frame) -> None:
        # Django's own admin is not ours to look at.
        if frame.parent_frame is None and frame.url.startswith("http") and "/admin/" not in frame.url:
            self._came_to.add(self._place(frame.url))

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.allowed:
            self.problems.append(f"{response.request.method} {response.url} was answered {response.status}")

    def _note_request(self, request: Request) -> None:
        kind = request.resource_type
        if kind in {"document", "xhr", "fetch"}:
            is_htmx = request.headers.get("hx-request") == "true"
            self.asked.append(Asked(request.method, urlsplit(request.url).path, is_htmx, kind))

    @staticmethod
    def _place(url: str) -> str:
        return url.partition("#")[0]
