"""Pages about bank transfers."""

from django.urls import path

from walletapp.banking import account_views, funding_views, views

app_name = "banking"
urlpatterns = [
    path("", views.interest, name="interest"),
    path("withdraw/", views.withdraw, name="withdraw"),
    path("add-money/", funding_views.add_money, name="add_money"),
    path("add-money/live/", funding_views.add_money_live, name="add_money_live"),
    path("add-money/details.txt", funding_views.details, name="details"),
    path("add-money/missing/", funding_views.report_missing, name="missing"),
    path("accounts/", account_views.accounts, name="accounts"),
    path("accounts/live/", account_views.accounts_live, name="accounts_live"),
    path("accounts/add/", account_views.add, name="add_account"),
    path("accounts/bank/", account_views.bank_name, name="bank_name"),
    path("accounts/<uuid:account_id>/", account_views.account, name="account"),
    path("accounts/<uuid:account_id>/remove/", account_views.remove, name="remove_account"),
]
