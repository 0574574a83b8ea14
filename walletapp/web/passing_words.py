"""Where a sentence for the next page waits: in a cookie like our others, so that a page needs no database for it."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage


class HostCookie(CookieStorage):
    """Set as MESSAGE_STORAGE. Secure, HttpOnly and SameSite are those of the session's cookie."""

    @property
    def cookie_name(self) -> str:  # type: ignore[override]
        return "__Host-messages" if settings.SESSION_COOKIE_SECURE else "messages"
