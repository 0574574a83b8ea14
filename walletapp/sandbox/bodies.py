"""The bodies the API takes. Types are strict, and null is not another way to leave a field out."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

EndorsementName = Literal["basic", "cryptoCustody", "usd"]
Money = Annotated[str, StringConstraints(max_length=40)]
Text = Annotated[str, StringConstraints(max_length=500)]
Metadata = dict[str, Any]
LARGEST_EXACT_INTEGER = 2**53 - 1
"""The largest whole number every JSON reader keeps exactly."""


class Body(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def null_is_not_absent(cls, data: Any) -> Any:
        if isinstance(data, dict):
            for name in cls.model_fields:
                if name in data and data[name] is None:
                    raise ValueError(f"{name} may be left out but not null")
        return data


class TokenRequest(Body):
    apiKey: Annotated[str, StringConstraints(pattern=r"^sk_([a-z]+_)?(live|sdbx)_.+")]
    apiSecret: str


class Address(Body):
    line1: Text | None = None
    line2: Text | None = None
    city: Text | None = None
    state: Text | None = None
    country: Text | None = None
    zipCode: Text | None = None


class Identification(Body):
    type: Literal["ssn", "itin", "driversLicense", "passport"] | None = None
    issuingCountry: Text | None = None
    number: Text | None = None


class CustomerUpdate(Body):
    firstName: Text | None = None
    middleName: Text | None = None
    lastName: Text | None = None
    email: Text | None = None
    phone: Text | None = None
    birthDate: Annotated[date, Field(strict=False)] | None = None
    nationality: Text | None = None
    ipAddress: Text | None = None
    externalId: Text | None = None
    signedAgreement: bool | None = None
    residentialAddress: Address | None = None
    identifyingInformation: list[Identification] | None = None
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
    blockchainAddress: str | None = None
    externalAccount: str | None = None

    @property
    def wallet_id(self) -> str | None:
        return self.id or self.wallet


class CashReference(Body):
    locationId: str | None = None
    locationReference: str | None = None
    cashLocationId: str | None = None
    cashLocationReference: str | None = None

    @property
    def location(self) -> str | None:
        return self.locationId or self.cashLocationId

    @property
    def reference(self) -> str | None:
        return self.locationReference or self.cashLocationReference


class WalletSource(Body):
    walletId: str
    asset: str
    network: Literal["polygon", "ethereum", "solana", "bitcoin"]
    amount: Money | None = None


class CashSource(Body):
    asset: Literal["usd"]
    network: Literal["cash"]
    amount: Money | None = None
    cash: CashReference


class QuoteDestination(Body):
    asset: str
    network: str
    amount: Money | None = None
    wallet: WalletTarget | None = None
    cash: CashReference | None = None


class QuoteCreate(Body):
    customerId: str
    source: CashSource | WalletSource
    destination: QuoteDestination
    sponsorGas: bool = False
    promoCode: Text | None = None
    metadata: Metadata | None = None


class TransactionCreate(Body):
    quoteId: str
    metadata: Metadata | None = None
    partnerTransactionId: Annotated[int, Field(ge=-LARGEST_EXACT_INTEGER, le=LARGEST_EXACT_INTEGER)] | None = None
    deviceFingerprint: Text | None = None
    paymentMethodId: Text | None = None
    sourceWalletAddress: Text | None = None
    tags: Text | None = None
    webSessionId: Text | None = None


class IndicatedSource(Body):
    asset: Literal["usd"] | None = None
    indicatedAmount: Money | None = None


class CashInDestination(Body):
    wallet: WalletTarget | None = None
    asset: str = "usdc"
    network: str = "polygon"


class CashInCreate(Body):
    customerId: str
    source: IndicatedSource = IndicatedSource()
    destination: CashInDestination
    cash: CashReference
    sponsorGas: bool = False
    metadata: Metadata | None = None


class BarcodeAuth(Body):
    accountNumber: str
    amount: Money
    accountReferenceNumber: str | None = None
    description: Text | None = None


class AuthCommit(Body):
    accountNumber: str
    accountReferenceNumber: str
    amount: Money
    originalConfirmationId: str
    customerId: str | None = None
    description: Text | None = None


class Value(Body):
    value: Money
    currency: str | None = None


class DepositAddressSimulation(Body):
    amount: Value


class VirtualAccountSimulation(Body):
    rail: Literal["ach_in", "wire_in", "swift_in"]
    amount: Value = Value(value="100.00")


class WebhookUpdate(Body):
    url: Text | None = None
    events: list[Text] | None = None
    enabled: bool | None = None


class WebhookCreate(Body):
    url: Text
    events: list[Text] = []
    enabled: bool = True


class VirtualAccountSource(Body):
    asset: Literal["usd"] | None = None
    network: Literal["usBank"] | None = None


class VirtualAccountDestination(Body):
    wallet: WalletTarget | None = None
    asset: Literal["usdc", "usdt"] = "usdc"
    network: Literal["polygon", "ethereum"] = "polygon"


class VirtualAccountCreate(Body):
    source: VirtualAccountSource = VirtualAccountSource()
    destination: VirtualAccountDestination = VirtualAccountDestination()
    developerFees: list[dict[str, Any]] = []
    accountholderName: Literal["customer", "oms", "developer"] = "oms"
    label: Text | None = None
    bankMemo: Text | None = None
    metadata: Metadata | None = None


class DepositAddressSource(Body):
    asset: str = "usdc"
    network: str = "ethereum"


class DepositAddressCreate(Body):
    source: DepositAddressSource = DepositAddressSource()
    destination: CashInDestination = CashInDestination()
