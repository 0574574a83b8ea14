"""`make screenshots`: walks the product and takes its picture, page by page, in both sizes and both themes.

Writes docs/screenshots/*.webp and the gallery in README.md. The people, amounts and stores in the pictures are the
sandbox's own.
"""

import base64
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser import steps
from tests.browser.chromium import DESK, SIZES, THEMES, Size, chromium, new_context
from tests.browser.looking import come_to_rest, show
from tests.browser.room import Room
from tests.browser.stage import Stage, staged
from tests.browser.visitor import Visitor
from tests.browser.walker import Walker
from walletapp.demo import logins
from walletapp.demo.plan import CHECKOUT

FOLDER = CHECKOUT / "docs" / "screenshots"
README = CHECKOUT / "README.md"
_MARKS = re.compile(r"(<!-- screenshots: [^>]*-->\n).*?(<!-- /screenshots -->)", re.DOTALL)

# In the README, as (name, what it shows); each stands there as a phone in light and dark.
GALLERY = (
    ("home", "Home"),
    ("stores", "Stores near you"),
    ("cash-code", "The code for the cashier"),
    ("send-review", "Before a send"),
    ("new-price", "A price that ran out"),
    ("send-done", "Done, with its proof"),
    ("in-review", "Identity in review"),
    ("receive", "Receive"),
)
RECIPIENT = "0x8617E340B3D01FA5F11F306F4090FD50E238070D"


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


def main() -> int:
    """Take all pictures anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder, staged(Path(folder), seed=True) as stage, chromium() as browser:
        take_all(Photographer(FOLDER), Studio(stage, browser))
    write_gallery()
    taken = list(FOLDER.glob("*.webp"))
    print(f"{len(taken)} pictures, {sum(path.stat().st_size for path in taken) / 1e6:.1f} MB, in {FOLDER}")
    return 0


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


def take_all(camera: Photographer, studio: Studio) -> None:
    entrance(camera, studio)
    identity(camera, studio)
    decisions(camera, studio)
    home_and_cash(camera, studio)
    sends(camera, studio)
    around(camera, studio)
    staff(camera, studio)


def entrance(camera: Photographer, studio: Studio) -> None:
    with studio.walker() as walker:
        for name, path in {
            "landing": "/",
            "sign-in": "/account/login/",
            "terms": "/terms/",
            "contact": "/how-we-contact-you/",
            "password-reset": "/account/password/reset/",
            "sign-up": "/account/signup/",
        }.items():
            walker.open(path)
            camera.shoot(walker, name)
        walker.email = steps.new_email("maria")
        walker.fill("E-mail", walker.email)
        walker.fill("Password", steps.PASSWORD)
        walker.press("Open my account", then="We sent a code to")
        camera.shoot(walker, "confirm-email")
        walker.letter("code")
        walker.open("/demo/mail/")
        camera.shoot(walker, "demo-mail")
        walker.follow("/demo/mail/2")
        camera.shoot(walker, "demo-letter")


def identity(camera: Photographer, studio: Studio) -> None:
    with studio.walker() as walker:
        steps.sign_up(walker)
        camera.shoot(walker, "identity")
        walker.open("/home/")
        camera.shoot(walker, "home-new")
        walker.open("/identity/name/")
        camera.shoot(walker, "identity-name")
        steps.answer_name(walker, "Slow")
        steps.answer_birth(walker)
        steps.answer_phone(walker)
        walker.press("Save and go on", then="Enter a ZIP code")
        camera.shoot(walker, "identity-mistakes")
        steps.answer_address(walker)
        camera.shoot(walker, "identity-document")
        steps.answer_document(walker)
        camera.shoot(walker, "identity-check")
        walker.tick("What I entered is true, and I agree to the Harbor and Open Money Stack terms.")
        walker.press("Send for review")
        walker.waits_for("In review")
        camera.shoot(walker, "in-review")


def decisions(camera: Photographer, studio: Studio) -> None:
    for last_name, said, name in (
        ("Moreinfo", "One more thing", "more-needed"),
        ("Reject", "We could not verify you", "refused"),
        ("Quintero", "You are verified", "verified"),
    ):
        with studio.walker() as walker:
            steps.sign_up(walker)
            steps.send_identity(walker, last_name)
            walker.waits_for(said)
            camera.shoot(walker, name)


def home_and_cash(camera: Photographer, studio: Studio) -> None:
    control = studio.stage.control
    with studio.walker(studio.customer()) as walker:
        steps.await_wallet(walker)
        camera.shoot(walker, "home-empty")
        walker.open("/add-cash/")
        camera.shoot(walker, "add-cash")
        walker.open("/add-cash/?q=10001", then="stores near")
        camera.shoot(walker, "stores")
        steps.choose_store(walker)
        camera.shoot(walker, "cash-amount")
        steps.price_cash(walker, "100")
        camera.shoot(walker, "cash-review")
        code = steps.get_code(walker)
        camera.shoot(walker, "cash-code")
        control.expire_code(code)
        walker.waits_for("run out. The cashier cannot use it any more.")
        camera.shoot(walker, "cash-code-over")
        walker.press("Get a new code")
        walker.waits_for("This code is good until")
        control.pay_cash(steps.read_code(walker), "60")
        walker.waits_for("USDC arrived")
        camera.shoot(walker, "cash-done")


def sends(camera: Photographer, studio: Studio) -> None:
    bob = studio.customer()
    with studio.walker(studio.customer(holding="250")) as walker:
        steps.price_send(walker, "0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359", "25", then="of the USDC token itself")
        camera.shoot(walker, "send-refused")
        walker.open("/send/")
        camera.shoot(walker, "send")
        steps.price_send(walker, RECIPIENT, "25.00")
        camera.shoot(walker, "send-review")
        steps.confirm_send(walker, "25.00")
        walker.waits_for("25.00 USDC arrived")
        camera.shoot(walker, "send-done")
        new_price(camera, walker)
        steps.price_send(walker, bob, "15.15")
        steps.confirm_send(walker, "15.15")
        walker.waits_for("Did not happen")
        camera.shoot(walker, "send-undone")
        steps.send(walker, bob, "14.14")
        walker.waits_for("On its way")
        camera.shoot(walker, "send-under-way")
        for name, path in {"home": "/home/", "activity": "/activity/", "receive": "/receive/"}.items():
            walker.open(path)
            camera.shoot(walker, name)


def new_price(camera: Photographer, walker: Walker) -> None:
    """Of cash, where a new price can be another one."""
    control = walker.stage.control
    steps.choose_store(walker)
    with walker.short_prices():
        steps.price_cash(walker, "100")
        control.settings(usdToUsdcRate="0.99")
    walker.waits_for("This is a new price")
    camera.shoot(walker, "new-price")
    control.settings(usdToUsdcRate="1.0")


def around(camera: Photographer, studio: Studio) -> None:
    with studio.walker(studio.customer(holding="20")) as walker:
        for name, path in {
            "bank-transfers": "/bank-transfers/",
            "email-address": "/account/email/",
            "change-password": "/account/password/change/",
            "sign-out": "/account/logout/",
            "error-404": "/no/such/page/",
            "error-403": "/admin/",
        }.items():
            walker.open(path)
            camera.shoot(walker, name)
        walker.stage.control.fault("errorBefore", method="POST", path="/quotes", status=503)
        steps.price_send(walker, RECIPIENT, "5", then="not")
        camera.shoot(walker, "oms-away")
        walker.stage.control.no_faults()


def staff(camera: Photographer, studio: Studio) -> None:
    """At a desk only."""
    with studio.walker(logins.STAFF.email, logins.PASSWORD) as walker:
        for name, path in {"staff": "/admin/", "staff-transfers": "/admin/transfers/transfer/"}.items():
            walker.page.goto(path)
            camera.shoot(walker, name, sizes=(DESK,))
        room = Room(walker.context, studio.stage.demo.sandbox_url)
        for page in ("cashier", "reviewer", "webhooks"):
            room.page.goto(f"{room.url}/control/{page}")
            show(room.page, DESK)
            camera.take(room.page, f"control-{page}-1280-light", DESK)


def write_gallery() -> None:
    """The pictures in the README: phones, following the reader's own theme."""
    cells = "\n".join(_cell(name, caption) for name, caption in GALLERY)
    wide = '<img alt="Home on a desk" src="docs/screenshots/home-1280-light.webp" width="820">'
    text = README.read_text()
    README.write_text(_MARKS.sub(lambda found: f"{found[1]}{cells}\n\n{wide}\n{found[2]}", text))


def _cell(name: str, caption: str) -> str:
    base = f"docs/screenshots/{name}-360"
    return (
        f'<picture><source media="(prefers-color-scheme: dark)" srcset="{base}-dark.webp">'
        f'<img alt="{caption}" src="{base}-light.webp" width="200"></picture>'
    )


if __name__ == "__main__":
    sys.exit(main())
