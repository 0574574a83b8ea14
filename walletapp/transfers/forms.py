"""The shape of what people type about sends. Whether it is allowed is not decided here."""

from typing import Any

from django import forms

from walletapp.money import Currency
from walletapp.transfers.exchange_question import AtExchange
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
    # Asked for a first send to an address outside only, once the address is known (exchange_question.py).
    at_exchange = forms.ChoiceField(
        label="Is this address at an exchange?", choices=AtExchange.choices, required=False, widget=forms.RadioSelect
    )
    network_checked = forms.BooleanField(
        label="I looked at the exchange's deposit page: it says USDC on Polygon for this address", required=False
    )
    asked_about = forms.CharField(required=False, widget=forms.HiddenInput)
    everything = forms.BooleanField(label="Send everything I have available (Max)", required=False)

    @property
    def asks_exchange(self) -> bool:
        """Whether the question stands on the page: once it was asked, its answer can be seen and changed."""
        return any(self.data.get(name) or self.errors.get(name) for name in ("at_exchange", "network_checked"))

    @property
    def asks_network(self) -> bool:
        """Whether the look at the exchange's page is asked for."""
        return bool(self.data.get("network_checked") or self.errors.get("network_checked"))

    @property
    def terms(self) -> dict[str, Any]:
        """What was typed, as the journey takes it. Only of a form that is valid."""
        return {name: value for name, value in self.cleaned_data.items() if name != "everything"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._forget_answer_about_another(cleaned)
        if cleaned.get("everything"):
            cleaned["amount"] = None
        elif not cleaned.get("amount") and "amount" not in self.errors:
            self.add_error("amount", "Enter how much to send.")
        return cleaned

    def _forget_answer_about_another(self, cleaned: dict[str, Any]) -> None:
        """An answer is about the address it was asked for. Whoever then types another one is asked again."""
        if cleaned.pop("asked_about", "") in {"", cleaned.get("to", "")}:
            return
        cleaned |= {"at_exchange": "", "network_checked": False}
        answers = {"at_exchange", "network_checked"}
        self.data = {name: value for name, value in self.data.items() if name not in answers}


class OwnLimitForm(forms.Form):
    """What a person allows themselves."""

    at_once = AmountField(label="At most at once", currency=Currency.USDC)
    in_a_day = AmountField(label="At most in 24 hours", currency=Currency.USDC)


class ConfirmForm(forms.Form):
    """What a review page sends: the digest of what it showed. The proof beside it is for stepping_up.py."""

    digest = forms.CharField(max_length=64)
