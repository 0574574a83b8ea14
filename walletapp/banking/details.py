"""The details of a virtual account as its owner needs them: line by line, and as one text to pass on."""

from dataclasses import dataclass

from walletapp.banking.models import VirtualAccount


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to type at the sending bank."""

    label: str
    value: str


def lines_of(account: VirtualAccount) -> list[Line]:
    lines = [
        Line("Bank", account.bank_name),
        Line("Routing number", account.routing_number),
        Line("Account number", account.account_number or ""),
        Line("Kind of account", account.account_type.capitalize()),
        Line("Account holder", account.owner_name),
        Line("Reference", account.reference),
    ]
    return [line for line in lines if line.value]


def as_text(account: VirtualAccount) -> str:
    """For an e-mail or a form at work."""
    rows = "\n".join(f"{line.label}: {line.value}" for line in lines_of(account))
    return f"{rows}\n\nUS dollars by ACH or wire only, from an account in the same name, with exactly this reference.\n"
