"""Exact amounts of money.

What lives here: `Currency`, `Money`, how amounts are read from the wire and from people, and how they are written.
What must stay true: an amount is a whole number of minor units; nothing is ever rounded; two currencies never mix.
What does not belong: conversion (only a quote from OMS converts) and words around amounts (templates do that).
"""

import re
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal, localcontext
from enum import Enum
from functools import total_ordering

# Far above any balance this wallet may hold, far below what a BIGINT holds: sums of many amounts cannot overflow.
MAX_MINOR = 10**15

_WIRE = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,30})?", re.ASCII)
_PLAIN = re.compile(r"[0-9]{1,12}(\.[0-9]*)?|\.[0-9]+", re.ASCII)
_THOUSANDS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?", re.ASCII)


class Currency(Enum):
    """A currency we hold, with the number of decimal places of its minor unit."""

    USD = ("usd", 2)
    USDC = ("usdc", 6)

    def __init__(self, asset: str, places: int) -> None:
        self.asset = asset  # OMS's name for it
        self.places = places

    @property
    def code(self) -> str:
        return self.name

    @classmethod
    def of_asset(cls, asset: str) -> "Currency":
        """The currency OMS calls `asset`. Raises InvalidAmount for one we do not hold."""
        for currency in cls:
            if currency.asset == asset.lower():
                return currency
        raise InvalidAmount(f"We do not hold {asset!r}.")


_PLACES = {Currency.USD: "Dollars have two decimal places", Currency.USDC: "USDC has six decimal places"}


class InvalidAmount(ValueError):
    """The text is not an exact amount of this currency. The message is safe to show to the person who typed it."""


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """`minor` units of `currency`: Money(1_500_000, USDC) is 1.50 USDC. May be negative (a ledger entry)."""

    minor: int
    currency: Currency

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("Money is made of whole minor units")
        if abs(self.minor) > MAX_MINOR:
            raise InvalidAmount("That amount is too large.")

    @classmethod
    def zero(cls, currency: Currency) -> "Money":
        return cls(0, currency)

    @classmethod
    def from_wire(cls, text: object, currency: Currency) -> "Money":
        """Read OMS's decimal string. Zeros beyond the currency's places are harmless; other digits are refused."""
        if not isinstance(text, str) or not _WIRE.fullmatch(text):
            raise InvalidAmount(f"Not a decimal string: {text!r}")
        return cls(_to_minor(text, currency, what=text), currency)

    @classmethod
    def parse(cls, text: str, currency: Currency) -> "Money":
        """Read what a person typed: `25`, `25.5`, `$1,250.00`. Refuses anything that could be read in two ways.

        Raises InvalidAmount with a sentence for that person; never rounds.
        """
        cleaned = text.strip().removeprefix("$").strip()
        if "," in cleaned:
            cleaned = _without_thousands(cleaned)
        if not _PLAIN.fullmatch(cleaned):
            raise InvalidAmount("Enter an amount in figures, like 25.00.")
        return cls(_to_minor(cleaned, currency, what=cleaned), currency)

    def wire(self) -> str:
        """The decimal string OMS expects, always with all places of the currency."""
        return self._text(self.currency.places)

    def text(self, places: int = 2) -> str:
        """Grouped figures with at least `places` decimals; more are shown only where they are not zero."""
        figures = self._text(self.currency.places)
        whole, _, decimals = figures.lstrip("-").partition(".")
        decimals = decimals.rstrip("0").ljust(places, "0")
        return f"{'-' if self.minor < 0 else ''}{int(whole):,}" + (f".{decimals}" if decimals else "")

    def _text(self, places: int) -> str:
        digits = str(abs(self.minor)).rjust(places + 1, "0")
        return f"{'-' if self.minor < 0 else ''}{digits[:-places]}.{digits[-places:]}"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other).minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.text()} {self.currency.code}"

    def _same(self, other: "Money") -> "Money":
        if getattr(other, "currency", None) is not self.currency:
            raise TypeError(f"{other!r} is not an amount of {self.currency.code}")
        return other


def _to_minor(text: str, currency: Currency, *, what: str) -> int:
    with localcontext(prec=80):  # wider than any text that gets here, so that no digit is rounded away unseen
        scaled = Decimal(text).scaleb(currency.places)
        if scaled != (below := scaled.to_integral_value(ROUND_FLOOR)):
            one, other = (f"{minor.scaleb(-currency.places):f}" for minor in (below, below + 1))
            raise InvalidAmount(f"{_PLACES[currency]}: {one} or {other}, not {what}.")
    return int(scaled)


def _without_thousands(text: str) -> str:
    if _THOUSANDS.fullmatch(text) and ("." in text or text.count(",") > 1):
        return text.replace(",", "")
    whole, _, rest = text.partition(",")
    if text.count(",") == 1 and whole.isascii() and whole.isdigit() and rest.isascii() and rest.isdigit():
        if len(rest) == 3:
            raise InvalidAmount(f"Do you mean {whole}{rest} or {whole}.{rest}? Write it without the comma.")
        raise InvalidAmount(f"Use a point for cents: {whole}.{rest}")
    raise InvalidAmount("Enter an amount in figures, like 25.00.")
