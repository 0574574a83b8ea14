"""Polygon addresses: made, checked and checksummed (EIP-55) here, by the sandbox's own code."""

import re
import secrets

from Crypto.Hash import keccak

FORM = re.compile(r"0x[0-9a-fA-F]{40}")
ZERO = "0x" + "0" * 40


def checksummed(address: str) -> str:
    """The EIP-55 spelling: a hex letter is a capital where the keccak-256 of the lower-case text has a high nibble."""
    digits = address[2:].lower()
    digest = keccak.new(digest_bits=256, data=digits.encode()).hexdigest()
    return "0x" + "".join(
        letter.upper() if nibble in "89abcdef" else letter for letter, nibble in zip(digits, digest, strict=False)
    )


def new_address() -> str:
    return checksummed("0x" + secrets.token_hex(20))


def is_valid(address: str) -> bool:
    """True for a well-formed address; one in mixed case must carry the right checksum."""
    if FORM.fullmatch(address) is None:
        return False
    digits = address[2:]
    return digits in (digits.lower(), digits.upper()) or address == checksummed(address)
