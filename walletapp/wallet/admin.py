"""What customers hold, for staff: all of it readable, nothing editable but who looks after a break and how it ended."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join

from walletapp.accounts.models import Customer
from walletapp.audit.admin import ReadOnlyAdmin, link
from walletapp.money import Currency, Money
from walletapp.wallet import breaks
from walletapp.wallet.break_form import BreakForm
from walletapp.wallet.models import (
    Break,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
    Movement,
    ReconciliationRun,
    Wallet,
)
from walletapp.web.admin_filters import yes_no


def amount_of(minor: int | None, asset: str) -> str:
    return "unknown" if minor is None else str(Money(minor, Currency.of_asset(asset)))


def link_to_wallet(wallet: Wallet | None) -> str:
    return link(wallet, "admin:wallet_wallet_change", wallet.pk) if wallet else "-"


@admin.register(Wallet)
class WalletAdmin(ReadOnlyAdmin):
    list_display = (
        "user",
        "state",
        "asset",
        "chain",
        "available_now",
        "on_hold",
        "at_oms",
        "remote_seen_at",
        "frozen_reason",
    )
    list_filter = (
        "state",
        "custody",
        yes_no("stopped by us", "frozen", lambda: ~Q(frozen_reason="")),
        yes_no("balance never read", "unread", lambda: Q(remote_seen_at__isnull=True)),
        "created_at",
    )
    search_fields = ("user__email", "address", "oms_id", "id", "user__customer__oms_id")
    list_select_related = ("user",)
    exclude = ("available_minor", "held_minor", "remote_minor", "lease_token")
    readonly_fields = ("available_now", "on_hold", "at_oms", "links")

    @admin.display(description="available", ordering="available_minor")
    def available_now(self, wallet: Wallet) -> str:
        return amount_of(wallet.available_minor, wallet.asset)

    @admin.display(description="on hold", ordering="held_minor")
    def on_hold(self, wallet: Wallet) -> str:
        return amount_of(wallet.held_minor, wallet.asset)

    @admin.display(description="at OMS, when last read", ordering="remote_minor")
    def at_oms(self, wallet: Wallet) -> str:
        return amount_of(wallet.remote_minor, wallet.asset)

    @admin.display(description="go to")
    def links(self, wallet: Wallet) -> str:
        found = [
            link("User", "admin:accounts_user_change", wallet.user_id),
            link("Transfers", "admin:transfers_transfer_changelist", wallet=wallet.pk),
            link("Movements", "admin:wallet_movement_changelist", wallet=wallet.pk),
            link("Ledger", "admin:wallet_ledgertransaction_changelist", movement__wallet=wallet.pk),
            link("Breaks", "admin:wallet_break_changelist", wallet=wallet.pk),
            link("Events from OMS", "admin:oms_inboundevent_changelist", q=wallet.oms_id or wallet.pk),
        ]
        customer = Customer.objects.filter(user=wallet.user_id).first()
        if customer is not None:
            found.insert(1, link("Customer", "admin:accounts_customer_change", customer.pk))
        return format_html_join(" · ", "{}", ((one,) for one in found))


@admin.register(Movement)
class MovementAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at",
        "kind",
        "direction",
        "exact_amount",
        "other_party",
        "word",
        "of_wallet",
        "finished_at",
    )
    list_filter = (
        "kind",
        "direction",
        "word",
        yes_no("under way", "pending", lambda: Q(finished_at__isnull=True)),
        "created_at",
    )
    search_fields = ("id", "other_party", "wallet__user__email", "wallet__oms_id")
    list_select_related = ("wallet__user",)
    date_hierarchy = "created_at"
    exclude = ("amount_minor", "wallet")
    readonly_fields = ("exact_amount", "of_wallet", "ledger_of_it")

    @admin.display(description="amount", ordering="amount_minor")
    def exact_amount(self, movement: Movement) -> str:
        return str(movement.amount)

    @admin.display(description="wallet")
    def of_wallet(self, movement: Movement) -> str:
        return link_to_wallet(movement.wallet)

    @admin.display(description="ledger")
    def ledger_of_it(self, movement: Movement) -> str:
        return link("its ledger transactions", "admin:wallet_ledgertransaction_changelist", movement=movement.pk)


class EntryInline(admin.TabularInline):  # type: ignore[type-arg]
    model = LedgerEntry
    fields = readonly_fields = ("account", "exact_amount")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="amount")
    def exact_amount(self, entry: LedgerEntry) -> str:
        return amount_of(entry.amount_minor, entry.account.asset)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerEntry]:
        return super().get_queryset(request).select_related("account")


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "kind", "slot", "about", "of_wallet")
    list_filter = ("kind", "created_at")
    search_fields = ("id", "movement__id", "movement__wallet__user__email", "movement__wallet__oms_id")
    list_select_related = ("movement__wallet__user",)
    date_hierarchy = "created_at"
    readonly_fields = ("about", "of_wallet")
    exclude = ("movement",)
    inlines = (EntryInline,)

    @admin.display(description="movement")
    def about(self, record: LedgerTransaction) -> str:
        return link(record.movement, "admin:wallet_movement_change", record.movement_id)

    @admin.display(description="wallet")
    def of_wallet(self, record: LedgerTransaction) -> str:
        return link_to_wallet(record.movement.wallet)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return lookup == "movement__wallet" or super().lookup_allowed(lookup, value, request)


@admin.register(LedgerAccount)
class LedgerAccountAdmin(ReadOnlyAdmin):
    list_display = ("kind", "asset", "of_wallet")
    list_filter = ("kind", "asset")
    search_fields = ("wallet__user__email", "wallet__oms_id", "wallet__id")
    list_select_related = ("wallet__user",)

    @admin.display(description="wallet")
    def of_wallet(self, account: LedgerAccount) -> str:
        return link_to_wallet(account.wallet)


@admin.register(ReconciliationRun)
class ReconciliationRunAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "finished_at", "covers_since", "compared", "differences", "error")
    list_filter = (yes_no("found differences", "differing", lambda: Q(differences__gt=0)), "started_at")
    search_fields = ("error",)
    ordering = ("-started_at",)


@admin.register(Break)
class BreakAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The one thing staff change by hand: who looks after a difference, and, once, how it was closed."""

    form = BreakForm
    list_display = ("kind", "key", "of_wallet", "owner", "opened_at", "seen_at", "closed_at", "how_closed")
    list_filter = (
        yes_no("open", "open", lambda: Q(closed_at__isnull=True)),
        yes_no("nobody looks after it", "unassigned", lambda: Q(owner__isnull=True)),
        "kind",
        "opened_at",
    )
    search_fields = ("key", "wallet__user__email", "wallet__oms_id", "wallet__id", "how_closed")
    list_select_related = ("wallet__user", "owner")
    ordering = ("closed_at", "-opened_at")
    readonly_fields = ("kind", "key", "of_wallet", "detail", "opened_at", "seen_at", "closed_at", "how_closed")
    fields = (*readonly_fields, "owner", "cause", "words")
    actions = None

    @admin.display(description="wallet")
    def of_wallet(self, found: Break) -> str:
        return link_to_wallet(found.wallet)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_over = obj is not None and obj.closed_at is not None
        return not is_over and super().has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if self.has_change_permission(request, obj) else (*self.readonly_fields, "owner")

    def save_model(self, request: HttpRequest, obj: Break, form: Any, change: bool) -> None:
        """Through the journeys and never by saving the row: they are forward-only and write the audit trail."""
        breaks.assign_break(obj.pk, request.user, form.cleaned_data["owner"])
        if how := form.how_closed():
            done = breaks.close_break(obj.pk, request.user, how)
            if not done:
                self.message_user(request, "Somebody else closed it in the meantime.", messages.WARNING)
