"""The way of every API call: rules, token, idempotency, one transaction, answer.

`OmsRoute` is the route class of all resource routers. A handler is an `async def` that never awaits anything; it gets
the open transaction through `TxDep`, returns the answer or raises ApiError, and knows nothing of the rest.
"""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, ClassVar

from fastapi import Depends
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from walletapp.sandbox import faults, idempotency, rules, tokens, wire
from walletapp.sandbox.errors import ApiError
from walletapp.sandbox.state import Sandbox
from walletapp.sandbox.store import Tx

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
# Not remembered under the key: nothing was begun, so sending the same again later may do better.
NOT_KEPT = {400, 401, 403, 404, 413, 415, 429, 503}


async def current_tx(request: Request) -> Tx:
    tx: Tx = request.state.tx
    return tx


async def current_sandbox(request: Request) -> Sandbox:
    sandbox: Sandbox = request.app.state.sandbox
    return sandbox


TxDep = Annotated[Tx, Depends(current_tx)]
SandboxDep = Annotated[Sandbox, Depends(current_sandbox)]


class OmsRoute(APIRoute):
    needs_token: ClassVar[bool] = True

    def get_route_handler(self) -> Handler:
        endpoint = super().get_route_handler()

        async def handle(request: Request) -> Response:
            return await serve(request, endpoint, self.needs_token)

        return handle


class TokenRoute(OmsRoute):
    """The token exchange: no bearer token yet, and no idempotency key."""

    needs_token = False


async def serve(request: Request, endpoint: Handler, needs_token: bool) -> Response:
    try:
        if not (needs_token and request.method == "POST"):
            return await _through_rules(request, endpoint, needs_token, None)
        key = idempotency.require_key(request.headers.get("idempotency-key"))
        with _in_flight(request.app.state.sandbox, key):
            return await _through_rules(request, endpoint, needs_token, key)
    except ApiError as refusal:
        return refusal_answer(request, refusal)


@contextmanager
def _in_flight(sandbox: Sandbox, key: str) -> Iterator[None]:
    if key in sandbox.in_flight:
        raise ApiError(409, "idempotencyKeyInFlight", "The first request with this key is still being answered.")
    sandbox.in_flight.add(key)
    try:
        yield
    finally:
        sandbox.in_flight.discard(key)


async def _through_rules(request: Request, endpoint: Handler, needs_token: bool, key: str | None) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    is_again = key is not None and key in sandbox.keys_seen
    sandbox.keys_seen |= {key} if key is not None else set()
    fired = await rules.for_call(sandbox.store, request.method, request.url.path, is_again)
    early = await faults.before(fired, request, sandbox)
    if early is not None:
        return early
    request.state.magic = []
    response = await _execute(request, endpoint, needs_token, key, faults.stored_instead(fired))
    return await faults.after([*fired, *request.state.magic], request, response, sandbox)


async def _execute(
    request: Request, endpoint: Handler, needs_token: bool, key: str | None, instead: tuple[Response, bool] | None
) -> Response:
    """Run the handler and keep its answer under `key`, all in one transaction.

    `instead` is the sticky error of a fault rule: kept and answered in place of the truth, after executing or without.
    """
    store = request.app.state.sandbox.store
    raw = await _read_body(request)
    print_of_request = idempotency.fingerprint(request.method, request.url.path, raw)
    opened = store.reading() if request.method == "GET" else store.transaction()
    async with opened as tx:
        request.state.tx = tx
        if needs_token:
            tokens.require(tx, request.headers.get("authorization"))
        if key is not None and (stored := idempotency.find(tx, key, print_of_request)) is not None:
            replayed = {"Idempotent-Replayed": "true"}
            return Response(stored["body"], stored["status"], replayed, media_type="application/json")
        if raw:
            wire.strict_json(raw)
        if instead is None:
            response = await _handled(request, endpoint)
        else:
            response = await _handled_but_denied(request, endpoint, *instead)
        if key is not None and (instead is not None or response.status_code not in NOT_KEPT):
            idempotency.keep(tx, key, print_of_request, response.status_code, bytes(response.body))
    return response


async def _handled(request: Request, endpoint: Handler) -> Response:
    """The handler's answer; a refusal takes back everything the handler changed."""
    tx: Tx = request.state.tx
    tx.run("SAVEPOINT handler")
    try:
        return await endpoint(request)
    except (ApiError, RequestValidationError) as problem:
        tx.run("ROLLBACK TO handler")
        tx.deliveries.clear()
        return refusal_answer(request, problem if isinstance(problem, ApiError) else as_refusal(problem))


async def _handled_but_denied(request: Request, endpoint: Handler, denial: Response, executes: bool) -> Response:
    """The sticky error `denial`, after executing or without; a true refusal is still told as it is."""
    truth = await _handled(request, endpoint) if executes else denial
    return denial if truth.status_code < 400 else truth


async def _read_body(request: Request) -> bytes:
    if request.method in ("GET", "DELETE"):
        return b""
    length = request.headers.get("content-length", "0")
    if int(length) > wire.LARGEST_BODY:
        raise ApiError(413, "payloadTooLarge", "The body is larger than 1 MiB.", {"Connection": "close"})
    raw = await request.body()
    if len(raw) > wire.LARGEST_BODY:
        raise ApiError(413, "payloadTooLarge", "The body is larger than 1 MiB.")
    if raw and request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise ApiError(415, "unsupportedMediaType", "Send application/json.")
    return raw


def refusal_answer(request: Request, refusal: ApiError) -> Response:
    return wire.answer(refusal.status, refusal.body(request.state.request_id), refusal.headers)


def as_refusal(problem: RequestValidationError) -> ApiError:
    first = problem.errors()[0]
    where = ".".join(str(step) for step in first["loc"] if step not in ("body", "query", "path"))
    return ApiError(400, "invalidRequest", f"{where or 'body'}: {first['msg']}")
