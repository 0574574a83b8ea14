"""The way from a new account to a wallet that can be used, as the list the person sees until it is done.

What must stay true: it is read from what is so (the endorsements, the wallet's row), never stored; every step says who
acts next. What OMS wants from the person is not told here but on the identity pages.
"""

from dataclasses import dataclass
from typing import Any

from walletapp.accounts import factors
from walletapp.accounts.models import Customer, Onboarding
from walletapp.accounts.standing import Standing, standing_of
from walletapp.wallet.models import Wallet

_DURATION = "About five minutes. Your answers are kept as you go."

# What the identity step says, and what its button says when there is something to do.
_IDENTITY = {
    Standing.NEW: (_DURATION, "Start"),
    Standing.ANSWERING: (_DURATION, "Go on"),
    Standing.SENDING: ("We are passing your answers on. You can leave this page.", ""),
    Standing.REVIEW: ("In review. Usually a few minutes; we write to you, and this page changes by itself.", "Look"),
    Standing.MORE_NEEDED: ("One thing is missing before we can open your wallet.", "See what is needed"),
    Standing.VERIFIED: ("You are verified.", ""),
    Standing.REFUSED: ("We could not verify you, so we cannot open a wallet.", "What this means"),
    Standing.CLOSED: ("This account was closed by our payment partner.", "What this means"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the list. `word` is empty for what has not begun, `action` when there is nothing to press."""

    icon: str
    title: str
    text: str
    word: str
    action: str = ""
    page: str = "accounts:identity"

    @property
    def is_done(self) -> bool:
        return self.word == "Done"


def steps_for(user: Any, wallet: Wallet | None) -> list[Step]:
    """The whole list. The wallet may be there, being opened, or not yet thought of."""
    standing = standing_of(Onboarding.objects.filter(user=user).first(), Customer.of(user))
    text, action = _IDENTITY[standing]
    return [
        Step("mail", "Confirm your e-mail address", user.email, "Done"),
        Step("identity", "Tell us who you are", text, standing.word, action),
        _protection_step(user),
        _wallet_step(standing, wallet),
        Step("cash", "Add your first dollars", "Cash at a store near you, or USDC from another wallet.", ""),
    ]


def _protection_step(user: Any) -> Step:
    title = "Protect your account"
    if factors.has_factor(user):
        return Step("lock", title, "You confirm with a passkey or an app.", "Done")
    text = "A passkey or an authenticator app, before money can move. It takes a minute."
    return Step("lock", title, text, "Waiting for you", "Protect it", page="account_protect")


def _wallet_step(standing: Standing, wallet: Wallet | None) -> Step:
    title = "Your wallet"
    if wallet is not None and not wallet.is_being_opened:
        return Step("wallet", title, "It is ready.", "Done")
    if wallet is None and standing is not Standing.VERIFIED:
        return Step("wallet", title, "Opened for you as soon as you are verified. Nothing to do.", "")
    return Step(
        "wallet", title, "We are opening it now. Usually a few seconds; this page changes by itself.", "In progress"
    )
