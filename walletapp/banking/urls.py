"""Pages about bank transfers."""

from django.urls import path

from walletapp.banking import views

app_name = "banking"
urlpatterns = [
    path("", views.interest, name="interest"),
    path("withdraw/", views.withdraw, name="withdraw"),
]
