"""Somebody at the wallet's pages, as quick as HTTP goes: signs in once, sends, withdraws, and looks. Only forms that
pages have.

What must stay true: like a person, they press again after an answer that did not come, and they read what the page
says; `saw` keeps every status that was 500 or more.
"""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urljoin

import requests

from tests.control import Control
from tests.own_time import clock
from walletapp.demo.logins import PASSWORD

BANK = "their bank"  # where money goes that is neither sent to a person nor to an address

_DIGEST = re.compile(r'name="digest" value="([0-9a-f]{64})"')
_TOKEN = re.compile(r'name="token" value="([^"]+)"')
_CODE = re.compile(r">(\d{6})</b>")
_ID = re.compile(r"/(?:review|transfers)/([0-9a-f-]{36})/")
_ERROR = re.compile(r'role="alert"[^>]*>(.*?)</(?:div|p|section)>', re.DOTALL)


class Refused(Exception):
    """The wallet said no, in its words, and nothing happened."""


@dataclass
class Holder:
    """A customer with money, signed in with a session of their own. One thread at a time."""

    url: str
    control: Control
    email: str
    wallet: str
    address: str
    account: str  # of ours, the bank account they withdraw to
    number: str  # OMS's id of the account number that dollars come in by
    patience: float = 20
    session: requests.Session = field(default_factory=requests.Session)
    lock: threading.Lock = field(default_factory=threading.Lock)
    saw: list[str] = field(default_factory=list)

    def sign_in(self) -> None:
        self.session.trust_env = False
        self.session.get(f"{self.url}/account/login/", timeout=self.patience)
        answer = self.post("/account/login/", login=self.email, password=PASSWORD)
        assert answer.status_code == 302, f"{self.email} could not sign in: {answer.status_code}"
        if "/authenticate/" in answer.headers["Location"]:
            answer = self.post(answer.headers["Location"], code=self.code())
            assert answer.status_code == 302, f"{self.email} could not sign in with a code: {answer.status_code}"

    def code(self) -> str:
        """What their authenticator app shows, which the demo shows in the browser."""
        page = self.session.get(f"{self.url}/demo/codes/", params={"to": self.email}, timeout=self.patience)
        found = _CODE.search(page.text)
        assert found, f"{self.email} has no code"
        return found[1]

    def get(self, path: str) -> requests.Response:
        return self._noted(self.session.get(urljoin(self.url, path), timeout=self.patience, allow_redirects=False))

    def post(self, path: str, **fields: str) -> requests.Response:
        data = {"csrfmiddlewaretoken": self.session.cookies.get("csrftoken", ""), **fields}
        url = urljoin(self.url, path)
        headers = {"Referer": url}
        return self._noted(
            self.session.post(url, data=data, headers=headers, timeout=self.patience, allow_redirects=False)
        )

    def draft(self, to: str, amount: str) -> str:
        """Ask for the price of a send, or of a withdrawal `to` the BANK; the id of its review page. Raises Refused."""
        if to == BANK:
            answer = self.post("/withdraw/", account=self.account, rail="ach", amount=amount, side="source")
        else:
            answer = self.post("/send/", to=to, amount=amount, side="source", at_exchange="no")
        found = _ID.search(answer.headers.get("Location", ""))
        if found is None:
            raise Refused(f"{answer.status_code} {_said(answer.text)}")
        return found[1]

    def confirm(self, transfer: str) -> None:
        """Press the one button of the review page. Raises Refused when there is none any more."""
        page = self.get(f"/review/{transfer}/")
        if page.status_code == 302:
            return  # confirmed already
        digest = _DIGEST.search(page.text)
        if digest is None:
            raise Refused(f"{page.status_code} {_said(page.text)}")
        token = _TOKEN.search(page.text)
        proof = {"token": token[1], "code": self.code()} if token else {}
        answer = self.post(f"/review/{transfer}/", digest=digest[1], **proof)
        if answer.status_code != 302:
            raise Refused(f"{answer.status_code} {_said(answer.text)}")

    def send(self, to: str, amount: str) -> str:
        """A whole send, pressed again after answers that did not come; the transfer's id. Raises Refused."""
        with self.lock:
            transfer = insist(lambda: self.draft(to, amount))
            insist(lambda: self.confirm(transfer))
            return transfer

    def is_paid_by_bank(self, dollars: str) -> str:
        """Dollars come in by their account number; OMS's id for them."""
        return str(self.control.post(f"virtual-accounts/{self.number}/deposit", amount=dollars)["id"])

    def _noted(self, answer: requests.Response) -> requests.Response:
        if answer.status_code >= 500:
            self.saw.append(f"{answer.status_code} {answer.request.method} {answer.request.path_url}")
        return answer


def _said(text: str) -> str:
    """What a page says went wrong, or what it says at all, for a message."""
    main = text.partition("<main")[2] or text
    found = _ERROR.search(main.partition("</main>")[0])
    return " ".join(re.sub(r"<[^>]+>", " ", found[1] if found else main).split())[:200]


def insist[T](act: Callable[[], T], seconds: float = 40) -> T:
    """Again and again while nobody answers. Raises what the last try did."""
    give_up = clock() + seconds
    while True:
        try:
            return act()
        except requests.RequestException:
            if clock() > give_up:
                raise
            time.sleep(0.3)
