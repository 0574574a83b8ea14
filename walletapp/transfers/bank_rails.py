"""The two ways to a US bank account: what each costs, how long it takes, and how much may go by it.

One table. OMS publishes neither cut-offs nor limits for payouts: cut-offs and days are the usual ones of US banks, the
limits are ours. The fee here is what people read before they choose; what they pay is in the quote.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from walletapp import features
from walletapp.money import Currency, Money
from walletapp.transfers.business_days import add_business_days, business_day_from, is_business_day
from walletapp.transfers.windows import Window

NEW_YORK = ZoneInfo("America/New_York")


@dataclass(frozen=True, slots=True)
class Rail:
    """`key` is OMS's network, `name` how people say it; `feature` names its flag and switches; `days` are business
    days after the first.
    """

    key: str
    name: str
    feature: str
    fee: Money
    cut_off: time
    days: int
    least: Money
    most: Money
    windows: tuple[Window, ...]

    def goes_out_on(self, now: datetime) -> date:
        """The business day it is given to the banks, when confirmed now."""
        local = now.astimezone(NEW_YORK)
        is_today = is_business_day(local.date()) and local.time() < self.cut_off
        return local.date() if is_today else business_day_from(add_business_days(local.date(), 1))

    def arrives_on(self, now: datetime) -> date:
        """The day it should be in the account, when confirmed now."""
        return add_business_days(self.goes_out_on(now), self.days)

    def confirm_by(self, now: datetime) -> str:
        """Until when a withdrawal still goes out on the day told: Monday, 4 PM New York time."""
        return f"{self.goes_out_on(now):%A}, {self.cut_off:%-I %p} New York time"

    @property
    def pace(self) -> str:
        return f"usually {self.days} business days" if self.days else "usually the same business day"


def _usd(cents: int) -> Money:
    return Money(cents, Currency.USD)


def _usdc(dollars: int) -> Money:
    return Money(dollars * 10**6, Currency.USDC)


ACH = Rail(
    key="ach", name="ACH", feature=features.BANK_PAYOUTS_ACH, fee=_usd(25), cut_off=time(17), days=2,
    least=_usdc(1), most=_usdc(5_000),
    windows=(Window(1, _usdc(5_000).minor), Window(30, _usdc(25_000).minor)),
)  # fmt: skip
WIRE = Rail(
    key="wire", name="wire", feature=features.BANK_PAYOUTS_WIRE, fee=_usd(15_00), cut_off=time(16), days=0,
    least=_usdc(20), most=_usdc(25_000),
    windows=(Window(1, _usdc(25_000).minor), Window(30, _usdc(100_000).minor)),
)  # fmt: skip

RAILS = {rail.key: rail for rail in (ACH, WIRE)}


def today(now: datetime) -> date:
    """The day it is for US banks."""
    return now.astimezone(NEW_YORK).date()
