""" "I sent money and cannot see it": what somebody says they sent, and what staff answer."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from walletapp.accounts.models import User
from walletapp.audit import trail
from walletapp.banking.models import MissingDeposit
from walletapp.durable import durable
from walletapp.money import Money
from walletapp.notifications.tell import tell
from walletapp.refusals import Refusal

MOST = 5  # being looked for at the same time
PAGE = "/bank-transfers/add-money/missing/"


class TooManyReports(Refusal):
    """So many are being looked for already. Nothing was saved."""

    code = "too_many_reports"


@durable
def report(
    user: User, *, amount: Money, sent_on: date, rail: str, bank_name: str, reference: str = "", note: str = ""
) -> MissingDeposit:
    """Put it on the list for staff. Safe to repeat: the same amount of the same day is one report, brought up to date.

    Raises TooManyReports, and then nothing was saved.
    """
    mine = MissingDeposit.objects.filter(user=user, state=MissingDeposit.State.OPEN)
    words = {"bank_name": bank_name, "reference": reference, "note": note}
    same = mine.filter(amount_minor=amount.minor, sent_on=sent_on, rail=rail).first()
    if same is not None:
        MissingDeposit.objects.filter(pk=same.pk).update(**words)
        same.refresh_from_db()
        return same
    if mine.count() >= MOST:
        raise TooManyReports(
            "We are looking for several transfers of yours already. Nothing was saved; we write to you."
        )
    found = MissingDeposit.objects.create(user=user, amount_minor=amount.minor, sent_on=sent_on, rail=rail, **words)
    trail.record(user, "missing_deposit.reported", found)
    return found


@transaction.atomic
def answer(actor: Any, report_id: UUID, words: str) -> bool:
    """Tell the customer what became of it, here and by e-mail. True for the one call that answered."""
    now = timezone.now()
    still_open = MissingDeposit.objects.filter(pk=report_id, state=MissingDeposit.State.OPEN)
    if not still_open.update(state=MissingDeposit.State.ANSWERED, answer=words[:500], answered_at=now):
        return False
    found = MissingDeposit.objects.select_related("user").get(pk=report_id)
    tell(
        found.user,
        "missing_answered",
        f"missing_answered:{found.pk}",
        link=PAGE,
        amount=f"${found.amount.text()}",
        answer=found.answer,
    )
    trail.record(actor, "missing_deposit.answered", found)
    return True
