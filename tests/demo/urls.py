"""The wallet's URLs with the demo's, which the settings of a test run leave out."""

from django.urls import include, path

from walletapp.urls import *  # noqa: F403  handlers and all
from walletapp.urls import urlpatterns as ours

urlpatterns = [*ours, path("demo/", include("walletapp.demo.urls"))]
