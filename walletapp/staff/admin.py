"""What packages bring into the admin and we change: tables that mislead, addresses that must not be edited, and the
kill switches, whose every flip is on record."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest
from waffle.models import Flag, Sample, Switch

from walletapp import features
from walletapp.audit import trail
from walletapp.audit.admin import ReadOnlyAdmin
from walletapp.audit.asking_why import ExplainedAdmin

# Ours is accounts.Flag. waffle registers its own flag all the same, and switching one there would change nothing; no
# sample (chance, anew at every look) is asked for anywhere; waffle's page for switches records nothing. An address is
# what people sign in with and what others send money to, so only its owner changes it; a second factor
# of somebody else's would be a way in, and recovering.py is the only way to take one away.
for theirs in (Flag, Sample, Switch, EmailAddress, Authenticator, UserSession):
    if admin.site.is_registered(theirs):
        admin.site.unregister(theirs)


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnlyAdmin):
    list_display = ("email", "user", "primary", "verified")
    list_filter = ("primary", "verified")
    search_fields = ("email",)
    list_select_related = ("user",)


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin):
    """What somebody signs in with. What it proves itself by is never shown."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type", "created_at", "last_used_at")
    search_fields = ("user__email",)
    list_select_related = ("user",)
    fields = ("user", "type", "created_at", "last_used_at")


@admin.register(UserSession)
class UserSessionAdmin(ReadOnlyAdmin):
    """Where somebody is signed in."""

    list_display = ("user", "created_at", "last_seen_at", "ip", "user_agent")
    list_filter = ("created_at", "last_seen_at")
    search_fields = ("user__email", "ip")
    list_select_related = ("user",)
    fields = ("user", "created_at", "last_seen_at", "ip", "user_agent")


@admin.register(Switch)
class SwitchAdmin(ExplainedAdmin):
    """Stops a rail, or everything, from the next request on, each time with a reason. What is on its way goes on."""

    list_display = ("name", "active", "as_usual", "note", "modified")
    fields = ("name", "note", "active", "modified")
    readonly_fields = ("name", "note", "modified")

    @admin.display(description="as usual", boolean=True)
    def as_usual(self, switch: Switch) -> bool:
        return bool(switch.active == features.AS_USUAL.get(switch.name))

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Switch, form: Any, change: bool) -> None:
        """A form that changed nothing leaves the row alone: since when it stands so is shown to everybody."""
        if form.changed_fields():
            super().save_model(request, obj, form, change)
            trail.record(
                request.user, "switch.changed", obj, form.cleaned_data["words"], name=obj.name, active=obj.active
            )
