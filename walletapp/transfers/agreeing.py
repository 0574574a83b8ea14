"""Whether a transaction at OMS is what we know about a transfer. Reads only; the answer is in words, empty for yes.

What must stay true: for money going out everything that was confirmed is compared; money coming in is taken as OMS
reports it, so its own sums must hold, and what comes back is never more than what went.
"""

from walletapp.money import Money
from walletapp.oms import schemas
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import Kind


def disagreement(transfer: Transfer, found: schemas.Transaction) -> str:
    """How the transaction differs from what was confirmed, in words; empty when it does not."""
    if transfer.oms_id not in (None, found.id):
        return f"it is known as {transfer.oms_id}"
    if transfer.kind == Kind.CASH_IN:
        return _bad_arithmetic(found)
    if transfer.kind == Kind.BANK_IN:
        wallet = ("wallet", transfer.wallet.oms_id, found.destination.target.wallet_id)
        return _bad_arithmetic(found) or _difference(wallet)
    if transfer.reverses:
        return _bad_arithmetic(found) or _more_than_went(transfer, transfer.reverses, found)
    return _not_as_confirmed(transfer, found)


def _not_as_confirmed(transfer: Transfer, found: schemas.Transaction) -> str:
    quote = transfer.quote
    if quote is None:
        return "it was never priced"
    source, destination, target = found.source, found.destination, found.destination.target
    fees = source.fees.total if source.fees else None
    account = transfer.external_account
    return _difference(
        ("asset", quote.source_asset, source.asset),
        ("amount", quote.source_gross_minor, _minor(source.gross)),
        # A fee of zero may be one that OMS left out.
        ("fee", quote.source_gross_minor - quote.source_net_minor, _minor(fees) or None),
        ("arriving asset", quote.destination_asset, destination.asset),
        ("arriving amount", quote.destination_net_minor, _minor(destination.net)),
        ("wallet", str(transfer.to_wallet.oms_id) if transfer.to_wallet else "", target.wallet_id),
        ("address", "" if transfer.to_wallet_id else transfer.to_address.lower(), target.address.lower()),
        ("bank account", str(account.oms_id) if account else "", target.external_account),
        ("rail", transfer.rail, destination.network),
    )


def _more_than_went(transfer: Transfer, first: Transfer, found: schemas.Transaction) -> str:
    """A return brings what the bank got, or less; of the same payout, to the same wallet."""
    came, arrives = found.source.gross, found.destination.net
    got = first.quote.they_get if first.quote else None
    if came is not None and got is not None and came.currency is got.currency and came > got:
        return f"the bank got {got}, and {came} came back"
    if arrives is not None and (arrives.currency is not first.amount.currency or arrives > first.amount):
        return f"{first.amount} went out, and {arrives} came back"
    return _difference(
        ("payout", first.oms_id, found.reverses),
        ("wallet", transfer.wallet.oms_id, found.destination.target.wallet_id),
    )


def _bad_arithmetic(found: schemas.Transaction) -> str:
    side = found.destination
    if side.gross is not None and side.net is not None and side.fees and side.gross - side.fees.total != side.net:
        return f"{side.gross} less {side.fees.total} is not {side.net}"
    return ""


def _difference(*pairs: tuple[str, object, object]) -> str:
    """What is said on both sides must be the same; what OMS leaves out proves nothing."""
    for what, agreed, said in pairs:
        if agreed not in (None, "") and said not in (None, "") and agreed != said:
            return f"{what}: agreed {agreed}, OMS says {said}"
    return ""


def _minor(amount: Money | None) -> int | None:
    return None if amount is None else amount.minor
