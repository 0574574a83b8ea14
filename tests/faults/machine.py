"""A person, workers, OMS, the network, the clock and a restored backup, taking steps in any order Hypothesis thinks of.

Each step is one thing that really happens; OMS is the real sandbox over real HTTP. After every step nothing untrue may
stand anywhere; at the end OMS is well again, everything is worked off, and the six invariants hold.
"""

import uuid
from contextlib import suppress
from datetime import timedelta
from typing import Any, ClassVar, NamedTuple

import time_machine
from django.core.cache import cache
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.banking.people import let_in, opened
from tests.builders import usdc, wallet_of
from tests.control import Control
from tests.faults import snapshots
from tests.transfers.bank_steps import make_account
from tests.transfers.steps import OUTSIDE
from walletapp.accounts.models import User
from walletapp.banking.models import ExternalAccount, VirtualAccount
from walletapp.oms import client, inbox
from walletapp.oms.endpoints import Secret
from walletapp.oms.envelope import Envelope
from walletapp.oms.errors import OmsError
from walletapp.oms.models import InboundEvent
from walletapp.refusals import Refusal
from walletapp.transfers import confirming, executing, own_rows, restoring, sending, standstill, withdrawing
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import FINAL, OPEN, Kind, State
from walletapp.transfers.tasks import push
from walletapp.wallet import balance, verifying
from walletapp.wallet.models import Break, Wallet

MONEY = {"method": "POST", "path": "/transactions$", "times": 1}
FAULTS: dict[str, dict[str, Any]] = {
    "the answer is lost": {"fault": "dropAfterAccept", **MONEY},
    "lost on the way": {"fault": "dropBefore", **MONEY},
    "503 before": {"fault": "errorBefore", "status": 503, **MONEY},
    "500 after": {"fault": "errorAfter", "status": 500, **MONEY},
    "a 500 that is kept": {"fault": "errorAfter", "status": 500, "sticky": True, **MONEY},
    "another transfer's answer": {"fault": "mutate", "set": {"metadata.transferId": str(uuid.UUID(int=0))}, **MONEY},
    "409": {"fault": "errorBefore", "status": 409, **MONEY},
    "422": {"fault": "errorBefore", "status": 422, **MONEY},
    "the token has run out": {"fault": "expireToken", **MONEY},
    "429": {"fault": "errorBefore", "status": 429, **MONEY},
}
AMOUNTS = ("0.5", "1", "7.000001", "30", "60", "100")
SECRET = Secret("machine", "machine", "")
MOST = 4  # transfers in one story

_which = st.integers(0, MOST - 1)


class Story(RuleBasedStateMachine):
    """One story. What it starts from is made once, by `begin`, and gone back to each time."""

    sandbox: ClassVar[Control]
    alice: ClassVar[User]
    bob: ClassVar[User]
    account: ClassVar[ExternalAccount]
    number: ClassVar[VirtualAccount]
    before: ClassVar[snapshots.Rows]
    elapsed: ClassVar[timedelta]

    @classmethod
    def begin(cls, sandbox: Control, alice: User, bob: User) -> None:
        cls.sandbox, cls.alice, cls.bob, cls.elapsed = sandbox, alice, bob, timedelta()
        cls.account, cls.number = make_account(let_in(alice)), opened(alice)
        cls.before = snapshots.take()
        snapshots.take_of_oms()

    def __init__(self) -> None:
        super().__init__()
        self.clock: time_machine.travel | None = None
        self.transfers: list[uuid.UUID] = []
        self.ranks: dict[uuid.UUID, int] = {}
        self.backup: snapshots.Rows | None = None
        self.was_restored = False
        self.told = 0
        self._tick(timedelta())

    @initialize(amount=st.sampled_from(AMOUNTS))
    def start(self, amount: str) -> None:
        snapshots.go_back(self.before)
        snapshots.go_back_at_oms()
        self.ask_for_a_price(amount, to="outside")

    # --- The person ---

    @rule(amount=st.sampled_from(AMOUNTS), to=st.sampled_from(["bob", "outside", "bank"]))
    @precondition(lambda self: len(self.transfers) < MOST)
    def ask_for_a_price(self, amount: str, to: str) -> None:
        terms: dict[str, Any] = {"amount": usdc(amount), "side": "source"}
        try:
            if to == "bank":
                draft = withdrawing.start(self.alice, account_id=self.account.pk, rail="ach", **terms)
            else:
                where = self.bob.email if to == "bob" else OUTSIDE
                draft = sending.start(self.alice, to=where, at_exchange="no", **terms)
        except (Refusal, OmsError):
            return
        self.transfers.append(draft.pk)

    @rule(which=_which, times=st.integers(1, 2))
    def press(self, which: int, times: int) -> None:
        """Confirm, sometimes with a double click, sometimes a page that is long done."""
        if (transfer := self._one(which)) is None or not (quote := transfer.quotes.order_by("number").last()):
            return
        digest = confirming.review_digest(transfer, quote)
        confirming.authorize(transfer, digest, "password")
        for _ in range(times):
            try:
                confirming.confirm(transfer.pk, user_id=self.alice.pk, digest=digest)
            except Refusal:
                return

    @rule(which=_which)
    def cancel(self, which: int) -> None:
        if (transfer := self._one(which)) is not None:
            try:
                confirming.cancel(transfer.pk, user_id=self.alice.pk)
            except Refusal:
                return

    # --- Workers ---

    @rule(which=_which, fault=st.sampled_from(["", "", *FAULTS]))
    def give_to_oms(self, which: int, fault: str) -> None:
        if (transfer := self._one(which, *OPEN)) is None:
            return
        if fault:
            self.sandbox._call("POST", "rules", FAULTS[fault])
        self._work(transfer)

    @rule(which=_which, after=st.booleans())
    def a_worker_is_killed(self, which: int, after: bool) -> None:
        """Between its attempt's row and the call, or between the call and the answer's row."""
        if (transfer := self._one(which, State.READY, State.SUBMITTING, State.UNKNOWN)) is None:
            return
        claimed = self._claim(transfer)
        if claimed and not claimed.tries.exists() and executing._begin(str(claimed.pk), claimed.lease_token) and after:
            try:
                executing._call(claimed)
            except OmsError:
                return

    @rule()
    def sweep(self) -> None:
        for key in list(Transfer.due().values_list("pk", flat=True)):
            push(str(key))

    @rule()
    def restart(self) -> None:
        """A new process remembers nothing; the cache was emptied as well."""
        cache.clear()
        client._clients.clear()

    # --- OMS and the network ---

    @rule(which=_which, outcome=st.sampled_from(["completed", "completed", "failed"]))
    def oms_decides(self, which: int, outcome: str) -> None:
        for it in self._at_oms(which):
            if it.status == "processing":
                self.sandbox.settle(it.id, outcome)

    @rule(dollars=st.sampled_from(["5", "20.50"]))
    @precondition(lambda self: len(_arrivals()) < MOST)
    def dollars_arrive(self, dollars: str) -> None:
        """By the account number. Nobody has told us yet."""
        self.sandbox.post(f"virtual-accounts/{self.number.oms_id}/deposit", amount=dollars)

    @rule(which=_which)
    def a_payout_comes_back(self, which: int) -> None:
        """The bank returns it, if it was one and it is done, and was not returned before."""
        for it in self._at_oms(which):
            if it.status == "completed":
                with suppress(AssertionError):
                    self.sandbox.post(f"transactions/{it.id}/return", reason="R03 no account")

    @rule(which=_which, is_over=st.booleans())
    def an_arrival_is_told(self, which: int, is_over: bool) -> None:
        if arrivals := list(_arrivals().items()):
            found, status = arrivals[which % len(arrivals)]
            if is_over and status == "processing":
                self.sandbox.settle(found)
            self._tell(found, "completed")

    @rule(which=_which, copies=st.integers(1, 2), claims=st.sampled_from(["processing", "completed", "failed"]))
    def an_event_comes(self, which: int, copies: int, claims: str) -> None:
        """Early, late, twice, and whatever it claims."""
        for it in self._at_oms(which):
            self._tell(it.id, claims, copies)

    # --- Time, and the machine room ---

    @rule(seconds=st.sampled_from([3, 45, 70, 900]))
    def time_passes(self, seconds: int) -> None:
        self._tick(timedelta(seconds=seconds))

    @rule(seconds=st.sampled_from([-600, -30, 600]))
    def our_clock_jumps(self, seconds: int) -> None:
        """Ours alone; it is set right by the next step of time."""
        self._travel(timedelta(seconds=seconds))

    @rule()
    @precondition(lambda self: self.backup is None)
    def back_up(self) -> None:
        self.backup = snapshots.take()

    @rule()
    @precondition(lambda self: self.backup is not None)
    def restore_the_backup(self) -> None:
        """Nothing is sent before everything was compared, and written down again."""
        assert self.backup is not None
        snapshots.go_back(self.backup)
        self.backup = None
        standstill.stand_still(standstill.RESTORED)
        restoring.reconcile_first()
        self.transfers = [key for key in self.transfers if Transfer.objects.filter(pk=key).exists()]
        self.ranks, self.was_restored = {}, True

    # --- What must stay true ---

    @invariant()
    def nothing_is_paid_twice_or_told_wrongly(self) -> None:
        fields = ("pk", "state", "rank", "amount_minor")
        rows = {it.pk: it for it in Transfer.objects.filter(pk__in=self.transfers).values_list(*fields, named=True)}
        at_oms = _executed()
        for key in self.transfers:
            ours, executed = rows[key], [it for it in at_oms if it.transfer == str(key)]
            assert len(executed) <= 1, f"carried out {len(executed)} times"
            became = executed[0].status if executed else "never carried out"
            if ours.state == State.COMPLETED:
                assert became == "completed", f"said to be done, and it was {became}"
            if ours.state in FINAL - {State.COMPLETED}:
                assert became in {"failed", "never carried out"}, f"{ours.state}, and it was {became}"
            assert ours.rank >= self.ranks.get(key, 0), f"{ours.state} after something higher"
            self.ranks[key] = ours.rank
            if executed and ours.rank >= 30:
                assert executed[0].amount_minor == ours.amount_minor, "another amount"
        held = sum(it.amount_minor for it in rows.values() if it.state in OPEN)
        wallets = Wallet.objects.filter(user=self.alice).values_list("held_minor", flat=True)
        assert list(wallets) == [held], "held is not what open sends hold"

    def teardown(self) -> None:
        try:
            self._come_to_rest()
            self._check_books()
        finally:
            if self.clock:
                self.clock.stop()

    def _come_to_rest(self) -> None:
        self.sandbox.no_faults()
        for _ in range(12):
            self._tick(timedelta(seconds=1000))
            for it in _executed():
                if it.status == "processing":
                    self.sandbox.settle(it.id)
            for found, status in _arrivals().items():
                if status == "processing":
                    self.sandbox.settle(found)
                self._tell(found, "completed")  # OMS repeats an event until it is taken
            self.sweep()
            for which in range(len(self.transfers)):
                self.a_payout_comes_back(which)
            still_open = Transfer.objects.filter(pk__in=self.transfers, state__in=OPEN)
            if set(_arrivals().values()) <= {"completed"} and not still_open.exists():
                return

    def _check_books(self) -> None:
        self.nothing_is_paid_twice_or_told_wrongly()
        still_open = Transfer.objects.filter(pk__in=self.transfers, state__in=OPEN)
        stopped = list(Break.objects.filter(closed_at=None).values_list("kind", "detail"))
        if not self.was_restored:
            assert stopped == [], f"stopped for no reason: {stopped}"
            assert not still_open.exists(), f"never ended: {list(still_open)}"
            for user in (self.alice, self.bob):
                wallet = wallet_of(user)
                assert balance.refresh(wallet.pk)
                assert balance.compare(wallet_of(user)) == 0, "held here is not held there"
        arrived = Transfer.objects.filter(kind__in=[Kind.BANK_IN, Kind.RETURNED])
        if not stopped:
            assert dict(arrived.values_list("oms_id", "state")) == _arrivals(), (
                "what came by bank is not here, or not so"
            )
        assert stopped or not still_open.exists(), f"never ended, and nobody is told: {list(still_open)}"
        assert [check.name for check in verifying.verify() if not check.is_good] == []
        assert [it for it in own_rows.differences() if it.kind != "stuck"] == []

    # --- Hands ---

    def _tell(self, found: str, claims: str, copies: int = 1) -> None:
        self.told += 1
        raw = b'{"data": {"object": "transaction", "id": "%s", "status": "%s"}}' % (found.encode(), claims.encode())
        told = Envelope(f"whd_{self.told}", "transaction.told", "transaction", found, self.told, {"status": claims})
        for _ in range(copies):
            inbox.store(raw, told, SECRET)
        for event in InboundEvent.objects.filter(event_id=told.event_id):
            inbox.apply(event.pk)

    def _one(self, which: int, *states: State) -> Transfer | None:
        if not self.transfers:
            return None
        mine = Transfer.objects.select_related("wallet", "user", "to_wallet__user")
        return mine.filter(
            pk=self.transfers[which % len(self.transfers)], **({"state__in": states} if states else {})
        ).first()

    def _work(self, transfer: Transfer) -> None:
        Transfer.objects.filter(pk=transfer.pk, due_at__isnull=False).update(due_at=transfer.created_at)
        push(str(transfer.pk))

    def _claim(self, transfer: Transfer) -> Transfer | None:
        Transfer.objects.filter(pk=transfer.pk, due_at__isnull=False).update(due_at=transfer.created_at)
        return Transfer.claim(transfer.pk)

    def _at_oms(self, which: int) -> list["Executed"]:
        if not self.transfers:
            return []
        key = str(self.transfers[which % len(self.transfers)])
        return [it for it in _executed() if it.transfer == key]

    def _tick(self, step: timedelta) -> None:
        """Time passes for everybody."""
        if step:
            self.sandbox.advance_clock(step.total_seconds())
        type(self).elapsed += step
        self._travel(timedelta())

    def _travel(self, off: timedelta) -> None:
        if self.clock:
            self.clock.stop()
        self.clock = time_machine.travel(timezone.now() + self.elapsed + off)
        self.clock.start()


class Executed(NamedTuple):
    """A send or payout that OMS carried out."""

    id: str
    status: str
    amount_minor: int
    transfer: str


def _executed() -> list[Executed]:
    rows = snapshots.books_of_oms().execute(
        "SELECT t.id, t.status, j.amount_minor, json_extract(j.metadata, '$.transferId') "
        "FROM journal j JOIN transactions t ON t.id = j.transaction_id WHERE j.kind IN ('send', 'payout')"
    )
    return [Executed(*row) for row in rows.fetchall()]


def _arrivals() -> dict[str, str]:
    """OMS's id and status of everything that came by bank or came back."""
    rows = snapshots.books_of_oms().execute(
        "SELECT t.id, t.status FROM journal j JOIN transactions t ON t.id = j.transaction_id "
        "WHERE j.kind IN ('bankDeposit', 'return')"
    )
    return dict(rows.fetchall())
