"""The one page of the admin on which a sealed value is shown: once, for a written reason, never stored by a browser."""

from typing import Any

from django.apps import apps
from django.contrib.admin.sites import AdminSite
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse

from walletapp.privacy import revealing
from walletapp.privacy.forms import RevealForm
from walletapp.refusals import Refusal

# What the page is called, in the words of the pages that lead to it.
_TITLES = {
    "account_number": "Account number",
    "body": "What OMS sent",
    "answers": "What they typed",
    "document_hint": "Kind and last four of the ID",
    "request_body": "The request to OMS",
}


def reveal(request: HttpRequest, site: AdminSite, *, app: str, table: str, pk: str, name: str) -> TemplateResponse:
    """Asks for the reason, and answers it with the value. Loading the page again asks again."""
    row = _row(app, table, pk)
    revealing.require_may_reveal(request.user, type(row), name)
    form = RevealForm(request.POST if request.method == "POST" else None)
    shown = ""
    if request.method == "POST" and form.is_valid():
        try:
            shown = revealing.reveal(request.user, row, name, **form.cleaned_data)
        except Refusal as no:
            form.add_error(no.field if no.field in form.fields else None, str(no))
    context: dict[str, Any] = {
        **site.each_context(request),
        "form": form,
        "shown": shown,
        "row": row,
        "title": _TITLES.get(name) or f"{row._meta.verbose_name}: {name.replace('_', ' ')}",
        "back": f"admin:{app}_{table}_change",
    }
    response = TemplateResponse(request, "admin/reveal.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _row(app: str, table: str, pk: str) -> Model:
    try:
        found: Model | None = apps.get_model(app, table)._base_manager.filter(pk=pk).first()
    except (LookupError, ValueError, ValidationError):
        raise Http404 from None
    if found is None:
        raise Http404
    return found
