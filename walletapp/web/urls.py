"""Pages that belong to no journey."""

from django.conf import settings
from django.urls import path

from walletapp.web import policy_reports, styleguide, views

app_name = "web"
urlpatterns = [
    path("", views.landing, name="landing"),
    path("how-we-contact-you/", views.contact, name="contact"),
    path("terms/", views.terms, name="terms"),
    path("status/", views.status, name="status"),
    path("status.json", views.status_json, name="status_json"),
    path("theme.css", views.theme_css, name="theme"),
    path("favicon.svg", views.favicon, name="favicon"),
    path("healthz", views.healthz, name="healthz"),
    path("policy-report/", policy_reports.receive, name="policy_report"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", styleguide.page, name="styleguide"))
