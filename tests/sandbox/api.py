"""A bare client of the sandbox's API, so that these tests owe nothing to the wallet's own client."""

import uuid
from dataclasses import dataclass
from typing import Any

import requests

from tests.control import Control

KEY, SECRET = "sk_sdbx_demo", "demo-secret-not-for-production"
OUTSIDE = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
SACRAMENTO = {"provider": "greendot", "latitude": "38.5816", "longitude": "-121.4944"}
IDENTITY: dict[str, Any] = {
    "type": "individual",
    "firstName": "Alice",
    "lastName": "Smith",
    "email": "alice@example.com",
    "phone": "+12125551234",
    "birthDate": "1990-05-15",
    "nationality": "US",
    "signedAgreement": True,
    "residentialAddress": {
        "line1": "123 Main St",
        "city": "New York",
        "state": "NY",
        "country": "US",
        "zipCode": "10001",
    },
    "identifyingInformation": [{"type": "ssn", "issuingCountry": "US", "number": "000000000"}],
}
TOKEN = {"asset": "usdc", "network": "polygon"}


@dataclass
class Person:
    customer: str
    wallet: str


class Api:
    """Calls with a token and a fresh idempotency key unless told otherwise. Answers are not checked here."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self.base_url = f"{control.base_url}/v0.9"
        self.session = requests.Session()
        self.session.trust_env = False
        self.sign_in()

    def sign_in(self) -> None:
        answer = self.session.post(f"{self.base_url}/auth/token", json={"apiKey": KEY, "apiSecret": SECRET}, timeout=60)
        self.session.headers["Authorization"] = f"Bearer {answer.json()['accessToken']}"

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.session.get(f"{self.base_url}/{path}", params=query, timeout=60)

    def post(self, path: str, body: Any = None, key: str | None = None, **more: Any) -> requests.Response:
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return self.session.post(f"{self.base_url}/{path}", json=body, headers=headers, **{"timeout": 10, **more})

    def patch(self, path: str, body: Any) -> requests.Response:
        return self.session.patch(f"{self.base_url}/{path}", json=body, timeout=60)

    def delete(self, path: str) -> requests.Response:
        return self.session.delete(f"{self.base_url}/{path}", timeout=60)

    def customer(self, **changes: Any) -> str:
        """A new customer, not reviewed yet."""
        return str(found(self.post("customers", {**IDENTITY, **changes}))["id"])

    def person(self, **changes: Any) -> Person:
        """A verified customer with an empty wallet."""
        customer = self.customer(**changes)
        self.control.approve(customer)
        wallet = found(self.post(f"customers/{customer}/wallets", {"asset": "usdc", "chain": "polygon"}))
        return Person(customer, wallet["id"])

    def rich(self, amount: str = "100.00") -> Person:
        person = self.person()
        self.control.deposit(person.wallet, amount)
        return person

    def balance(self, person: Person) -> str:
        return str(found(self.get(f"wallets/{person.wallet}/balance"))["balance"])

    def quote(self, person: Person, amount: str, to: dict[str, str] | None = None, fixed: str = "source") -> Any:
        return found(self.post("quotes", send_body(person, amount, to, fixed)))

    def execute(self, quote: dict[str, Any], key: str | None = None, **body: Any) -> requests.Response:
        return self.post("transactions", {"quoteId": quote["id"], **body}, key)

    def send(self, person: Person, amount: str, to: dict[str, str] | None = None, **body: Any) -> Any:
        """A send that is accepted."""
        return found(self.execute(self.quote(person, amount, to), **body))

    def transaction(self, transaction_id: str) -> Any:
        return found(self.get(f"transactions/{transaction_id}"))

    def store(self, chain: str = "") -> Any:
        """The store nearest to the middle of Sacramento, of a chain if one is named."""
        near = found(self.get("cash-locations", **SACRAMENTO, limit=100))["data"]
        return next(store for store in near if chain in store["name"])

    def cash_quote(
        self, person: Person, amount: str, fixed: str = "source", chain: str = "Circle K"
    ) -> requests.Response:
        source = {"asset": "usd", "network": "cash", "cash": cash_of(self.store(chain))}
        body: dict[str, Any] = {
            "customerId": person.customer,
            "source": source,
            "destination": {**TOKEN, "wallet": {"id": person.wallet}},
        }
        body[fixed]["amount"] = amount
        return self.post("quotes", body)

    def cash_in(self, person: Person, amount: str, chain: str = "Circle K") -> requests.Response:
        body = {
            "customerId": person.customer,
            "source": {"asset": "usd", "indicatedAmount": amount},
            "destination": {**TOKEN, "wallet": {"id": person.wallet}},
            "cash": cash_of(self.store(chain)),
        }
        return self.post("cash-ins", body)


def found(answer: requests.Response) -> Any:
    assert answer.ok, f"{answer.status_code} {answer.text}"
    return answer.json()


def refusal(answer: requests.Response) -> tuple[int, str]:
    """Status and code of a refusal, which has the one body all refusals have."""
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "requestId"}
    return answer.status_code, error["code"]


def send_body(person: Person, amount: str, to: dict[str, str] | None = None, fixed: str = "source") -> dict[str, Any]:
    body: dict[str, Any] = {
        "customerId": person.customer,
        "source": {**TOKEN, "walletId": person.wallet},
        "destination": {**TOKEN, "wallet": to or {"blockchainAddress": OUTSIDE}},
    }
    body[fixed]["amount"] = amount
    return body


def cash_of(store: dict[str, Any]) -> dict[str, str]:
    return {"locationId": store["id"], "locationReference": store["locationReference"]}
