"""System checks of the look: colours that cannot be used, or that people could not read."""

from typing import Any

from django.core import checks
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from walletapp.web import theme

READABLE = 4.5  # WCAG 2 AA for text


@register()
def check_colours(**kwargs: Any) -> list[CheckMessage]:
    """Both accents are colours, and links in them can be read on the page's ground."""
    found: list[CheckMessage] = []
    for name, ground in (("THEME_ACCENT", theme.LIGHT_GROUND), ("THEME_ACCENT_DARK", theme.DARK_GROUND)):
        try:
            ratio = theme.contrast(theme.accent(name), ground)
        except ImproperlyConfigured as problem:
            found.append(Error(str(problem), id="web.E001"))
            continue
        if ratio < READABLE:
            found.append(
                checks.Warning(
                    f"{name} has a contrast of {ratio:.1f}:1 on the page; text needs {READABLE}:1.", id="web.W001"
                )
            )
    return found
