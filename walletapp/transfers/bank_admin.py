"""Bank deposits for staff: what came, and the list of those nobody could place, with what can be done about them."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from walletapp.audit.admin import ReadOnlyAdmin, link
from walletapp.banking.models import UnmatchedDeposit
from walletapp.oms.errors import OmsError
from walletapp.refusals import Refusal
from walletapp.transfers import placing
from walletapp.transfers.bank_arrivals import BankArrival


@admin.register(BankArrival)
class BankArrivalAdmin(ReadOnlyAdmin):
    list_display = ("about", "came", "fee", "rate", "sender", "account")
    list_filter = ("transfer__state", "transfer__rail", "transfer__created_at")
    search_fields = ("transfer__id", "transfer__oms_id", "transfer__user__email", "account__oms_id", "sender")
    list_select_related = ("transfer__wallet", "account__user")
    exclude = ("transfer",)
    readonly_fields = ("about",)

    @admin.display(description="transfer")
    def about(self, arrival: BankArrival) -> str:
        return link(arrival.transfer, "admin:transfers_transfer_change", arrival.transfer_id)


@admin.register(UnmatchedDeposit)
class UnmatchedDepositAdmin(ReadOnlyAdmin):
    """Looked at again, placed or closed on a page of its own: OMS is asked, which no form of the admin may wait for."""

    change_form_template = "admin/banking/unmatched_deposit.html"
    list_display = (
        "created_at",
        "amount",
        "rail",
        "state",
        "why",
        "virtual_account_oms_id",
        "oms_status",
        "how_closed",
    )
    list_filter = ("state", "rail", "created_at")
    search_fields = ("oms_id", "virtual_account_oms_id", "wallet_oms_id", "how_closed")

    def get_urls(self) -> list[URLPattern]:
        page = path("<path:object_id>/place/", self.admin_site.admin_view(self.place), name="banking_place")
        return [page, *super().get_urls()]

    def may_place(self, request: HttpRequest) -> bool:
        return admin.ModelAdmin.has_change_permission(self, request)

    def place(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """One of three: look again, place it at an account, close it. The last two want a reason."""
        deposit = get_object_or_404(UnmatchedDeposit, pk=object_id)
        if not self.may_place(request):
            raise PermissionDenied
        if request.method == "POST":
            self._do(request, deposit)
            return redirect("admin:banking_unmatcheddeposit_change", deposit.pk)
        context = {**self.admin_site.each_context(request), "deposit": deposit, "title": "Place a deposit"}
        return TemplateResponse(request, "admin/banking/place.html", context)

    def _do(self, request: HttpRequest, deposit: UnmatchedDeposit) -> None:
        reason = request.POST.get("reason", "").strip()
        what = request.POST.get("do", "")
        try:
            words = self._outcome(request.user, deposit, what, reason, request.POST.get("account", "").strip())
        except (Refusal, OmsError) as no:
            self.message_user(request, f"It stays on the list: {no}", messages.ERROR)
        else:
            self.message_user(request, words, messages.SUCCESS)

    def _outcome(self, actor: Any, deposit: UnmatchedDeposit, what: str, reason: str, account: str) -> str:
        if what == "look":
            return "It was placed." if placing.look_again(deposit.pk) else "OMS was asked; it still cannot be placed."
        if not reason:
            raise Refusal("a reason is wanted.")
        if what == "place":
            placing.place(actor, deposit.pk, account, reason)
            return "It was placed."
        return "It was closed." if placing.close(actor, deposit.pk, reason) else "It was closed before."
