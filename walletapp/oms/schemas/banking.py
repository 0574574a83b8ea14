"""Early access: bank accounts in and out, deposit addresses (contract section 10, intended shapes)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from walletapp.oms.schemas import reading
from walletapp.oms.schemas.shared import WalletTarget


@dataclass(frozen=True, slots=True)
class BankDetails:
    """A bank account's coordinates. On a virtual account the number is whole, on an external account masked."""

    bank_name: str
    account_number: str
    routing_number: str
    account_type: str
    owner_name: str
    reference: str

    def __repr__(self) -> str:
        return f"<BankDetails {self.bank_name}>"

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> Self:
        return cls(
            bank_name=reading.text(json, "bankName"),
            account_number=reading.text(json, "accountNumber"),
            routing_number=reading.text(json, "routingNumber"),
            account_type=reading.text(json, "accountType"),
            owner_name=reading.text(json, "ownerName"),
            reference=reading.text(json, "reference"),
        )


@dataclass(frozen=True, slots=True)
class VirtualAccount:
    """A bank account number whose deposits become USDC in a wallet."""

    id: str
    customer_id: str
    status: str
    bank: BankDetails
    target: WalletTarget
    our_id: str
    """Our own name for it, which we put into its metadata; empty when OMS leaves that out."""
    created_at: datetime | None

    @classmethod
    def from_json(cls, json: Any) -> Self:
        json = reading.expect_object(json, "virtualAccount")
        destination = reading.optional_mapping(json, "destination") or {}
        return cls(
            id=reading.identifier(json, "id"),
            customer_id=reading.optional_identifier(json, "customerId"),
            status=reading.word(json, "status"),
            bank=BankDetails.from_json(reading.optional_mapping(json, "bankDetails") or {}),
            target=WalletTarget.from_json(reading.optional_mapping(destination, "wallet") or {}),
            our_id=_our_id(json),
            created_at=reading.optional_when(json, "createdAt"),
        )


@dataclass(frozen=True, slots=True)
class ExternalAccount:
    """A saved bank account, card or address; only ever a destination."""

    id: str
    customer_id: str
    type: str
    status: str
    network: str
    bank: BankDetails
    decline_reason: str
    our_id: str
    created_at: datetime | None

    @classmethod
    def from_json(cls, json: Any) -> Self:
        json = reading.expect_object(json, "externalAccount")
        return cls(
            id=reading.identifier(json, "id"),
            customer_id=reading.optional_identifier(json, "customerId"),
            type=reading.text(json, "type"),
            status=reading.word(json, "status"),
            network=reading.text(json, "network").lower(),
            bank=BankDetails.from_json(reading.optional_mapping(json, "bankDetails") or {}),
            decline_reason=reading.text(json, "declineReason"),
            our_id=_our_id(json),
            created_at=reading.optional_when(json, "createdAt"),
        )


@dataclass(frozen=True, slots=True)
class SimulatedDeposit:
    """The answer of both deposit simulations; the networks' names are upper case there (C17)."""

    status: str
    tx_hash: str
    network: str

    @classmethod
    def from_json(cls, json: Any) -> Self:
        json = reading.mapping(json, "simulation")
        return cls(
            status=reading.word(json, "status"),
            tx_hash=reading.text(json, "transactionHash"),
            network=reading.text(json, "network").lower(),
        )


def _our_id(json: Mapping[str, Any]) -> str:
    return reading.text(reading.optional_mapping(json, "metadata") or {}, "accountId")
