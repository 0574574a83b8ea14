"""The admin site and what only staff do."""

from django.apps import AppConfig, apps
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_migrate


class WalletAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our site in place of the stock one."""

    default = False
    default_site = "walletapp.staff.site.WalletAdminSite"


class StaffConfig(AppConfig):
    default = True
    name = "walletapp.staff"
    label = "staff"

    def ready(self) -> None:
        from walletapp.staff.roles import make_roles

        # Sent for one app after the other, those with tables only: after the last one the rights of all are there.
        last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
        post_migrate.connect(make_roles, sender=last)
