"""Addresses on Polygon: reading what a person pasted, and saying what is wrong with it.

What must stay true: an address is kept exactly as its checksummed form (EIP-55); mixed-case input with a wrong checksum
is refused, never "repaired"; nothing that is not an address of ours to send to gets through.
"""

import re

from walletapp.refusals import Refusal

ZERO = "0x" + "0" * 40

# Contracts of tokens on Polygon: money sent TO them is lost.
TOKEN_CONTRACTS = {
    "0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359": "USDC",
    "0x2791Bca1f2de4661ED88A30C99A7a9449Aa84174": "USDC.e",
    "0xc2132D05D31c914a87C6611C10748AEb04B58e8F": "USDT",
    "0x8f3Cf7ad23Cd3CaDbD9735AFf958023239c6A063": "DAI",
    "0x7ceB23fD6bC0adD59E62ac25578270cFf1b9f619": "WETH",
    "0x1BFD67037B42Cf73acF2047067bd4F2C47D9BfD6": "WBTC",
    "0x0d500B1d8E8eF31E21C99d1Db9A6444d3ADf1270": "WPOL",
    "0x0000000000000000000000000000000000001010": "POL",
}

_HEX = re.compile(r"0[xX][0-9a-fA-F]{40}", re.ASCII)
_BASE58 = "1-9A-HJ-NP-Za-km-z"
_OTHER_CHAINS = [
    (re.compile(rf"T[{_BASE58}]{{33}}", re.ASCII), "a Tron address"),
    (re.compile(rf"[13][{_BASE58}]{{25,34}}", re.ASCII), "a Bitcoin address"),
    (re.compile(r"(bc1|tb1)[02-9ac-hj-np-z]{11,87}", re.ASCII | re.IGNORECASE), "a Bitcoin address"),
    (re.compile(rf"[{_BASE58}]{{32,44}}", re.ASCII), "a Solana address"),
]


class InvalidAddress(Refusal):
    """The text is not an address that USDC on Polygon can be sent to. Nothing was changed."""

    code = "invalid_address"

    def __init__(self, message: str) -> None:
        super().__init__(message, field="to")


def read_address(text: str) -> str:
    """The checksummed form of a pasted address. Raises InvalidAddress with the reason in plain words."""
    text = text.strip()
    if not _HEX.fullmatch(text):
        raise InvalidAddress(_what_it_looks_like(text))
    from eth_utils.address import to_checksum_address  # costs half a second, which most processes never need

    body = text[2:]
    checksummed: str = to_checksum_address("0x" + body.lower())
    is_mixed = body != body.lower() and body != body.upper()
    if is_mixed and "0x" + body != checksummed:
        raise InvalidAddress(
            "One of the characters in this address is wrong: its built-in check does not match. "
            "Nothing was sent. Copy the whole address again from where you got it."
        )
    return checksummed


def kept_form(address: str) -> str:
    """The checksummed form of an address, whatever its capitals. Empty for what is none."""
    try:
        return read_address(address.lower())
    except InvalidAddress:
        return ""


def require_payable(address: str) -> None:
    """Refuse the addresses where money would be lost: the zero address and the contracts of tokens."""
    if address == ZERO:
        raise InvalidAddress("This is the zero address. Money sent there is gone for good, so we do not send to it.")
    if token := TOKEN_CONTRACTS.get(address):
        raise InvalidAddress(
            f"This is the address of the {token} token itself, not of a wallet. Money sent there is lost, "
            "so we do not send to it. Ask the person for the address of their wallet."
        )


def _what_it_looks_like(text: str) -> str:
    if re.fullmatch(r"0[xX][0-9a-fA-F]*", text, re.ASCII):
        return (
            f"An address on Polygon is 0x and 40 characters; this one has {len(text) - 2} after 0x. "
            "Copy the whole address again."
        )
    for pattern, name in _OTHER_CHAINS:
        if pattern.fullmatch(text):
            return (
                f"This looks like {name}. We send USDC on Polygon only, and money sent to another network is lost. "
                "Ask the person for their Polygon address: it begins with 0x."
            )
    if text.lower().endswith(".eth"):
        return "We do not look names up. Ask the person for their Polygon address: it begins with 0x."
    return "Enter an e-mail address of a customer here, or a Polygon address: 0x and 40 characters."
