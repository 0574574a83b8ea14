"""Bearer tokens: who may call."""

from walletapp.sandbox.errors import ApiError
from walletapp.sandbox.store import Tx


def require(tx: Tx, authorization: str | None) -> None:
    """Raise ApiError(401) unless the header carries a token that is known and has not run out."""
    scheme, _, token = (authorization or "").partition(" ")
    row = tx.one("SELECT expires_at FROM tokens WHERE token = ?", token.strip()) if scheme.lower() == "bearer" else None
    if row is None or row["expires_at"] <= tx.now:
        raise ApiError(401, "unauthorized", "The token is missing, unknown or has run out; exchange the key again.")
