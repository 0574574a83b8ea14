"""Rules for new passwords, all of them offline. They are named in AUTH_PASSWORD_VALIDATORS.

What must stay true: a rule refuses what others would try early, never a way of composing; nothing is cut off or
changed, a password is taken as it was typed.
"""

import re
from typing import Any

from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

# What comes to mind in front of a wallet like this one. The product's own name comes from the settings.
_OUR_WORDS = (
    "account", "bank", "bitcoin", "cash", "coin", "crypto", "demo", "dollar", "login", "money", "password", "payment",
    "polygon", "secret", "secure", "stablecoin", "transfer", "usdc", "usd", "wallet", "welcome", "my", "the",
)  # fmt: skip
_OWN_LETTERS = 6  # that have to be left when our words are taken away
_STANDS_FOR = str.maketrans("013457@$!", "oleastasi")


class LongEnough(password_validation.MinimumLengthValidator):
    def get_error_message(self) -> str:
        return f"This password is too short. Use {self.min_length} characters or more."

    def get_help_text(self) -> str:
        return f"{self.min_length} characters or more. A few words that only you would put together are good."


class UnlikeTheEmail(password_validation.UserAttributeSimilarityValidator):
    def __init__(self) -> None:
        super().__init__(user_attributes=("email",))

    def get_error_message(self) -> str:
        return "This password is too much like your e-mail address. Others would guess it."

    def get_help_text(self) -> str:
        return "Not like your e-mail address."


class Uncommon(password_validation.CommonPasswordValidator):
    """Not among the 20,000 that leaked most often, nor one of them with digits and signs around it, letters replaced,
    or said twice: that is how those who guess make long ones of them."""

    def validate(self, password: str, user: Any = None) -> None:
        for tried in _guesses(password):
            super().validate(tried, user)

    def get_error_message(self) -> str:
        return "This password is one of the first that others try. Choose another."

    def get_help_text(self) -> str:
        return "Not one that many people use."


class NotOfOurWords:
    """Not put together of words that this product suggests."""

    def validate(self, password: str, user: Any = None) -> None:
        left = password.lower().translate(_STANDS_FOR)
        for word in sorted({*_OUR_WORDS, settings.PRODUCT_NAME.lower()}, key=len, reverse=True):
            left = left.replace(word, " ")
        if sum(map(str.isalpha, left)) < _OWN_LETTERS and _has_our_word(password):
            raise ValidationError(
                f"Anybody would try words like password or {settings.PRODUCT_NAME} here. Choose words of your own.",
                code="password_of_our_words",
            )

    def get_help_text(self) -> str:
        return "Not made of words like the name of this wallet."


def _has_our_word(password: str) -> bool:
    text = password.lower().translate(_STANDS_FOR)
    return any(word in text for word in (*_OUR_WORDS, settings.PRODUCT_NAME.lower()) if len(word) > 3)


def _guesses(password: str) -> set[str]:
    """What a password is made of, as those who guess see it."""
    whole = password.lower()
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", whole)
    bare = re.sub(r"^[\W_]+|[\W_]+$", "", whole)
    half = core[: len(core) // 2]
    guesses = {whole, bare, core, whole.translate(_STANDS_FOR), core.translate(_STANDS_FOR)}
    return {guess for guess in {*guesses, half if half * 2 == core else ""} if guess}
