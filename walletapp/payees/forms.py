"""The shape of what people type into their address book."""

import unicodedata

from django import forms

TO = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"})


class NicknameForm(forms.Form):
    """What one calls somebody: one line of visible text, because it is what one later trusts."""

    nickname = forms.CharField(
        label="Name",
        max_length=40,
        help_text="What you call them. Only you see it.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Give it a name that you will recognise."},
    )

    def clean_nickname(self) -> str:
        name = " ".join(unicodedata.normalize("NFC", self.cleaned_data["nickname"]).split())
        # Controls, marks that turn the direction of text, private and unassigned characters: all of them invisible.
        if not name or any(unicodedata.category(letter)[0] == "C" for letter in name):
            raise forms.ValidationError("A name can have letters, figures, signs and spaces, nothing invisible.")
        return name


class PayeeForm(NicknameForm):
    """Whom to save, and under which name."""

    to = forms.CharField(
        label="E-mail or address",
        max_length=320,
        help_text="The e-mail of a customer here, or a Polygon address (0x and 40 characters).",
        widget=TO,
        error_messages={"required": "Enter an e-mail address or a Polygon address."},
    )
    field_order = ("to", "nickname")
