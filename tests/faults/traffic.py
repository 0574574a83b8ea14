"""Many people moving money at once: a number of errands, or errands for as long as something else goes on.

Of ten errands seven are sends, mostly to each other and sometimes to an address outside, two are withdrawals by ACH,
and one is dollars that come in by bank. Some banks send back what they get, and some do not take it.
"""

import itertools
import random
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests

from tests.faults.holder import BANK, Holder, Refused

AT_ONCE = 6


@dataclass(frozen=True)
class Errand:
    """One movement that somebody wants. Nobody pays `to` where dollars come in."""

    holder: Holder
    to: str
    amount: str


def errands(holders: Sequence[Holder], draw: random.Random) -> Iterator[Errand]:
    """Without end. The amounts are small, and none is one of the sandbox's magic ones."""
    for _ in itertools.count():
        sender, other = draw.sample(list(holders), 2)
        cents, rest = draw.randrange(10, 100), draw.randrange(1, 100)
        match draw.choices(["person", "outside", "bank", "deposit"], [56, 14, 20, 10])[0]:
            case "person":
                yield Errand(sender, other.email, f"0.{cents}{rest:02}")
            case "outside":
                yield Errand(sender, f"0x{draw.getrandbits(160):040x}", f"0.{cents}{rest:02}")
            case "bank":
                yield Errand(sender, BANK, f"1.{cents}{rest:02}")
            case _:
                yield Errand(sender, "", f"1.{cents}")


@dataclass
class Sent:
    """What came of the errands, as those who pressed the button saw it."""

    confirmed: list[str] = field(default_factory=list)
    deposited: list[str] = field(default_factory=list)  # OMS's ids
    of: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # e-mail -> theirs
    refused: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)

    @property
    def turned_away(self) -> int:
        """The one refusal there may be: a bank account that sent money back is not paid again."""
        return sum(map(_is_of_an_account_that_sent_back, self.refused))

    @property
    def count(self) -> int:
        """The errands that ended as they should."""
        return len(self.confirmed) + len(self.deposited) + self.turned_away

    @property
    def told(self) -> str:
        """For a figure: how many, and the first things that went wrong."""
        wrong = [it for it in self.refused if not _is_of_an_account_that_sent_back(it)] + self.unanswered
        return "; ".join([f"{self.count}, {self.turned_away} of them turned away", *wrong[:3]])

    def run(self, errand: Errand) -> None:
        holder = errand.holder
        try:
            if not errand.to:
                self.deposited.append(holder.is_paid_by_bank(errand.amount))
                return
            transfer = holder.send(errand.to, errand.amount)
            self.confirmed.append(transfer)
            self.of[holder.email].append(transfer)
        except Refused as no:
            self.refused.append(str(no))
        except requests.RequestException as error:
            self.unanswered.append(str(error)[:200])


def _is_of_an_account_that_sent_back(refusal: str) -> bool:
    """As the form says it that offers no account any more, and the one that was filled in a moment before."""
    return "No bank account to pay" in refusal or "Remove it and add the right account." in refusal


def send_many(holders: Sequence[Holder], count: int, draw: random.Random, sent: Sent | None = None) -> Sent:
    """So many errands, some at the same time. `sent`: where earlier ones are written down already."""
    sent = sent or Sent()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(sent.run, itertools.islice(errands(holders, draw), count)))
    return sent


@contextmanager
def sending(holders: Sequence[Holder], draw: random.Random, *, at_once: int = 3, pause: float = 0.0) -> Iterator[Sent]:
    """Errands one after the other, in some threads, until the block ends."""
    sent, over = Sent(), threading.Event()
    turn, drawn = threading.Lock(), errands(holders, draw)

    def go_on() -> None:
        while not over.wait(pause):
            with turn:
                errand = next(drawn)
            sent.run(errand)

    with ThreadPoolExecutor(at_once) as pool:
        for _ in range(at_once):
            pool.submit(go_on)
        try:
            yield sent
        finally:
            over.set()
