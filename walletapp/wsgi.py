"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

import walletapp.celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "walletapp.settings")

application = get_wsgi_application()

# Every view is imported now, so that gunicorn's --preload shares them and the first visitor does not wait for it.
import walletapp.urls  # noqa: E402, F401
