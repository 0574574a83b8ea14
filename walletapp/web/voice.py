"""What Django says of its own accord on every form, said in the product's voice.

The account forms' own words are in walletapp/accounts/voice.py.
"""

from django import forms

MISSING = "This is still needed."
NOT_AN_EMAIL = "This is not a complete e-mail address, such as name@example.com."


def speak() -> None:
    """Set the sentences for every form, ours and allauth's. A field's own sentence goes before these."""
    forms.Field.default_error_messages["required"] = MISSING
    forms.EmailField.default_error_messages = {"invalid": NOT_AN_EMAIL}
