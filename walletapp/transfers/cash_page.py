"""What the page of a cash-in shows beside its state: the code, the store, and every figure once cash was paid.

Taken from stored rows only. A code is good here only while its time lasts, whatever the row says.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from walletapp.money import Money
from walletapp.transfers import cash_codes
from walletapp.transfers.drawing import Barcode
from walletapp.transfers.models import CashCode, Transfer
from walletapp.transfers.quotes import FEE_LABELS, Quote
from walletapp.transfers.states import State

SOON = timedelta(minutes=10)
# Above this a cashier may ask for identification (the store's rule, so said as a maybe).
LARGE = 300_00


@dataclass(frozen=True, slots=True)
class GoodCode:
    """The one code that may be shown to a cashier."""

    row: CashCode
    groups: list[str]
    barcode: Barcode
    ends_soon: bool


@dataclass(frozen=True, slots=True)
class CashPage:
    """Everything the partials in templates/transfers/cash/ ask for."""

    code: GoodCode | None
    struck_out: list[str]
    is_waiting: bool
    said: Money | None
    paid: Money | None
    is_estimate: bool
    lines: list[dict[str, Any]]
    total: dict[str, Any] | None
    rate: str

    @property
    def is_being_made(self) -> bool:
        return self.is_waiting and not self.code and not self.struck_out

    @property
    def has_run_out(self) -> bool:
        return self.is_waiting and not self.code and bool(self.struck_out)

    @property
    def is_other_amount(self) -> bool:
        return self.paid is not None and self.paid != self.said

    @property
    def is_large(self) -> bool:
        return self.said is not None and self.said.minor >= LARGE


def page_facts(transfer: Transfer) -> dict[str, Any]:
    """The context of the cash partials, under the one name `cash`."""
    codes = list(transfer.codes.all())
    good = next((code for code in codes if code.is_payable), None)
    waiting = transfer.state == State.AWAITING_CASH
    quote = transfer.quote
    paid = transfer.cash_paid
    lines, total = _sum(transfer, quote, paid)
    page = CashPage(
        code=_good(good) if good and waiting else None,
        struck_out=[code.code for code in codes if code != good] if waiting else [],
        is_waiting=waiting or transfer.state in {State.READY, State.SUBMITTING},
        said=quote.you_pay if quote else None,
        paid=paid,
        is_estimate=bool(quote and quote.is_estimate),
        lines=lines,
        total=total,
        rate=rate_in_words(quote) if quote else "",
    )
    return {"cash": page}


def rate_in_words(quote: Quote) -> str:
    return f"1 USD = {Decimal(quote.rate).normalize():f} USDC"


def _good(code: CashCode) -> GoodCode:
    ends_soon = code.expires_at - timezone.now() < SOON
    return GoodCode(code, cash_codes.groups(code.code), cash_codes.barcode_of(code), ends_soon)


def _sum(
    transfer: Transfer, quote: Quote | None, paid: Money | None
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """Lines that add up, once cash was paid: as quoted when it was what was said, else as it really came to."""
    if quote is None or paid is None:
        return [], None
    first = {"label": "You paid", "amount": paid, "note": "at the counter"}
    if transfer.state != State.COMPLETED:
        return [first], None
    total = {"label": "Arrived in your wallet", "amount": transfer.amount}
    if (paid, transfer.amount) == (quote.you_pay, quote.they_get):
        return [first, *({"label": f"Fee: {line.label}", "amount": line.amount} for line in quote.fee_lines)], total
    fee = _difference(paid, transfer.amount, Decimal(quote.rate))
    return [first, *([{"label": f"Fee: {FEE_LABELS['oms']}", "amount": fee}] if fee else [])], total


def _difference(paid: Money, arrived: Money, rate: Decimal) -> Money | None:
    """What was kept, in cents, where it comes out even; None where it does not, because nothing here is rounded."""
    value = Decimal(arrived.minor).scaleb(paid.currency.places - arrived.currency.places) / rate
    cents = Decimal(paid.minor) - value
    return Money(int(cents), paid.currency) if cents == cents.to_integral_value() and cents >= 0 else None
