"""The admin site of this wallet."""

from django.conf import settings
from django.contrib import admin


class WalletAdminSite(admin.AdminSite):
    """Every app registers on it through `django.contrib.admin`."""

    site_header = f"{settings.PRODUCT_NAME} staff"
    site_title = site_header
    index_title = "Customers and money"
