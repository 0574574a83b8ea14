"""Rings of master keys, as an operator would have them, and the formats older releases have left behind."""

import base64
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def new_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def sealed_by_the_first_release(ring: dict[str, str], clear: bytes, place: str) -> bytes:
    """Version 1: the master key itself, named in the head."""
    key_id, key = next(iter(ring.items()))
    head, nonce = b"\x01" + bytes([len(key_id)]) + key_id.encode(), os.urandom(12)
    return head + nonce + AESGCM(base64.b64decode(key)).encrypt(nonce, clear, head + place.encode())
