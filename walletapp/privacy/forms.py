"""What people and staff fill in about data: which file, why, whether they mean it."""

from datetime import datetime
from typing import Any

from django import forms

from walletapp.audit.reasons import SHORTEST_REASON
from walletapp.privacy.models import Why
from walletapp.privacy.periods import Period, all_time, month, months_since

EVERYTHING, MOVEMENTS, STATEMENT = "everything", "movements", "statement"
FILES = {
    STATEMENT: "A statement to read or print (PDF)",
    MOVEMENTS: "Your movements for a spreadsheet (CSV)",
    EVERYTHING: "Everything we hold about you (JSON)",
}


class ExportForm(forms.Form):
    """Which file, and of which month."""

    what = forms.ChoiceField(
        label="What would you like?",
        choices=FILES,
        initial=STATEMENT,
        widget=forms.RadioSelect,
    )
    month = forms.ChoiceField(
        label="Which month?",
        required=False,
        help_text="For the statement and the movements. Months begin and end at midnight UTC.",
    )

    def __init__(self, *args: Any, since: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = [(period.name, period.title) for period in months_since(since)]
        self.fields["month"] = forms.ChoiceField(
            label=self.fields["month"].label,
            required=False,
            help_text=self.fields["month"].help_text,
            choices=[("", "All of it"), *months],
        )

    def period(self) -> Period:
        return month(self.cleaned_data["month"]) or all_time()


class ClosingForm(forms.Form):
    """Said once more, because it cannot be undone."""

    is_sure = forms.BooleanField(
        required=False, label="I understand that I cannot sign in any more, and that this cannot be undone."
    )

    def clean_is_sure(self) -> bool:
        if not self.cleaned_data["is_sure"]:
            raise forms.ValidationError("Tick this if you want to close your account. Nothing was closed.")
        return True


class RevealForm(forms.Form):
    """Why somebody of the staff needs to see what is sealed."""

    why = forms.ChoiceField(label="Why? The customer reads this.", choices=Why.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label="In your own words, for the record",
        max_length=300,
        help_text=f"At least {SHORTEST_REASON} characters. Name the case, never the value. It stays with your name.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 60}),
    )
