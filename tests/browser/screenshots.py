"""`make screenshots`: walks the product and takes its picture, page by page, in both sizes and both themes.

Writes docs/screenshots/*.webp and the gallery in README.md. The people, amounts and stores in the pictures are the
sandbox's own.
"""

import re
import shutil
import sys
import tempfile
from pathlib import Path

from tests.browser import steps
from tests.browser.chromium import DESK, chromium, has_phone
from tests.browser.looking import show
from tests.browser.room import Room
from tests.browser.stage import staged
from tests.browser.studio import Photographer, Studio
from tests.browser.walker import Walker
from tests.payees.addresses import imitating
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
    ("look-alike", "An address that imitates another"),
    ("step-up", "Confirming exactly this"),
    ("security", "Ways to sign in, and devices"),
    ("your-data", "One's own data"),
    ("in-review", "Identity in review"),
    ("receive", "Receive"),
)
RECIPIENT = "0x8617E340B3D01FA5F11F306F4090FD50E238070D"


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


def take_all(camera: Photographer, studio: Studio) -> None:
    entrance(camera, studio)
    identity(camera, studio)
    decisions(camera, studio)
    home_and_cash(camera, studio)
    sends(camera, studio)
    protecting(camera, studio)
    payees(camera, studio)
    own_data(camera, studio)
    pausing(camera, studio)
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
        steps.look_for_stores(walker)
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


def protecting(camera: Photographer, studio: Studio) -> None:
    with studio.walker() as walker:
        steps.sign_up(walker)
        for name, path in {
            "protect": "/account/security/protect/",
            "add-passkey": "/account/security/webauthn/add/",
            "app": "/account/security/totp/activate/",
        }.items():
            walker.open(path)
            camera.shoot(walker, name)
        steps.set_up_app(walker)
        camera.shoot(walker, "recovery-codes")
        walker.open("/account/security/webauthn/add/")
        has_phone(walker.page)  # it is gone after the next picture, when the camera lets go of the page
        steps.add_passkey(walker)
        camera.shoot(walker, "security")
        walker.open("/account/reauthenticate/")
        camera.shoot(walker, "prove")
        walker.context.clear_cookies()
        steps.enter_password(walker)
        camera.shoot(walker, "second-step")


def payees(camera: Photographer, studio: Studio) -> None:
    with studio.walker(studio.customer(holding="80")) as walker:
        walker.open("/send/")
        walker.fill("To", RECIPIENT)
        walker.fill("Amount", "5")
        walker.press("See the price", then="Is this address at an exchange?")
        camera.shoot(walker, "exchange")
        steps.send(walker, RECIPIENT, "5.00")
        walker.waits_for("5.00 USDC arrived")
        walker.press("Save to my address book", then="Nothing is sent by this.")
        camera.shoot(walker, "save-payee")
        walker.fill("Name", "Rent")
        walker.press("Save to my address book", then="Please check every line")
        camera.shoot(walker, "step-up")
        steps.prove(walker)
        walker.press("Save to your address book", then="Rent is in your address book.")
        walker.open("/payees/")
        camera.shoot(walker, "address-book")
        walker.follow("/payees/", then="Rent")
        camera.shoot(walker, "payee")
        steps.price_send(walker, imitating(RECIPIENT), "5", then="This only looks like an address you know")
        camera.shoot(walker, "look-alike")
        for name, path in {"only-saved": "/payees/only-saved/", "limits": "/limits/"}.items():
            walker.open(path)
            camera.shoot(walker, name)


def own_data(camera: Photographer, studio: Studio) -> None:
    with studio.walker(studio.customer(holding="20")) as walker:
        for name, path in {
            "your-data": "/your-data/",
            "visits": "/your-data/visits/",
            "close-account": "/your-data/close/",
        }.items():
            walker.open(path)
            camera.shoot(walker, name)


def pausing(camera: Photographer, studio: Studio) -> None:
    with studio.walker(studio.customer(holding="20")) as walker:
        link = steps.pause_link(walker)
        walker.open(link, then="Pause your wallet?")
        camera.shoot(walker, "pause")
        walker.press("Pause my wallet now", then="Nothing can leave your wallet now")
        camera.shoot(walker, "paused")
        steps.sign_in(walker)
        for name, path in {"home-paused": "/home/", "security-paused": "/account/security/"}.items():
            walker.open(path)
            camera.shoot(walker, name)


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
            if name == "change-password":
                steps.prove(walker)
                walker.press("Change your password", then="Current password")
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
