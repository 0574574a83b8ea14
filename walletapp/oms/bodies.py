"""The exact bytes of every request that changes something at OMS.

The bytes are stored with their idempotency key before the first attempt and sent unchanged on every repeat, so they
must be a pure function of their arguments: compact JSON, keys sorted, no clock, no randomness, no floats. The names
are those of the API reference (contract section 11, C2), and this is the only file to change when OMS wants others.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from walletapp.money import Money

MAX_PARTNER_NO = 2**53 - 1
"""The largest integer that every JSON reader keeps exact (decisions.md, 'Finding a transaction')."""


def frozen(value: Mapping[str, Any]) -> bytes:
    """Deterministic JSON bytes. Refuses floats, because a float is never what we mean."""
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("a request body has no floats")
    if isinstance(value, Mapping):
        for inner in value.values():
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)


def _given(**values: Any) -> dict[str, Any]:
    """Only what has a value: OMS treats a missing field and a null differently on PATCH."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


# ----- customers (api-reference/customers/create-a-customer, update-a-customer) -----


def address(
    *, line1: str, city: str, state: str, zip_code: str, country: str = "US", line2: str = ""
) -> dict[str, str]:
    """A `residentialAddress`."""
    return _given(line1=line1, line2=line2, city=city, state=state, zipCode=zip_code, country=country)


def identity_document(*, kind: str, number: str, issuing_country: str = "US") -> dict[str, str]:
    """One entry of `identifyingInformation`; kind is ssn, itin, driversLicense or passport."""
    return {"type": kind, "number": number, "issuingCountry": issuing_country}


def customer_body(
    *,
    external_id: str,
    first_name: str,
    last_name: str,
    email: str,
    middle_name: str = "",
    phone: str = "",
    birth_date: date | None = None,
    nationality: str = "",
    residential_address: Mapping[str, str] | None = None,
    documents: Sequence[Mapping[str, str]] = (),
    ip_address: str = "",
    signed_agreement: bool = False,
    endorsements: Sequence[str] = ("basic", "cryptoCustody", "usd"),
    metadata: Mapping[str, str] | None = None,
) -> bytes:
    """POST /customers. Full identity is sent at once (decisions.md, C4 to C6)."""
    body = _person(
        first_name=first_name,
        middle_name=middle_name,
        last_name=last_name,
        email=email,
        phone=phone,
        birth_date=birth_date,
        nationality=nationality,
        residential_address=residential_address,
        documents=documents,
        ip_address=ip_address,
        endorsements=endorsements,
    )
    body |= {"type": "individual", "externalId": external_id, "signedAgreement": signed_agreement}
    return frozen(body | _given(metadata=dict(metadata or {})))


def customer_update_body(
    *,
    first_name: str = "",
    middle_name: str = "",
    last_name: str = "",
    email: str = "",
    phone: str = "",
    birth_date: date | None = None,
    nationality: str = "",
    residential_address: Mapping[str, str] | None = None,
    documents: Sequence[Mapping[str, str]] = (),
    ip_address: str = "",
    signed_agreement: bool = False,
    endorsements: Sequence[str] = (),
) -> bytes:
    """PATCH /customers/{id}: only what changes. `signedAgreement` is one way, so False is never sent."""
    body = _person(
        first_name=first_name,
        middle_name=middle_name,
        last_name=last_name,
        email=email,
        phone=phone,
        birth_date=birth_date,
        nationality=nationality,
        residential_address=residential_address,
        documents=documents,
        ip_address=ip_address,
        endorsements=endorsements,
    )
    return frozen(body | ({"signedAgreement": True} if signed_agreement else {}))


def _person(
    *,
    first_name: str,
    middle_name: str,
    last_name: str,
    email: str,
    phone: str,
    birth_date: date | None,
    nationality: str,
    residential_address: Mapping[str, str] | None,
    documents: Sequence[Mapping[str, str]],
    ip_address: str,
    endorsements: Sequence[str],
) -> dict[str, Any]:
    return _given(
        firstName=first_name,
        middleName=middle_name,
        lastName=last_name,
        email=email,
        phone=phone,
        birthDate=birth_date.isoformat() if birth_date else None,
        nationality=nationality,
        residentialAddress=dict(residential_address or {}),
        identifyingInformation=[dict(document) for document in documents],
        ipAddress=ip_address,
        endorsements=list(endorsements),
    )


def wallet_body(asset: str = "usdc", chain: str = "polygon") -> bytes:
    """POST /customers/{id}/wallets."""
    return frozen({"asset": asset, "chain": chain})


# ----- quotes (api-reference/quote/create-a-payment-quote) -----


def send_quote_body(
    *,
    customer_id: str,
    wallet_id: str,
    source_amount: Money | None = None,
    destination_amount: Money | None = None,
    to_wallet_id: str = "",
    to_address: str = "",
    to_external_account: str = "",
    asset: str = "usdc",
    network: str = "polygon",
    destination_asset: str = "usdc",
    destination_network: str = "polygon",
    metadata: Mapping[str, str] | None = None,
) -> bytes:
    """POST /quotes from a custodial wallet. Exactly one amount and exactly one target, else ValueError."""
    _require_one(to_wallet_id, to_address, to_external_account, what="destination")
    return _quote(
        customer_id,
        source={"walletId": wallet_id, "asset": asset, "network": network},
        destination={
            "asset": destination_asset,
            "network": destination_network,
            "wallet": _given(id=to_wallet_id, blockchainAddress=to_address, externalAccount=to_external_account),
        },
        source_amount=source_amount,
        destination_amount=destination_amount,
        metadata=metadata,
    )


def cash_quote_body(
    *,
    customer_id: str,
    wallet_id: str,
    location_id: str,
    location_reference: str,
    source_amount: Money | None = None,
    destination_amount: Money | None = None,
    metadata: Mapping[str, str] | None = None,
) -> bytes:
    """POST /quotes with cash as the source: the shape the brief draws (decisions.md, C1)."""
    return _quote(
        customer_id,
        source={"asset": "usd", "network": "cash", "cash": _cash(location_id, location_reference)},
        destination={"asset": "usdc", "network": "polygon", "wallet": {"id": wallet_id}},
        source_amount=source_amount,
        destination_amount=destination_amount,
        metadata=metadata,
    )


def _quote(
    customer_id: str,
    *,
    source: dict[str, Any],
    destination: dict[str, Any],
    source_amount: Money | None,
    destination_amount: Money | None,
    metadata: Mapping[str, str] | None,
) -> bytes:
    _require_one(source_amount, destination_amount, what="amount")
    if source_amount is not None:
        source["amount"] = _amount(source_amount, source["asset"])
    if destination_amount is not None:
        destination["amount"] = _amount(destination_amount, destination["asset"])
    body = {"customerId": customer_id, "source": source, "destination": destination}
    return frozen(body | _given(metadata=dict(metadata or {})))


# ----- transactions (api-reference/transaction/execute-a-transaction-send) -----


def transaction_body(quote_id: str, transfer_id: UUID, partner_no: int) -> bytes:
    """POST /transactions. Carries both of our own names for it, so that it can be found after a lost answer."""
    if not 0 < partner_no <= MAX_PARTNER_NO:
        raise ValueError("the partner number must be between 1 and 2^53-1")
    return frozen(
        {
            "quoteId": quote_id,
            "metadata": {"transferId": str(transfer_id)},
            "partnerTransactionId": partner_no,
        }
    )


# ----- cash-ins (api-reference/cashins/create-a-cash-in-deposit-code) -----


def cash_in_body(
    *,
    customer_id: str,
    wallet_id: str,
    location_id: str,
    location_reference: str,
    indicated_amount: Money,
    metadata: Mapping[str, str] | None = None,
) -> bytes:
    """POST /cash-ins, the live v0.9 way to put cash in (OMS_CASH_FUNDING = cash_in)."""
    body: dict[str, Any] = {
        "customerId": customer_id,
        "source": {"asset": "usd", "indicatedAmount": _amount(indicated_amount, "usd")},
        "destination": {"wallet": {"id": wallet_id}, "asset": "usdc", "network": "polygon"},
        "cash": _cash(location_id, location_reference),
    }
    return frozen(body | _given(metadata=dict(metadata or {})))


def _cash(location_id: str, location_reference: str) -> dict[str, str]:
    return {"locationId": location_id, "locationReference": location_reference}


# ----- webhooks (api-reference/webhook/create-a-webhook, update-a-webhook) -----


def webhook_body(url: str, events: Sequence[str] = ()) -> bytes:
    """POST /webhooks. No events means all of them, the compliance-only ones excepted."""
    return frozen({"url": url, "events": list(events)})


def webhook_update_body(*, enabled: bool) -> bytes:
    """PATCH /webhooks/{id}: pause or resume. The secret never comes back."""
    return frozen({"enabled": enabled})


# ----- early access, intended shapes (payments/guides/virtual-accounts, customer-onboarding) -----


def virtual_account_body(*, wallet_id: str, label: str = "", metadata: Mapping[str, str] | None = None) -> bytes:
    """POST /customers/{id}/virtual-accounts."""
    body: dict[str, Any] = {
        "source": {"asset": "usd", "network": "usBank"},
        "destination": {"wallet": {"id": wallet_id}, "asset": "usdc", "network": "polygon"},
        "accountholderName": "customer",
    }
    return frozen(body | _given(label=label, metadata=dict(metadata or {})))


def external_account_body(
    *,
    bank_name: str,
    account_number: str,
    routing_number: str,
    account_type: str,
    owner_name: str,
    network: str = "ach",
    metadata: Mapping[str, str] | None = None,
) -> bytes:
    """POST /customers/{id}/external-accounts."""
    body: dict[str, Any] = {
        "type": "usBank",
        "network": network,
        "bankDetails": {
            "bankName": bank_name,
            "accountNumber": account_number,
            "routingNumber": routing_number,
            "accountType": account_type,
            "ownerName": owner_name,
        },
    }
    return frozen(body | _given(metadata=dict(metadata or {})))


# ----- simulations (api-reference/sandbox/*, api-reference/simulation/*) -----


def barcode_auth_body(*, account_number: str, amount: Money, reference: str = "") -> bytes:
    """POST /cash-ins/simulate/barcode-auth: the counter scans the code."""
    return frozen({"accountNumber": account_number, "amount": amount.wire()} | _given(accountReferenceNumber=reference))


def auth_commit_body(
    *, account_number: str, reference: str, amount: Money, confirmation_id: str, customer_id: str = ""
) -> bytes:
    """POST /cash-ins/simulate/auth-commit: the counter takes the cash."""
    body = {
        "accountNumber": account_number,
        "accountReferenceNumber": reference,
        "amount": amount.wire(),
        "originalConfirmationId": confirmation_id,
    }
    return frozen(body | _given(customerId=customer_id))


def deposit_simulation_body(amount: Money) -> bytes:
    """POST /deposit-addresses/{id}/simulate."""
    return frozen({"amount": {"value": amount.wire()}})


def bank_deposit_simulation_body(amount: Money, rail: str = "ach_in") -> bytes:
    """POST /virtual-accounts/{id}/simulate; rail is ach_in, wire_in or swift_in."""
    return frozen({"rail": rail, "amount": {"value": amount.wire(), "currency": "usd"}})


def _amount(money: Money, asset: str) -> str:
    if money.currency.asset != asset:
        raise ValueError(f"an amount of {money.currency.code} cannot stand on a side of {asset}")
    return money.wire()


def _require_one(*choices: object, what: str) -> None:
    if sum(1 for choice in choices if choice) != 1:
        raise ValueError(f"give exactly one {what}")
