"""Where OMS delivers its events. The name is for tests and for `register_webhook`; no page links here."""

from django.urls import path

from walletapp.oms import webhooks

app_name = "oms"
urlpatterns = [path("<str:token>/", webhooks.receive, name="webhook")]
