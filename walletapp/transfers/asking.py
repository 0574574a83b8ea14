"""Whether confirming a transfer wants a fresh proof, and why, in the person's words. The policy is settings.STEP_UP.

What must stay true: asked once for the page, and again under the wallet's row lock when it is confirmed, which is what
counts. Money that comes in needs no proof.
"""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from walletapp.accounts.stepping_up import TRANSFER, Intent
from walletapp.transfers import sending
from walletapp.transfers.models import Transfer
from walletapp.transfers.quotes import Quote
from walletapp.transfers.states import Kind, State


def reason_to_ask(transfer: Transfer, quote: Quote) -> str:
    """Why this person is asked for a proof; empty when they are not."""
    policy = settings.STEP_UP
    if transfer.kind == Kind.WITHDRAWAL:
        return "Money that leaves for a bank is always confirmed." if policy["withdrawal"] else ""
    if transfer.kind != Kind.SEND:
        return ""
    earlier = sending.earlier_sends(transfer.user, transfer.to_wallet_id, transfer.to_address)
    if policy["first_send"] and not earlier.times:
        return "You have not sent here before."
    if quote.source_gross_minor > policy["send_above_minor"]:
        return "It is a larger amount."
    if _sends_this_hour(transfer) >= policy["sends_per_hour"]:
        return "You have sent several times within an hour."
    return ""


def intent_of(transfer: Transfer, digest: str) -> Intent:
    return Intent(TRANSFER, str(transfer.pk), digest)


def _sends_this_hour(transfer: Transfer) -> int:
    since = timezone.now() - timedelta(hours=1)
    mine = Transfer.objects.filter(user_id=transfer.user_id, kind=Kind.SEND, confirmed_at__gt=since)
    return mine.exclude(state__in=[State.CANCELED, State.EXPIRED]).count()
