"""Whether a form of money going out would be refused whatever is typed, because nothing leaves this wallet now."""

from typing import Any

from walletapp.accounts import pausing
from walletapp.wallet.models import Wallet


def shown(user: Any, wallet: Wallet | None) -> dict[str, Any]:
    """The context of templates/transfers/_paused.html, and whether it stands in the place of the form."""
    hold = pausing.hold_of(user)
    is_frozen = wallet is not None and bool(wallet.frozen_reason)
    return {"pause": {"hold": hold, "why": pausing.why(hold)} if hold else None, "is_paused": bool(hold) or is_frozen}
