"""Pages of the demo itself, present only with DEMO=1."""

from django.urls import path

from walletapp.demo import views

app_name = "demo"
urlpatterns = [
    path("mail/", views.mail, name="mail"),
    path("codes/", views.codes, name="codes"),
    path("mail/<slug:key>/", views.message, name="message"),
]
