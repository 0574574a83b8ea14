"""The places every signed-in page links to, in the top bar and in the tab bar of phones."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

_PLACES = (
    ("Home", "home", "wallet:dashboard"),
    ("Add cash", "cash", "transfers:add_cash"),
    ("Send", "send", "transfers:send"),
    ("Receive", "receive", "wallet:receive"),
    ("Activity", "activity", "wallet:activity"),
)


@dataclass(frozen=True)
class Item:
    """One link of the navigation. `icon` is a name in static/img/icons.svg."""

    label: str
    icon: str
    url: str
    is_current: bool


def items(path: str) -> Iterator[Item]:
    """The links, the one that `path` lies under marked. Lazy: signed-out pages never resolve them."""
    for label, icon, name in _PLACES:
        url = reverse(name)
        yield Item(label, icon, url, path.startswith(url))
