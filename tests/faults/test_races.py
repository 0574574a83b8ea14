"""Row 4: many hands at the same moment, round after round. Exactly one winner, no crash, no limit passed by a cent.

Confirming never speaks to OMS, so the drafts of the first three races carry a price that is written down by hand. The
more hands a round has the fewer rounds there are: on SQLite the hands stand in one queue.
"""

import random
import secrets
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from tests.builders import make_customer, make_user, usd, usdc, wallet_of
from tests.control import Control
from tests.faults.figures import Figures
from tests.racing import at_once, crashes, refusals
from tests.transfers.cash_steps import code_of, with_code
from tests.transfers.steps import OUTSIDE, confirmed, work
from walletapp.accounts.models import User
from walletapp.money import Currency, Money
from walletapp.transfers import confirming, limits, receiving, renewing
from walletapp.transfers.models import Authorization, Transfer
from walletapp.transfers.quotes import Quote
from walletapp.transfers.states import Kind, State
from walletapp.transfers.tasks import push
from walletapp.wallet.models import LedgerTransaction, Wallet

ROW = 4
SIZES = {"quick": 100, "full": 1_000}

Button = Callable[[], Any]
DAY = limits.SEND_WINDOWS[0].most


@pytest.mark.django_db(transaction=True)
def test_of_many_hands_one_wins(sandbox: Control, size: int, seed: int, figures: Figures) -> None:
    draw = random.Random(seed)
    measure("one form x 10", partial(one_form, draw), size, figures)
    measure("whole balance x 20", partial(whole_balance, draw), size // 4, figures)
    measure("daily limit x 50", partial(daily_limit, draw), size // 10, figures)
    measure("cancel against claim", partial(cancel_against_claim, sandbox, Senders(sandbox)), size, figures)
    measure(
        "code refreshed against paid", partial(refreshed_against_paid, sandbox, Payers(sandbox)), size // 4, figures
    )


def measure(name: str, race: Callable[[], Iterator[str]], rounds: int, figures: Figures) -> None:
    """Run the race so often; `race` gives what went wrong in one round."""
    wrong = [f"round {number}: {problem}" for number in range(rounds) for problem in race()]
    figures.zero(f"{name}: rounds without exactly one outcome, of {rounds}", wrong)


# --- One form, one balance, one limit ---------------------------------------------------------------------------------


def one_form(draw: random.Random) -> Iterator[str]:
    user = holder(usdc("100"))
    amount = Money(draw.randrange(1, 100_000_001), Currency.USDC)
    results = at_once(buttons(user, [amount]) * 10)
    yield from server_errors(results)
    if len({one.pk for one in results if isinstance(one, Transfer)}) != 1 or refusals(results):
        yield f"{results}"
    yield from other_balance(user, usdc("100"), amount)


def whole_balance(draw: random.Random) -> Iterator[str]:
    amount = Money(draw.randrange(1, 100_000_001), Currency.USDC)
    user = holder(amount)
    results = at_once(buttons(user, [amount] * 20))
    yield from server_errors(results)
    if len(refusals(results)) != 19:
        yield f"{20 - len(refusals(results))} passed"
    yield from other_balance(user, amount, amount)


def daily_limit(draw: random.Random) -> Iterator[str]:
    """As many pass as have room to the last millionth, and not one more."""
    amount = Money(draw.randrange(DAY // 40, DAY // 3), Currency.USDC)
    user = holder(Money(50 * amount.minor, Currency.USDC))
    results = at_once(buttons(user, [amount] * 50))
    yield from server_errors(results)
    passed = 50 - len(refusals(results))
    if passed != DAY // amount.minor:
        yield f"{passed} of {amount} passed"
    yield from other_balance(user, Money(50 * amount.minor, Currency.USDC), Money(passed * amount.minor, Currency.USDC))


def holder(amount: Money) -> User:
    """Somebody who holds so much. OMS knows nothing of them and is not asked."""
    user = make_user("racer")
    name = secrets.token_hex(8)
    wallet = Wallet.objects.create(user=user, oms_id=f"wlt_{name}", idem_key=f"race-{name}", state=Wallet.State.ACTIVE)
    receiving.credit(wallet, Kind.DEPOSIT, f"race:{name}", amount, "outside", tx_hash="")
    return user


def buttons(user: User, amounts: list[Money]) -> list[Button]:
    """A review page for each amount, with its button ready to be pressed."""
    wallet = wallet_of(user)
    drafts = [Transfer(user=user, wallet=wallet, kind=Kind.SEND, to_address=OUTSIDE) for _ in amounts]
    Transfer.objects.bulk_create(drafts)
    ends = timezone.now() + timedelta(minutes=5)
    quotes = [_priced(draft, amount) for draft, amount in zip(drafts, amounts, strict=True)]
    Quote.objects.bulk_create(quotes)
    digests = [confirming.review_digest(draft, quote) for draft, quote in zip(drafts, quotes, strict=True)]
    Authorization.objects.bulk_create(
        Authorization(transfer=draft, digest=digest, method="password", expires_at=ends)
        for draft, digest in zip(drafts, digests, strict=True)
    )
    return [
        partial(confirming.confirm, draft.pk, user_id=user.pk, digest=digest)
        for draft, digest in zip(drafts, digests, strict=True)
    ]


def _priced(draft: Transfer, amount: Money) -> Quote:
    return Quote(
        transfer=draft,
        oms_id=f"qt_{uuid.uuid4().hex}",
        source_asset="usdc",
        source_gross_minor=amount.minor,
        source_net_minor=amount.minor,
        destination_asset="usdc",
        destination_gross_minor=amount.minor,
        destination_net_minor=amount.minor,
        rate="1",
        fixed_side="source",
        expires_at=timezone.now() + timedelta(minutes=5),
    )


def server_errors(results: list[Any]) -> Iterator[str]:
    yield from (f"crash: {error!r}" for error in crashes(results))


def other_balance(user: User, had: Money, held: Money) -> Iterator[str]:
    wallet = wallet_of(user)
    if (wallet.available, wallet.held) != (had - held, held):
        yield f"{wallet.available} available and {wallet.held} held"


# --- Cancel against claim ---------------------------------------------------------------------------------------------


class Senders:
    """People who hold money at OMS, a new one before the daily limit of the last is reached."""

    def __init__(self, sandbox: Control) -> None:
        self.sandbox, self.used = sandbox, 0

    def next(self) -> User:
        if self.used % 500 == 0:
            self.user = make_customer(self.sandbox, "sender")
            wallet = wallet_of(self.user)
            self.sandbox.deposit(str(wallet.oms_id), "9000")
            receiving.credit(wallet, Kind.DEPOSIT, f"race:{wallet.pk}", usdc("9000"), "outside", tx_hash="")
        self.used += 1
        return self.user


def cancel_against_claim(sandbox: Control, senders: Senders) -> Iterator[str]:
    transfer = confirmed(senders.next(), amount=usdc("1"))
    cancel = partial(confirming.cancel, transfer.pk, user_id=transfer.user_id)
    results = at_once([cancel, partial(push, str(transfer.pk)), partial(push, str(transfer.pk))])
    yield from server_errors(results)
    transfer.refresh_from_db()
    ran = sum(1 for row in sandbox.sends() if row["metadata"].get("transferId") == str(transfer.pk))
    if (transfer.state, ran) not in {(State.CANCELED, 0), (State.PROCESSING, 1)}:
        yield f"{transfer.state} and carried out {ran} times"
    if isinstance(results[0], Transfer) != (transfer.state == State.CANCELED):
        yield f"the person was told {results[0]!r} of a transfer that is {transfer.state}"


# --- A cash code refreshed against paid -------------------------------------------------------------------------------


class Payers:
    """People who bring cash; three times a day is what a store lets one do."""

    def __init__(self, sandbox: Control) -> None:
        self.sandbox, self.used = sandbox, 0
        sandbox.settings(codeSeconds=300)  # soon over, so it may be replaced

    def next(self) -> User:
        if self.used % 3 == 0:
            self.user = make_customer(self.sandbox, "payer")
        self.used += 1
        return self.user


def refreshed_against_paid(sandbox: Control, payers: Payers) -> Iterator[str]:
    """Whichever is first: the cash of one code arrives once, and never two codes are good."""
    transfer = with_code(payers.next(), usd("20"))
    refresh = partial(renewing.new_code, transfer.pk, user_id=transfer.user_id)
    results = at_once([refresh, partial(_counter, sandbox, code_of(transfer).code), partial(push, str(transfer.pk))])
    yield from server_errors(results)
    transfer = work(transfer)
    paid = results[1] is True
    if (transfer.state, transfer.cash_paid) != ((State.PROCESSING, usd("20")) if paid else (State.AWAITING_CASH, None)):
        yield f"paid: {paid}, and here it is {transfer.state} with {transfer.cash_paid}"
    if not paid:
        sandbox.pay_cash(code_of(transfer).code, "20")
        transfer = work(transfer)
    sandbox.settle(str(transfer.oms_id))
    transfer = work(transfer)
    booked = LedgerTransaction.objects.filter(movement_id=transfer.pk).count()
    if (transfer.state, booked) != (State.COMPLETED, 1):
        yield f"{transfer.state}, booked {booked} times"


def _counter(sandbox: Control, code: str) -> bool:
    """Whether the counter took the cash; a code that was replaced meanwhile is refused."""
    try:
        sandbox.pay_cash(code, "20")
    except AssertionError:
        return False
    return True
