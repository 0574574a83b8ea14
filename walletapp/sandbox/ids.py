"""Identifiers, codes and hashes the sandbox hands out.

Resource ids are TypeIDs (a prefix and a base-32 UUIDv7), so that they sort by the time they were made.
"""

import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
BARCODE_DIGITS = 20


def new_id(prefix: str, now_ms: int) -> str:
    value = (now_ms & (1 << 48) - 1) << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    letters = [ALPHABET[value >> shift & 31] for shift in range(125, -1, -5)]
    return f"{prefix}_{''.join(letters)}"


def new_tx_hash() -> str:
    return "0x" + secrets.token_hex(32)


def new_webhook_secret() -> str:
    return "whsec_" + secrets.token_hex(32)


def new_cash_code() -> str:
    """What the customer reads out, in the documented form "ABC 12345"."""
    letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(3))
    return f"{letters} {secrets.randbelow(100_000):05d}"


def new_digits(count: int) -> str:
    """`count` digits that do not begin with a zero, for barcodes and account numbers."""
    return str(secrets.randbelow(9) + 1) + "".join(str(secrets.randbelow(10)) for _ in range(count - 1))


def plain_code(code: str) -> str:
    """A cash code or barcode as typed by a person, without spaces, hyphens or case."""
    return "".join(letter for letter in code.upper() if letter.isalnum())
