"""The names of every flag. Their values live in the database (django-waffle) and are changed in the admin.

A flag takes effect on the next request. What must stay true: a flag is asked for by these constants only, and a
button, a page and the refusal behind it ask the same one.
"""

from typing import Any

from waffle import get_waffle_flag_model

BANK_FUNDING = "bank_funding"

FLAGS = {BANK_FUNDING: "Bank transfers: fund the wallet by ACH to a virtual account (early access)"}


def is_on(flag: str, user: Any) -> bool:
    """Whether `flag` is on for this person. A flag that nobody has created yet is off."""
    return bool(get_waffle_flag_model().get(flag).is_active_for_user(user))
