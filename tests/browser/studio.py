"""Where the pictures of the product are taken: the people who walk through it, and the camera."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser import steps
from tests.browser.chromium import SIZES, THEMES, Size, new_context
from tests.browser.looking import come_to_rest, show
from tests.browser.stage import Stage
from tests.browser.visitor import Visitor
from tests.browser.walker import Walker


class Photographer:
    """Takes the picture of whatever a walker has before them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def shoot(self, walker: Walker, name: str, *, sizes: tuple[Size, ...] = SIZES) -> None:
        for size in sizes:
            show(walker.page, size)
            for theme in THEMES:
                walker.page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
                come_to_rest(walker.page)
                self.take(walker.page, f"{name}-{size.name}-{theme}", size)
        walker.page.emulate_media(color_scheme="light", reduced_motion="reduce")

    def take(self, page: Page, name: str, size: Size) -> None:
        """The whole page, in a window as high as it: what sticks to the window's edge is then at the page's edge.

        WebP, which Playwright does not offer but Chromium does, is a quarter of a PNG.
        """
        show(page, size)
        height = page.evaluate("() => Math.min(document.documentElement.scrollHeight, 4000)")
        page.set_viewport_size({"width": size.width, "height": height})
        session = page.context.new_cdp_session(page)
        taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": 80})
        (self.folder / f"{name}.webp").write_bytes(base64.b64decode(taken["data"]))
        session.detach()


class Studio:
    """Where the walkers come from."""

    def __init__(self, stage: Stage, browser: Browser) -> None:
        self.stage = stage
        self.browser = browser

    @contextmanager
    def walker(self, email: str = "", password: str = steps.PASSWORD) -> Iterator[Walker]:
        context = new_context(self.browser, self.stage.url)
        walker = Walker(self.stage, context, has_script=True, email=email)
        walker.is_looking = False
        if email:
            steps.sign_in(walker, email, password)
        yield walker
        context.close()

    def customer(self, holding: str = "") -> str:
        visitor = Visitor(self.stage, steps.new_email("maria"))
        steps.become_customer(visitor)
        if holding:
            steps.hold_money(visitor, holding)
        return visitor.email
