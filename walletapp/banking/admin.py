"""Bank transfers for staff: who wants them and is let in, accounts that are opened by hand, money people miss."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse

from walletapp import features
from walletapp.accounts.models import Flag
from walletapp.audit import trail
from walletapp.audit.admin import ReadOnlyAdmin, RowsAsFile, link, masked
from walletapp.audit.asking_why import ExplainedActions
from walletapp.banking import by_hand, interest, missing
from walletapp.banking.admin_forms import AnswerForm, PasteExternalForm, PasteVirtualForm
from walletapp.banking.models import (
    ExternalAccount,
    InterestEntry,
    MissingDeposit,
    VirtualAccount,
)
from walletapp.moments import written_day
from walletapp.oms.schemas import BankDetails
from walletapp.web import sheets
from walletapp.web.admin_filters import yes_no

_ACCESSES = {features.BANK_FUNDING: "add money", features.BANK_PAYOUTS_ACH: "ACH", features.BANK_PAYOUTS_WIRE: "wire"}
_COLUMNS = ("e-mail", "use", "each month", "state", "consented", "registered", "changed", "withdrawn")


class Standing(admin.SimpleListFilter):
    """Who is still on the list."""

    title = "on the list"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes"), ("no", "Withdrawn")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[InterestEntry]) -> QuerySet[InterestEntry]:
        wanted = {"yes": True, "no": False}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(withdrawn_at__isnull=wanted)


@admin.register(InterestEntry)
class InterestEntryAdmin(ExplainedActions, ReadOnlyAdmin):
    list_display = ("user", "access", "use_case", "monthly_volume", "state", "created_at")
    list_filter = (
        Standing,
        yes_no("was given access", "opened", lambda: Q(opened_at__isnull=False)),
        "use_case",
        "monthly_volume",
        "state",
    )
    search_fields = ("user__email", "id")
    list_select_related = ("user",)
    date_hierarchy = "created_at"
    actions = ("export_csv", "open_everything", "open_funding", "open_ach", "open_wire")

    def get_queryset(self, request: HttpRequest) -> QuerySet[InterestEntry]:
        given = Flag.users.through.objects.filter(user=OuterRef("user"))
        has = {f"has_{name}": Exists(given.filter(flag__name=name)) for name in _ACCESSES}
        found: QuerySet[InterestEntry] = super().get_queryset(request).annotate(**has)
        return found

    @admin.display(description="Given access", ordering="opened_at")
    def access(self, entry: InterestEntry) -> str:
        """Which, by name; a group or a percentage opens them too, and then only that they were told is known here."""
        if entry.withdrawn_at:
            return f"withdrawn {written_day(entry.withdrawn_at)}"
        given = [word for name, word in _ACCESSES.items() if getattr(entry, f"has_{name}")]
        return ", ".join(given) or ("not by name" if entry.opened_at else "none")

    @admin.action(description="Export as CSV", permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: QuerySet[InterestEntry]) -> HttpResponse | None:
        """On record with the reason, and with each person in it as a look at what they said."""
        if not (why := self.reason(request)):
            return None
        entries = list(queryset)
        with transaction.atomic():
            trail.record(request.user, "interest.exported", None, why, rows=len(entries))
        text = sheets.lines([_COLUMNS, *(_values(entry) for entry in entries)])
        return RowsAsFile(text, "bank-transfer-interest.csv", InterestEntry, [entry.pk for entry in entries])

    def has_give_access_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("accounts.change_flag"))

    @admin.action(description="Give access to everything, and write to them once", permissions=["give_access"])
    def open_everything(self, request: HttpRequest, queryset: QuerySet[InterestEntry]) -> None:
        self._open(request, queryset, *features.FLAGS)

    @admin.action(description="Give access: add money by bank, and write to them", permissions=["give_access"])
    def open_funding(self, request: HttpRequest, queryset: QuerySet[InterestEntry]) -> None:
        self._open(request, queryset, features.BANK_FUNDING)

    @admin.action(description="Give access: withdraw by ACH, and write to them", permissions=["give_access"])
    def open_ach(self, request: HttpRequest, queryset: QuerySet[InterestEntry]) -> None:
        self._open(request, queryset, features.BANK_PAYOUTS_ACH)

    @admin.action(description="Give access: withdraw by wire, and write to them", permissions=["give_access"])
    def open_wire(self, request: HttpRequest, queryset: QuerySet[InterestEntry]) -> None:
        self._open(request, queryset, features.BANK_PAYOUTS_WIRE)

    def _open(self, request: HttpRequest, queryset: QuerySet[InterestEntry], *flags: str) -> None:
        if not (why := self.reason(request)):
            return
        chosen = list(queryset.values_list("pk", flat=True))
        given = sum(interest.give_access(request.user, pk, *flags, why=why) for pk in chosen)
        if given:
            who = "1 person was" if given == 1 else f"{given} people were"
            self.message_user(request, f"{who} given access: {interest.named(*flags)}.", messages.SUCCESS)
        if left := len(chosen) - given:
            who, verb = ("1 person", "is") if left == 1 else (f"{left} people", "are")
            self.message_user(request, f"{who} had that already, or {verb} off the list.", messages.WARNING)


def _values(entry: InterestEntry) -> list[Any]:
    times = (entry.consented_at, entry.created_at, entry.updated_at, entry.withdrawn_at)
    return [
        entry.user.email,
        entry.get_use_case_display(),
        entry.get_monthly_volume_display(),
        entry.state,
        *(time.isoformat(timespec="seconds") if time else "" for time in times),
    ]


class ByHandAdmin(ReadOnlyAdmin):
    """Accounts that staff may complete while OMS has not; afterwards they are to be read only."""

    def may_be_completed(self, account: Any) -> bool:
        return account is not None and account.oms_id is None and account.state in {"opening", "checking"}

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = admin.ModelAdmin.has_change_permission(self, request, obj)
        return may and (obj is None or self.may_be_completed(obj))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        asked: Any = self.form.base_fields
        return (*self.readonly_fields, *asked) if self.has_change_permission(request, obj) else self.readonly_fields


@admin.register(VirtualAccount)
class VirtualAccountAdmin(ByHandAdmin):
    """Where OMS opens accounts by hand, its id and the details are pasted here."""

    form = PasteVirtualForm
    list_display = ("user", "state", "oms_id", "is_by_hand", "problem", "created_at", "opened_at")
    list_filter = (yes_no("to be opened by hand", "by_hand", lambda: Q(state="opening", is_by_hand=True)), "state")
    search_fields = ("user__email", "oms_id", "id", "user__customer__oms_id")
    list_select_related = ("user", "wallet")
    readonly_fields = (
        "user", "customer", "wallet", "oms_wallet", "state", "oms_id", "account_no", "is_by_hand", "problem",
        "created_at",
    )  # fmt: skip
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[VirtualAccount]:
        return super().get_queryset(request).defer("account_number")

    @admin.display(description="OMS customer")
    def customer(self, account: VirtualAccount) -> str:
        return link(account.user.customer.oms_id, "admin:accounts_customer_change", account.user.customer.pk)

    @admin.display(description="Account number")
    def account_no(self, account: VirtualAccount) -> str:
        return masked(account, "account_number")

    @admin.display(description="OMS wallet")
    def oms_wallet(self, account: VirtualAccount) -> str:
        return str(account.wallet.oms_id)

    def save_model(self, request: HttpRequest, obj: VirtualAccount, form: Any, change: bool) -> None:
        given = form.cleaned_data
        bank = BankDetails(
            bank_name=given["bank_name"],
            account_number=given["number"],
            routing_number=given["routing_number"],
            account_type=given["account_type"],
            owner_name=given["owner_name"],
            reference=given["reference"],
        )
        if not by_hand.paste_virtual_account(request.user, obj, oms_id=given["new_oms_id"], bank=bank):
            self.message_user(request, "It was opened in the meantime.", messages.WARNING)


@admin.register(ExternalAccount)
class ExternalAccountAdmin(ByHandAdmin):
    """Where OMS registers accounts by hand, its id is pasted here. The number is opened with a reason, for OMS."""

    form = PasteExternalForm
    list_display = ("user", "bank_name", "last4", "state", "oms_id", "is_by_hand", "created_at")
    list_filter = (yes_no("to be registered by hand", "by_hand", lambda: Q(state="checking", is_by_hand=True)), "state")
    search_fields = ("user__email", "oms_id", "id", "user__customer__oms_id")
    list_select_related = ("user",)
    readonly_fields = (
        "user", "customer", "bank_name", "routing_number", "last4", "number", "account_type", "owner_name", "state",
        "oms_id", "is_by_hand", "problem", "created_at", "verified_at", "removed_at",
    )  # fmt: skip
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[ExternalAccount]:
        return super().get_queryset(request).defer("account_number")

    @admin.display(description="OMS customer")
    def customer(self, account: ExternalAccount) -> str:
        return link(account.user.customer.oms_id, "admin:accounts_customer_change", account.user.customer.pk)

    @admin.display(description="Account number, until OMS has it")
    def number(self, account: ExternalAccount) -> str:
        return masked(account, "account_number")

    def save_model(self, request: HttpRequest, obj: ExternalAccount, form: Any, change: bool) -> None:
        if oms_id := form.cleaned_data["new_oms_id"]:
            by_hand.paste_external_account(request.user, obj, oms_id=oms_id)
        elif why := form.cleaned_data["refused_because"]:
            by_hand.refuse_external_account(request.user, obj.pk, why)


@admin.register(MissingDeposit)
class MissingDepositAdmin(ReadOnlyAdmin):
    """What people say they sent and cannot see. The answer goes to them when it is saved, and then stands."""

    form = AnswerForm
    list_display = ("user", "amount", "sent_on", "rail", "bank_name", "reference", "state", "created_at")
    list_filter = ("state", "rail", "sent_on")
    search_fields = ("user__email", "reference", "bank_name")
    list_select_related = ("user",)
    readonly_fields = (
        "user", "amount", "sent_on", "rail", "bank_name", "reference", "note", "state", "answer", "created_at",
    )  # fmt: skip
    actions = None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_over = obj is not None and obj.state == MissingDeposit.State.ANSWERED
        return not is_over and admin.ModelAdmin.has_change_permission(self, request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.readonly_fields, "words") if self.has_change_permission(request, obj) else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: MissingDeposit, form: Any, change: bool) -> None:
        if words := form.cleaned_data["words"].strip():
            missing.answer(request.user, obj.pk, words)
