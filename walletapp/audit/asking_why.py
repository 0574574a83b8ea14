"""Where staff say why they do something: on the page on which they change it, or beside the action they choose.

What must stay true: without a reason that `reasons.py` takes, nothing changes; what was given goes into the trail.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.http import HttpRequest

from walletapp.audit.reasons import SHORTEST_REASON, NoReason, require_reason

_ASKED = {"autocomplete": "off", "size": 60}


class WhyForm(forms.ModelForm):  # type: ignore[type-arg]
    """What staff may change of a row, and why they do."""

    words = forms.CharField(
        label="Why", max_length=300, required=False, widget=forms.TextInput(attrs=_ASKED),
        help_text=f"Of every change, in at least {SHORTEST_REASON} characters. It stays with your name.",
    )  # fmt: skip

    def changed_fields(self) -> list[str]:
        return sorted({*self.changed_data} - {"words"})

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            cleaned["words"] = require_reason(cleaned.get("words", "")) if self.changed_fields() else ""
        except NoReason as no:
            self.add_error("words", str(no))
        return cleaned


class WhyActionForm(ActionForm):
    """The actions above a list, and why one is taken. Empty is let through here: `require_reason` answers in words."""

    words = forms.CharField(
        label=f"Why, in at least {SHORTEST_REASON} characters:", max_length=300, required=False,
        widget=forms.TextInput(attrs=_ASKED),
    )  # fmt: skip


class ExplainedActions(admin.ModelAdmin):  # type: ignore[type-arg]
    """A list with actions that staff take for a reason, each of which begins with `reason`."""

    action_form = WhyActionForm

    def reason(self, request: HttpRequest) -> str:
        """Why, as it is kept; empty when no reason was given, which they are told, and then nothing may be done."""
        try:
            return require_reason(request.POST.get("words", ""))
        except NoReason as no:
            self.message_user(request, f"{no} Nothing was done.", messages.ERROR)
            return ""


class ExplainedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that staff change one by one, each on its own page and with a reason; nobody adds or deletes any.

    `save_model` records `form.cleaned_data["words"]` where `form.changed_fields()` names anything.
    """

    form = WhyForm
    actions = None

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whoever may change something is asked why."""
        shown: Any = self.fields
        return (*shown, "words") if self.has_change_permission(request, obj) else shown

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
