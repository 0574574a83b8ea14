"""POST /auth/token, and the check of the bearer token on every other call."""

import hmac
import secrets

from fastapi import APIRouter
from starlette.responses import Response

from walletapp.sandbox.bodies import TokenRequest
from walletapp.sandbox.cycle import SandboxDep, TokenRoute, TxDep
from walletapp.sandbox.errors import ApiError
from walletapp.sandbox.wire import answer, iso

router = APIRouter(route_class=TokenRoute)


@router.post("/auth/token")
async def create_token(body: TokenRequest, tx: TxDep, sandbox: SandboxDep) -> Response:
    key_fits = hmac.compare_digest(body.api_key.encode(), sandbox.api_key.encode())
    secret_fits = hmac.compare_digest(body.api_secret.encode(), sandbox.api_secret.encode())
    if not (key_fits and secret_fits):
        raise ApiError(401, "invalidCredentials", "The API key or its secret is wrong.")
    tx.run("DELETE FROM tokens WHERE expires_at <= ?", tx.now)
    token = "sbx." + secrets.token_urlsafe(32)
    seconds = int(tx.settings.token_seconds)
    expires_at = tx.now + seconds * 1000
    tx.run("INSERT INTO tokens (token, expires_at) VALUES (?, ?)", token, expires_at)
    return answer(
        200, {"accessToken": token, "tokenType": "bearer", "expiresIn": seconds, "expiresAt": iso(expires_at)}
    )
