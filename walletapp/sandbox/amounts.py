"""Amounts: decimal strings on the wire, integers of the smallest unit everywhere inside."""

import re

from walletapp.sandbox.errors import ApiError

DECIMALS = {"usd": 2, "usdc": 6}
FORM = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,18}))?")
MICRO_PER_CENT = 10_000


def parse(text: str, asset: str, field: str = "amount") -> int:
    """Minor units of a positive decimal string. More places than the asset has is refused, never rounded."""
    found = FORM.fullmatch(text)
    if found is None:
        raise ApiError(400, "invalidAmount", f"{field}: a positive decimal string such as 25.00 is needed.")
    whole, fraction = found.group(1), found.group(2) or ""
    places = DECIMALS[asset]
    if len(fraction) > places:
        raise ApiError(400, "invalidAmount", f"{field}: {asset} has at most {places} decimal places.")
    minor = int(whole + fraction.ljust(places, "0"))
    if minor == 0:
        raise ApiError(400, "invalidAmount", f"{field}: must be more than zero.")
    return minor


def show(minor: int, asset: str) -> str:
    """The decimal string of minor units, with at least two places: 25.00, 25.123456."""
    places = DECIMALS[asset]
    whole, fraction = divmod(abs(minor), 10**places)
    digits = f"{fraction:0{places}d}".rstrip("0").ljust(2, "0")
    return f"{'-' if minor < 0 else ''}{whole}.{digits}"


def ratio(numerator: int, denominator: int, places: int = 6) -> str:
    """`numerator / denominator` cut (not rounded) to `places`, for rates that are shown and never calculated with."""
    whole, rest = divmod(numerator * 10**places // denominator, 10**places)
    return f"{whole}.{rest:0{places}d}".rstrip("0").ljust(len(str(whole)) + 2, "0")


def usd_estimate(minor: int, asset: str) -> str:
    """What a balance is worth in dollars, cut to cents; the sandbox values a USDC at a dollar."""
    return show(minor // MICRO_PER_CENT if asset == "usdc" else minor, "usd")
