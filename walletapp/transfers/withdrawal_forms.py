"""The shape of what people type when they withdraw. Whether it is allowed is not decided here."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from walletapp.banking.models import ExternalAccount
from walletapp.money import Currency, InvalidAmount, Money
from walletapp.transfers.withdrawing import Choice
from walletapp.web.fields import AmountField


class WithdrawForm(forms.Form):
    """Which account, which rail, how much, and which side the amount is for. Max is a flag and not a number."""

    SIDES = (("destination", "My bank gets exactly this"), ("source", "I pay exactly this, fees included"))

    account = forms.ChoiceField(
        label="To",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the account the money goes to."},
    )
    rail = forms.ChoiceField(label="How", widget=forms.RadioSelect, error_messages={"required": "Choose ACH or wire."})
    amount = AmountField(label="Amount", currency=Currency.USDC, required=False)
    side = forms.ChoiceField(label="This amount is", choices=SIDES, initial="destination", widget=forms.RadioSelect)
    everything = forms.BooleanField(label="Withdraw everything I have available (Max)", required=False)

    def __init__(
        self, *args: Any, accounts: Sequence[ExternalAccount], choices: Iterable[Choice], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.of_rail = {choice.rail.key: choice for choice in choices}
        self.of_account = {str(account.pk): account for account in accounts}
        for name, values in (("account", self.of_account), ("rail", self.of_rail)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(key, key) for key in values]
            self.initial.setdefault(name, next(iter(values), None))

    @property
    def account_options(self) -> list[tuple[Any, ExternalAccount]]:
        """Each radio button with the account it stands for."""
        return [(option, self.of_account[str(option.data["value"])]) for option in self["account"]]

    @property
    def rail_options(self) -> list[tuple[Any, Choice]]:
        """Each radio button with the rail it stands for."""
        return [(option, self.of_rail[str(option.data["value"])]) for option in self["rail"]]

    @property
    def asked(self) -> dict[str, Any]:
        """What `withdrawing.start` takes, of a form that is valid."""
        names = {"account": "account_id", "rail": "rail", "amount": "amount", "side": "side"}
        return {known: self.cleaned_data[name] for name, known in names.items()}

    def clean(self) -> dict[str, Any]:
        """What the bank gets is dollars, what is paid is USDC."""
        cleaned = super().clean() or {}
        amount = cleaned.get("amount")
        if cleaned.get("everything"):
            cleaned["amount"] = None
        elif not amount and "amount" not in self.errors:
            self.add_error("amount", "Enter how much to withdraw.")
        elif amount and cleaned.get("side") == "destination":
            try:
                cleaned["amount"] = Money.from_wire(amount.wire(), Currency.USD)
            except InvalidAmount as wrong:
                self.add_error("amount", str(wrong))
        return cleaned
