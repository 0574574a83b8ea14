"""Small shapes that several resources share: targets, cash references, fees, rates."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from walletapp.money import Currency, Money
from walletapp.oms.errors import BadShape
from walletapp.oms.schemas import reading


@dataclass(frozen=True, slots=True)
class WalletTarget:
    """Where funds land: one of an OMS wallet, a blockchain address, a saved account (contract, WalletTarget).

    Reads the older `wallet.wallet` (C2) and the transaction's `walletId` and `externalAccountId`.
    """

    wallet_id: str = ""
    address: str = ""
    external_account: str = ""

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> Self:
        return cls(
            wallet_id=reading.optional_identifier(json, "id", "walletId", "wallet"),
            address=reading.text(json, "blockchainAddress"),
            external_account=reading.optional_identifier(json, "externalAccount", "externalAccountId"),
        )


@dataclass(frozen=True, slots=True)
class CashReference:
    """A store and its provider's opaque reference; reads the older names too (C2)."""

    location_id: str = ""
    location_reference: str = ""

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> Self:
        return cls(
            location_id=reading.text(json, "locationId", "cashLocationId"),
            location_reference=reading.text(json, "locationReference", "cashLocationReference"),
        )


@dataclass(frozen=True, slots=True)
class Fees:
    """`feesDeducted`: the lines that sum to `total`, all in the currency of their side. A missing line is zero."""

    total: Money
    developer: Money
    oms: Money
    gas: Money

    @classmethod
    def from_json(cls, json: Mapping[str, Any], unit: Currency) -> Self:
        developer, oms, gas = (
            reading.optional_money(json, name, unit) or Money.zero(unit) for name in ("developer", "oms", "gas")
        )
        total = reading.optional_money(json, "total", unit)
        return cls(
            total=developer + oms + gas if total is None else total,
            developer=developer,
            oms=oms,
            gas=gas,
        )


@dataclass(frozen=True, slots=True)
class Rates:
    """The conversion: `exchange` between the sides, `effective` after fees."""

    pair: str = ""
    exchange: Decimal | None = None
    effective: Decimal | None = None

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> Self:
        return cls(
            pair=reading.text(json, "pair"),
            exchange=reading.optional_rate(json, "exchangeRate"),
            effective=_for_display(json),
        )


def _for_display(json: Mapping[str, Any]) -> Decimal | None:
    """The effective rate is only ever shown, so a strange one is no reason to refuse the whole answer."""
    try:
        return reading.optional_rate(json, "effectiveRate")
    except BadShape:
        return None


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a quote, a transaction or a cash-in.

    `unit` is None for an asset we do not hold; its amounts are then None as well, because an amount whose places are
    unknown is not an amount. Missing amounts are None and never zero.
    """

    asset: str
    network: str
    unit: Currency | None
    gross: Money | None = None
    net: Money | None = None
    fees: Fees | None = None
    amount: Money | None = None
    """A cash-in's `source.amount`: the cash really taken."""
    indicated: Money | None = None
    """A cash-in's `indicatedAmount`: the cash that was announced."""
    wallet_id: str = ""
    """The wallet that pays, on the source side."""
    target: WalletTarget = WalletTarget()
    cash: CashReference = CashReference()
    tx_hash: str = ""
    from_address: str = ""

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> Self:
        asset = reading.text(json, "asset").lower()
        target = WalletTarget.from_json(reading.optional_mapping(json, "wallet") or {})
        if not target.external_account and (saved := reading.optional_identifier(json, "externalAccountId")):
            target = WalletTarget(target.wallet_id, target.address, saved)
        return cls(
            asset=asset,
            network=reading.text(json, "network").lower(),
            wallet_id=reading.optional_identifier(json, "walletId"),
            target=target,
            cash=CashReference.from_json(reading.optional_mapping(json, "cash") or {}),
            tx_hash=reading.text(json, "txHash"),
            from_address=reading.text(json, "fromAddress"),
            **_amounts(json, asset),
        )


def _amounts(json: Mapping[str, Any], asset: str) -> dict[str, Any]:
    try:
        unit = reading.currency(asset, "asset")
    except BadShape:
        return {"unit": None}
    fees = reading.optional_mapping(json, "feesDeducted")
    return {
        "unit": unit,
        "gross": reading.optional_money(json, "amountGross", unit),
        "net": reading.optional_money(json, "amountNet", unit),
        "amount": reading.optional_money(json, "amount", unit),
        "indicated": reading.optional_money(json, "indicatedAmount", unit),
        "fees": Fees.from_json(fees, unit) if fees else None,
    }
