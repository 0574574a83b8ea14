"""The pages of the admin on which support asks for somebody to be let in, and another of the staff decides."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.sites import AdminSite
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from walletapp.accounts import recovering
from walletapp.accounts.models import User
from walletapp.accounts.recoveries import Recovery
from walletapp.audit.admin import ReadOnlyAdmin, link
from walletapp.audit.reasons import SHORTEST_REASON
from walletapp.refusals import Refusal
from walletapp.web.admin_filters import yes_no

_HELP = f"At least {SHORTEST_REASON} characters. Name the case, never a number of a document. It stays with your name."
_WORDS = forms.TextInput(attrs={"autocomplete": "off", "size": 60})


class AskForm(forms.Form):
    """How it was proved who they are, and why they are to be let in."""

    proved = forms.ChoiceField(
        label="How did you make sure who they are?", choices=Recovery.Proved.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(label="What happened", max_length=300, help_text=_HELP, widget=_WORDS)


class DecideForm(forms.Form):
    """What the second person looked at."""

    words = forms.CharField(label="What you looked at, and why", max_length=300, help_text=_HELP, widget=_WORDS)


def ask(request: HttpRequest, site: AdminSite, user: User) -> HttpResponse:
    """Support asks for this person to be let in. Nothing of their account changes here."""
    refusal = ""
    form = AskForm(request.POST if request.method == "POST" else None)
    try:
        recovering.require_may_ask(request.user, user)
        if request.method == "POST" and form.is_valid():
            row = recovering.ask(request.user, user, **form.cleaned_data)
            messages.success(request, "Asked, and the owner was written to. Somebody else has a day to decide.")
            return redirect("admin:accounts_recovery_change", row.pk)
    except Refusal as no:
        refusal = str(no)
    context = {"form": form, "refusal": refusal, "person": user, "effects": recovering.what_will_happen(user)}
    return _page(request, site, "admin/accounts/let_in.html", "Ask to let somebody in", context)


def _page(
    request: HttpRequest, site: AdminSite, template: str, title: str, context: dict[str, Any]
) -> TemplateResponse:
    status = 422 if context["refusal"] and request.method == "POST" else 200
    return TemplateResponse(request, template, {**site.each_context(request), "title": title, **context}, status=status)


@admin.register(Recovery)
class RecoveryAdmin(ReadOnlyAdmin):
    """Decided on a page of its own, by somebody else than asked."""

    change_form_template = "admin/accounts/recovery.html"
    list_display = ("asked_at", "user", "outcome", "proved", "asked_by", "decided_by", "decided_at")
    list_filter = (
        yes_no("waits for a second person", "waiting", lambda: Q(outcome="open", expires_at__gt=timezone.now())),
        "outcome",
        "proved",
        "asked_at",
    )
    search_fields = ("id", "user__email", "asked_by__email", "decided_by__email")
    list_select_related = ("user", "asked_by", "decided_by")
    readonly_fields = ("to_user",)

    @admin.display(description="User page")
    def to_user(self, row: Recovery) -> str:
        return link(row.user, "admin:accounts_user_change", row.user_id)

    def get_urls(self) -> list[URLPattern]:
        page = path(
            "<path:object_id>/decide/", self.admin_site.admin_view(self.decide), name="accounts_recovery_decide"
        )
        return [page, *super().get_urls()]

    def decide(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Approve or decline, after reading what will happen."""
        if not request.user.has_perm(recovering.DECIDE):
            raise PermissionDenied
        row = self.get_object(request, unquote(object_id))
        if not isinstance(row, Recovery):
            raise Http404
        refusal = ""
        form = DecideForm(request.POST if request.method == "POST" else None)
        try:
            recovering.require_may_decide(request.user, row)
            if request.method == "POST" and form.is_valid():
                self._do(request, row, form.cleaned_data["words"])
                return redirect("admin:accounts_recovery_change", row.pk)
        except Refusal as no:
            refusal = str(no)
        context = {"form": form, "refusal": refusal, "row": row, "effects": recovering.what_will_happen(row.user)}
        return _page(request, self.admin_site, "admin/accounts/decide.html", "Decide whether to let them in", context)

    def _do(self, request: HttpRequest, row: Recovery, words: str) -> None:
        if request.POST.get("do") == "approve":
            recovering.approve(request.user, row.pk, words)
            self.message_user(request, "Their second factors were removed, and they were written to.", messages.SUCCESS)
        else:
            recovering.decline(request.user, row.pk, words)
            self.message_user(request, "Declined. Nothing of their account was changed.", messages.SUCCESS)
