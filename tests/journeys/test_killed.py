"""Kill -9 of every program, each at three points of a funding and of a send that are under way at the same time.

What must hold: the supervisor has the program up again within 5 s; both transfers are final within 60 s; OMS moved each
of them exactly once; and the ledger, the dashboard and the sandbox agree to the last micro-USDC.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
import requests

from tests.browser import steps
from tests.browser.stage import Stage, staged
from tests.browser.visitor import Visitor
from tests.journeys.account import Holder, executed, make_holder
from tests.own_time import clock

PROGRAMS = ("web", "worker", "beat", "broker", "sandbox")
FINAL_WITHIN = 60
AGAIN_WITHIN = 5
# 14.14 stays on its way until a person settles it, which leaves time to kill something.
SENT, BROUGHT, ARRIVES = "14.14", "20", Decimal("19.20")
BUTTON = {"send": f"Send {SENT} USDC on Polygon", "fund": "Get my cash code"}


@dataclass
class Pair:
    """One send and one funding of the same person, in two browsers."""

    stage: Stage
    send: Visitor
    fund: Visitor
    recipient: str
    reviews: dict[str, str] = field(default_factory=dict)
    settled: bool = False
    paid: bool = False

    @property
    def each(self) -> tuple[tuple[str, Visitor], ...]:
        return ("send", self.send), ("fund", self.fund)

    def transfer(self, kind: str) -> str:
        """The id, which is the same before and after confirming."""
        return self.reviews[kind].rstrip("/").rpartition("/")[2]

    def review(self) -> None:
        """Both as far as the page with the one button."""
        steps.price_send(self.send, self.recipient, SENT)
        steps.choose_store(self.fund)
        steps.price_cash(self.fund, BROUGHT)
        self.reviews = {kind: visitor.path for kind, visitor in self.each}

    def confirm(self) -> None:
        """Both at the same time. An answer that is lost is what this is about."""
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda it: self._press(*it), self.each))

    def move_on(self) -> None:
        """What the person, the cashier and the chain do next, whatever the last answer was. Safe to repeat."""
        for kind, visitor in self.each:
            visitor.open(self.reviews[kind])
            if visitor.offers("Get a new price"):
                visitor.press("Get a new price")
            if visitor.offers(BUTTON[kind]):
                self._press(kind, visitor)
        self.settle()
        self.pay()

    def words(self) -> set[str]:
        """The state of each, once it is final."""
        found = set()
        for _, visitor in self.each:
            found.update({"Done", "Did not happen"} & {_word(visitor)})
        return found if len(found) == 1 and all(_word(it) in found for _, it in self.each) else set()

    def _press(self, kind: str, visitor: Visitor) -> None:
        with suppress(requests.RequestException):
            steps.prove(visitor)
            visitor.press(BUTTON[kind])

    def settle(self) -> None:
        mine = [it for it in self.stage.control.journal() if it["metadata"].get("transferId") == self.transfer("send")]
        if mine and not self.settled:
            self.stage.control.settle(mine[0]["transactionId"])
            self.settled = True

    def pay(self) -> None:
        if not self.paid and "This code is good until" in self.fund.main:
            self.stage.control.pay_cash(steps.read_code(self.fund), BROUGHT)
            self.paid = True


def _word(visitor: Visitor) -> str:
    """The state word of a status page."""
    return next((word for word in ("Did not happen", "Done") if f" {word} " in f" {visitor.main[:60]} "), "")


def until(what: str, seconds: float, act: Callable[[], object]) -> None:
    """Do it until it is true and nobody is away. Raises TimeoutError with the last trouble."""
    trouble: object = None
    give_up = clock() + seconds
    while clock() < give_up:
        try:
            if act():
                return
        except (requests.RequestException, AssertionError) as error:
            trouble = error
        time.sleep(0.2)
    raise TimeoutError(f"not within {seconds} s: {what}; {trouble}")


def as_they_confirm(pair: Pair, kill: Callable[[], None]) -> None:
    """While the presses are on their way to us."""
    with ThreadPoolExecutor(1) as pool:
        pressing = pool.submit(pair.confirm)
        kill()
        pressing.result()


def as_oms_takes_the_orders(pair: Pair, kill: Callable[[], None]) -> None:
    """While OMS has one order that it has not begun, and one whose answer it has not given."""
    orders = {"method": "POST", "path": "/(transactions|cash-ins)$", "seconds": 2}
    pair.stage.control.fault("delay", nth=1, when="before", **orders)
    pair.stage.control.fault("delay", nth=2, when="after", **orders)
    pair.confirm()
    until("OMS has both orders", 20, lambda: all(it["fired"] for it in pair.stage.control.get("rules")["data"]))
    kill()


def as_they_wait_for_the_end(pair: Pair, kill: Callable[[], None]) -> None:
    """After OMS has both: the send ends and the cash is paid while the program is down."""
    pair.confirm()
    until("the send is on its way", 30, lambda: _reads(pair.send, "On its way"))
    until("the code is there", 30, lambda: _reads(pair.fund, "This code is good until"))
    kill()
    with suppress(requests.RequestException):
        pair.settle()
        pair.pay()


def _reads(visitor: Visitor, text: str) -> bool:
    visitor.open(visitor.url)
    return text in visitor.main


POINTS = (as_they_confirm, as_oms_takes_the_orders, as_they_wait_for_the_end)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A demo of its own: every program of it is killed, the broker too, so that has to be its own as well."""
    with staged(tmp_path_factory.mktemp("killed"), own_broker=True) as stage:
        yield stage


@pytest.fixture(scope="module")
def recipient(stage: Stage) -> Holder:
    return make_holder(stage, "recipient", "1")


@pytest.mark.parametrize("program", PROGRAMS)
def test_everything_ends_well_although_it_was_killed(program: str, stage: Stage, recipient: Holder) -> None:
    holder = make_holder(stage, program, "100")
    for point in POINTS:
        stage.calm()
        pair = Pair(stage, holder.visitor(), holder.visitor(), recipient.email)
        pair.review()
        with killing(stage, program) as kill:
            point(pair, kill)
        ends_well(pair, f"{program}, {point.__name__}")
    sent, arrived = 3 * Decimal(SENT), 3 * ARRIVES
    assert holder.balance_at_oms() == 100 - sent + arrived
    until("both sides agree", 20, lambda: holder.balance_here() == (holder.balance_at_oms(), Decimal(0)))
    assert "WRONG" not in stage.manage("verify_ledger")


@contextmanager
def killing(stage: Stage, program: str) -> Iterator[Callable[[], None]]:
    """Hands out the kill; at the end, the program has to have been up again in time."""
    with ThreadPoolExecutor(1) as watch:
        restarts: list[Future[int]] = []

        def kill() -> None:
            killed = stage.demo.kill(program)
            restarts.append(watch.submit(stage.demo.wait_for_another, program, killed, AGAIN_WITHIN))

        yield kill
        assert [restart.result() for restart in restarts]


def ends_well(pair: Pair, when: str) -> None:
    """Final within a minute of the kill, and moved exactly once."""
    began = clock()

    def is_done() -> bool:
        pair.move_on()
        return pair.words() == {"Done"}

    until(f"both are done ({when})", FINAL_WITHIN, is_done)
    print(f"{when}: {clock() - began:.1f} s")
    assert [executed(pair.stage, pair.transfer(kind)) for kind, _ in pair.each] == [1, 1], when
