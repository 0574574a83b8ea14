"""Asking OMS for a price.

What must stay true: only a quote whose numbers add up is stored; the page shows the stored row and nothing else; a
quote is no money, so each gets a fresh key and may be asked for again, as often as a person presses buttons.
"""

import hashlib
import json
import logging
import uuid
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from walletapp.money import Money
from walletapp.oms import bodies, schemas
from walletapp.oms.client import get_client
from walletapp.oms.clock import clock_skew_seconds
from walletapp.oms.errors import OmsOutcomeUnknown, OmsRejected, OmsUnavailable, QuoteDoesNotAddUp
from walletapp.oms.quote_check import check_quote
from walletapp.refusals import Refusal
from walletapp.transfers.models import Transfer
from walletapp.transfers.quotes import Quote
from walletapp.transfers.reasons import in_plain_words
from walletapp.transfers.states import Kind, State
from walletapp.web.pace import Pace, Uncounted

log = logging.getLogger(__name__)

MAX = "max"
_MEANING = "You asked for many prices in a short time. Our payment partner gives each person only so many a minute."


class NoPrice(Refusal):
    """OMS gave no price that we may show. Nothing was changed and no money moved."""

    code = "no_price"


def price(transfer: Transfer) -> Quote:
    """Ask OMS for a quote for this unconfirmed transfer and store it as its newest one.

    Safe to repeat: each call adds a quote. Raises NoPrice or TooOften, and then nothing has changed. No transaction may
    be open.
    """
    with suppress(Uncounted):  # a price moves nothing, and OMS counts too: sending goes on without the cache
        Pace("quotes", settings.QUOTES_A_MINUTE, 60, _MEANING).keep(transfer.user)
    if transfer.kind == Kind.CASH_IN and settings.OMS_CASH_FUNDING == "cash_in":
        from walletapp.transfers.estimating import estimate

        fields = estimate(transfer)
    else:
        fields = columns(_ask(transfer))
    try:
        return _keep(transfer, fields)
    except IntegrityError as twice:
        log.error("ALERT OMS gave the same quote twice", extra={"quote": fields.get("oms_id")})  # noqa: TRY400 - no bug of ours
        raise NoPrice(
            "Our payment partner gave us a price that is not ours, so we do not show it. "
            "Nothing was charged. Please try again in a minute."
        ) from twice


@transaction.atomic
def _keep(transfer: Transfer, fields: dict[str, Any]) -> Quote:
    transfer = Transfer.objects.select_for_update().get(pk=transfer.pk)
    if transfer.state != State.QUOTED:
        raise NoPrice("This was already confirmed. Its page shows how it stands.")
    return Quote.objects.create(transfer=transfer, number=transfer.quotes.count() + 1, **fields)


def body_of(transfer: Transfer) -> bytes:
    """The request for a quote. Max is asked as the whole available balance, fees included, so that nothing remains."""
    customer = transfer.user.customer
    source, destination = _amounts(transfer)
    if transfer.kind == Kind.CASH_IN:
        return bodies.cash_quote_body(
            customer_id=customer.oms_id,
            wallet_id=str(transfer.wallet.oms_id),
            location_id=transfer.store_id,
            location_reference=transfer.store_reference,
            source_amount=source,
            destination_amount=destination,
        )
    if transfer.external_account:
        return bodies.send_quote_body(
            customer_id=customer.oms_id,
            wallet_id=str(transfer.wallet.oms_id),
            to_external_account=str(transfer.external_account.oms_id),
            destination_asset="usd",
            destination_network=transfer.rail,
            source_amount=source,
            destination_amount=destination,
        )
    return bodies.send_quote_body(
        customer_id=customer.oms_id,
        wallet_id=str(transfer.wallet.oms_id),
        to_wallet_id=str(transfer.to_wallet.oms_id) if transfer.to_wallet else "",
        to_address="" if transfer.to_wallet else transfer.to_address,
        source_amount=source,
        destination_amount=destination,
    )


def _amounts(transfer: Transfer) -> tuple[Money | None, Money | None]:
    """The amount of the side that is fixed: source or destination."""
    if transfer.asked_side == MAX:
        transfer.wallet.refresh_from_db()
        if not transfer.wallet.available_minor:
            raise NoPrice("There is nothing available to send. Nothing was sent.")
        return transfer.wallet.available, None
    return (transfer.asked, None) if transfer.asked_side == "source" else (None, transfer.asked)


def _ask(transfer: Transfer) -> schemas.Quote:
    key = f"{settings.ENVIRONMENT_NAME}-quote-{uuid.uuid4()}"
    try:
        quote = get_client().create_quote(body_of(transfer), key=key)
        check_quote(quote)
    except OmsRejected as refused:
        raise NoPrice(in_plain_words(refused.code, refused.status)) from refused
    except QuoteDoesNotAddUp as wrong:
        raise NoPrice(
            "Our payment partner gave us a price that does not add up, so we do not show it. "
            "Nothing was charged. Please try again in a minute."
        ) from wrong
    except OmsOutcomeUnknown as lost:  # a quote moves nothing, so losing one is only being without
        raise OmsUnavailable("no answer to a request for a quote") from lost
    return quote


def columns(quote: schemas.Quote) -> dict[str, Any]:
    """The columns of our row. check_quote() has made sure that all amounts are there."""
    source, destination = quote.source, quote.destination
    assert source.gross and source.net  # noqa: PT018 - for the type checker
    assert destination.gross and destination.net  # noqa: PT018
    text = json.dumps(quote.raw, sort_keys=True, default=str)
    return {
        "oms_id": quote.id,
        "source_asset": source.asset,
        "source_gross_minor": source.gross.minor,
        "source_net_minor": source.net.minor,
        "destination_asset": destination.asset,
        "destination_gross_minor": destination.gross.minor,
        "destination_net_minor": destination.net.minor,
        "fees": fee_lines(source, destination),
        "rate": str(quote.rates.exchange or "1"),
        "fixed_side": quote.fixed_side,
        # By our own clock: OMS ends the quote by its own.
        "expires_at": quote.expires_at - timedelta(seconds=clock_skew_seconds()),
        "snapshot": json.loads(text),
        "snapshot_sha256": hashlib.sha256(text.encode()).hexdigest(),
    }


def fee_lines(source: schemas.Side, destination: schemas.Side) -> list[dict[str, Any]]:
    """Every fee on either side, as stored. OMS's own is a line even when it is nothing; others only when charged."""
    lines = []
    for kind in ("oms", "gas", "developer"):
        found = [
            {"kind": kind, "asset": side.asset, "minor": getattr(side.fees, kind).minor}
            for side in (source, destination)
            if side.fees and getattr(side.fees, kind)
        ]
        if not found and kind == "oms":
            found = [{"kind": kind, "asset": source.asset, "minor": 0}]
        lines += found
    return _merged(lines)


def _merged(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    totals: dict[tuple[str, str], int] = {}
    for line in lines:
        name = (line["kind"], line["asset"])
        totals[name] = totals.get(name, 0) + line["minor"]
    return [{"kind": kind, "asset": asset, "minor": minor} for (kind, asset), minor in totals.items()]
