"""Pages about who one is."""

from django.urls import path

from walletapp.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.identity, name="identity"),
    path("status/", views.identity_status, name="identity_status"),
    path("review/", views.submit, name="submit"),
    path("<slug:slug>/", views.step, name="step"),
]
