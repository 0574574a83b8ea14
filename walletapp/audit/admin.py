"""The audit trail for staff: read, search, filter, and nothing else."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from walletapp.audit.models import AuditEvent


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that staff may look at and nobody edits by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ("seq", "at", "actor", "action", "object_type", "object_id", "reason")
    list_filter = ("action", "object_type", "at")
    search_fields = ("object_id", "action", "reason", "actor__email")
    list_select_related = ("actor",)
