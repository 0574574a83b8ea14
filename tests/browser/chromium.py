"""Debian's Chromium, driven by Playwright, and the windows that tests look through."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

# The headless shell is the same browser without the windows of its own that nobody sees here: half the work.
EXECUTABLE = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
# Without the background flags it asks for Google's hosts at every start, many at a time.
_FLAGS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip

# Lower Manhattan, where the sandbox has stores.
PLACE = {"latitude": 40.7128, "longitude": -74.0060}


@dataclass(frozen=True)
class Size:
    """The window."""

    name: str
    width: int
    height: int


PHONE = Size("360", 360, 740)
DESK = Size("1280", 1280, 900)
SIZES = (PHONE, DESK)
THEMES = ("light", "dark")


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser process. Each context in it starts with nothing, as a new profile does."""
    sandboxing = ("--no-sandbox",) if os.geteuid() == 0 else ()
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code of ours.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=[*_FLAGS, *sandboxing])
            yield browser
            browser.close()
    finally:
        if before is None:
            os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


def new_context(browser: Browser, base_url: str, *, has_script: bool = True, size: Size = PHONE) -> BrowserContext:
    """A fresh profile in New York, which asks for little motion so that colours stand still when they are measured."""
    return browser.new_context(
        base_url=base_url,
        java_script_enabled=has_script,
        viewport={"width": size.width, "height": size.height},
        locale="en-US",
        timezone_id="America/New_York",
        geolocation=PLACE,  # type: ignore[arg-type]
        permissions=["clipboard-write"],
        reduced_motion="reduce",
        color_scheme="light",
        service_workers="block",
    )


def has_phone(page: Page) -> None:
    """From now on a device is at hand that keeps passkeys and asks for a fingerprint, which is always the right one."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    able = {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options | able})
