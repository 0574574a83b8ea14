"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

import walletapp.celery  # noqa: F401 -- tasks ring the broker of our settings, not Celery's default

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "walletapp.settings")

application = get_wsgi_application()
