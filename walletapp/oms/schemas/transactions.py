"""One movement of money (api-reference/transaction/*, contract section 7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from walletapp.money import Currency, Money
from walletapp.oms.schemas import reading
from walletapp.oms.schemas.cash import CashInstructions, CashPickup, cash_instructions
from walletapp.oms.schemas.shared import Rates, Side

FINAL = frozenset({"completed", "failed"})


@dataclass(frozen=True, slots=True)
class TransactionError:
    """Why a transaction failed after it was accepted; its fields come from a later version."""

    code: str
    message: str

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> Self:
        return cls(code=reading.text(json, "code"), message=reading.text(json, "message"))


@dataclass(frozen=True, slots=True)
class CryptoInstructions:
    """Where to send coins from outside."""

    address: str
    asset: str
    network: str
    exact: Money | None

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> Self:
        asset = reading.text(json, "asset").lower()
        unit = next((one for one in Currency if one.asset == asset), None)
        return cls(
            address=reading.word(json, "address"),
            asset=asset,
            network=reading.text(json, "network").lower(),
            exact=reading.optional_money(json, "exactAmount", unit) if unit else None,
        )


@dataclass(frozen=True, slots=True)
class Transaction:
    """Branch on `status` only; an unknown word is kept as it came. `sub_status` is for display and may say anything.

    The four names by which our own transfer is found again: `id`, `quote_id`, `transfer_id` (our metadata) and
    `partner_no`. OMS may leave any of the last three out.
    """

    id: str
    type: str
    status: str
    sub_status: str
    quote_id: str
    transfer_id: str
    partner_no: int | None
    cash_in_id: str
    deposit_address_id: str
    virtual_account_id: str
    sender_customer_id: str
    recipient_customer_id: str
    role: str
    source: Side
    destination: Side
    rates: Rates
    cash_instructions: CashInstructions | None
    """Set when `depositInstructions` is about cash (decisions.md, C1)."""
    crypto_instructions: CryptoInstructions | None
    cash_pickup: CashPickup | None
    error: TransactionError | None
    metadata: Mapping[str, Any]
    created_at: datetime | None
    updated_at: datetime | None
    completed_at: datetime | None
    raw: Mapping[str, Any]

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    @property
    def tx_hash(self) -> str:
        """The hash on the destination's chain, else the source's."""
        return self.destination.tx_hash or self.source.tx_hash

    @property
    def reverses(self) -> str:
        """The id of the movement this one gives back, for a bank return (decisions.md, Bank returns)."""
        return _own_text(self.metadata, "reverses")

    @property
    def return_reason(self) -> str:
        """Why the bank sent it back, as OMS passes it on."""
        return _own_text(self.metadata, "returnReason")

    @classmethod
    def from_json(cls, json: Any) -> Self:
        json = reading.expect_object(json, "transaction")
        metadata = reading.optional_mapping(json, "metadata") or {}
        instructions = reading.optional_mapping(json, "depositInstructions") or {}
        pickup = reading.optional_mapping(json, "cashPickup")
        error = reading.optional_mapping(json, "error")
        return cls(
            id=reading.identifier(json, "id", "transactionId", "transaction"),
            type=reading.text(json, "type"),
            status=reading.word(json, "status"),
            sub_status=reading.text(json, "subStatus"),
            quote_id=reading.optional_identifier(json, "quoteId"),
            transfer_id=_own_text(metadata, "transferId"),
            partner_no=_partner_no(json),
            cash_in_id=reading.optional_identifier(json, "cashInId", "cashIn"),
            deposit_address_id=reading.optional_identifier(json, "depositAddressId"),
            virtual_account_id=reading.optional_identifier(json, "virtualAccountId"),
            sender_customer_id=reading.optional_identifier(json, "senderCustomerId"),
            recipient_customer_id=reading.optional_identifier(json, "recipientCustomerId"),
            role=reading.text(json, "role"),
            source=_side(json, "source"),
            destination=_side(json, "destination"),
            rates=Rates.from_json(reading.optional_mapping(json, "rates") or {}),
            cash_instructions=cash_instructions(json),
            crypto_instructions=CryptoInstructions.from_json(instructions) if instructions.get("address") else None,
            cash_pickup=CashPickup.from_json(pickup) if pickup else None,
            error=TransactionError.from_json(error) if error else None,
            metadata=metadata,
            created_at=reading.optional_when(json, "createdAt"),
            updated_at=reading.optional_when(json, "updatedAt"),
            completed_at=reading.optional_when(json, "completedAt"),
            raw=json,
        )


def _side(json: Mapping[str, Any], name: str) -> Side:
    """A side; the reference page of the source was cut off, so one that is missing is unknown and not an error."""
    found = reading.optional_mapping(json, name)
    return Side.from_json(found) if found else Side(asset="", network="", unit=None)


def _own_text(metadata: Mapping[str, Any], name: str) -> str:
    """A value we put into metadata ourselves. Somebody else's metadata may hold anything there: not ours then."""
    value = metadata.get(name)
    return value if isinstance(value, str) else ""


def _partner_no(json: Mapping[str, Any]) -> int | None:
    """An integer by the reference; some readers give integers back as text."""
    value = json.get("partnerTransactionId")
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 16:
        return int(value)
    return reading.whole(json, "partnerTransactionId")
