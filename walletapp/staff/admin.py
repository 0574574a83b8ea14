"""What packages bring into the admin and we change: tables that mislead, and addresses that must not be edited."""

from allauth.account.models import EmailAddress
from django.contrib import admin
from waffle.models import Flag, Sample, Switch

from walletapp.audit.admin import ReadOnlyAdmin

# Ours is accounts.Flag. waffle registers its own flag all the same, and switching one there would change nothing; no
# switch and no sample (chance, anew at every look) is asked for anywhere. An address is what people sign in with and
# what others send money to, so only its owner changes it.
for theirs in (Flag, Sample, Switch, EmailAddress):
    if admin.site.is_registered(theirs):
        admin.site.unregister(theirs)


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnlyAdmin):
    list_display = ("email", "user", "primary", "verified")
    list_filter = ("primary", "verified")
    search_fields = ("email",)
    list_select_related = ("user",)
