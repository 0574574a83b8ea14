"""Who wants bank transfers, for staff: read, filter, take away as CSV."""

import csv
from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from walletapp.audit import trail
from walletapp.audit.admin import ReadOnlyAdmin
from walletapp.banking.models import InterestEntry

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
class InterestEntryAdmin(ReadOnlyAdmin):
    list_display = ("user", "use_case", "monthly_volume", "state", "created_at", "withdrawn_at")
    list_filter = (Standing, "use_case", "monthly_volume", "state", "created_at")
    search_fields = ("user__email", "id")
    list_select_related = ("user",)
    date_hierarchy = "created_at"
    actions = ("export_csv",)

    @admin.action(description="Export as CSV", permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: QuerySet[InterestEntry]) -> HttpResponse:
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = 'attachment; filename="bank-transfer-interest.csv"'
        sheet = csv.writer(response)
        sheet.writerow(_COLUMNS)
        sheet.writerows([_cell(value) for value in _values(entry)] for entry in queryset)
        with transaction.atomic():
            trail.record(request.user, "interest.exported", rows=queryset.count())
        return response


def _values(entry: InterestEntry) -> list[Any]:
    times = (entry.consented_at, entry.created_at, entry.updated_at, entry.withdrawn_at)
    return [
        entry.user.email,
        entry.get_use_case_display(),
        entry.get_monthly_volume_display(),
        entry.state,
        *(time.isoformat(timespec="seconds") if time else "" for time in times),
    ]


def _cell(value: str) -> str:
    """An e-mail address may begin with what a spreadsheet takes for a formula; a quote in front makes it text."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
