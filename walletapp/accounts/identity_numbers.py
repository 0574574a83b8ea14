"""Numbers on identity documents: which can exist, and how one is shown without telling it.

Rules of the Social Security Administration and the IRS for SSN and ITIN. For passports and licences only the shape is
known; whether a number is real is for OMS to say.
"""

import re
from collections.abc import Callable

LABELS = {
    "ssn": "Social Security number",
    "itin": "Individual taxpayer number (ITIN)",
    "passport": "Passport",
    "driversLicense": "Driver's license",
}
US_ONLY = frozenset({"ssn", "itin"})

_NINE_DIGITS = re.compile(r"[0-9]{9}")
_NINE_FROM_9 = re.compile(r"9[0-9]{8}")

# Printed on sample cards and in advertisements, and never anybody's.
_NEVER_ISSUED = frozenset({"078051120", "219099999", "123456789"})
_ITIN_GROUPS = frozenset([*range(50, 66), *range(70, 89), *range(90, 93), *range(94, 100)])


def tidy(kind: str, number: str) -> str:
    """The number without the spaces and hyphens that people type for readability."""
    number = number.strip().upper()
    return re.sub(r"[\s\-\u2010-\u2015.]", "", number) if kind in US_ONLY else re.sub(r"[\s]", "", number)


def problem_with(kind: str, number: str) -> str:
    """Why the tidied `number` cannot be one of its kind, as a sentence; empty when it can."""
    match kind:
        case "ssn":
            return _problem(
                number, _NINE_DIGITS, _is_issued_ssn, "This is not a Social Security number. It has nine digits."
            )
        case "itin":
            return _problem(
                number, _NINE_FROM_9, _is_issued_itin, "This is not an ITIN. It has nine digits and begins with 9."
            )
        case "passport":
            ok = re.fullmatch(r"[A-Z0-9]{5,12}", number)
            return "" if ok else "A passport number has 5 to 12 letters and digits."
        case _:
            ok = re.fullmatch(r"[A-Z0-9*\-]{4,25}", number)
            return "" if ok else "A license number has 4 to 25 letters and digits."


def masked(kind: str, number: str) -> str:
    """What its owner recognises and nobody else can use: kind and last four."""
    return f"{LABELS[kind]} ending in {number[-4:]}"


def _problem(number: str, shape: re.Pattern[str], is_issued: Callable[[str], bool], misshapen: str) -> str:
    if not shape.fullmatch(number):
        return misshapen
    return "" if is_issued(number) else "This number is never issued. Please check it."


def _is_issued_ssn(number: str) -> bool:
    if number in _NEVER_ISSUED:
        return False
    area, group, serial = number[:3], number[3:5], number[5:]
    return area not in {"000", "666"} and area < "900" and group != "00" and serial != "0000"


def _is_issued_itin(number: str) -> bool:
    return int(number[3:5]) in _ITIN_GROUPS
