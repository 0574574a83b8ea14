"""The admin site of this wallet.

What must stay true: there is one door for everybody (the sign-in of the customers' pages, with its limits and, later,
its second factor); the admin has no password pages of its own; no page about a customer is shown without it being on
record.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import IS_FACETS_VAR
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ALL_VAR, ORDER_VAR, ChangeList
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.common import no_append_slash


class WalletAdminSite(admin.AdminSite):
    """Every app registers on it through `django.contrib.admin`."""

    site_header = f"{settings.PRODUCT_NAME} staff"
    site_title = site_header
    index_title = "Customers and money"
    index_template = "admin/front.html"

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """To the one door and back; whoever is signed in and no member of staff is told so."""
        target = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
            target = request.path.removesuffix("login/")
        if self.has_permission(request):
            return redirect(target)
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(target)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_change_password")

    def admin_view[View: Callable[..., Any]](self, view: View, cacheable: bool = False) -> View:
        """Every page of every table passes here, those that are still to be written too."""
        shown = super().admin_view(view, cacheable)

        @wraps(shown)
        def on_record(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            from walletapp.audit.admin import RowsAsFile
            from walletapp.privacy import visits

            response = shown(request, *args, **kwargs)
            if response.status_code == 200 and (row := self._row_of(request)):
                visits.note(request.user, *row)
            if response.status_code == 200 and (found := _narrowed_list(response)):
                visits.note_list(request.user, found.model, [row.pk for row in found.result_list])
            if isinstance(response, RowsAsFile):
                visits.note_each(request.user, response.model, response.pks)
            return response

        return cast("View", on_record)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        reveal = path("reveal/<str:app>/<str:table>/<str:pk>/<str:name>/", self.admin_view(self.reveal), name="reveal")
        return [reveal, *super().get_urls()]

    def reveal(self, request: HttpRequest, **which: str) -> TemplateResponse:
        from walletapp.privacy import staff_views

        return staff_views.reveal(request, self, **which)

    def _row_of(self, request: HttpRequest) -> tuple[type[Model], str] | None:
        """The row that a page such as `wallet_wallet_change` is about."""
        match = request.resolver_match
        if match is None or "object_id" not in match.kwargs:
            return None
        table = (match.url_name or "").rpartition("_")[0]
        names = {f"{model._meta.app_label}_{model._meta.model_name}": model for model in self._registry}
        return (names[table], unquote(match.kwargs["object_id"])) if table in names else None

    # Their address without its slash is put right by the door, where they exist; Django would do it on every host.
    @method_decorator(no_append_slash)
    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from walletapp.staff import attention  # models are not loaded yet when the site is made

        found = {"attention": attention.lines(request.user), "last_run": attention.last_run(request.user)}
        return super().index(request, {**(extra_context or {}), **found})


def _narrowed_list(response: HttpResponse) -> ChangeList | None:
    """The list on this page, when it was searched or filtered: links from a customer's page lead to such lists."""
    shown = getattr(response, "context_data", None) or {}
    found: ChangeList | None = shown.get("cl")
    return found if found is not None and set(found.params) - {ORDER_VAR, ALL_VAR, IS_FACETS_VAR} else None
