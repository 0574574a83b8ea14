"""What a fired rule does to a call: before it is executed, and to its answer afterwards."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from walletapp.sandbox import protocol
from walletapp.sandbox.errors import error_body
from walletapp.sandbox.rules import Rule
from walletapp.sandbox.state import Sandbox
from walletapp.sandbox.wire import encode

DRIP_BYTES = 8


async def before(rules: Iterable[Rule], request: Request, sandbox: Sandbox) -> Response | None:
    """Faults that come before execution. An answer means: nothing was executed and this is what is said."""
    for rule in rules:
        match rule.fault:
            case "delay" if rule.when == "before":
                await asyncio.sleep(rule.seconds)
            case "expireToken":
                async with sandbox.store.transaction() as tx:
                    tx.run("DELETE FROM tokens")
            case "dropBefore":
                await protocol.cut(request)
                return Response(status_code=503)
            case "errorBefore" if not rule.sticky:
                return error_answer(rule)
    return None


def stored_instead(rules: Iterable[Rule]) -> tuple[Response, bool] | None:
    """The sticky error that is kept in place of the true answer, and whether the call is executed all the same."""
    for rule in rules:
        if rule.sticky and rule.fault in ("errorBefore", "errorAfter"):
            return error_answer(rule), rule.fault == "errorAfter"
    return None


async def after(rules: Iterable[Rule], request: Request, response: Response, sandbox: Sandbox) -> Response:
    """Faults between the commit and the answer. What was executed stays executed."""
    for rule in rules:
        await _suffer(rule, request, sandbox)
        response = _altered(rule, response)
    return response


async def _suffer(rule: Rule, request: Request, sandbox: Sandbox) -> None:
    match rule.fault:
        case "webhookBeforeAnswer":
            await sandbox.delivery.flush(request.state.tx.deliveries)
        case "delay" if rule.when == "after":
            await asyncio.sleep(rule.seconds)
        case "killCaller":
            _kill_caller(request)
        case "killSandbox":
            os.kill(os.getpid(), signal.SIGKILL)
        case "dropAfterAccept":
            await protocol.cut(request)


def _altered(rule: Rule, response: Response) -> Response:
    match rule.fault:
        case "errorAfter" if not rule.sticky:
            return error_answer(rule)
        case "mutate":
            return _mutated(rule, response)
        case "drip":
            return _dripped(rule, response)
    return response


def error_answer(rule: Rule) -> Response:
    body = encode(error_body(f"injected{rule.status}", "A fault rule answered this call.", "req_fault"))
    response = Response(rule.body if rule.body is not None else body, rule.status, media_type="application/json")
    response.headers.update(rule.headers)
    return response


def _mutated(rule: Rule, response: Response) -> Response:
    if rule.body is not None:
        return Response(rule.body, response.status_code, media_type="application/json")
    document = json.loads(bytes(response.body))
    for path, value in rule.set.items():
        parent, last = _reach(document, path)
        if isinstance(parent, list):
            parent[int(last)] = value
        elif isinstance(parent, dict):
            parent[last] = value
    for path in rule.remove:
        parent, last = _reach(document, path)
        if isinstance(parent, dict):
            parent.pop(last, None)
    return Response(json.dumps(document), response.status_code, media_type="application/json")


def _reach(document: Any, path: str) -> tuple[Any, str]:
    *steps, last = path.split(".")
    for step in steps:
        try:
            document = document[int(step)] if isinstance(document, list) else document[step]
        except (KeyError, IndexError, ValueError, TypeError):
            return None, last
    return document, last


def _dripped(rule: Rule, response: Response) -> Response:
    async def slowly() -> AsyncIterator[bytes]:
        body = bytes(response.body)
        for start in range(0, len(body), DRIP_BYTES):
            await asyncio.sleep(rule.seconds)
            yield body[start : start + DRIP_BYTES]

    # The length stays announced, so that only a client with a deadline of its own gives up.
    return StreamingResponse(slowly(), response.status_code, dict(response.headers))


def _kill_caller(request: Request) -> None:
    """Kill -9 the process that says, in X-Test-Pid, that it is the caller. Only a rule set on purpose gets here."""
    pid = request.headers.get("x-test-pid", "")
    if pid.isdigit() and int(pid) > 1:
        try:
            os.kill(int(pid), signal.SIGKILL)
        except ProcessLookupError:
            return
