"""Where each page lives."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("walletapp.web.urls")),
    path("account/", include("walletapp.accounts.account_urls")),
    path("identity/", include("walletapp.accounts.urls")),
    path("", include("walletapp.wallet.urls")),
    path("", include("walletapp.transfers.urls")),
    path("bank-transfers/", include("walletapp.banking.urls")),
    path("payees/", include("walletapp.payees.urls")),
    path("your-data/", include("walletapp.privacy.urls")),
    path("webhooks/oms/", include("walletapp.oms.urls")),
    path(settings.ADMIN_PATH, admin.site.urls),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("walletapp.demo.urls")))

handler400 = "walletapp.web.errors.bad_request"
handler403 = "walletapp.web.errors.forbidden"
handler404 = "walletapp.web.errors.not_found"
handler500 = "walletapp.web.errors.server_error"
