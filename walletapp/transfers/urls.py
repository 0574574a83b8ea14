"""Where the pages about money in and out live."""

from django.urls import path

from walletapp.transfers import funding_views, limit_views, payee_views, views, withdrawal_views

app_name = "transfers"

urlpatterns = [
    path("send/", views.send, name="send"),
    path("limits/", limit_views.own_limits, name="own_limits"),
    path("withdraw/", withdrawal_views.withdraw, name="withdraw"),
    path("add-cash/", funding_views.add_cash, name="add_cash"),
    path("add-cash/<str:store_id>/", funding_views.add_cash_amount, name="add_cash_amount"),
    path("review/<uuid:transfer_id>/", views.review, name="review"),
    path("review/<uuid:transfer_id>/new-price/", views.new_price, name="new_price"),
    path("transfers/<uuid:transfer_id>/", views.transfer, name="transfer"),
    path("transfers/<uuid:transfer_id>/status/", views.status, name="status"),
    path("transfers/<uuid:transfer_id>/check/", views.check, name="check"),
    path("transfers/<uuid:transfer_id>/cancel/", views.cancel, name="cancel"),
    path("transfers/<uuid:transfer_id>/save/", payee_views.save_recipient, name="save_recipient"),
    path("transfers/<uuid:transfer_id>/new-code/", funding_views.new_code, name="new_code"),
]
