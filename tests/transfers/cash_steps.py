"""The steps of putting cash in, as the tests take them."""

from decimal import Decimal

from tests.builders import usd
from tests.control import Control
from tests.transfers.steps import confirm, work
from walletapp.accounts.models import User
from walletapp.money import Money
from walletapp.transfers import funding
from walletapp.transfers.models import CashCode, Transfer
from walletapp.transfers.stores import Point, Store, stores_near

SACRAMENTO = Point(Decimal("38.58"), Decimal("-121.49"))


def a_store(chain: str = "Walgreens") -> Store:
    """A store of Sacramento, of this chain where there is one."""
    stores = [near.store for near in stores_near(SACRAMENTO).stores]
    return next((store for store in stores if store.name.startswith(chain)), stores[0])


def drafted(user: User, amount: Money | None = None, chain: str = "7-Eleven") -> Transfer:
    return funding.start(user, a_store(chain), amount or usd("100"))


def with_code(user: User, amount: Money | None = None, chain: str = "7-Eleven") -> Transfer:
    """Confirmed and taken by OMS: there is a code."""
    return work(confirm(drafted(user, amount, chain)))


def code_of(transfer: Transfer) -> CashCode:
    return transfer.codes.get(status=CashCode.Status.ACTIVE)


def pay(sandbox: Control, transfer: Transfer, amount: str = "100") -> Transfer:
    """The cashier takes the cash, and a poll finds out."""
    sandbox.pay_cash(code_of(transfer).code, amount)
    return work(transfer)


def arrived(sandbox: Control, transfer: Transfer) -> Transfer:
    """OMS converts the cash, and a poll finds out."""
    assert transfer.oms_id
    sandbox.settle(transfer.oms_id)
    return work(transfer)
