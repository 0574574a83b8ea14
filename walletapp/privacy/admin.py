"""Closed accounts and who opened whose account, for staff to read."""

from django.contrib import admin
from django.db.models import Q

from walletapp.audit.admin import ReadOnlyAdmin
from walletapp.privacy.models import Closure, StaffVisit
from walletapp.web.admin_filters import yes_no


@admin.register(Closure)
class ClosureAdmin(ReadOnlyAdmin):
    list_display = ("user", "closed_at", "erase_after", "erased_at", "obstacle")
    list_filter = (
        yes_no("erased", "erased", lambda: Q(erased_at__isnull=False)),
        yes_no("cannot be erased yet", "stuck", lambda: ~Q(obstacle="")),
        "closed_at",
        "erase_after",
    )
    search_fields = ("user__email", "user__public_id", "id")
    list_select_related = ("user",)


@admin.register(StaffVisit)
class StaffVisitAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "staff", "role", "user", "looked_at", "why")
    list_filter = ("why", "looked_at", "created_at")
    search_fields = ("staff__email", "user__email", "user__public_id")
    list_select_related = ("staff", "user")
