"""The product's colours, as settings give them, written as a small style sheet.

What lives here: reading THEME_ACCENT and THEME_ACCENT_DARK, the contrast of two colours, the text of /theme.css.
What must stay true: only validated colours reach the style sheet, and text on the accent is always the more readable
of white and ink. Every other colour belongs to static/css/theme.css.
"""

import hashlib
import re
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

LIGHT_GROUND = "#f6f5f1"  # --color-base-200 of static/css/theme.css
DARK_GROUND = "#0d1211"
_WHITE, _INK = "#ffffff", "#000000"  # one of them has at least 4.58:1 on any colour
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def accent(name: str) -> str:
    """The colour that setting `name` holds, lower case. Raises ImproperlyConfigured for anything but #rrggbb."""
    colour = getattr(settings, name)
    if not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
        raise ImproperlyConfigured(f"{name} must be a colour like #0b5d51, not {colour!r}")
    return colour.lower()


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21, as WCAG 2 defines it."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def readable_on(colour: str) -> str:
    """White or ink, whichever reads better on `colour`."""
    return max((_WHITE, _INK), key=lambda text: contrast(text, colour))


def style_sheet() -> str:
    """The text of /theme.css."""
    return _style_sheet(accent("THEME_ACCENT"), accent("THEME_ACCENT_DARK"))


def version() -> str:
    """Changes whenever the style sheet does, so that browsers may keep it forever."""
    return hashlib.sha256(style_sheet().encode()).hexdigest()[:12]


@lru_cache(maxsize=8)
def _style_sheet(light: str, dark: str) -> str:
    return f":root{{{_tokens(light)}}}\n@media (prefers-color-scheme:dark){{:root{{{_tokens(dark)}}}}}\n"


def _tokens(colour: str) -> str:
    content = readable_on(colour)
    return (
        f"--color-primary:{colour};--color-primary-content:{content};"
        f"--color-accent:{colour};--color-accent-content:{content}"
    )


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    if channel <= 0.04045:
        return channel / 12.92
    bright: float = ((channel + 0.055) / 1.055) ** 2.4
    return bright
