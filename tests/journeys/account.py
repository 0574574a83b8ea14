"""Comparing what a person reads about their money with what the sandbox really moved."""

import re
from dataclasses import dataclass
from decimal import Decimal

from tests.browser import steps
from tests.browser.stage import Stage
from tests.browser.visitor import Visitor

_UNITS = re.compile(r"Available \$[\d,]+(?:\.\d+)? ([\d,]+(?:\.\d+)?) USDC")
_HELD = re.compile(r"On hold \$([\d,]+(?:\.\d+)?)")


@dataclass
class Holder:
    """A customer and their wallet at the sandbox."""

    email: str
    wallet_id: str
    stage: Stage

    def visitor(self) -> Visitor:
        """Them, signed in just now."""
        visitor = Visitor(self.stage, self.email)
        steps.sign_in(visitor)
        return visitor

    def balance_at_oms(self) -> Decimal:
        """Everything the sandbox ever posted to the wallet."""
        postings = self.stage.control.get("postings")["data"]
        return sum((Decimal(it["amount"]) for it in postings if it["walletId"] == self.wallet_id), Decimal(0))

    def balance_here(self) -> tuple[Decimal, Decimal]:
        """Available and held, as the dashboard says."""
        visitor = self.visitor()
        visitor.open("/home/", then="Available")
        available, held = _UNITS.search(visitor.main), _HELD.search(visitor.main)
        assert available, visitor.main
        assert held, visitor.main
        return Decimal(available[1].replace(",", "")), Decimal(held[1].replace(",", ""))


def make_holder(stage: Stage, name: str, amount: str) -> Holder:
    """A verified customer who holds this much."""
    visitor = Visitor(stage, steps.new_email(name))
    steps.become_customer(visitor)
    wallet_id = stage.control.deposit(steps.wallet_address(visitor), amount)["walletId"]
    visitor.open("/home/")
    visitor.waits_for(steps.dollars(amount))
    return Holder(visitor.email, wallet_id, stage)


def executed(stage: Stage, transfer: str) -> int:
    """How many times OMS has executed the transfer with this id."""
    return sum(entry["metadata"].get("transferId") == transfer for entry in stage.control.journal())
