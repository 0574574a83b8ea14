"""Pages about what the user holds."""

from django.urls import path

from walletapp.wallet import views

app_name = "wallet"
urlpatterns = [
    path("home/", views.dashboard, name="dashboard"),
    path("home/live/", views.dashboard_live, name="dashboard_live"),
    path("activity/", views.activity, name="activity"),
    path("receive/", views.receive, name="receive"),
    path("receive/qr.svg", views.receive_qr, name="receive_qr"),
]
