"""Letters that the queue of notices sends, as the worker would."""

from django.core import mail

from walletapp.notifications.tasks import sweep_notices


def newest() -> tuple[str, str]:
    """Send what is due; subject and text of the letter that left last."""
    sweep_notices()
    return str(mail.outbox[-1].subject), str(mail.outbox[-1].body)
