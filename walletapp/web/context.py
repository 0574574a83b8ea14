"""What every template may use: the product's name, its colours, where to get help, the navigation."""

from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from walletapp import features
from walletapp.web import navigation, theme


def product(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Must not touch the session or the database by itself: error pages use it too.

    `rails` asks the database when a page asks for one of them; while it is away, none is told to be stopped.
    """
    return {
        "product_name": settings.PRODUCT_NAME,
        "support_email": settings.SUPPORT_EMAIL,
        "terms_url": settings.TERMS_URL,
        "privacy_url": settings.PRIVACY_URL,
        "site_url": settings.SITE_URL,
        "is_demo": settings.DEMO,
        "theme_url": f"{reverse('web:theme')}?v={theme.version()}",
        "rails": SimpleLazyObject(lambda: _rails(request)),
        "navigation": lambda: list(navigation.items(request.path)),
    }


def _rails(request: HttpRequest) -> dict[str, Any]:
    """How each rail stands for whoever looks, and what of it is stopped that they would use."""
    try:
        user = getattr(request, "user", None)
        found = features.standings(user)
        return {**found, "stopped": [one for one in found.values() if one.is_stopped and one.concerns]}
    except DatabaseError:
        return {"stopped": []}
