"""Pages about one's own data."""

from django.urls import path

from walletapp.privacy import views

app_name = "privacy"
urlpatterns = [
    path("", views.your_data, name="your_data"),
    path("done/", views.done, name="done"),
    path("file/", views.file, name="file"),
    path("visits/", views.visits, name="visits"),
    path("close/", views.close, name="close"),
]
