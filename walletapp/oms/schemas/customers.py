"""A customer and what OMS has endorsed them for (api-reference/customers/*, contract section 4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from walletapp.money import Currency, Money
from walletapp.oms.schemas import reading


@dataclass(frozen=True, slots=True)
class Endorsement:
    """OMS's standing decision about one capability.

    Which key holds the name (`name` or `type`) is not documented, and an older page shows plain strings, which are
    read as granted (C5).
    """

    name: str
    status: str
    reasons: tuple[str, ...] = ()
    """Rejection reasons meant to be shown; the ones for developers are left out."""
    complete: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, json: Any) -> Self:
        if isinstance(json, str):
            return cls(name=reading.word({"name": json}, "name"), status="ACTIVE")
        json = reading.mapping(json, "endorsement")
        wants = reading.optional_mapping(json, "requirements") or {}
        reasons = (reading.text(reason, "reason") for reason in reading.objects(json, "rejectionReasons"))
        return cls(
            name=reading.word(json, "name", "type"),
            status=reading.word(json, "status").upper(),
            reasons=tuple(reason for reason in reasons if reason),
            complete=reading.texts(wants, "complete"),
            pending=reading.texts(wants, "pending"),
            missing=reading.texts(wants, "missing"),
            issues=reading.texts(wants, "issues"),
        )


@dataclass(frozen=True, slots=True)
class CustomerWallet:
    """The short form of a wallet inside a customer; its `type` word differs from the wallet's own (C14)."""

    id: str
    address: str
    network: str
    asset: str
    balance: Money | None

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> Self:
        asset = reading.text(json, "asset").lower()
        held = next((unit for unit in Currency if unit.asset == asset), None)
        return cls(
            id=reading.identifier(json, "id"),
            address=reading.text(json, "address"),
            network=reading.text(json, "network", "chain").lower(),
            asset=asset,
            balance=reading.optional_money(json, "balance", held) if held else None,
        )


@dataclass(frozen=True, slots=True)
class Customer:
    """A person at OMS. Identity fields are write-only there and never come back."""

    id: str
    status: str
    first_name: str
    last_name: str
    email: str
    external_id: str
    signed_agreement: bool
    endorsements: tuple[Endorsement, ...]
    wallets: tuple[CustomerWallet, ...]
    created_at: datetime | None
    updated_at: datetime | None

    @property
    def is_active(self) -> bool:
        return self.status == "active"

    def endorsement(self, name: str) -> Endorsement | None:
        return next((one for one in self.endorsements if one.name == name), None)

    def has(self, *names: str) -> bool:
        """Whether all of `names` are granted."""
        return {one.name for one in self.endorsements if one.status == "ACTIVE"}.issuperset(names)

    @classmethod
    def from_json(cls, json: Any) -> Self:
        json = reading.expect_object(json, "customer")
        return cls(
            id=reading.identifier(json, "id"),
            status=reading.text(json, "status") or "active",
            first_name=reading.text(json, "firstName"),
            last_name=reading.text(json, "lastName"),
            email=reading.text(json, "email"),
            external_id=reading.text(json, "externalId"),
            signed_agreement=reading.flag(json, "signedAgreement"),
            endorsements=tuple(Endorsement.from_json(one) for one in reading.anything(json, "endorsements")),
            wallets=reading.each(reading.objects(json, "wallets"), CustomerWallet.from_json),
            created_at=reading.optional_when(json, "createdAt"),
            updated_at=reading.optional_when(json, "updatedAt"),
        )


@dataclass(frozen=True, slots=True)
class CustomerBalance:
    """An estimate over all wallets; its field names were never visible (contract section 5)."""

    customer_id: str
    estimate: Money | None

    @classmethod
    def from_json(cls, json: Any) -> Self:
        json = reading.mapping(json, "balance")
        unit = Currency.USD
        in_dollars = (reading.text(json, "estimatedBalanceCurrencyCode") or unit.code).upper() == unit.code
        return cls(
            customer_id=reading.optional_identifier(json, "customerId", "id"),
            estimate=reading.optional_money(json, "estimatedBalance", unit) if in_dollars else None,
        )
