"""The one form about bank transfers. Whether an entry may be kept is decided by the journey."""

from django import forms

from walletapp.accounts.us_states import US_STATES
from walletapp.banking.choices import UseCase, Volume


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
