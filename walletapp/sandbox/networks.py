"""The asset and network pairs the sandbox supports."""

from typing import Any, NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from walletapp.sandbox.cycle import OmsRoute, TxDep
from walletapp.sandbox.wire import answer

router = APIRouter(route_class=OmsRoute)


class Token(NamedTuple):
    chain_id: str
    contract: str


# Native USDC as its issuer lists it.
TOKENS = {
    ("usdc", "polygon"): Token("137", "0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359"),
    ("usdc", "ethereum"): Token("1", "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"),
}
FIAT_NETWORKS = ("ach", "wire", "cash")


@router.get("/networks")
async def list_networks(tx: TxDep) -> Response:
    tokens: list[dict[str, Any]] = [
        {
            "network": network,
            "networkId": token.chain_id,
            "asset": asset,
            "decimals": 6,
            "contractAddress": token.contract,
        }
        for (asset, network), token in TOKENS.items()
    ]
    fiat: list[dict[str, Any]] = [
        {"network": network, "networkId": network, "asset": "usd", "decimals": 2, "contractAddress": None}
        for network in FIAT_NETWORKS
    ]
    return answer(200, {"data": tokens + fiat})
