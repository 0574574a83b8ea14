"""Form fields that several apps share."""

from typing import Any

from django import forms

from walletapp.money import Currency, InvalidAmount, Money


class AmountField(forms.CharField):
    """An exact amount of one currency, as people type it. Cleans to Money, or None when empty and not required."""

    def __init__(self, *, currency: Currency, **kwargs: Any) -> None:
        self.currency = currency
        kwargs.setdefault("max_length", 24)
        kwargs.setdefault(
            "widget",
            forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "placeholder": "0.00"}),
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Money | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = Money.parse(text, self.currency)
        except InvalidAmount as wrong:
            raise forms.ValidationError(str(wrong)) from None
        if amount.minor <= 0:
            raise forms.ValidationError("Enter an amount above zero.")
        return amount
