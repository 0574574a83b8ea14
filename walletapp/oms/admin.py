"""OMS's deliveries and our webhooks, for staff to read. Bodies stay sealed until somebody gives a reason."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from walletapp.audit import trail
from walletapp.audit.admin import ReadOnlyAdmin, link, masked
from walletapp.audit.asking_why import ExplainedActions
from walletapp.oms.inbox import apply_again
from walletapp.oms.models import InboundEvent, WebhookEndpoint

# Where the thing that a delivery is about can be found, by the name of the page.
_PAGES = {
    "customer": "admin:accounts_customer_changelist",
    "wallet": "admin:wallet_wallet_changelist",
    "transaction": "admin:transfers_transfer_changelist",
    "cashIn": "admin:transfers_transfer_changelist",
    "quote": "admin:transfers_quote_changelist",
}


@admin.register(InboundEvent)
class InboundEventAdmin(ExplainedActions, ReadOnlyAdmin):
    list_display = ("received_at", "kind", "about", "event_name", "state", "attempts", "due_at", "last_error")
    list_filter = ("state", "kind", "received_at")
    search_fields = ("event_id", "resource_id", "event_name", "body_sha256")
    date_hierarchy = "received_at"
    exclude = ("body", "lease_token")
    readonly_fields = ("about", "sealed_body")
    actions = ("apply_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[InboundEvent]:
        return super().get_queryset(request).defer("body").select_related("contradicts")

    @admin.display(description="About", ordering="resource_id")
    def about(self, event: InboundEvent) -> str:
        return link(event.resource_id or "nothing", _PAGES.get(event.kind, ""), q=event.resource_id)

    @admin.display(description="Body")
    def sealed_body(self, event: InboundEvent) -> str:
        return masked(event, "body")

    def has_apply_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("oms.change_inboundevent")

    @admin.action(description="Apply again (parked, given up or in conflict)", permissions=["apply"])
    def apply_again(self, request: HttpRequest, queryset: QuerySet[InboundEvent]) -> None:
        if not (why := self.reason(request)):
            return
        done = 0
        for event in queryset:
            with transaction.atomic():
                if apply_again(event):
                    trail.record(request.user, "oms.event.apply_again", event, why)
                    done += 1
        left: Any = queryset.count() - done
        self.message_user(request, f"{done} put back to work, {left} left as they are.", messages.INFO)


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnlyAdmin):
    list_display = ("oms_id", "url", "active", "created_at")
    list_filter = ("active", "created_at")
    search_fields = ("oms_id", "url")
    exclude = ("secret",)
