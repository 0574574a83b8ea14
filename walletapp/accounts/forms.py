"""One form for each step of identity. They check the shape; whether we may serve the person, the journey decides.

`answer()` is what is kept: plain text by name, ready for JSON.
"""

import re
import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django_countries import countries
from phonenumber_field.formfields import PhoneNumberField

from walletapp.accounts import identity_numbers
from walletapp.accounts.us_states import US_STATES

ADULT = 18
OLDEST = 120
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|['\u2019\- .])*")
_PO_BOX = re.compile(r"\bP\.?\s*O\.?\s*BOX\b|\bPOST\s+OFFICE\s+BOX\b", re.IGNORECASE)


class StepForm(forms.Form):
    """What every step has: the answer saved before, to start from."""

    def __init__(self, *args: Any, saved: dict[str, str] | None = None, **kwargs: Any) -> None:
        self.saved = saved or {}
        kwargs["initial"] = self.shown_again()
        super().__init__(*args, **kwargs)

    def shown_again(self) -> dict[str, str]:
        """What of the saved answer stands in the form when it is opened again."""
        return self.saved

    def answer(self) -> dict[str, str]:
        return {name: str(value) for name, value in self.cleaned_data.items()}


class _NameField(forms.CharField):
    def __init__(self, label: str, autocomplete: str, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": autocomplete, "autocapitalize": "words", "spellcheck": "false"})
        super().__init__(label=label, max_length=70, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        text = " ".join(unicodedata.normalize("NFC", super().clean(value)).split())
        if text and not _NAME.fullmatch(text):
            raise forms.ValidationError("Letters, spaces, hyphens and apostrophes only, as on your ID.")
        return text


class NameForm(StepForm):
    first_name = _NameField("First name", "given-name")
    middle_name = _NameField("Middle name", "additional-name", required=False)
    last_name = _NameField("Last name", "family-name")


class BirthForm(StepForm):
    birth_date = forms.DateField(
        label="Date of birth",
        help_text="Month, day, year, as 04/27/1990",
        input_formats=["%Y-%m-%d", "%m/%d/%Y"],
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Enter a date as month/day/year, such as 04/27/1990."},
    )

    def clean_birth_date(self) -> date:
        born: date = self.cleaned_data["birth_date"]
        today = timezone.localdate()
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        if born > today or age > OLDEST:
            raise forms.ValidationError("Check the year.")
        if age < ADULT:
            raise forms.ValidationError(f"You must be {ADULT} or older to open a wallet.")
        return born


class PhoneForm(StepForm):
    phone = PhoneNumberField(
        label="Mobile number",
        region="US",
        help_text="A US number needs no country code.",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"invalid": "Enter a phone number, such as (212) 555-0123."},
    )

    def answer(self) -> dict[str, str]:
        return {"phone": self.cleaned_data["phone"].as_e164}


_WANTED_IN_US = {
    "state": "Choose the state you live in.",
    "zip_code": "Enter a ZIP code of five digits, such as 10001.",
}


class AddressForm(StepForm):
    country = forms.ChoiceField(
        label="Country you live in",
        help_text="Only people who live in the United States can open a wallet.",
        choices=lambda: list(countries),
        initial="US",
    )
    line1 = forms.CharField(
        label="Street address", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "address-line1"})
    )
    line2 = forms.CharField(
        label="Apartment, suite or unit",
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-line2"}),
    )
    city = forms.CharField(
        label="City", max_length=70, widget=forms.TextInput(attrs={"autocomplete": "address-level2"})
    )
    state = forms.ChoiceField(
        label="State",
        choices=[("", "Choose a state"), *US_STATES],
        required=False,
        widget=forms.Select(attrs={"autocomplete": "address-level1"}),
    )
    zip_code = forms.CharField(
        label="ZIP code",
        max_length=10,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """State and ZIP code are optional only where there is none: elsewhere than in the United States."""
        super().__init__(*args, **kwargs)
        if (self["country"].value() or "US") == "US":
            for name, sentence in _WANTED_IN_US.items():
                self.fields[name].required = True
                self.fields[name].error_messages["required"] = sentence

    def shown_again(self) -> dict[str, str]:
        return {"country": "US", **self.saved}

    def clean_line1(self) -> str:
        line: str = self.cleaned_data["line1"]
        if _PO_BOX.search(line):
            raise forms.ValidationError("Enter the address where you live. A PO box cannot be used.")
        return line

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("country") != "US":
            return given  # the journey says what that means
        if "zip_code" in given and not re.fullmatch(r"[0-9]{5}(-?[0-9]{4})?", given["zip_code"], re.ASCII):
            self.add_error("zip_code", _WANTED_IN_US["zip_code"])
        return given


class DocumentForm(StepForm):
    nationality = forms.ChoiceField(label="Nationality", choices=lambda: list(countries), initial="US")
    kind = forms.ChoiceField(
        label="Document", choices=list(identity_numbers.LABELS.items()), initial="ssn", widget=forms.RadioSelect
    )
    number = forms.CharField(
        label="Number",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )
    issuing_country = forms.ChoiceField(
        label="Country that issued the passport",
        help_text="Only for a passport. The others are always from the United States.",
        choices=lambda: list(countries),
        initial="US",
        required=False,
    )

    def shown_again(self) -> dict[str, str]:
        """All but the number: it goes into the page once, when it is typed, and never comes back."""
        return {"nationality": "US", "kind": "ssn", "issuing_country": "US"} | {
            name: value for name, value in self.saved.items() if name != "number"
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The number may be left out only where one is kept already."""
        super().__init__(*args, **kwargs)
        self.fields["number"].required = not self.saved

    @property
    def saved_notice(self) -> str:
        """What is kept already, for the page. Empty when there is nothing."""
        if not self.saved:
            return ""
        hint = identity_numbers.masked(self.saved["kind"], self.saved["number"])
        return f"{hint}. Leave the number empty to keep it."

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        kind = given.get("kind", "")
        number = identity_numbers.tidy(kind, given.get("number", ""))
        if not number and self.saved and self.saved["kind"] == kind:
            number = self.saved["number"]  # left empty: the one saved before stays
        elif kind and "number" in given and (problem := identity_numbers.problem_with(kind, number)):
            self.add_error("number", problem)
        issuer = given.get("issuing_country") if kind == "passport" else "US"
        return {**given, "number": number, "issuing_country": issuer or "US"}
