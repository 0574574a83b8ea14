"""The forms staff have for bank accounts and reports: what is pasted, decided and answered. Journeys do the rest."""

from typing import Any

from django import forms

from walletapp.banking.banks import is_routing_number
from walletapp.banking.models import ExternalAccount, MissingDeposit, VirtualAccount


class PasteVirtualForm(forms.ModelForm):  # type: ignore[type-arg]
    """The id and the details OMS gave for a virtual account it opened by hand."""

    new_oms_id = forms.CharField(label="OMS id", max_length=128, help_text="Begins with va_")
    bank_name = forms.CharField(max_length=120)
    routing_number = forms.CharField(max_length=9)
    number = forms.CharField(label="Account number", max_length=34)
    account_type = forms.CharField(max_length=20, initial="checking")
    owner_name = forms.CharField(max_length=160)
    reference = forms.CharField(max_length=64, required=False)

    class Meta:
        model = VirtualAccount
        fields = ("new_oms_id", "bank_name", "routing_number", "number", "account_type", "owner_name", "reference")

    def clean_new_oms_id(self) -> str:
        return _oms_id(self.cleaned_data["new_oms_id"], "va_", VirtualAccount)

    def clean_routing_number(self) -> str:
        number = str(self.cleaned_data["routing_number"]).strip()
        if not is_routing_number(number):
            raise forms.ValidationError("This is not a routing number: its check digit is wrong.")
        return number


class PasteExternalForm(forms.ModelForm):  # type: ignore[type-arg]
    """The id OMS gave for a customer's account, or why the bank did not accept it. Both empty: nothing changes yet."""

    new_oms_id = forms.CharField(label="OMS id", max_length=128, required=False, help_text="Begins with cpUsBank_")
    refused_because = forms.CharField(
        max_length=200, required=False, help_text="A sentence that the customer reads. Leave empty when it is accepted."
    )

    class Meta:
        model = ExternalAccount
        fields = ("new_oms_id", "refused_because")

    def clean_new_oms_id(self) -> str:
        text = self.cleaned_data["new_oms_id"]
        return _oms_id(text, "cpUsBank_", ExternalAccount) if text else ""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("new_oms_id") and cleaned.get("refused_because"):
            self.add_error("refused_because", "It is either accepted or refused.")
        return cleaned


class AnswerForm(forms.ModelForm):  # type: ignore[type-arg]
    """What the customer is told about money they miss. Sent as soon as it is saved."""

    words = forms.CharField(
        label="Answer to the customer", max_length=500, widget=forms.Textarea(attrs={"rows": 4}), required=False
    )

    class Meta:
        model = MissingDeposit
        fields = ("words",)


def _oms_id(text: str, prefix: str, model: Any) -> str:
    oms_id = text.strip()
    if not oms_id.startswith(prefix) or not oms_id.replace("_", "").replace("-", "").isalnum():
        raise forms.ValidationError(f"An id of this kind begins with {prefix}")
    if model.objects.filter(oms_id=oms_id).exists():
        raise forms.ValidationError("Another account has this id already.")
    return oms_id
