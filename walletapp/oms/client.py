"""OMS, one typed method per endpoint (contract section 3).

Every POST but the token exchange takes frozen `body` bytes (made by `bodies.py`) and wants its idempotency `key`.
Every method raises one of the four outcomes of `errors.py` and nothing else. No method changes anything of ours, and
none may be called with a database transaction open.
"""

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from walletapp.oms import matching
from walletapp.oms.calls import Caller
from walletapp.oms.schemas import (
    CashIn,
    CashLocation,
    CounterAnswer,
    Customer,
    CustomerBalance,
    ExternalAccount,
    Network,
    Page,
    Quote,
    SimulatedDeposit,
    Transaction,
    VirtualAccount,
    Wallet,
    WalletBalance,
    Webhook,
)
from walletapp.oms.transport import Transport


class OmsClient:
    """Speaks to one OMS with one API key. Make one with `get_client()`."""

    def __init__(
        self, base_url: str, api_key: str, api_secret: str, *, allow_http: bool = False, ca_file: str = ""
    ) -> None:
        transport = Transport(base_url, allow_http=allow_http, ca_file=ca_file)
        self._call = Caller(transport, api_key, api_secret).call

    # ----- customers (api-reference/customers/*) -----

    def create_customer(self, body: bytes, *, key: str) -> Customer:
        return self._call(
            "POST",
            "/customers",
            body=body,
            key=key,
            read=_and(Customer.from_json, lambda it: matching.customer(body, it)),
        )

    def get_customer(self, customer_id: str) -> Customer:
        return self._call("GET", "/customers/{}", customer_id, read=_same(Customer.from_json, customer_id))

    def update_customer(self, customer_id: str, body: bytes) -> Customer:
        """Safe to repeat by content; OMS shows no key for it."""
        return self._call("PATCH", "/customers/{}", customer_id, body=body, read=_same(Customer.from_json, customer_id))

    def delete_customer(self, customer_id: str) -> Customer:
        """Sets the customer inactive; nothing is erased."""
        return self._call("DELETE", "/customers/{}", customer_id, read=_same(Customer.from_json, customer_id))

    def list_customers(
        self, *, email: str = "", external_id: str = "", status: str = "", cursor: str = "", limit: int = 50
    ) -> Page[Customer]:
        query = {"email": email, "externalId": external_id, "status": status, "cursor": cursor, "limit": limit}
        return self._call("GET", "/customers", query=query, read=_page(Customer.from_json))

    def list_customer_transactions(
        self,
        customer_id: str,
        *,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        starting_after: str = "",
        ending_before: str = "",
        limit: int = 50,
    ) -> Page[Transaction]:
        query = _window(created_after, created_before, starting_after, limit) | {"endingBefore": ending_before}
        return self._call(
            "GET", "/customers/{}/transactions", customer_id, query=query, read=_page(Transaction.from_json)
        )

    def get_customer_balance(self, customer_id: str) -> CustomerBalance:
        return self._call("GET", "/customers/{}/balance", customer_id, read=CustomerBalance.from_json)

    # ----- wallets (api-reference/wallet/*) -----

    def create_wallet(self, customer_id: str, body: bytes, *, key: str) -> Wallet:
        return self._call(
            "POST",
            "/customers/{}/wallets",
            customer_id,
            body=body,
            key=key,
            read=_and(Wallet.from_json, lambda it: matching.wallet(customer_id, body, it)),
        )

    def list_wallets(self, customer_id: str, *, starting_after: str = "", limit: int = 50) -> Page[Wallet]:
        query = {"startingAfter": starting_after, "limit": limit}
        return self._call("GET", "/customers/{}/wallets", customer_id, query=query, read=_page(Wallet.from_json))

    def get_wallet(self, wallet_id: str) -> Wallet:
        return self._call("GET", "/wallets/{}", wallet_id, read=_same(Wallet.from_json, wallet_id))

    def get_wallet_balance(self, wallet_id: str) -> WalletBalance:
        def check(balance: WalletBalance) -> None:
            matching.same_id(wallet_id, balance.wallet_id)

        return self._call("GET", "/wallets/{}/balance", wallet_id, read=_and(WalletBalance.from_json, check))

    def list_wallet_transactions(
        self,
        wallet_id: str,
        *,
        kind: str = "",
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        starting_after: str = "",
        limit: int = 50,
    ) -> Page[Transaction]:
        """The path says accounts where every other says wallets (C15)."""
        query = _window(created_after, created_before, starting_after, limit) | {"type": kind}
        return self._call("GET", "/accounts/{}/transactions", wallet_id, query=query, read=_page(Transaction.from_json))

    # ----- quotes (api-reference/quote/*) -----

    def create_quote(self, body: bytes, *, key: str) -> Quote:
        """Whether its numbers add up is asked by `quote_check.check_quote`, before anybody sees it."""
        return self._call(
            "POST", "/quotes", body=body, key=key, read=_and(Quote.from_json, lambda it: matching.quote(body, it))
        )

    def get_quote(self, quote_id: str) -> Quote:
        return self._call("GET", "/quotes/{}", quote_id, read=_same(Quote.from_json, quote_id))

    # ----- transactions (api-reference/transaction/*) -----

    def execute_transaction(self, body: bytes, *, key: str) -> Transaction:
        """Accept a quote: the call that moves money."""
        return self._call(
            "POST",
            "/transactions",
            body=body,
            key=key,
            read=_and(Transaction.from_json, lambda it: matching.transaction(body, it)),
        )

    def list_transactions(
        self,
        *,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        kind: str = "",
        status: str = "",
        starting_after: str = "",
        ending_before: str = "",
        limit: int = 50,
    ) -> Page[Transaction]:
        """Newest first; both bounds are inclusive, so pages and windows repeat rows: remove duplicates by id."""
        query = _window(created_after, created_before, starting_after, limit)
        query |= {"type": kind, "status": status, "endingBefore": ending_before}
        return self._call("GET", "/transactions", query=query, read=_page(Transaction.from_json))

    def get_transaction(self, transaction_id: str) -> Transaction:
        return self._call("GET", "/transactions/{}", transaction_id, read=_same(Transaction.from_json, transaction_id))

    # ----- cash (api-reference/cashins/*, cashlocation/*) -----

    def create_cash_in(self, body: bytes, *, key: str) -> CashIn:
        return self._call(
            "POST", "/cash-ins", body=body, key=key, read=_and(CashIn.from_json, lambda it: matching.cash_in(body, it))
        )

    def list_cash_ins(
        self,
        *,
        customer_id: str = "",
        status: str = "",
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        starting_after: str = "",
        limit: int = 50,
    ) -> Page[CashIn]:
        query = _window(created_after, created_before, starting_after, limit)
        query |= {"customerId": customer_id, "status": status}
        return self._call("GET", "/cash-ins", query=query, read=_page(CashIn.from_json))

    def get_cash_in(self, cash_in_id: str) -> CashIn:
        return self._call("GET", "/cash-ins/{}", cash_in_id, read=_same(CashIn.from_json, cash_in_id))

    def refresh_cash_in(self, cash_in_id: str, *, key: str) -> CashIn:
        """A new code for the same cash-in. Has no body."""
        return self._call("POST", "/cash-ins/{}/refresh", cash_in_id, key=key, read=_same(CashIn.from_json, cash_in_id))

    def list_cash_locations(
        self,
        *,
        provider: str,
        latitude: Decimal,
        longitude: Decimal,
        limit: int | None = None,
        radius: int | None = None,
    ) -> tuple[CashLocation, ...]:
        query = {
            "provider": provider,
            "latitude": latitude,
            "longitude": longitude,
            "limit": limit,
            "radius": radius,
        }
        return self._call("GET", "/cash-locations", query=query, read=_page(CashLocation.from_json)).items

    # ----- webhooks (api-reference/webhook/*) -----

    def create_webhook(self, body: bytes, *, key: str) -> Webhook:
        """The only answer that carries the secret."""
        return self._call(
            "POST", "/webhooks", body=body, key=key, read=_and(Webhook.from_json, lambda it: matching.webhook(body, it))
        )

    def list_webhooks(self, *, starting_after: str = "") -> Page[Webhook]:
        return self._call("GET", "/webhooks", query={"startingAfter": starting_after}, read=_page(Webhook.from_json))

    def get_webhook(self, webhook_id: str) -> Webhook:
        return self._call("GET", "/webhooks/{}", webhook_id, read=_same(Webhook.from_json, webhook_id))

    def update_webhook(self, webhook_id: str, body: bytes) -> Webhook:
        return self._call("PATCH", "/webhooks/{}", webhook_id, body=body, read=_same(Webhook.from_json, webhook_id))

    def delete_webhook(self, webhook_id: str) -> None:
        return self._call("DELETE", "/webhooks/{}", webhook_id, read=lambda json: None)

    # ----- reference and early access (contract section 10) -----

    def list_networks(self) -> tuple[Network, ...]:
        return self._call("GET", "/networks", read=_page(Network.from_json)).items

    def create_virtual_account(self, customer_id: str, body: bytes, *, key: str) -> VirtualAccount:
        return self._call(
            "POST",
            "/customers/{}/virtual-accounts",
            customer_id,
            body=body,
            key=key,
            read=_and(VirtualAccount.from_json, lambda it: matching.virtual_account(customer_id, body, it)),
        )

    def create_external_account(self, customer_id: str, body: bytes, *, key: str) -> ExternalAccount:
        return self._call(
            "POST",
            "/customers/{}/external-accounts",
            customer_id,
            body=body,
            key=key,
            read=_and(ExternalAccount.from_json, lambda it: matching.external_account(customer_id, body, it)),
        )

    def get_virtual_account(self, account_id: str) -> VirtualAccount:
        return self._call("GET", "/virtual-accounts/{}", account_id, read=_same(VirtualAccount.from_json, account_id))

    def list_virtual_accounts(self, customer_id: str, *, starting_after: str = "") -> Page[VirtualAccount]:
        query = {"startingAfter": starting_after}
        return self._call(
            "GET", "/customers/{}/virtual-accounts", customer_id, query=query, read=_page(VirtualAccount.from_json)
        )

    def get_external_account(self, account_id: str) -> ExternalAccount:
        return self._call("GET", "/external-accounts/{}", account_id, read=_same(ExternalAccount.from_json, account_id))

    def list_external_accounts(self, customer_id: str, *, starting_after: str = "") -> Page[ExternalAccount]:
        query = {"startingAfter": starting_after}
        return self._call(
            "GET", "/customers/{}/external-accounts", customer_id, query=query, read=_page(ExternalAccount.from_json)
        )

    # ----- simulations, 404 in production (api-reference/sandbox/*, simulation/*) -----

    def simulate_barcode_auth(self, body: bytes, *, key: str) -> CounterAnswer:
        return self._call("POST", "/cash-ins/simulate/barcode-auth", body=body, key=key, read=CounterAnswer.from_json)

    def simulate_auth_commit(self, body: bytes, *, key: str) -> CounterAnswer:
        return self._call("POST", "/cash-ins/simulate/auth-commit", body=body, key=key, read=CounterAnswer.from_json)

    def simulate_address_deposit(self, deposit_address_id: str, body: bytes, *, key: str) -> SimulatedDeposit:
        return self._call(
            "POST",
            "/deposit-addresses/{}/simulate",
            deposit_address_id,
            body=body,
            key=key,
            read=SimulatedDeposit.from_json,
        )

    def simulate_bank_deposit(self, virtual_account_id: str, body: bytes, *, key: str) -> SimulatedDeposit:
        return self._call(
            "POST",
            "/virtual-accounts/{}/simulate",
            virtual_account_id,
            body=body,
            key=key,
            read=SimulatedDeposit.from_json,
        )


_clients: dict[tuple[object, ...], OmsClient] = {}
_lock = threading.Lock()


def get_client() -> OmsClient:
    """The client of this process for the current settings; sockets are never shared with a forked child."""
    wanted = (os.getpid(), settings.OMS_BASE_URL, settings.OMS_API_KEY, settings.OMS_API_SECRET)
    with _lock:
        if wanted not in _clients:
            _clients.clear()
            _clients[wanted] = OmsClient(
                settings.OMS_BASE_URL,
                settings.OMS_API_KEY,
                settings.OMS_API_SECRET,
                allow_http=settings.DEBUG,
            )
        return _clients[wanted]


def _page[T](read: Callable[[Any], T]) -> Callable[[Any], Page[T]]:
    return lambda json: Page.from_json(json, read)


def _and[T](read: Callable[[Any], T], check: Callable[[T], None]) -> Callable[[Any], T]:
    """Read, then insist that the answer is about what was asked."""

    def both(json: Any) -> T:
        result = read(json)
        check(result)
        return result

    return both


def _same[T: Customer | Wallet | Quote | Transaction | CashIn | Webhook | VirtualAccount | ExternalAccount](
    read: Callable[[Any], T], asked: str
) -> Callable[[Any], T]:
    return _and(read, lambda it: matching.same_id(asked, it.id))


def _window(
    created_after: datetime | None, created_before: datetime | None, starting_after: str, limit: int
) -> dict[str, object]:
    return {
        "createdAfter": _instant(created_after),
        "createdBefore": _instant(created_before),
        "startingAfter": starting_after,
        "limit": limit,
    }


def _instant(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else ""
