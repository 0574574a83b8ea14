"""The steps of a send, as the tests take them."""

from tests.control import Control
from walletapp.accounts.models import User
from walletapp.money import Money
from walletapp.transfers import confirming, sending
from walletapp.transfers.models import Transfer
from walletapp.transfers.tasks import push

OUTSIDE = "0x52908400098527886E0F7030069857D2E4169EE7"


def drafted(user: User, to: str = OUTSIDE, amount: Money | None = None, side: str = "source") -> Transfer:
    return sending.start(user, to=to, amount=amount, side=side, at_exchange="no")


def confirmed(user: User, to: str = OUTSIDE, amount: Money | None = None, side: str = "source") -> Transfer:
    """A send the person reviewed, re-authenticated for and confirmed; nothing has been said to OMS yet."""
    return confirm(drafted(user, to, amount, side))


def confirm(draft: Transfer) -> Transfer:
    quote = draft.quotes.order_by("number").last()
    assert quote is not None
    digest = confirming.review_digest(draft, quote)
    confirming.authorize(draft, digest, "password")
    return confirming.confirm(draft.pk, user_id=draft.user_id, digest=digest)


def work(transfer: Transfer) -> Transfer:
    """What a worker does when the bell rings: makes it due and pushes it."""
    Transfer.objects.filter(pk=transfer.pk, due_at__isnull=False).update(due_at=transfer.created_at)
    push(str(transfer.pk))
    return Transfer.objects.get(pk=transfer.pk)


def finished(sandbox: Control, transfer: Transfer, outcome: str = "completed") -> Transfer:
    """OMS settles what it took, and a poll finds out."""
    transfer = work(transfer)
    assert transfer.oms_id, transfer.state
    sandbox.settle(transfer.oms_id, outcome)
    return work(transfer)
