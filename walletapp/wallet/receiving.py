"""Receiving from outside: the address, as words, as a picture, and what must not be sent to it.

What must stay true: the picture and the copied text are the address itself, byte for byte; only the one network and the
one token that arrive are offered, everything else is named as lost.
"""

import io

import segno

from walletapp.chain.addresses import TOKEN_CONTRACTS

USDC_CONTRACT = next(address for address, name in TOKEN_CONTRACTS.items() if name == "USDC")

# What people do by mistake. Money sent so does not arrive, and mostly cannot be brought back.
LOSING_NETWORKS = (
    "Ethereum, Base, Arbitrum, Optimism, Avalanche, BNB Chain, Solana, Tron, Stellar, "
    "and every other network that is not Polygon."
)
LOSING_TOKENS = "USDC.e (the older, bridged USDC), USDT, DAI, POL, and every other token. We cannot bring it back."


def qr_picture(address: str) -> bytes:
    """The address as an SVG for an <img>: black on white whatever the theme, with the quiet zone scanners need."""
    out = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(out, kind="svg", border=4, dark="#000000", light="#ffffff", omitsize=True, svgclass=None, lineclass=None)
    return out.getvalue()
