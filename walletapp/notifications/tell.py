"""Telling a user something, once."""

from typing import Any

from django.utils import timezone

from walletapp.later import ring
from walletapp.notifications.kinds import KINDS
from walletapp.notifications.models import Notice
from walletapp.notifications.tasks import deliver


def tell(user: Any, kind: str, dedupe_key: str, *, link: str = "", address: str = "", **context: str) -> Notice:
    """Tell `user` by e-mail and in the app, inside the caller's transaction: told if and only if it happened.

    Safe to repeat: the same `dedupe_key` gives the first notice back and sends nothing. `context` is text for the
    templates. For money: `amount`, `other_party`, `when`, and `reason` where there is one. `link` is a path of ours,
    `address` where the e-mail goes when that is not the user's own.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    notice, created = Notice.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={
            "user": user,
            "kind": kind,
            "context": context,
            "link": link,
            "address": address,
            "due_at": timezone.now(),
        },
    )
    if created:
        ring(deliver, notice.pk)
    return notice
