"""Playing everybody else: the cashier, the reviewer, the chain, the faults - over the sandbox's control API."""

from typing import Any

import requests


class Control:
    """The sandbox's /control/api."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, path: str) -> Any:
        return self._call("GET", path)

    def post(self, path: str, /, **body: Any) -> Any:
        return self._call("POST", path, body)

    def delete(self, path: str) -> Any:
        return self._call("DELETE", path)

    def reset(self) -> None:
        self.post("reset")

    def settings(self, **values: Any) -> None:
        self.post("settings", **values)

    def approve(self, customer_id: str) -> None:
        self.post(f"customers/{customer_id}/decision", decision="approve")

    def decide(self, customer_id: str, decision: str, **more: Any) -> None:
        self.post(f"customers/{customer_id}/decision", decision=decision, **more)

    def deposit(self, wallet_id: str, amount: str, **more: Any) -> Any:
        return self.post(f"wallets/{wallet_id}/deposit", amount=amount, **more)

    def pay_cash(self, code: str, amount: str) -> Any:
        return self.post("cash/pay", code=code, amount=amount)

    def expire_code(self, code: str) -> Any:
        return self.post("cash/expire", code=code)

    def settle(self, transaction_id: str, outcome: str = "completed", **more: Any) -> Any:
        return self.post(f"transactions/{transaction_id}/settle", outcome=outcome, **more)

    def fault(self, fault: str, **rule: Any) -> Any:
        """One rule: the next matching calls go wrong in this way."""
        return self._call("POST", "rules", {"fault": fault, **rule})

    def no_faults(self) -> None:
        self.delete("rules")

    def journal(self) -> list[dict[str, Any]]:
        """Every movement the sandbox really executed."""
        found = self.get("journal")
        return list(found["data"] if isinstance(found, dict) else found)

    def sends(self) -> list[dict[str, Any]]:
        """The sends among them."""
        return [row for row in self.journal() if row["kind"] == "send"]

    def advance_clock(self, seconds: float) -> None:
        self.post("clock", advance=seconds)

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self.session.request(method, f"{self.base_url}/control/api/{path}", json=body, timeout=60)
        if not answer.ok:
            raise AssertionError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json() if answer.content else None
