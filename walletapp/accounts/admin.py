"""People for staff: users may be switched off, everything OMS says is to be read only, sealed values never appear."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.html import format_html_join

from walletapp.accounts import devices, recovery_admin
from walletapp.accounts.devices import END_SESSIONS
from walletapp.accounts.holds import Hold
from walletapp.accounts.models import Customer, Endorsement, Flag, Onboarding, User
from walletapp.accounts.proofs import Proof
from walletapp.accounts.standing import standing_of
from walletapp.accounts.states import OnboardingState
from walletapp.audit.admin import ReadOnlyAdmin, link, masked
from walletapp.audit.asking_why import ExplainedAdmin
from walletapp.audit.reasons import NoReason
from walletapp.audit.trail import record
from walletapp.keys.models import CustomerKey

# Pages about one user, in the apps above: label, URL name, how they find the user.
_ABOUT_A_USER = (
    ("Wallets", "admin:wallet_wallet_changelist", "user__id__exact"),
    ("Transfers", "admin:transfers_transfer_changelist", "user__id__exact"),
    ("Notices", "admin:notifications_notice_changelist", "user__id__exact"),
    ("Why nothing leaves", "admin:accounts_hold_changelist", "user__id__exact"),
    ("Tries to confirm", "admin:accounts_proof_changelist", "user__id__exact"),
    ("Requests to let them in", "admin:accounts_recovery_changelist", "user__id__exact"),
    ("What they did", "admin:audit_auditevent_changelist", "actor__id__exact"),
)


def pages_about(user: User) -> str:
    """Links to everything about this user."""
    links = ((link(label, page, **{field: user.pk}),) for label, page, field in _ABOUT_A_USER)
    return format_html_join(" · ", "{}", links)


def stands_at(user: User) -> str:
    """The verdict, where there is one. The state of an onboarding knows none: it ends when the answers have arrived."""
    return standing_of(getattr(user, "onboarding", None), getattr(user, "customer", None)).slug


def link_to_onboarding(user: User) -> str:
    row = getattr(user, "onboarding", None)
    if row is None:
        return "-"
    label = f"{stands_at(user)}, begun {row.created_at:%Y-%m-%d}"
    return link(label, "admin:accounts_onboarding_change", quote(row.pk))


def _chosen(request: HttpRequest) -> str:
    """The session that was chosen, empty for all of them. A form that names none chooses none."""
    chosen = request.POST.get("session", "")
    return "" if chosen == "all" else chosen or "none"


@admin.register(User)
class UserAdmin(ExplainedAdmin):
    """No password here: people set theirs themselves. Users are switched off, never deleted."""

    change_form_template = "admin/accounts/user.html"
    list_display = ("email", "is_active", "is_staff", "date_joined", "last_login", "to_customer")
    list_filter = ("is_active", "is_staff", "date_joined")
    search_fields = ("email", "public_id", "customer__oms_id")
    list_select_related = ("customer",)
    fields = (
        "email", "public_id", "is_active", "is_staff", "is_superuser", "groups",
        "date_joined", "last_login", "to_customer", "to_onboarding", "pages",
    )  # fmt: skip
    filter_horizontal = ("groups",)
    _RIGHTS = ("is_staff", "is_superuser", "groups")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Only superusers hand out rights."""
        fixed = ("email", "public_id", "date_joined", "last_login", "to_customer", "to_onboarding", "pages")
        return fixed if request.user.is_superuser else (*fixed, *self._RIGHTS)

    def get_urls(self) -> list[URLPattern]:
        let_in, sign_out = self.admin_site.admin_view(self.let_in), self.admin_site.admin_view(self.sign_out)
        return [
            path("<path:object_id>/let-in/", let_in, name="accounts_user_recover"),
            path("<path:object_id>/sign-out/", sign_out, name="accounts_user_sign_out"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        user = self.get_object(request, unquote(object_id)) if request.user.has_perm(END_SESSIONS) else None
        found = devices.devices_of(user, request.session.session_key) if user else []
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "devices": found})

    def let_in(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return recovery_admin.ask(request, self.admin_site, self._found(request, object_id))

    def sign_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """End one session of a person, or all but the one this is asked in. A colleague's: superusers alone."""
        user = self._found(request, object_id)
        is_theirs = user.is_staff and user != request.user and not request.user.is_superuser
        if is_theirs or not request.user.has_perm(END_SESSIONS):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        here, words = request.session.session_key, request.POST.get("words", "")
        try:
            ended = devices.end_for(user, by=request.user, here=here, words=words, only=_chosen(request))
        except NoReason as no:
            self.message_user(request, f"{no} Nobody was signed out.", messages.ERROR)
        else:
            self.message_user(request, f"Sessions ended: {ended}. They can sign in again.", messages.SUCCESS)
        return redirect("admin:accounts_user_change", user.pk)

    def _found(self, request: HttpRequest, object_id: str) -> User:
        """Whose page this is, for whoever may read it. Raises PermissionDenied or Http404."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        user = self.get_object(request, unquote(object_id))
        if not isinstance(user, User):
            raise Http404
        return user

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if fields := form.changed_fields():
            why = form.cleaned_data["words"]
            record(request.user, "user.changed", obj, why, fields=fields, is_active=obj.is_active)

    @admin.display(description="Customer")
    def to_customer(self, user: User) -> str:
        customer = getattr(user, "customer", None)
        return link(customer, "admin:accounts_customer_change", quote(customer.pk)) if customer else "-"

    @admin.display(description="Onboarding")
    def to_onboarding(self, user: User) -> str:
        return link_to_onboarding(user)

    @admin.display(description="More")
    def pages(self, user: User) -> str:
        return pages_about(user)


class EndorsementInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Endorsement
    extra = 0
    fields = ("name", "status", "missing", "reasons", "updated_at")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EndorsementFilter(admin.SimpleListFilter):
    """Customers with any endorsement in a state."""

    title = "endorsement"
    parameter_name = "endorsement"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(status.value, status.label) for status in Endorsement.Status]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Customer]) -> QuerySet[Customer]:
        return queryset.filter(endorsements__status=self.value()).distinct() if self.value() else queryset


@admin.register(Customer)
class CustomerAdmin(ReadOnlyAdmin):
    list_display = ("called", "user", "standing", "is_active", "oms_id", "seen_at")
    list_filter = (EndorsementFilter, "is_active", "created_at")
    search_fields = ("oms_id", "user__email", "first_name", "last_name", "id")
    list_select_related = ("user__onboarding",)
    readonly_fields = ("standing", "to_user", "to_onboarding", "events", "pages")
    inlines = (EndorsementInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        return super().get_queryset(request).prefetch_related("endorsements")

    @admin.display(description="Name", ordering="first_name")
    def called(self, customer: Customer) -> str:
        return customer.name or "no name yet"

    @admin.display(description="Stands at")
    def standing(self, customer: Customer) -> str:
        return stands_at(customer.user)

    @admin.display(description="User page")
    def to_user(self, customer: Customer) -> str:
        return link(customer.user, "admin:accounts_user_change", customer.user_id)

    @admin.display(description="Onboarding")
    def to_onboarding(self, customer: Customer) -> str:
        return link_to_onboarding(customer.user)

    @admin.display(description="Events from OMS")
    def events(self, customer: Customer) -> str:
        return link("Events about this customer", "admin:oms_inboundevent_changelist", q=customer.oms_id)

    @admin.display(description="More")
    def pages(self, customer: Customer) -> str:
        return pages_about(customer.user)


@admin.register(Endorsement)
class EndorsementAdmin(ReadOnlyAdmin):
    list_display = ("customer", "name", "status", "updated_at")
    list_filter = ("name", "status", "updated_at")
    search_fields = ("customer__oms_id", "customer__user__email")
    list_select_related = ("customer",)
    readonly_fields = ("to_customer",)

    @admin.display(description="Customer page")
    def to_customer(self, endorsement: Endorsement) -> str:
        return link(endorsement.customer, "admin:accounts_customer_change", quote(endorsement.customer_id))


# What customers read for these states is about their next move; staff need to know where the answers are.
_ANSWERS = {
    OnboardingState.ANSWERING: "with the customer",
    OnboardingState.SUBMITTING: "being sent to OMS",
    OnboardingState.SUBMITTED: "taken by OMS",
}


class AnswersFilter(admin.SimpleListFilter):
    """Onboardings whose answers are in one place."""

    title = "where the answers are"
    parameter_name = "answers_are"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.value, words) for state, words in _ANSWERS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Onboarding]) -> QuerySet[Onboarding]:
        return queryset.filter(state=self.value()) if self.value() in OnboardingState.values else queryset


@admin.register(Onboarding)
class OnboardingAdmin(ReadOnlyAdmin):
    change_form_template = "admin/accounts/onboarding.html"
    list_display = (
        "user", "standing", "answers_are", "operation", "generation", "is_unknown", "problem", "attempts", "due_at",
    )  # fmt: skip
    list_filter = (AnswersFilter, "operation", "is_unknown", "problem", "created_at")
    search_fields = ("id", "user__email", "idempotency_key")
    list_select_related = ("user__customer",)
    exclude = ("state", "answers", "document_hint", "request_body", "lease_token")
    readonly_fields = ("standing", "answers_are", "to_user", "typed", "document", "request")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Onboarding]:
        found = super().get_queryset(request).defer("answers", "document_hint", "request_body")
        return found.prefetch_related("user__customer__endorsements")

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        row = context["original"]
        context["subtitle"] = f"{row.user}: {stands_at(row.user)}"
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="Stands at")
    def standing(self, row: Onboarding) -> str:
        return stands_at(row.user)

    @admin.display(description="The answers are", ordering="state")
    def answers_are(self, row: Onboarding) -> str:
        return _ANSWERS[OnboardingState(row.state)]

    @admin.display(description="What they typed")
    def typed(self, row: Onboarding) -> str:
        return masked(row, "answers")

    @admin.display(description="Their document, kind and last four")
    def document(self, row: Onboarding) -> str:
        return masked(row, "document_hint")

    @admin.display(description="The request to OMS")
    def request(self, row: Onboarding) -> str:
        return masked(row, "request_body")

    @admin.display(description="User page")
    def to_user(self, row: Onboarding) -> str:
        return link(row.user, "admin:accounts_user_change", row.user_id)


@admin.register(CustomerKey)
class CustomerKeyAdmin(ReadOnlyAdmin):
    """Who has a key of their own, under which master key, and whose was destroyed. The key itself is never shown."""

    list_display = ("user", "master", "created_at", "destroyed_at")
    list_filter = ("master", "created_at", "destroyed_at")
    search_fields = ("user__email", "id")
    list_select_related = ("user",)


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    """Why nothing leaves somebody's wallet, and until when. Nobody here ends one."""

    list_display = ("user", "cause", "began_at", "ends_at", "lifted_at")
    list_filter = ("cause", "began_at")
    search_fields = ("id", "user__email")
    list_select_related = ("user",)


@admin.register(Proof)
class ProofAdmin(ReadOnlyAdmin):
    """Tries to confirm something."""

    list_display = ("at", "user", "purpose", "method", "number", "succeeded")
    list_filter = ("purpose", "method", "succeeded", "at")
    search_fields = ("user__email", "subject")
    list_select_related = ("user",)
    fields = ("at", "user", "purpose", "subject", "method", "number", "succeeded")


@admin.register(Flag)
class FlagAdmin(ExplainedAdmin):
    """Switches a feature for everyone, some or a percentage, from the next request on, each time with a reason.

    Not waffle's own page: that offers what our flags do not know (languages, cookies), and records nothing.
    """

    list_display = ("name", "note", "everyone", "percent", "staff", "authenticated")
    list_filter = ("everyone",)
    search_fields = ("name", "note")
    fields = ("name", "note", "everyone", "percent", "staff", "superusers", "authenticated", "groups", "users")
    readonly_fields = ("name",)
    autocomplete_fields = ("users",)

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Flag, form: Any, change: bool) -> None:
        """A form that changed nothing leaves the row alone: since when it stands so is shown to everybody."""
        if not (fields := form.changed_fields()):
            return
        super().save_model(request, obj, form, change)
        everyone = "by rule" if obj.everyone is None else "on" if obj.everyone else "off"
        record(
            request.user,
            "flag.changed",
            obj,
            form.cleaned_data["words"],
            name=obj.name,
            everyone=everyone,
            fields=fields,
        )
