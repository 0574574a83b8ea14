"""Speaking to the programs of this machine: is it up, and the JSON door of the sandbox's control room.

Only for addresses on localhost, so no proxy is ever asked, and only for the demo: the wallet itself speaks to OMS
through `walletapp.oms` and knows no control room.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

_OPEN = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


class Refused(Exception):
    """The control room said no, in its words."""


def is_up(url: str) -> bool:
    """Whether a health page there says yes."""
    try:
        with _OPEN(url, timeout=2):
            return True
    except OSError:
        return False


def post(url: str, body: Mapping[str, Any]) -> Any:
    """Send JSON, get JSON. Raises Refused; OSError when nobody is there."""
    request = urllib.request.Request(  # noqa: S310  http://localhost, from plan.py
        url, data=json.dumps(dict(body)).encode(), headers={"Content-Type": "application/json"}, method="POST"
    )
    try:
        with _OPEN(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as refused:
        raise Refused(f"{url}: {refused.code} {refused.read().decode(errors='replace')[:500]}") from refused
