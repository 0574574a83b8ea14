"""The admin site and what only staff do."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class WalletAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our site in place of the stock one."""

    default = False
    default_site = "walletapp.staff.site.WalletAdminSite"


class StaffConfig(AppConfig):
    default = True
    name = "walletapp.staff"
    label = "staff"
