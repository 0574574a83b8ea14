"""Sending the e-mail of a notice: at least once, a bounded number of times, under one Message-ID."""

import logging
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.module_loading import import_string

from walletapp.notifications.kinds import KINDS
from walletapp.notifications.models import Notice

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 10  # with the backoff of work.py: about two hours


def deliver_notice(notice_id: UUID | str) -> None:
    """Send one notice if it is due and nobody else is at it. Safe to repeat.

    A worker that dies between sending and noting it sends again with the same Message-ID.
    """
    notice = Notice.claim(notice_id)
    if notice is None:
        return
    try:
        make_message(notice).send()
    except Exception as error:  # noqa: BLE001 - whatever it is, the next attempt may work, and they are bounded
        _failed(notice, error)
    else:
        _held(notice).update(sent_at=timezone.now(), due_at=None, lease_until=None, lease_token="", last_error="")


def make_message(notice: Notice) -> EmailMultiAlternatives:
    """The e-mail, as text and as HTML."""
    context = {
        **notice.context,
        "notice": notice,
        "subject": notice.subject,
        "product_name": settings.PRODUCT_NAME,
        "support_email": settings.SUPPORT_EMAIL,
        "site_url": settings.SITE_URL,
        "link": f"{settings.SITE_URL}{notice.link}" if notice.link else "",
        "link_text": KINDS[notice.kind].action,
        "is_elsewhere": notice.address not in {"", notice.user.email},
        "freeze_url": _freeze_link(notice.user) if KINDS[notice.kind].is_security else "",
    }
    message = EmailMultiAlternatives(
        subject=notice.subject,
        body=render_to_string(f"email/{notice.kind}.txt", context),
        to=[notice.address or notice.user.email],
        headers={"Message-ID": notice.message_id, "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string(f"email/{notice.kind}.html", context), "text/html")
    return message


def _freeze_link(user: Any) -> str:
    """Made when the mail is, and kept nowhere: whoever has it can pause this person."""
    link: str = import_string(settings.FREEZE_LINK)(user)
    return link


def _failed(notice: Notice, error: Exception) -> None:
    name = type(error).__name__  # never the text: mail servers put addresses into it
    if notice.attempts < MAX_ATTEMPTS:
        log.warning("e-mail not sent: %s, notice %s, attempt %d", name, notice.pk, notice.attempts)
        _held(notice).update(last_error=name)
        notice.again()
        return
    log.error("e-mail given up: %s, notice %s", name, notice.pk)
    _held(notice).update(given_up_at=timezone.now(), due_at=None, lease_until=None, lease_token="", last_error=name)


def _held(notice: Notice) -> QuerySet[Notice]:
    return Notice.objects.filter(pk=notice.pk, lease_token=notice.lease_token)
