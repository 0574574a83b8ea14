"""A TCP proxy that makes a network bad: between the wallet and OMS, PostgreSQL or Redis, switchable while it runs.

It is a process of its own (`python -m tests.faults.proxy`), so that what it carries does not share one interpreter with
the test. It reads lines of JSON: `{"open": name, "to": ...}` starts to listen, `{"set": name, ...}` changes the weather
of new and of open connections, `{"cut": name}` resets all connections; each is answered with one line. Loopback only.
"""

import asyncio
import json
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from walletapp.demo.plan import CHECKOUT, PYTHON

CHUNK = 65_536


@dataclass
class Weather:
    """What happens to a connection; the default is nothing."""

    down: bool = False  # refuses: a connection is reset at once
    timeout: bool = False  # takes connections and passes nothing on
    latency: float = 0.0  # seconds added to each piece that comes back
    reset_after: int = -1  # resets the connection after so many bytes have come back
    slice_bytes: int = 0  # passes back so many bytes at a time...
    slice_seconds: float = 0.0  # ...with this pause between


@dataclass(eq=False)
class Gate:
    """One listening port and where it leads."""

    to: list[Any]
    weather: Weather = field(default_factory=Weather)
    writers: set[asyncio.StreamWriter] = field(default_factory=set)
    open: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> int:
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        return int(server.sockets[0].getsockname()[1])

    def change(self, weather: Weather) -> None:
        self.weather = weather
        self.open.clear() if weather.timeout else self.open.set()
        if weather.down:
            self.cut()

    def cut(self) -> None:
        for writer in list(self.writers):
            _reset(writer)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.add(writer)
        try:
            if self.weather.down:
                return
            if len(self.to) == 1:
                up = await asyncio.open_unix_connection(self.to[0])
            else:
                up = await asyncio.open_connection(*self.to)
            self.writers.add(up[1])
            await asyncio.gather(self._pass(reader, up[1], back=False), self._pass(up[0], writer, back=True))
        except OSError:
            return
        finally:
            for one in (writer, *([up[1]] if "up" in locals() else [])):
                _reset(one)
                self.writers.discard(one)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, back: bool) -> None:
        passed = 0
        while data := await reader.read(CHUNK):
            if self.weather.timeout:
                await self.open.wait()
            now = self.weather
            if back and now.latency:
                await asyncio.sleep(now.latency)
            if back and 0 <= now.reset_after < passed + len(data):
                writer.write(data[: now.reset_after - passed])
                raise ConnectionResetError
            passed += len(data)
            for piece in _slices(data, now.slice_bytes if back else 0):
                writer.write(piece)
                await writer.drain()
                if back and now.slice_bytes:
                    await asyncio.sleep(now.slice_seconds)
        with suppress(OSError):
            writer.write_eof()


def _slices(data: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(data), size or len(data)):
        yield data[start : start + (size or len(data))]


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close it so that the other side sees a reset and not a polite end."""
    with suppress(OSError):
        sock = writer.get_extra_info("socket")
        if sock is not None and sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.close()


async def serve() -> None:
    """Obey the lines of standard input until it ends."""
    gates: dict[str, Gate] = {}
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        told = json.loads(line)
        answer: dict[str, Any] = {}
        if "open" in told:
            gate = gates[told["open"]] = Gate(told["to"])
            answer["port"] = await gate.listen()
        elif "set" in told:
            gate = gates[told.pop("set")]
            gate.change(Weather(**told))
        else:
            gates[told["cut"]].cut()
        print(json.dumps(answer), flush=True)


class Proxies:
    """The proxy as the test has it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def open(self, name: str, *to: str | int) -> int:
        """Listen for `name` and lead to a host and port, or to a socket's path. The port it listens on."""
        return int(self._tell(open=name, to=list(to))["port"])

    def set(self, name: str, **weather: float | bool) -> None:
        """This weather from now on; without any, a good network."""
        self._tell(set=name, **weather)

    def cut(self, name: str) -> None:
        """Reset every connection that is open now."""
        self._tell(cut=name)

    def _tell(self, **told: object) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@contextmanager
def proxies() -> Iterator[Proxies]:
    """A proxy process for the length of a test."""
    command = [PYTHON, "-m", "tests.faults.proxy"]
    with subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Proxies(process)
        finally:
            process.terminate()


if __name__ == "__main__":
    asyncio.run(serve())
