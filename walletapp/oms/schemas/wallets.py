"""A wallet, its balance and the networks (api-reference/wallet/*, contract section 5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from walletapp.money import Currency, Money
from walletapp.oms.errors import BadShape
from walletapp.oms.schemas import reading


@dataclass(frozen=True, slots=True)
class Wallet:
    """One asset on one chain. `type` is never branched on: the pages disagree about its words (C14)."""

    id: str
    customer_id: str
    address: str
    asset: str
    chain: str
    status: str
    type: str
    created_at: datetime | None

    @property
    def is_active(self) -> bool:
        return self.status == "active"

    @classmethod
    def from_json(cls, json: Any) -> Self:
        json = reading.expect_object(json, "wallet")
        return cls(
            id=reading.identifier(json, "id"),
            customer_id=reading.optional_identifier(json, "customerId"),
            address=reading.text(json, "address"),
            asset=reading.text(json, "asset").lower(),
            chain=reading.text(json, "chain", "network").lower(),
            status=reading.text(json, "status") or "active",
            type=reading.text(json, "type"),
            created_at=reading.optional_when(json, "createdAt"),
        )


@dataclass(frozen=True, slots=True)
class WalletBalance:
    """What a wallet holds. `balance` is required: a balance that cannot be read is unknown, never zero."""

    wallet_id: str
    balance: Money
    estimate: Money | None
    raw: Mapping[str, Any]

    @classmethod
    def from_json(cls, json: Any) -> Self:
        json = reading.mapping(json, "balance")
        unit = reading.currency(reading.text(json, "asset") or Currency.USDC.asset, "asset")
        return cls(
            wallet_id=reading.optional_identifier(json, "walletId", "id"),
            balance=reading.money(json, "balance", unit),
            estimate=_estimate(json),
            raw=json,
        )


def _estimate(json: Mapping[str, Any]) -> Money | None:
    """The estimated value, if it is in dollars and exact. For display only: never worth refusing a balance."""
    if (reading.text(json, "estimatedBalanceCurrencyCode") or "USD").upper() != "USD":
        return None
    try:
        return reading.optional_money(json, "estimatedBalance", "estimatedValueUsd", Currency.USD)
    except BadShape:
        return None


@dataclass(frozen=True, slots=True)
class Network:
    """A supported pair of network and asset (GET /networks, a later version's page)."""

    network: str
    network_id: str
    asset: str
    decimals: int | None
    contract_address: str

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> Self:
        return cls(
            network=reading.word(json, "network").lower(),
            network_id=reading.text(json, "networkId"),
            asset=reading.text(json, "asset").lower(),
            decimals=reading.whole(json, "decimals"),
            contract_address=reading.text(json, "contractAddress"),
        )
