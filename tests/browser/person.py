"""What somebody does at a screen, whatever shows it to them: a Walker in Chromium, or a Visitor over plain HTTP.

The journeys of `steps.py` are written in these words only, so the same script walks with scripts, without, and without
a browser at all.
"""

from typing import Protocol

from tests.browser.stage import Stage


class Person(Protocol):
    """Labels, buttons and links are named as they are read on the page."""

    stage: Stage
    email: str

    def open(self, path: str, then: str = "") -> None:
        """Go to an address. `then` is something to be read there."""

    def fill(self, label: str, text: str) -> None: ...

    def pick(self, label: str, option: str) -> None:
        """Choose from a list that opens."""

    def tick(self, label: str) -> None:
        """Tick a box, or choose one of several."""

    def press(self, name: str, then: str = "") -> None:
        """Press a button or follow a link, and arrive at another page, where `then` is to be read."""

    def follow(self, address: str, then: str = "") -> None:
        """Follow the first link of the page whose address contains this: for lists, where names are not known."""

    def offers(self, name: str) -> bool:
        """Whether the page has such a field, button or link."""

    def waits_for(self, text: str, seconds: float = 30) -> None:
        """Stay on the page until it says so: by itself with scripts, by reloading without."""

    @property
    def main(self) -> str:
        """The text of the page, but for frame and menus."""

    @property
    def path(self) -> str:
        """Where one is."""

    def letter(self, subject: str, seconds: float = 30) -> str:
        """The newest mail with that in its subject, once it is there."""
