"""Screening where money goes: asked for a price, when confirmed, and before the first attempt to have OMS do it.

What must stay true: a hit stops the send, is on record and comes before staff; the customer reads one neutral sentence,
which does not say what was found; while the list cannot be read, nothing goes out.
"""

import logging
from typing import Any

from walletapp.audit import trail
from walletapp.chain import sanctions
from walletapp.durable import durable
from walletapp.refusals import Refusal
from walletapp.transfers.models import Transfer
from walletapp.wallet import breaks
from walletapp.wallet.models import Wallet

log = logging.getLogger(__name__)

BREAK = "sanctions"
STOPPED = "We cannot send to this address. Nothing left your wallet."


class CannotBeSentTo(Refusal):
    """The address is on the list. Nothing was changed but that it is on record."""

    code = "cannot_be_sent_to"


class CannotScreen(Refusal):
    """Whether the address is on the list cannot be told now. Nothing was changed."""

    code = "cannot_screen"


def require_clear(user: Any, address: str, stage: str, transfer: Transfer | None = None) -> None:
    """Raises CannotBeSentTo or CannotScreen. No transaction may be open: the record must outlive the refusal.

    `stage` is quote, confirm or execution.
    """
    try:
        is_listed = sanctions.is_listed(address)
    except sanctions.ListUnreadable as problem:
        log.critical("ALERT nothing can be sent: the sanctions list cannot be used: %s", problem)
        raise CannotScreen(
            "We cannot check this address right now, so nothing was sent. Please try again later.", field="to"
        ) from problem
    if is_listed:
        _note(user.pk, address, stage, str(transfer.pk) if transfer else "")
        raise CannotBeSentTo(
            "We cannot send to this address. Nothing was sent. If you have a question about it, please write to us.",
            field="to",
        )


@durable
def _note(user_id: int, address: str, stage: str, transfer_id: str) -> None:
    wallet = Wallet.objects.custodial().get(user_id=user_id)
    about = {"stage": stage, "address": address, "transfer": transfer_id}
    breaks.open_break(BREAK, f"{wallet.pk}:{address.lower()}", wallet, **about)
    trail.record(None, "screening.hit", wallet, **about)  # of nobody: what people did is in their file
