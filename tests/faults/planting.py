"""Sends that are as they should be on both sides, and differences planted among them, each with what must be found."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from tests.builders import make_holder, usdc, wallet_of
from tests.control import Control
from tests.faults.snapshots import books_of_oms
from tests.transfers.steps import OUTSIDE
from walletapp.accounts.models import User
from walletapp.oms import bodies
from walletapp.oms.client import get_client
from walletapp.transfers import confirming, moving, quoting, tracking
from walletapp.transfers.models import Transfer
from walletapp.transfers.quotes import Quote
from walletapp.transfers.states import Kind, State
from walletapp.wallet import ledger
from walletapp.wallet.models import Movement, Wallet

ELSEWHERE = "0x" + "5" * 40


@dataclass(frozen=True, slots=True)
class Planted:
    """A difference that is there, and the break it must become. `follows` are other breaks it may cause."""

    what: str
    wallet: Wallet
    kind: str
    key: str
    follows: frozenset[str] = frozenset()


def order(user: User) -> Transfer:
    """A send of one USDC that OMS has taken and both sides know, by the wallet's own code but without its waiting."""
    draft = Transfer(user=user, wallet=wallet_of(user), kind=Kind.SEND, to_address=OUTSIDE)
    draft.asked_minor = usdc("1").minor
    priced = get_client().create_quote(quoting.body_of(draft), key=f"planted-{uuid.uuid4()}")
    with transaction.atomic():
        draft.save()
        quote = Quote.objects.create(transfer=draft, **quoting.columns(priced))
        confirming._freeze(draft, quote)
        ledger.hold(moving.record_movement(draft))
        moving.move(draft, State.SUBMITTING, first_sent_at=timezone.now())
    answer = get_client().execute_transaction(bytes(draft.request_body), key=str(draft.idem_key))
    tracking.settle(str(draft.pk), answer)
    return Transfer.objects.get(pk=draft.pk)


def end(sandbox: Control, transfer: Transfer, outcome: str = "completed") -> Transfer:
    """OMS is done with it, and we have read so."""
    sandbox.settle(str(transfer.oms_id), outcome)
    tracking.settle(str(transfer.pk), get_client().get_transaction(str(transfer.oms_id)))
    return Transfer.objects.get(pk=transfer.pk)


def in_books_of_oms(sql: str, *values: object) -> None:
    """Change what OMS has written down, behind its back. Its own guards stand in the way only of what is final."""
    assert books_of_oms().execute(sql, values).rowcount == 1


def _told_otherwise(transfer: Transfer, path: str, value: str) -> None:
    in_books_of_oms("UPDATE transactions SET doc = json_set(doc, ?, ?) WHERE id = ?", path, value, transfer.oms_id)


# --- Twelve kinds of difference ---------------------------------------------------------------------------------------


def missing_here(sandbox: Control, user: User) -> Planted:
    """OMS carried out what nobody here asked for."""
    wallet = wallet_of(user)
    asked = bodies.send_quote_body(
        customer_id=user.customer.oms_id,
        wallet_id=str(wallet.oms_id),
        to_wallet_id="",
        to_address=OUTSIDE,
        source_amount=usdc("1"),
        destination_amount=None,
    )
    quote = get_client().create_quote(asked, key=f"planted-{uuid.uuid4()}")
    body = bodies.transaction_body(quote.id, uuid.uuid4(), uuid.uuid4().int % bodies.MAX_PARTNER_NO + 1)
    made = get_client().execute_transaction(body, key=f"planted-{uuid.uuid4()}")
    return Planted("missing here", wallet, "remote-without-local", made.id, frozenset({"balance"}))


def missing_at_oms(sandbox: Control, user: User) -> Planted:
    transfer = end(sandbox, order(user))
    in_books_of_oms("DELETE FROM transactions WHERE id = ?", transfer.oms_id)
    return Planted("missing at OMS", transfer.wallet, "local-without-remote", str(transfer.pk))


def other_amount(sandbox: Control, user: User) -> Planted:
    transfer = end(sandbox, order(user))
    _told_otherwise(transfer, "$.source.amountGross", "9.990000")
    return Planted("other amount", transfer.wallet, "contradiction", str(transfer.pk))


def other_fee(sandbox: Control, user: User) -> Planted:
    transfer = end(sandbox, order(user))
    _told_otherwise(transfer, "$.source.feesDeducted.total", "0.990000")
    return Planted("other fee", transfer.wallet, "contradiction", str(transfer.pk))


def other_destination(sandbox: Control, user: User) -> Planted:
    transfer = end(sandbox, order(user))
    _told_otherwise(transfer, "$.destination.wallet.blockchainAddress", ELSEWHERE)
    return Planted("other destination", transfer.wallet, "contradiction", str(transfer.pk))


def other_state(sandbox: Control, user: User) -> Planted:
    """We were told that it was done; in OMS's books it failed, and the money went back."""
    transfer = order(user)
    sandbox.fault("mutate", method="GET", path=f"/{transfer.oms_id}$", times=1, set={"status": "completed"})
    transfer = end(sandbox, transfer, "failed")
    assert transfer.state == State.COMPLETED
    return Planted("other state", transfer.wallet, "contradiction", str(transfer.pk), frozenset({"balance"}))


def paid_twice(sandbox: Control, user: User) -> Planted:
    transfer = end(sandbox, order(user))
    sandbox.settings(quoteSingleUse=False)
    second = get_client().execute_transaction(bytes(transfer.request_body), key=f"planted-{uuid.uuid4()}")
    sandbox.settings(quoteSingleUse=True)
    return Planted("paid twice", transfer.wallet, "duplicate-remote", second.id, frozenset({"balance"}))


def orphan_deposit(sandbox: Control, user: User) -> Planted:
    """Money came from outside and the event was lost."""
    wallet = wallet_of(user)
    sandbox.deposit(str(wallet.oms_id), "3")
    return Planted("orphan deposit", wallet, "balance", str(wallet.pk))


def other_balance(sandbox: Control, user: User) -> Planted:
    wallet = wallet_of(user)
    in_books_of_oms("UPDATE wallets SET balance_minor = balance_minor - 1 WHERE id = ?", wallet.oms_id)
    return Planted("other balance", wallet, "balance", str(wallet.pk))


def hold_without_transfer(sandbox: Control, user: User) -> Planted:
    wallet = wallet_of(user)
    movement = Movement(id=uuid.uuid4(), wallet=wallet, kind="send", direction="out", word="in_progress")
    movement.amount_minor, movement.other_party, movement.page = 1_000_000, "nobody", "transfers:transfer"
    with transaction.atomic():
        movement.save()
        ledger.hold(movement)
    return Planted("hold without transfer", wallet, "hold-without-transfer", str(wallet.pk))


def other_projection(sandbox: Control, user: User) -> Planted:
    """A stored balance that its ledger entries do not give, and that OMS's does not show either."""
    wallet = wallet_of(user)
    Wallet.objects.filter(pk=wallet.pk).update(available_minor=wallet.available_minor + 1)
    return Planted("other projection", wallet, "ledger", f"{wallet.pk}:available", frozenset({"balance"}))


def forgotten(sandbox: Control, user: User) -> Planted:
    """Open, and nobody will ever ask about it again."""
    transfer = order(user)
    Transfer.objects.filter(pk=transfer.pk).update(due_at=None)
    return Planted("forgotten", transfer.wallet, "stuck", str(transfer.pk))


KINDS: tuple[Callable[[Control, User], Planted], ...] = (
    missing_here,
    missing_at_oms,
    other_amount,
    other_fee,
    other_destination,
    other_state,
    paid_twice,
    orphan_deposit,
    other_balance,
    hold_without_transfer,
    other_projection,
    forgotten,
)


def holders(sandbox: Control, count: int) -> list[User]:
    return [make_holder(sandbox, f"holder{number}", "300") for number in range(count)]
