"""Transfers for staff: what was asked, agreed, sent and answered, all of it to be read only."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join

from walletapp.audit.admin import ReadOnlyAdmin, link
from walletapp.transfers import (
    bank_admin,  # noqa: F401 - registers what is about deposits
    overdue,
)
from walletapp.transfers.models import Attempt, Authorization, CashCode, Transfer
from walletapp.transfers.own_limits import OwnLimit
from walletapp.transfers.quotes import Quote
from walletapp.transfers.standstill import Standstill
from walletapp.transfers.states import FINAL, State
from walletapp.web.admin_filters import yes_no

_TRANSFER = "admin:transfers_transfer_change"
_EVENTS = "admin:oms_inboundevent_changelist"
_NOT_AGREED = "-"  # a draft has prices, each in its quote, and no amount yet
_FIRST = ("kind", "state", "exact_amount", "exact_fee", "to_whom", "attention", "reason", "links")


def link_to_transfer(transfer: Transfer) -> str:
    return link(transfer, _TRANSFER, transfer.pk)


class ReadOnlyInline(admin.TabularInline):  # type: ignore[type-arg]
    """Rows of another table under the one they belong to."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class QuoteInline(ReadOnlyInline):
    model = Quote
    fields = readonly_fields = ("number", "status", "you_pay", "they_get", "rate", "oms_id", "expires_at")


class AttemptInline(ReadOnlyInline):
    model = Attempt
    fields = readonly_fields = ("number", "started_at", "ended_at", "outcome", "status", "code", "request_id")


class CashCodeInline(ReadOnlyInline):
    model = CashCode
    fields = readonly_fields = ("code", "status", "created_at", "expires_at")


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "kind", "state", "exact_amount", "user", "to_whom", "oms_id", "attention")
    list_filter = (
        yes_no("needs attention", "attention", lambda: ~Q(attention="")),
        yes_no("later than promised", "late", overdue.late),
        yes_no("finished", "finished", lambda: Q(state__in=FINAL)),
        "kind",
        "rail",
        "state",
        "oms_status",
        "created_at",
    )
    search_fields = ("id", "user__email", "oms_id", "cash_in_id", "tx_hash", "to_address", "idem_key", "quote__oms_id")
    list_select_related = ("user", "wallet", "to_wallet__user", "external_account")
    date_hierarchy = "created_at"
    exclude = (
        *("request_body", "lease_token", "rank", "asked_minor", "asked_side", "external_account", "reverses"),
        *("amount_minor", "fee_minor", "wallet", "user", "quote", "to_wallet"),
    )
    readonly_fields = ("exact_amount", "exact_fee", "to_whom", "links", "sent_to_oms")
    inlines = (QuoteInline, AttemptInline, CashCodeInline)

    def get_fields(self, request: HttpRequest, obj: Transfer | None = None) -> Any:
        """What it is and what is wrong with it first, then everything that is kept about it."""
        rest = [name for name in super().get_fields(request, obj) if name not in _FIRST]
        return [*_FIRST, *rest]

    @admin.display(description="amount", ordering="amount_minor")
    def exact_amount(self, transfer: Transfer) -> str:
        return _NOT_AGREED if transfer.state == State.QUOTED else str(transfer.amount)

    @admin.display(description="fee", ordering="fee_minor")
    def exact_fee(self, transfer: Transfer) -> str:
        return _NOT_AGREED if transfer.state == State.QUOTED else str(transfer.fee)

    @admin.display(description="to or at")
    def to_whom(self, transfer: Transfer) -> str:
        if transfer.to_wallet:
            return link(transfer.to_wallet.user, "admin:wallet_wallet_change", transfer.to_wallet_id)
        if transfer.external_account:
            account = transfer.external_account
            return link(f"{account} by {transfer.rail}", "admin:banking_externalaccount_change", account.pk)
        return transfer.to_address or transfer.store_name or transfer.from_party or "-"

    @admin.display(description="the bytes given to OMS")
    def sent_to_oms(self, transfer: Transfer) -> str:
        return bytes(transfer.request_body).decode("utf-8", "replace") or "-"

    @admin.display(description="go to")
    def links(self, transfer: Transfer) -> str:
        names = (transfer.oms_id, transfer.cash_in_id)
        found = [
            link("User", "admin:accounts_user_change", transfer.user_id),
            link("Wallet", "admin:wallet_wallet_change", transfer.wallet_id),
            *([link("Quote", "admin:transfers_quote_change", transfer.quote_id)] if transfer.quote_id else []),
            *([link("What it reverses", _TRANSFER, transfer.reverses_id)] if transfer.reverses_id else []),
            *([link("What came back", _TRANSFER, back.pk)] if (back := getattr(transfer, "returned_by", None)) else []),
            link("Movement", "admin:wallet_movement_changelist", id=transfer.pk),
            link("Ledger", "admin:wallet_ledgertransaction_changelist", movement=transfer.pk),
            link("Breaks", "admin:wallet_break_changelist", q=transfer.oms_id or transfer.pk),
            *(link(f"Events about {name}", _EVENTS, q=name) for name in names if name),
            link("Audit", "admin:audit_auditevent_changelist", q=transfer.pk),
        ]
        return format_html_join(" · ", "{}", ((one,) for one in found))


@admin.register(Quote)
class QuoteAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "of_transfer", "number", "status", "you_pay", "they_get", "oms_id", "expires_at")
    list_filter = ("status", "source_asset", "is_estimate", "created_at")
    search_fields = ("id", "oms_id", "transfer__id", "transfer__user__email")
    list_select_related = ("transfer__wallet",)
    date_hierarchy = "created_at"
    exclude = ("snapshot", "transfer")
    readonly_fields = ("of_transfer", "you_pay", "they_get", "as_oms_gave_it")

    @admin.display(description="transfer")
    def of_transfer(self, quote: Quote) -> str:
        return link_to_transfer(quote.transfer)

    @admin.display(description="the quote as OMS gave it")
    def as_oms_gave_it(self, quote: Quote) -> str:
        return json.dumps(quote.snapshot, indent=2, ensure_ascii=False)


class PartOfTransferAdmin(ReadOnlyAdmin):
    """Rows that belong to one transfer, which is shown as a link."""

    list_select_related = ("transfer__wallet",)
    exclude = ("transfer",)
    readonly_fields = ("of_transfer",)

    @admin.display(description="transfer")
    def of_transfer(self, row: Any) -> str:
        return link_to_transfer(row.transfer)


@admin.register(Attempt)
class AttemptAdmin(PartOfTransferAdmin):
    list_display = ("started_at", "of_transfer", "number", "outcome", "status", "code", "ended_at", "request_id")
    list_filter = (yes_no("no answer yet", "open", lambda: Q(ended_at__isnull=True)), "outcome", "status", "started_at")
    search_fields = ("transfer__id", "idem_key", "request_id", "code", "transfer__user__email")
    ordering = ("-started_at",)


@admin.register(Authorization)
class AuthorizationAdmin(PartOfTransferAdmin):
    list_display = ("created_at", "of_transfer", "method", "expires_at", "used_at")
    list_filter = (yes_no("used", "used", lambda: Q(used_at__isnull=False)), "method", "created_at")
    search_fields = ("transfer__id", "digest", "transfer__user__email")
    ordering = ("-created_at",)


@admin.register(OwnLimit)
class OwnLimitAdmin(ReadOnlyAdmin):
    list_display = ("user", "present", "next", "next_from")
    list_filter = (yes_no("a raise waits or came", "raise", lambda: Q(next_from__isnull=False)),)
    search_fields = ("user__email",)
    list_select_related = ("user",)


@admin.register(Standstill)
class StandstillAdmin(ReadOnlyAdmin):
    list_display = ("why", "began_at", "ended_at")
    list_filter = (yes_no("goes on", "going", lambda: Q(ended_at__isnull=True)), "began_at")
    search_fields = ("why",)


@admin.register(CashCode)
class CashCodeAdmin(PartOfTransferAdmin):
    list_display = ("created_at", "of_transfer", "code", "status", "expires_at")
    list_filter = ("status", "created_at")
    search_fields = ("code", "transfer__id", "transfer__cash_in_id", "transfer__user__email")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CashCode]:
        return super().get_queryset(request).select_related("transfer__user")
