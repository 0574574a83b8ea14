"""The control room in the browser: every page of it. What their buttons do is in control/actions.py."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from walletapp.sandbox import magic, rules
from walletapp.sandbox.control import views
from walletapp.sandbox.cycle import SandboxDep
from walletapp.sandbox.reviews import ITEMS
from walletapp.sandbox.state import Sandbox
from walletapp.sandbox.store import Tx
from walletapp.sandbox.wire import iso

router = APIRouter(prefix="/control")
HERE = Path(__file__).parent
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
NAVIGATION = (
    ("", "Overview"), ("cashier", "Cashier"), ("reviewer", "Reviewer"), ("chain", "Chain"), ("bank", "Bank"),
    ("transactions", "Transactions"), ("webhooks", "Webhooks"), ("faults", "Faults"), ("settings", "Settings"),
)  # fmt: skip

templates = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(), undefined=StrictUndefined
)


async def _page(request: Request, sandbox: Sandbox, name: str, read: Callable[[Tx], dict[str, Any]]) -> Response:
    async with sandbox.store.reading() as tx:
        shown = read(tx)
        now = iso(tx.now)
    said = {"text": request.query_params.get("said", ""), "refused": "refused" in request.query_params}
    html = templates.get_template(f"{name or 'overview'}.html").render(
        page=name, navigation=NAVIGATION, now=now, said=said, auto=sandbox.store.settings.auto, **shown
    )
    return HTMLResponse(html, headers=HEADERS)


@router.get("/")
async def slash() -> Response:
    return RedirectResponse("/control")


@router.get("")
async def overview(request: Request, sandbox: SandboxDep) -> Response:
    return await _page(request, sandbox, "", views.overview)


@router.get("/cashier")
async def cashier(request: Request, sandbox: SandboxDep, code: str = "", amount: str = "") -> Response:
    typed = {"code": code, "amount": amount}
    return await _page(request, sandbox, "cashier", lambda tx: {**views.cashier(tx, code), "typed": typed})


@router.get("/reviewer")
async def reviewer(request: Request, sandbox: SandboxDep) -> Response:
    return await _page(request, sandbox, "reviewer", lambda tx: {**views.reviewer(tx), "items": ITEMS})


@router.get("/chain")
async def chain(request: Request, sandbox: SandboxDep) -> Response:
    return await _page(request, sandbox, "chain", views.chain)


@router.get("/explorer/tx/{tx_hash}")
async def explorer(request: Request, sandbox: SandboxDep, tx_hash: str) -> Response:
    """The demo's wallet links here: a public explorer knows nothing of this chain."""
    return await _page(request, sandbox, "explorer", lambda tx: views.on_chain(tx, tx_hash))


@router.get("/explorer/token/{address}")
async def token(address: str) -> Response:
    """The token's contract is the real one."""
    return RedirectResponse(f"https://polygonscan.com/token/{quote(address, safe='')}")


@router.get("/bank")
async def bank(request: Request, sandbox: SandboxDep) -> Response:
    return await _page(request, sandbox, "bank", views.bank)


@router.get("/transactions")
async def movements(request: Request, sandbox: SandboxDep) -> Response:
    return await _page(request, sandbox, "transactions", views.movements)


@router.get("/webhooks")
async def webhooks(request: Request, sandbox: SandboxDep) -> Response:
    return await _page(request, sandbox, "webhooks", views.webhooks)


@router.get("/faults")
async def faults(request: Request, sandbox: SandboxDep) -> Response:
    names = [*rules.REQUEST_FAULTS, *rules.WEBHOOK_FAULTS]
    values = {
        "last name": magic.LAST_NAMES, "send": magic.SEND_AMOUNTS, "account": magic.ACCOUNTS,
        "cash": magic.CASH_AMOUNTS,
    }  # fmt: skip
    return await _page(request, sandbox, "faults", lambda tx: {**views.faults(tx), "names": names, "magic": values})


@router.get("/settings")
async def settings(request: Request, sandbox: SandboxDep) -> Response:
    values = sandbox.store.settings.model_dump(by_alias=True, mode="json")
    return await _page(request, sandbox, "settings", lambda tx: {"settings": values})


@router.get("/control.css")
async def style() -> Response:
    return FileResponse(HERE / "control.css", media_type="text/css", headers={"Cache-Control": "no-cache"})
