"""What every template may use: the product's name, its colours, where to get help, the navigation."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from walletapp.web import navigation, theme


def product(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Must not touch the session or the database: error pages use it too."""
    return {
        "product_name": settings.PRODUCT_NAME,
        "support_email": settings.SUPPORT_EMAIL,
        "site_url": settings.SITE_URL,
        "is_demo": settings.DEMO,
        "theme_url": f"{reverse('web:theme')}?v={theme.version()}",
        "navigation": lambda: list(navigation.items(request.path)),
    }
