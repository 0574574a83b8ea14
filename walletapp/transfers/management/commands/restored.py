"""`manage.py restored`: run once after a backup was put back, before the programs start."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from walletapp.transfers import restoring, standstill


class Command(BaseCommand):
    help = "After a backup was put back: nothing is sent until everything was compared with OMS, which this does now."

    def handle(self, *args: Any, **options: Any) -> None:
        standstill.stand_still(standstill.RESTORED)
        run = restoring.reconcile_first()
        if run is None or run.error:
            raise CommandError("OMS could not be asked. Nothing is sent until a worker has done so; it keeps trying.")
        self.stdout.write(f"Compared {run.compared} with OMS: {run.differences} differences. Sending goes on.")
