"""The ASGI door. Pages are served by WSGI (three times the rate); this one is for what stays open."""

import os

from django.core.asgi import get_asgi_application

import walletapp.celery  # noqa: F401 -- tasks ring the broker of our settings, not Celery's default

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "walletapp.settings")

application = get_asgi_application()
