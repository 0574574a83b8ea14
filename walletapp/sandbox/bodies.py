"""The bodies the API takes. Types are strict, and null is not another way to leave a field out."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag, model_validator
from pydantic.alias_generators import to_camel

EndorsementName = Literal["basic", "cryptoCustody", "usd"]
Money = Annotated[str, StringConstraints(max_length=40)]
Text = Annotated[str, StringConstraints(max_length=500)]
Metadata = dict[str, Any]
LARGEST_EXACT_INTEGER = 2**53 - 1
"""The largest whole number every JSON reader keeps exactly."""


class Body(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, strict=True, extra="ignore", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def null_is_not_absent(cls, data: Any) -> Any:
        if isinstance(data, dict):
            for field in cls.model_fields.values():
                if field.alias in data and data[field.alias] is None:
                    raise ValueError(f"{field.alias} may be left out but not null")
        return data


class TokenRequest(Body):
    api_key: Annotated[str, StringConstraints(pattern=r"^sk_([a-z]+_)?(live|sdbx)_.+")]
    api_secret: str


class Address(Body):
    line1: Text | None = None
    line2: Text | None = None
    city: Text | None = None
    state: Text | None = None
    country: Text | None = None
    zip_code: Text | None = None


class Identification(Body):
    type: Literal["ssn", "itin", "driversLicense", "passport"] | None = None
    issuing_country: Text | None = None
    number: Text | None = None


class CustomerUpdate(Body):
    first_name: Text | None = None
    middle_name: Text | None = None
    last_name: Text | None = None
    email: Text | None = None
    phone: Text | None = None
    birth_date: Annotated[date, Field(strict=False)] | None = None
    nationality: Text | None = None
    ip_address: Text | None = None
    external_id: Text | None = None
    signed_agreement: bool | None = None
    residential_address: Address | None = None
    identifying_information: list[Identification] | None = None
    endorsements: list[EndorsementName] | None = None
    metadata: Metadata | None = None


class CustomerCreate(CustomerUpdate):
    type: Literal["individual"]


class WalletCreate(Body):
    asset: str
    chain: str


class WalletTarget(Body):
    id: str | None = None
    wallet: str | None = None
    """The older name of `id`."""
    blockchain_address: str | None = None
    external_account: str | None = None

    @property
    def wallet_id(self) -> str | None:
        return self.id or self.wallet


class CashReference(Body):
    location_id: str | None = None
    location_reference: str | None = None
    cash_location_id: str | None = None
    cash_location_reference: str | None = None

    @property
    def location(self) -> str | None:
        return self.location_id or self.cash_location_id

    @property
    def reference(self) -> str | None:
        return self.location_reference or self.cash_location_reference


class WalletSource(Body):
    wallet_id: str
    asset: str
    network: Literal["polygon", "ethereum", "solana", "bitcoin"]
    amount: Money | None = None


class CashSource(Body):
    asset: Literal["usd"]
    network: Literal["cash"]
    amount: Money | None = None
    cash: CashReference


def _source_kind(source: Any) -> str:
    """Cash is told by its network; everything else must be a wallet."""
    network = source.get("network") if isinstance(source, dict) else getattr(source, "network", None)
    return "cash" if network == "cash" else "wallet"


QuoteSource = Annotated[
    Annotated[CashSource, Tag("cash")] | Annotated[WalletSource, Tag("wallet")], Discriminator(_source_kind)
]


class QuoteDestination(Body):
    asset: str
    network: str
    amount: Money | None = None
    wallet: WalletTarget | None = None
    cash: CashReference | None = None


class QuoteCreate(Body):
    customer_id: str
    source: QuoteSource
    destination: QuoteDestination
    sponsor_gas: bool = False
    promo_code: Text | None = None
    metadata: Metadata | None = None


class TransactionCreate(Body):
    quote_id: str
    metadata: Metadata | None = None
    partner_transaction_id: Annotated[int, Field(ge=-LARGEST_EXACT_INTEGER, le=LARGEST_EXACT_INTEGER)] | None = None
    device_fingerprint: Text | None = None
    payment_method_id: Text | None = None
    source_wallet_address: Text | None = None
    tags: Text | None = None
    web_session_id: Text | None = None


class IndicatedSource(Body):
    asset: Literal["usd"] | None = None
    indicated_amount: Money | None = None


class CashInDestination(Body):
    wallet: WalletTarget | None = None
    asset: str = "usdc"
    network: str = "polygon"


class CashInCreate(Body):
    customer_id: str
    source: IndicatedSource = IndicatedSource()
    destination: CashInDestination
    cash: CashReference
    sponsor_gas: bool = False
    metadata: Metadata | None = None


class BarcodeAuth(Body):
    account_number: str
    amount: Money
    account_reference_number: str | None = None
    description: Text | None = None


class AuthCommit(Body):
    account_number: str
    account_reference_number: str
    amount: Money
    original_confirmation_id: str
    customer_id: str | None = None
    description: Text | None = None


class WebhookUpdate(Body):
    url: Text | None = None
    events: list[Text] | None = None
    enabled: bool | None = None


class WebhookCreate(Body):
    url: Text
    events: list[Text] = []
    enabled: bool = True
