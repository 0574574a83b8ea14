"""The form staff have for a break: who looks after it, and why it is over. The reason is a choice plus words."""

from typing import Any

from django import forms

from walletapp.accounts.models import User
from walletapp.wallet.models import Break

CAUSES = {
    "late": "Our record was behind and has caught up",
    "partner": "OMS was wrong and has corrected it",
    "explained": "Explained by something that is no error",
    "corrected": "Corrected by us",
    "other": "Something else",
}


class BreakForm(forms.ModelForm):  # type: ignore[type-arg]
    """Leaving the cause empty leaves the break open. A cause wants words beside it."""

    cause = forms.ChoiceField(
        label="Close it because", choices=[("", "It stays open"), *CAUSES.items()], required=False
    )
    words = forms.CharField(label="In your words", max_length=140, required=False, widget=forms.TextInput)

    class Meta:
        model = Break
        fields = ("owner",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "owner" in self.fields:
            owner: Any = self.fields["owner"]
            owner.queryset = User.objects.filter(is_staff=True, is_active=True).order_by("email")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(cleaned.get("cause")) != bool(cleaned.get("words")):
            field = "words" if cleaned.get("cause") else "cause"
            self.add_error(field, "To close it, choose why and say it in your words.")
        return cleaned

    def how_closed(self) -> str:
        """Empty while it stays open."""
        cause = CAUSES.get(self.cleaned_data.get("cause", ""))
        return f"{cause}: {self.cleaned_data['words']}" if cause else ""
