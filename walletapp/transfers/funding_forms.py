"""The shape of what people type when they put cash in. Whether it is allowed is not decided here."""

from typing import Any

from django import forms

from walletapp.money import Currency, InvalidAmount, Money
from walletapp.web.fields import AmountField


class PlaceForm(forms.Form):
    """Where to look for stores, in words."""

    q = forms.CharField(
        label="ZIP code or city",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "placeholder": "95814 or Sacramento, CA"}),
        error_messages={"required": "Enter a ZIP code, or a city with its state."},
    )

    @property
    def words(self) -> str:
        return str(self.cleaned_data["q"]) if self.is_bound and self.is_valid() else ""


class CashAmountForm(forms.Form):
    """One amount, and which of the two ways it is meant."""

    BRING, WANT = "bring", "want"
    WAYS = ((BRING, "I bring this much cash"), (WANT, "I want this much in my wallet"))

    amount = AmountField(label="Amount", currency=Currency.USD)
    way = forms.ChoiceField(label="This amount is", choices=WAYS, initial=BRING, widget=forms.RadioSelect)

    def clean(self) -> dict[str, Any]:
        """What is wanted in the wallet is USDC: a dollar each, as shown everywhere."""
        cleaned = super().clean() or {}
        if cleaned.get("way") == self.WANT and isinstance(amount := cleaned.get("amount"), Money):
            try:
                cleaned["amount"] = Money.from_wire(amount.wire(), Currency.USDC)
            except InvalidAmount as wrong:
                self.add_error("amount", str(wrong))
        return cleaned
