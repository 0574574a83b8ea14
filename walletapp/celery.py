"""The Celery app: the bell of the work queue, which itself is in the database.

Its settings are settings.CELERY_*. A task lives in `<app>/tasks.py`, takes a row's id and is safe to repeat, because
a killed worker's message is delivered again. Imported wherever tasks are rung (manage.py, wsgi.py), since a task
without this app would knock at a broker that is not ours.
"""

import os
from datetime import UTC, datetime
from typing import Any

from celery import Celery
from celery.signals import task_prerun, worker_init, worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "walletapp.settings")

# In a worker nobody is waiting for the page, so a slow answer of OMS is worth more than a quick "not known".
OMS_DEADLINE_SECONDS = 20

app = Celery("walletapp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Beat remembers nothing between runs: whatever it rings for is due when it starts, so an hourly job cannot starve
# because beat is restarted every half hour. (Its file would also be kept by `dbm.sqlite3`, which cannot work with the
# SQLite we put in the place of Python's.)
app.conf.beat_scheduler = "celery.beat:Scheduler"
for entry in app.conf.beat_schedule.values():
    entry["last_run_at"] = datetime(2000, 1, 1, tzinfo=UTC)


@worker_init.connect
def look_before_work(**_: Any) -> None:
    """Before the first task: is this database an older copy than the one we worked on?"""
    from django.db import connections

    from walletapp.transfers.standstill import notice_an_older_copy

    notice_an_older_copy()
    connections.close_all()  # the processes forked from this one open their own


@task_prerun.connect
def name_the_work(task_id: str = "", **_: Any) -> None:
    """Every line that a task logs carries the task's id. The next task of the process puts its own in its place."""
    from walletapp import logs

    logs.work_id.set(task_id)


@worker_process_init.connect
def be_patient(**_: Any) -> None:
    """Give each process of a worker the longer deadline, unless the setting is longer still."""
    from django.conf import settings

    settings.OMS_DEADLINE_SECONDS = max(settings.OMS_DEADLINE_SECONDS, OMS_DEADLINE_SECONDS)
