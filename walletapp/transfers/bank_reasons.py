"""Why a bank sent money back: its code, in the customer's words, and what to do about it.

The codes are those of ACH returns (Nacha Operating Rules, appendix four); wires come back with words alone. A reason
that is not known here gives a true general sentence; the bank's own words are kept for staff.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Remedy(StrEnum):
    """What helps."""

    FIX_ACCOUNT = "fix"  # these numbers cannot be paid: money would come back again
    ASK_BANK = "ask"  # the bank does not take it as things are
    TRY_AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Reason:
    """`sentence` is what the customer reads; `remedy` what the page offers first."""

    sentence: str
    remedy: Remedy


_CLOSED = Reason("The bank says that this account is closed.", Remedy.FIX_ACCOUNT)
_NOT_FOUND = Reason("The bank could not find this account.", Remedy.FIX_ACCOUNT)
_WRONG_KIND = Reason("The bank says that this kind of account cannot be paid this way.", Remedy.FIX_ACCOUNT)
_NAME = Reason("The bank says that the account is in another name than yours.", Remedy.FIX_ACCOUNT)
_REFUSED = Reason("The bank did not take the money for this account.", Remedy.ASK_BANK)

_CODES = {
    "R02": _CLOSED,
    "R03": _NOT_FOUND,
    "R04": Reason("The bank says that the account number is not a valid one.", Remedy.FIX_ACCOUNT),
    "R14": _REFUSED,
    "R15": _REFUSED,
    "R16": Reason("The bank has frozen this account.", Remedy.ASK_BANK),
    "R17": _NAME,
    "R20": _WRONG_KIND,
    "R23": _REFUSED,
}
# For wires, which have no codes. Looked for in this order.
_WORDS = (("closed", _CLOSED), ("name", _NAME), ("no account", _NOT_FOUND), ("unable to locate", _NOT_FOUND))

_GENERAL = Reason("The bank sent the money back without a reason that we know.", Remedy.ASK_BANK)
_CODE = re.compile(r"R[0-9]{2}\b")


def explain(said: str) -> Reason:
    """What the bank meant. `said` is OMS's text: a code, a code and words, or words."""
    if code := _CODE.search(said.upper()):
        return _CODES.get(code.group(), _GENERAL)
    return next((reason for words, reason in _WORDS if words in said.lower()), _GENERAL)
