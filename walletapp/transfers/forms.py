"""The shape of what people type about sends. Whether it is allowed is not decided here."""

from typing import Any

from django import forms

from walletapp.money import Currency
from walletapp.web.fields import AmountField


class SendForm(forms.Form):
    """To whom, how much, and which side the amount is for. Max is a flag and not a number."""

    SIDES = (("destination", "They get exactly this"), ("source", "I pay exactly this, fees included"))

    to = forms.CharField(
        label="To",
        max_length=320,
        help_text="The e-mail of a customer here, or a Polygon address (0x and 40 characters).",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "autofocus": False}
        ),
        error_messages={"required": "Enter whom to send to: an e-mail address or a Polygon address."},
    )
    amount = AmountField(label="Amount", currency=Currency.USDC, required=False)
    side = forms.ChoiceField(label="This amount is", choices=SIDES, initial="destination", widget=forms.RadioSelect)
    everything = forms.BooleanField(label="Send everything I have available (Max)", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("everything"):
            cleaned["amount"] = None
        elif not cleaned.get("amount") and "amount" not in self.errors:
            self.add_error("amount", "Enter how much to send.")
        return cleaned


class ConfirmForm(forms.Form):
    """What a review page sends: the digest of what it showed. The proof beside it is for stepping_up.py."""

    digest = forms.CharField(max_length=64)
