"""The audit trail for staff, and what every read-only page of the admin shares."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html

from walletapp.audit.models import AuditEvent


def link(label: object, page: str, *args: object, **query: object) -> str:
    """A link to another page of the admin, such as `admin:wallet_wallet_changelist`, as text when it is not there.

    Apps link upwards by name only, so that they need not know each other.
    """
    try:
        url = reverse(page, args=args)
    except NoReverseMatch:
        return str(label)
    return format_html('<a href="{}{}">{}</a>', url, f"?{urlencode(query)}" if query else "", label)


def masked(row: Model, name: str) -> str:
    """What a page shows in place of a sealed value: whether there is one, and the way to open it with a reason."""
    table = row._meta
    if not type(row)._base_manager.filter(pk=row.pk, **{f"{name}__isnull": False}).exists():
        return "none, or erased"
    return link("sealed: open with a reason", "admin:reveal", table.app_label, table.model_name, row.pk, name)


class RowsAsFile(HttpResponse):
    """A file with rows of many customers. The site puts it on record for each of them before it is given out."""

    def __init__(self, text: Iterable[str], name: str, model: type[Model], pks: list[Any]) -> None:
        super().__init__(text, content_type="text/csv; charset=utf-8")
        self.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        self.model, self.pks = model, pks


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
    readonly_fields = ("about",)

    @admin.display(description="About")
    def about(self, event: AuditEvent) -> Any:
        """The thing the event tells of, where the admin has a page for it."""
        page = f"admin:{event.object_type.replace('.', '_')}_change"
        return link(f"{event.object_type} {event.object_id}", page, event.object_id)
