"""The HTTP protocol of the server, with one addition: a connection can be cut in the middle of a request.

ASGI has no way to answer nothing at all. The connections are kept here by the client's address, which is what a
request knows of its own connection.
"""

import asyncio

from starlette.requests import Request
from uvicorn.protocols.http.h11_impl import H11Protocol

_open: dict[tuple[str, int], asyncio.Transport] = {}


class CuttableProtocol(H11Protocol):
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.peer: tuple[str, int] = transport.get_extra_info("peername")[:2]
        _open[self.peer] = transport
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        _open.pop(self.peer, None)
        super().connection_lost(exc)


async def cut(request: Request) -> None:
    """Reset the connection `request` came on. Whatever is answered afterwards reaches nobody."""
    transport = _open.get((request.client.host, request.client.port)) if request.client else None
    if transport is not None:
        transport.abort()
        await asyncio.sleep(0)
