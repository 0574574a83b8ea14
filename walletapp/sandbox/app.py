"""The sandbox as an ASGI application: the API under /v0.9, the control room under /control."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import formatdate

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from walletapp.sandbox import (
    auth,
    cashins,
    customers,
    early_access,
    executing,
    locations,
    networks,
    quotes,
    scheduler,
    simulate,
    transactions,
    wallets,
    webhooks,
)
from walletapp.sandbox.control import actions, api, pages
from walletapp.sandbox.cycle import as_refusal, refusal_answer
from walletapp.sandbox.delivery import DeliveryWorker
from walletapp.sandbox.errors import ApiError, error_body
from walletapp.sandbox.ids import new_id
from walletapp.sandbox.settings import Settings
from walletapp.sandbox.state import Sandbox
from walletapp.sandbox.store import Store
from walletapp.sandbox.wire import answer

BASE_PATH = "/v0.9"
RESOURCES: tuple[APIRouter, ...] = (
    auth.router, customers.router, wallets.router, quotes.router, executing.router, transactions.router,
    simulate.router, cashins.router, locations.router, webhooks.router, networks.router, early_access.router,
)  # fmt: skip


def build(data: str, api_key: str, api_secret: str, defaults: Settings) -> FastAPI:
    store = Store(data, defaults)
    app = FastAPI(title="OMS sandbox", lifespan=_lifespan, openapi_url=None, redirect_slashes=False)
    app.state.sandbox = Sandbox(store, api_key, api_secret, DeliveryWorker(store))
    for router in RESOURCES:
        app.include_router(router, prefix=BASE_PATH)
    for room in (api.router, actions.router, pages.router):
        app.include_router(room)
    app.add_exception_handler(ApiError, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _no_such_route)
    app.add_exception_handler(Exception, _bug)
    app.add_middleware(AnswerHeaders)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    sandbox: Sandbox = app.state.sandbox
    background = [asyncio.create_task(sandbox.delivery.run()), asyncio.create_task(scheduler.run(sandbox.store))]
    try:
        yield
    finally:
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        sandbox.store.close()


class AnswerHeaders:
    """Gives every request an id and every answer that id and a Date by the clock OMS is playing."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = new_id("req", time.time_ns() // 1_000_000)
        scope.setdefault("state", {})["request_id"] = request_id
        store = scope["app"].state.sandbox.store

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                headers["Date"] = formatdate(store.now() / 1000 + store.settings.date_skew_seconds, usegmt=True)
            await send(message)

        await self.app(scope, receive, with_headers)


async def _refused(request: Request, problem: Exception) -> Response:
    """A refusal outside the API's own cycle: the control room."""
    assert isinstance(problem, ApiError)
    return refusal_answer(request, problem)


async def _malformed(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, RequestValidationError)
    return refusal_answer(request, as_refusal(problem))


async def _no_such_route(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    if problem.status_code == 405:
        refusal = ApiError(405, "methodNotAllowed", "Not with this method.", {"Allow": _methods_of(request)})
    else:
        refusal = ApiError(problem.status_code, "notFound", "There is nothing at this address.")
    return refusal_answer(request, refusal)


def _methods_of(request: Request) -> str:
    """Every method of this path; each route knows only its own."""
    path = request.url.path.removeprefix(BASE_PATH)
    routes = (route for router in RESOURCES for route in router.routes if isinstance(route, APIRoute))
    matching = (route for route in routes if route.path_regex.match(path))
    return ", ".join(sorted({method for route in matching for method in route.methods or ()}))


async def _bug(request: Request, problem: Exception) -> Response:
    """The server logs it; the caller gets the usual body."""
    return answer(500, error_body("internal", "The sandbox has a bug; see its log.", request.state.request_id))
