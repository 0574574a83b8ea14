"""A passkey without a browser: the other end of the ceremony, in software."""

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256

PRESENT, VERIFIED, WITH_KEY = 1, 4, 64


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def raw(said: str) -> bytes:
    return base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))


@dataclass
class Passkey:
    """What a phone keeps: made once, and signs whatever challenge it is given."""

    origin: str = "http://testserver"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    owner: bytes = b""

    def make(self, options: dict[str, Any]) -> str:
        """The answer to navigator.credentials.create(), as the page's script sends it."""
        asked = options["publicKey"]
        self.owner = raw(asked["user"]["id"])
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))  # type: ignore[no-untyped-call]
        made = bytes(16) + struct.pack(">H", len(self.id)) + self.id + public
        data = self._head(asked["rp"]["id"], PRESENT | VERIFIED | WITH_KEY) + made
        attested = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        said = {"clientDataJSON": self._client("webauthn.create", asked["challenge"]), "attestationObject": attested}
        return self._answer(said, {"credProps": {"rk": True}})

    def use(self, options: dict[str, Any], *, flags: int = PRESENT | VERIFIED) -> str:
        """The answer to navigator.credentials.get()."""
        asked = options["publicKey"]
        client = self._client("webauthn.get", asked["challenge"])
        data = self._head(asked["rpId"], flags)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        said = {"clientDataJSON": client, "authenticatorData": data, "signature": signature, "userHandle": self.owner}
        return self._answer(said, {})

    def _head(self, site: str, flags: int) -> bytes:
        return hashlib.sha256(site.encode()).digest() + struct.pack(">BI", flags, 0)

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, said: dict[str, bytes], extensions: dict[str, Any]) -> str:
        response = {name: text(value) for name, value in said.items()}
        return json.dumps({
            "id": text(self.id), "rawId": text(self.id), "type": "public-key",
            "response": response, "clientExtensionResults": extensions,
        })  # fmt: skip
