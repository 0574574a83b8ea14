"""What can be tuned while the sandbox runs, through POST /control/api/settings. Changes are durable.

Command-line flags give the defaults; a value set through the control API outlives a restart and wins over them.
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Seconds = Annotated[float, Field(ge=0, le=366 * 86_400)]
MatchField = Literal["quoteId", "metadata", "partnerTransactionId"]
# Ten attempts spread over about three days; the first ones are close together because a wallet that is
# restarted in a demo is back within seconds.
BACKOFF = (2.0, 5.0, 15.0, 60.0, 600.0, 3_600.0, 21_600.0, 79_200.0, 151_200.0)


class Settings(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)

    auto: bool = True
    """Reviews are decided and money settles by itself. Clocks (quotes, codes, tokens) run either way."""
    kyc_seconds: Seconds = 4
    settle_seconds: Seconds = 4
    ach_seconds: Seconds = 8
    wire_seconds: Seconds = 4
    """How long a bank transfer takes by either rail, in and out."""
    return_seconds: Seconds = 10
    """With `auto`: how long after it completed a payout to an account that does not exist comes back."""
    auto_pay_seconds: Seconds = 0
    """With `auto`: a cash code is paid this long after it is made; 0 leaves it to the cashier."""
    quote_seconds: Seconds = 60
    code_seconds: Seconds = 3_600
    token_seconds: Seconds = 3_600
    unpaid_seconds: Seconds = 86_400
    """A quoted cash-in that nobody paid fails this long after it was accepted."""
    idempotency_seconds: Seconds = 86_400
    """How long the answer to a key is kept; 0 keeps none, which leaves the quote lock as the only guard."""
    quote_single_use: bool = True
    """False lets an accepted quote be executed again, which leaves the idempotency key as the only guard."""
    hide_match_fields: tuple[MatchField, ...] | bool = ()
    """Fields left out of every transaction that is answered or delivered; true means all three."""
    event_names: Literal["prefixed", "short", "bare", "statusChanged"] = "prefixed"
    signature_key: Literal["whole", "hex"] = "whole"
    """Which bytes of the webhook secret are the HMAC key: the whole string, or the hex part decoded."""
    webhook_backoff: tuple[Seconds, ...] = BACKOFF
    webhook_timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 5
    usd_to_usdc_rate: Annotated[Decimal, Field(gt=0, le=10, decimal_places=4)] = Decimal("1.0")
    date_skew_seconds: Annotated[float, Field(ge=-86_400, le=86_400)] = 0
    """Added to the Date header of every answer, to play an OMS whose clock is wrong."""

    @property
    def hidden_fields(self) -> tuple[str, ...]:
        if isinstance(self.hide_match_fields, bool):
            return ("quoteId", "metadata", "partnerTransactionId") if self.hide_match_fields else ()
        return self.hide_match_fields
