"""Bytes to OMS and back, once. Knows nothing of tokens, schemas or retries.

What must stay true: only the configured host is ever contacted; nothing from the environment (proxies, netrc,
certificate variables) takes part; redirects are not followed; no call outlives its deadline; no answer is larger than
1 MiB; an error says whether the request can have reached OMS.
"""

import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlencode, urlsplit

import requests
from requests.structures import CaseInsensitiveDict

from walletapp.faultpoints import introduce
from walletapp.oms import sockets
from walletapp.oms.errors import OmsMisconfigured

MAX_ANSWER = 1024 * 1024
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class NotSent(Exception):
    """No byte of the request left: it did not happen."""


class Lost(Exception):
    """The request left, and no whole answer came back: it may have happened."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What OMS said, and the seconds from the first byte out to the last byte in."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float


class _Session(requests.Session):
    """A session that takes nothing from the environment, keeps no cookies and follows nothing."""

    def __init__(self, base_url: str, ca_file: str) -> None:
        super().__init__()
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.adapters.clear()
        self.mount(base_url, sockets.TimedAdapter(ca_file))
        self.headers.clear()

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Never: `requests` reads the whole body of a redirect even when told not to follow it."""
        return None


class Transport:
    """The way to one host. Safe to share between threads and to carry over a fork: each has its own session."""

    def __init__(self, base_url: str, *, allow_http: bool = False, ca_file: str = "") -> None:
        self.base_url = _checked(base_url, allow_http)
        self._ca_file = ca_file
        self._local = threading.local()

    def send(
        self,
        method: str,
        path: str,
        *,
        ends_at: float,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """One request. Raises NotSent or Lost, and nothing else for anything the network may do."""
        session = self._session()
        if method != "GET":
            # An idle connection that OMS is just closing would make the outcome of this call unknown for nothing.
            session.close()
        url = self.base_url + path + (f"?{urlencode(query)}" if query else "")
        began = time.monotonic()
        with sockets.attempt(ends_at) as attempt:
            try:
                response = session.request(
                    method,
                    url,
                    data=body,
                    headers={"Accept": "application/json", "Accept-Encoding": "identity"}
                    | introduce()
                    | dict(headers or {}),
                    timeout=(sockets.CONNECT_SECONDS, sockets.SILENCE_SECONDS),
                    stream=True,
                    allow_redirects=False,
                )
                try:
                    content = _read(response)
                finally:
                    response.close()
            except Exception as error:
                session.close()
                # Whatever it was: once a byte has left, anything but a whole answer leaves the outcome open.
                raise (Lost if attempt.sent else NotSent)(f"{type(error).__name__}: {error}"[:300]) from error
        return Answer(
            status=response.status_code,
            headers=CaseInsensitiveDict(response.headers),
            body=content,
            seconds=time.monotonic() - began,
        )

    def _session(self) -> _Session:
        found: _Session | None = getattr(self._local, "session", None)
        if found is None or self._local.pid != os.getpid():
            found = self._local.session = _Session(self.base_url, self._ca_file)
            self._local.pid = os.getpid()
        return found


def _checked(base_url: str, allow_http: bool) -> str:
    """The base URL without a trailing slash, if it is one that credentials may be sent to."""
    try:
        parts = urlsplit(base_url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise OmsMisconfigured("OMS_BASE_URL is not a URL") from error
    if parts.scheme not in {"http", "https"} or not host or parts.username or parts.query or parts.fragment:
        raise OmsMisconfigured("OMS_BASE_URL must be a plain http(s) URL")
    if parts.scheme == "http" and host not in LOOPBACK and not allow_http:
        raise OmsMisconfigured("OMS_BASE_URL must be https: credentials and identity data travel over it")
    return base_url.rstrip("/")


def _read(response: requests.Response) -> bytes:
    """The body as it came: bounded, and refused when compressed, since we asked for plain."""
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ValueError("the answer is compressed although we did not ask for it")
    content = bytearray()
    while chunk := response.raw.read(65_536, decode_content=False):
        content += chunk
        if len(content) > MAX_ANSWER:
            raise ValueError("the answer is larger than 1 MiB")
    return bytes(content)
