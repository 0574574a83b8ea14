"""Reading whom somebody means: the e-mail address of a customer here, or an address on Polygon.

What must stay true: a person is never told apart from nobody (somebody without a wallet cannot be reached, known here
or not); an address never tells whose it is. Who has a wallet can be asked, because that is how one sends by e-mail, and
so it is counted: the same person again costs nothing, many different ones are a search through our customers.
"""

from dataclasses import dataclass
from typing import Any

from django.core.validators import validate_email
from django.forms import ValidationError

from walletapp.accounts.models import User
from walletapp.chain.addresses import read_address, require_payable
from walletapp.refusals import Refusal
from walletapp.wallet.models import Wallet
from walletapp.web.pace import Pace

_MEANING = (
    "You looked for more people than one usually pays. We look up only so many e-mail addresses for one person, so "
    "that nobody can find out who has a wallet here."
)
LOOK_UPS = (Pace("people", 20, 60, _MEANING), Pace("people", 100, 86_400, _MEANING))


class CannotReceive(Refusal):
    """The money cannot go there. Nothing was changed."""

    code = "cannot_receive"

    def __init__(self, message: str) -> None:
        super().__init__(message, field="to")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a send goes: a wallet here, or an address outside (kept as checksummed)."""

    address: str
    wallet: Wallet | None = None
    email: str = ""


def find_recipient(user: Any, text: str) -> Recipient:
    """Read what was typed as "to": an e-mail address of a customer here, or a Polygon address.

    Raises CannotReceive or InvalidAddress; TooOften or Uncounted, which are no refusals, where e-mails were too many.
    """
    text = text.strip()
    recipient = _by_email(user, text) if "@" in text else _by_address(text)
    if recipient.wallet and recipient.wallet.user_id == user.pk:
        raise CannotReceive("This is your own wallet. Nothing was sent: the money is already there.")
    return recipient


def require_in_use(wallet: Wallet) -> None:
    """Raises CannotReceive where money would reach nobody: the account of this wallet was closed or switched off."""
    if not wallet.user.is_active:
        raise CannotReceive(
            "This address cannot be paid now. Nothing was sent. Ask whoever gave it to you for another one."
        )


def _by_email(user: Any, text: str) -> Recipient:
    try:
        validate_email(text)
    except ValidationError:
        raise CannotReceive("This is not a complete e-mail address. Check it and try again.") from None
    for pace in LOOK_UPS:
        pace.keep(user, text)
    found = User.objects.filter(email__iexact=text, is_active=True).first()
    theirs = Wallet.objects.custodial().filter(user=found, state=Wallet.State.ACTIVE)
    wallet = theirs.select_related("user").first() if found else None
    if not wallet:
        # The same sentence whether the address is unknown or only without a wallet: it tells nothing about a person.
        raise CannotReceive(
            f"Nobody with a wallet here can be reached at {text}. Nothing was sent. "
            "Check the address, or ask for their Polygon address."
        )
    return Recipient(address=wallet.address, wallet=wallet, email=wallet.user.email)


def _by_address(text: str) -> Recipient:
    address = read_address(text)
    require_payable(address)
    here = Wallet.objects.custodial().at(address).filter(state=Wallet.State.ACTIVE)
    wallet = here.select_related("user").first()
    if wallet is not None:
        require_in_use(wallet)
    return Recipient(address=address, wallet=wallet)
