"""Address books for staff, to be read only: who may be paid is for their owners to say."""

from django.contrib import admin
from django.db.models import Q

from walletapp.audit.admin import ReadOnlyAdmin
from walletapp.payees.models import OnlySaved, Payee
from walletapp.web.admin_filters import yes_no


@admin.register(Payee)
class PayeeAdmin(ReadOnlyAdmin):
    list_display = ("saved_at", "user", "nickname", "address", "email", "removed_at")
    list_filter = (yes_no("was removed", "removed", lambda: Q(removed_at__isnull=False)), "saved_at")
    search_fields = ("id", "user__email", "address", "email")
    list_select_related = ("user",)
    date_hierarchy = "saved_at"


@admin.register(OnlySaved)
class OnlySavedAdmin(ReadOnlyAdmin):
    list_display = ("user", "since", "ends_at")
    list_filter = (yes_no("was switched off", "ending", lambda: Q(ends_at__isnull=False)), "since")
    search_fields = ("user__email",)
    list_select_related = ("user",)
