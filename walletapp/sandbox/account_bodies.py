"""The bodies of early access: accounts, addresses and their simulations."""

from typing import Any, Literal

from walletapp.sandbox.bodies import Body, CashInDestination, Metadata, Money, Text, WalletTarget


class Value(Body):
    value: Money
    currency: str | None = None


class DepositAddressSimulation(Body):
    amount: Value


class VirtualAccountSimulation(Body):
    rail: Literal["ach_in", "wire_in", "swift_in"]
    amount: Value = Value(value="100.00")
    sender_name: Text | None = None


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
    developer_fees: list[dict[str, Any]] = []
    accountholder_name: Literal["customer", "oms", "developer"] = "oms"
    label: Text | None = None
    bank_memo: Text | None = None
    metadata: Metadata | None = None


class DepositAddressSource(Body):
    asset: str = "usdc"
    network: str = "ethereum"


class DepositAddressCreate(Body):
    source: DepositAddressSource = DepositAddressSource()
    destination: CashInDestination = CashInDestination()


class NewBankDetails(Body):
    account_number: str
    routing_number: str
    owner_name: Text
    bank_name: Text = "Bank"
    account_type: Literal["checking", "savings"] = "checking"


class ExternalAccountCreate(Body):
    """OMS shows no body for this; these are the fields every US payout needs, named as on the answer."""

    bank_details: NewBankDetails
    type: Literal["usBank"] = "usBank"
    network: Literal["ach", "wire"] = "ach"
    metadata: Metadata | None = None
