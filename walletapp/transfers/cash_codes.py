"""The codes a person shows at a counter: one at most is good at a time, the others are struck out.

What must stay true: a code is kept exactly as OMS wrote it; only OMS's word makes a row used or run out, but a code
whose time has passed by our clock is never shown as good. Called inside the transaction that locks the transfer.
"""

from datetime import timedelta

from django.utils import timezone

from walletapp.oms import schemas
from walletapp.transfers.drawing import Barcode, barcode
from walletapp.transfers.models import CashCode, Transfer

# payments/cash-ins: a code lives one hour. Only used when an answer leaves its end out.
LIFE = timedelta(hours=1)

Status = CashCode.Status


def keep(transfer: Transfer, shown: schemas.CashInstructions) -> None:
    """Note the code OMS says is the good one. A code that was replaced does not come back: that answer was late."""
    expires_at = shown.expires_at or timezone.now() + LIFE
    known = transfer.codes.filter(code=shown.code).first()
    if known is None:
        transfer.codes.filter(status=Status.ACTIVE).update(status=Status.REPLACED)
        CashCode.objects.create(transfer=transfer, code=shown.code, barcode=shown.barcode, expires_at=expires_at)
    elif known.status in {Status.ACTIVE, Status.EXPIRED} and known == transfer.codes.first() and shown.expires_at:
        transfer.codes.filter(pk=known.pk).update(status=Status.ACTIVE, expires_at=expires_at)


def mark_used(transfer: Transfer) -> None:
    """Cash was paid with the newest code. Older ones stay what they were."""
    newest = transfer.codes.exclude(status=Status.REPLACED).first()
    if newest:
        transfer.codes.filter(pk=newest.pk).update(status=Status.USED)


def mark_run_out(transfer: Transfer, code: str) -> None:
    """OMS says that `code` ran out; without naming it (""), whatever has passed its time by our clock did."""
    good = transfer.codes.filter(status=Status.ACTIVE)
    (good.filter(code=code) if code else good.filter(expires_at__lte=timezone.now())).update(status=Status.EXPIRED)


def groups(code: str) -> list[str]:
    """The code in pieces a person can read out: as OMS spaced it, else in fours."""
    parts = code.replace("-", " ").split()
    if len(parts) > 1:
        return parts
    return [code[at : at + 4] for at in range(0, len(code), 4)]


def barcode_of(code: CashCode) -> Barcode:
    """What the scanner reads: OMS's barcode number where it gives one, else the code itself (contract C21)."""
    text = code.barcode or "".join(letter for letter in code.code if letter.isalnum())
    return barcode(text)
