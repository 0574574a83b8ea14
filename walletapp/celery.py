"""The Celery app: the bell of the work queue, which itself is in the database.

Its settings are settings.CELERY_*. A task lives in `<app>/tasks.py`, takes a row's id and is safe to repeat, because
a killed worker's message is delivered again. Imported wherever tasks are rung (manage.py, wsgi.py), since a task
without this app would knock at a broker that is not ours.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "walletapp.settings")

app = Celery("walletapp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
