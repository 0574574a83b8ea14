"""The shape of what people type about bank transfers. Whether it is allowed is decided by the journeys."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from walletapp.accounts.us_states import US_STATES
from walletapp.banking.banks import bank_of, is_routing_number
from walletapp.banking.choices import AccountType, UseCase, Volume
from walletapp.money import Currency
from walletapp.web.fields import AmountField

_FIGURES = {"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}


class InterestForm(forms.Form):
    """What for, how much, where, and whether we may write."""

    use_case = forms.ChoiceField(
        label="What would you use bank transfers for?", choices=UseCase.choices, widget=forms.RadioSelect
    )
    monthly_volume = forms.ChoiceField(
        label="About how much each month?", choices=Volume.choices, widget=forms.RadioSelect
    )
    state = forms.ChoiceField(
        label="Which state do you live in?",
        choices=[("", "Choose your state"), *US_STATES],
        help_text="Bank transfers open state by state.",
    )
    consents = forms.BooleanField(
        label="You may write to me about bank transfers. I can take this back here at any time.", required=False
    )


class AccountForm(forms.Form):
    """A bank account of one's own. Both numbers stand on a check, or in the bank's app."""

    owner_name = forms.CharField(
        label="Name on the account",
        max_length=160,
        help_text="Exactly as the bank has it. It must be your own account.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    routing_number = forms.CharField(
        label="Routing number",
        max_length=20,
        help_text="Nine digits. For wires your bank may have another one than for ACH: take the ACH one.",
        widget=forms.TextInput(attrs=_FIGURES),
    )
    bank_name = forms.CharField(
        label="Bank",
        max_length=120,
        required=False,
        help_text="Filled in by itself for the larger banks.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    account_number = forms.CharField(
        label="Account number", max_length=24, widget=forms.TextInput(attrs=_FIGURES), help_text="4 to 17 digits."
    )
    account_number_again = forms.CharField(
        label="Account number again", max_length=24, widget=forms.TextInput(attrs=_FIGURES)
    )
    account_type = forms.ChoiceField(
        label="Kind of account", choices=AccountType.choices, initial="checking", widget=forms.RadioSelect
    )
    nickname = forms.CharField(label="Your name for it", max_length=40, required=False)

    def clean_routing_number(self) -> str:
        number = _digits(self.cleaned_data["routing_number"])
        if not is_routing_number(number):
            raise forms.ValidationError(
                "No bank has this routing number. Check the nine digits: one of them is probably mistyped."
            )
        return number

    def clean_account_number(self) -> str:
        number = _digits(self.cleaned_data["account_number"])
        if not (number.isascii() and number.isdigit() and 4 <= len(number) <= 17):
            raise forms.ValidationError("An account number has 4 to 17 digits and nothing else.")
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        again = _digits(cleaned.pop("account_number_again", ""))
        if "account_number" in cleaned and again != cleaned["account_number"]:
            self.add_error("account_number_again", "The two account numbers differ. Type it once more.")
        if "routing_number" in cleaned and not cleaned.get("bank_name"):
            cleaned["bank_name"] = bank_of(cleaned["routing_number"])
            if not cleaned["bank_name"]:
                self.add_error("bank_name", "We do not know this routing number. Type the name of your bank.")
        return cleaned


class NicknameForm(forms.Form):
    """What its owner calls an account. Empty: the bank's name."""

    nickname = forms.CharField(label="Your name for it", max_length=40, required=False)


class MissingForm(forms.Form):
    """What somebody sent and cannot see."""

    amount = AmountField(label="How much did you send?", currency=Currency.USD)
    sent_on = forms.DateField(label="On which day?", widget=forms.DateInput(attrs={"type": "date"}))
    rail = forms.ChoiceField(
        label="How?", choices=[("ach", "ACH transfer"), ("wire", "Wire")], initial="ach", widget=forms.RadioSelect
    )
    bank_name = forms.CharField(label="From which bank?", max_length=120)
    reference = forms.CharField(
        label="Reference you gave", max_length=120, required=False, help_text="As it stands on your bank's receipt."
    )
    note = forms.CharField(
        label="Anything else", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_sent_on(self) -> Any:
        day, today = self.cleaned_data["sent_on"], timezone.localdate()
        if day > today + timedelta(days=1):
            raise forms.ValidationError("This day has not come yet.")
        if day < today - timedelta(days=365):
            raise forms.ValidationError("This is more than a year ago. Please write to us instead.")
        return day


def _digits(text: str) -> str:
    """Without the spaces and hyphens people put between groups."""
    return text.replace(" ", "").replace("-", "").strip()
