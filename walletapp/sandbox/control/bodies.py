"""The bodies of the control API."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from walletapp.sandbox.banks import NO_ACCOUNT

Amount = Annotated[str, Field(max_length=40, coerce_numbers_to_str=True)]


class ControlBody(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)


class Advance(ControlBody):
    advance: Annotated[float, Field(ge=-366 * 86_400, le=366 * 86_400)]


class Reset(ControlBody):
    keep_webhooks: bool = False


class Decide(ControlBody):
    decision: Literal["approve", "issues", "reject", "revoke"]
    endorsement: Literal["basic", "cryptoCustody", "usd", ""] = ""
    requirement: str = ""
    reason: str = ""


class Pay(ControlBody):
    code: str
    amount: Amount


class Code(ControlBody):
    code: str


class Deposit(ControlBody):
    amount: Amount
    from_address: str = ""
    tx_hash: str = ""


class Settle(ControlBody):
    outcome: Literal["completed", "failed"]
    code: str = "providerFailed"
    message: str = "The provider could not deliver the funds."


class Return(ControlBody):
    reason: str = NO_ACCOUNT


class DecideAccount(ControlBody):
    decision: Literal["verify", "decline"]


class BankDeposit(ControlBody):
    amount: Amount
    rail: Literal["ach_in", "wire_in", "swift_in"] = "ach_in"
    sender_name: str = ""
