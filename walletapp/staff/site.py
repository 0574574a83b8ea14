"""The admin site of this wallet.

What must stay true: there is one door for everybody (the sign-in of the customers' pages, with its limits and, later,
its second factor); the admin has no password pages of its own.
"""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme


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

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from walletapp.staff import attention  # models are not loaded yet when the site is made

        found = {"attention": attention.lines(request.user), "last_run": attention.last_run(request.user)}
        return super().index(request, {**(extra_context or {}), **found})
