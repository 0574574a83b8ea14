"""The kinds of things we tell a user, and the subject line of each."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kind:
    """`subject` may name values of the context in braces. The texts are templates/email/<kind>.txt and .html.

    `action` is what the button to the page says. A mail about what somebody else may have done carries the link that
    pauses with one press.
    """

    label: str
    subject: str
    action: str
    is_security: bool = False

    def subject_for(self, context: Mapping[str, Any]) -> str:
        """One line, whatever the context holds: a line break in a subject would be a second header."""
        text = self.subject.format_map(defaultdict(str, {name: str(value) for name, value in context.items()}))
        return " ".join(text.split())


KINDS = {
    "verified": Kind("Verified", "You are verified", "Open my wallet"),
    "more_needed": Kind("More needed", "One more thing to verify you", "See what is needed"),
    "refused": Kind("Not verified", "We could not open a wallet for you", "Read what this means"),
    "closed": Kind("Access ended", "Your wallet can no longer be used", "Read what this means"),
    "cash_arrived": Kind("Cash arrived", "{amount} arrived in your wallet", "See it"),
    "sent": Kind("Sent", "You sent {amount} to {other_party}", "See it", is_security=True),
    "withdrawn": Kind("Withdrawn", "{amount} was paid to {other_party}", "See it", is_security=True),
    "received": Kind("Received", "You received {amount}", "See it"),
    "did_not_happen": Kind("Did not happen", "{amount}: this did not happen", "See where the money is"),
    "bank_access": Kind("Bank access", "Open for you: {what}", "Open bank transfers"),
    "bank_details": Kind("Bank details", "Your own account number is ready", "See the details"),
    "bank_account_added": Kind(
        "Bank account added", "A bank account was added: {account}", "See my bank accounts", is_security=True
    ),
    "bank_arrived": Kind("Bank transfer arrived", "{amount} arrived by bank transfer", "See it"),
    "missing_answered": Kind("Missing money", "About the {amount} you sent", "See the answer"),
    "payee_saved": Kind("Payee saved", "Saved to your address book: {payee}", "See my address book", is_security=True),
    "payee_renamed": Kind(
        "Payee renamed", "Renamed in your address book: {payee}", "See my address book", is_security=True
    ),
    "payee_removed": Kind(
        "Payee removed", "Removed from your address book: {payee}", "See my address book", is_security=True
    ),
    "only_saved_off": Kind(
        "Only saved ends", "Sending to new addresses will be possible again", "See or stop this", is_security=True
    ),
    "limit_raise": Kind("Limit raise", "Your sending limit will rise", "See or stop this", is_security=True),
    "limit_raised": Kind("Limit raised", "Your sending limit is higher now", "See or lower it", is_security=True),
    "data_exported": Kind("Data downloaded", "Your data was downloaded", "See your data", is_security=True),
    "account_closed": Kind("Account closed", "Your account is closed", ""),
    "factors_reset": Kind("Second factors removed", "Your ways of confirming were removed", "Protect my account", True),
    "recovery_asked": Kind(
        "Asked to let you in", "We were asked to remove your ways of confirming", "See my account", is_security=True
    ),
    "account_changed": Kind("Account changed", "{what}", "See what protects my account", is_security=True),
    "paused": Kind("Paused", "Your wallet is paused: nothing can leave it", "See what protects my account"),
    "pause_ended": Kind(
        "Pause ended", "The pause of your wallet is over", "See what protects my account", is_security=True
    ),
    "came_back": Kind("Came back", "{amount} came back to you", "See it"),
}


def choices() -> list[tuple[str, str]]:
    """For the model field. A function, so that a new kind needs no migration."""
    return [(name, kind.label) for name, kind in KINDS.items()]
