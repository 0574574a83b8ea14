"""One request for every kind of answer there is, and the settings of an installation behind TLS."""

import json
import os
import runpy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.test import Client, override_settings

from tests.builders import PASSWORD, make_user
from tests.house import source
from tests.oms.deliveries import envelope, sign
from tests.second_factors import code_of
from tests.security.cast import ANONYMOUS, OWNER, ROOT, Cast
from walletapp import features
from walletapp.web import views

HOST = "wallet.example"
BESIDES = 10  # answers that want more than an address, see answers()
_OF_TLS = (
    "SECURE", "SESSION_COOKIE_", "CSRF_", "DEVICE_COOKIE_", "X_FRAME", "MESSAGE_STORAGE", "ALLOWED_HOSTS", "SITE_URL",
)  # fmt: skip

# Name of the answer -> who asks, method, address, what is special about it.
SURFACE: dict[str, tuple[str, str, str]] = {
    "landing": (ANONYMOUS, "GET", "/"),
    "sign-in": (ANONYMOUS, "GET", "/account/login/"),
    "sign-in refused": (ANONYMOUS, "POST", "/account/login/"),
    "sign-up": (ANONYMOUS, "GET", "/account/signup/"),
    "a page nobody has": (ANONYMOUS, "GET", "/transfers/x.css"),
    "asked to sign in": (ANONYMOUS, "GET", "/home/"),
    "a method nobody uses": (ANONYMOUS, "TRACE", "/"),
    "a name twice": (ANONYMOUS, "GET", "/?a=1&a=2"),
    "status for programs": (ANONYMOUS, "GET", "/status.json"),
    "health": (ANONYMOUS, "GET", "/healthz"),
    "security.txt": (ANONYMOUS, "GET", "/.well-known/security.txt"),
    "colours": (ANONYMOUS, "GET", "/theme.css"),
    "icon": (ANONYMOUS, "GET", "/favicon.svg"),
    "a file": (ANONYMOUS, "GET", "/static/css/app.css"),
    "a file nobody has": (ANONYMOUS, "GET", "/static/css/nothing.css"),
    "a policy report that is none": (ANONYMOUS, "POST", "/policy-report/"),
    "a delivery that is none": (ANONYMOUS, "POST", "/webhooks/oms/test-path-token/"),
    "another webhook path": (ANONYMOUS, "POST", "/webhooks/oms/wrong/"),
    "the dashboard": (OWNER, "GET", "/home/"),
    "a part that updates itself": (OWNER, "GET", "/home/live/"),
    "the history": (OWNER, "GET", "/activity/"),
    "a code to scan": (OWNER, "GET", "/receive/qr.svg"),
    "a file to keep": (OWNER, "GET", "/bank-transfers/add-money/details.txt"),
    "somebody else's": (OWNER, "GET", "/transfers/00000000-0000-0000-0000-000000000007/"),
    "signed out": (OWNER, "POST", "/account/logout/"),
    "staff only": (OWNER, "GET", "/admin/"),
    "the staff's front page": (ROOT, "GET", "/admin/"),
    "a staff list": (ROOT, "GET", "/admin/transfers/transfer/"),
    "demo mail": (ANONYMOUS, "GET", "/demo/mail/"),
}


@contextmanager
def behind_tls() -> Iterator[None]:
    """The settings as settings.py makes them for an installation at https://wallet.example."""
    environment = {"SITE_URL": f"https://{HOST}", "ALLOWED_HOSTS": HOST, "SECRET_KEY": "s" * 50}
    environment |= {"FIELD_KEYS": "{}", "OMS_WEBHOOK_PATH_TOKEN": "x"}
    with mock.patch.dict(os.environ, environment):
        made = runpy.run_path(str(source.PACKAGE / "settings.py"))
    with override_settings(**{name: value for name, value in made.items() if name.startswith(_OF_TLS)}):
        yield


def answers(cast: Cast, *, secure: bool = False) -> Iterator[tuple[str, Any]]:
    """Every kind of answer by its name, over http or https."""
    more: dict[str, Any] = {"secure": True, "headers": {"host": HOST}} if secure else {}
    for name, (role, method, url) in SURFACE.items():
        yield name, cast.ask(role, method, url, **more)
    elsewhere = _with(more, **{"Sec-Fetch-Site": "cross-site"})
    yield "not allowed", cast.ask(ANONYMOUS, "POST", "/account/login/", **elsewhere)
    yield "without a token", Client(enforce_csrf_checks=True).post("/account/login/", **more)
    yield from _signing_in(cast, more)
    yield "another host", cast.ask(ANONYMOUS, "GET", "/", **_with(more, host="evil.example"))
    with mock.patch.object(views, "theme", None):
        yield "broken", cast.ask(ANONYMOUS, "GET", "/theme.css", **more)
    with mock.patch.object(features, "is_read_only", return_value=True):
        yield "read-only", cast.ask(OWNER, "POST", "/send/", **more)
    body = json.dumps(envelope()).encode()
    for name, signature in (("a forged delivery", "t=1,v1=0"), ("a true delivery", sign(body))):
        signed = _with(more, **{"Webhook-Signature": signature})
        url = "/webhooks/oms/test-path-token/"
        yield name, cast.ask(ANONYMOUS, "POST", url, body, content_type="application/json", **signed)


def _signing_in(cast: Cast, more: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a browser is given that was signed in nowhere: by the password alone, and with a code."""
    newcomer = make_user("newcomer")  # everybody of the cast has a passkey
    for user, name in ((newcomer, "signed in with a password"), (cast.alice, "asked for the second factor")):
        client = Client(raise_request_exception=False)
        yield name, client.post("/account/login/", {"login": user.email, "password": PASSWORD}, **more)
    code = {"code": code_of(cast.alice)}
    yield "signed in with a code", client.post("/account/security/authenticate/", code, **more)


def _with(more: dict[str, Any], **headers: str) -> dict[str, Any]:
    return {**more, "headers": {**more.get("headers", {}), **headers}}
