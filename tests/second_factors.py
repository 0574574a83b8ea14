"""Second factors of the people in tests: an authenticator app, and passkeys that sign without a browser."""

import html
import json
import re
from typing import Any

from allauth.mfa.models import Authenticator
from django.test import Client

from tests.passkeys import Passkey
from walletapp.accounts import factors
from walletapp.accounts.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_OPTIONS = re.compile(r'data-passkey-options="([^"]*)"')


def give_app(user: User) -> Authenticator:
    """An authenticator app, set up."""
    data = {"secret": factors.FactorAdapter().encrypt(SECRET)}
    return Authenticator.objects.create(user=user, type=factors.APP, data=data)


def give_key(user: User) -> Authenticator:
    """A passkey that is only there: nobody signs with it."""
    site = {"user": {"id": "AA"}, "rp": {"id": "testserver"}, "challenge": "AA"}
    data = {"name": "key", "credential": json.loads(Passkey().make({"publicKey": site}))}
    return Authenticator.objects.create(user=user, type=factors.PASSKEY, data=data)


def code_of(user: User) -> str:
    """What their app shows, and has not been used yet."""
    return factors.current_code(Authenticator.objects.get(user=user, type=factors.APP))


def options_on(page: bytes) -> dict[str, Any]:
    """What the page's script would ask the browser."""
    found = _OPTIONS.search(page.decode())
    assert found, page.decode()[:2000]
    return dict(json.loads(html.unescape(found[1])))


def token_on(page: bytes) -> str:
    """What a page that asks for a proof sends back with it."""
    found = re.search(r'name="token" value="([^"]+)"', page.decode())
    assert found, page.decode()[:2000]
    return found[1]


def post_proved(client: Client, user: User, url: str, form: dict[str, str]) -> Any:
    """Send a form, and on the page that asks who it is the same again with a code."""
    asked = client.post(url, form)
    assert "Please check every line" in asked.content.decode(), asked.content[:2000]
    return client.post(url, {**form, "token": token_on(asked.content), "code": code_of(user)})


def prove_first(client: Client, url: str) -> Any:
    """Open a page, with a code where it asks for a proof before it shows its form."""
    page = client.get(url)
    if "Please check every line" in page.content.decode():
        code = code_of(User.objects.get(pk=client.session["_auth_user_id"]))
        assert client.post(url, {"token": token_on(page.content), "code": code})["Location"] == url
        page = client.get(url)
    return page


def give_passkey(client: Client) -> Passkey:
    """A passkey made through the page, by somebody who is signed in and has an app, or nothing yet."""
    passkey, page = Passkey(), prove_first(client, "/account/security/webauthn/add/")
    made = {"name": "my phone", "credential": passkey.make(options_on(page.content))}
    assert client.post("/account/security/webauthn/add/", made).status_code == 302
    return passkey


def proof_on(page: bytes, user: User) -> dict[str, str]:
    """What a review page sends: what it showed, and a code where it asks for one."""
    shown = dict(re.findall(r'name="(digest|token)" value="([^"]+)"', page.decode()))
    return {**shown, "code": code_of(user)} if "token" in shown else shown
