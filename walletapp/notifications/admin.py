"""Notices for staff: what was told to whom, when, and whether the e-mail left."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from walletapp.audit.admin import ReadOnlyAdmin
from walletapp.notifications.models import Notice


class DeliveryFilter(admin.SimpleListFilter):
    title = "delivery"
    parameter_name = "delivery"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("sent", "Sent"), ("waiting", "Waiting"), ("given_up", "Given up")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notice]) -> QuerySet[Notice]:
        match self.value():
            case "sent":
                return queryset.filter(sent_at__isnull=False)
            case "given_up":
                return queryset.filter(given_up_at__isnull=False)
            case "waiting":
                return queryset.filter(due_at__isnull=False)
        return queryset


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "user", "kind", "subject", "sent_at", "attempts", "last_error")
    list_filter = (DeliveryFilter, "kind", "created_at")
    search_fields = ("id", "user__email", "dedupe_key")
    list_select_related = ("user",)
