"""Pages about whom one pays."""

from django.urls import path

from walletapp.payees import views

app_name = "payees"
urlpatterns = [
    path("", views.book, name="book"),
    path("add/", views.add, name="add"),
    path("only-saved/", views.only_saved, name="only_saved"),
    path("<uuid:payee_id>/", views.payee, name="payee"),
]
