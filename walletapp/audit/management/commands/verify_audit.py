"""`manage.py verify_audit`: walks the audit chain and says whether it is whole."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from walletapp.audit.models import AuditEvent
from walletapp.audit.trail import verify_chain


class Command(BaseCommand):
    help = "Walk the audit chain. Exit status 1 when it is broken."

    def handle(self, *args: Any, **options: Any) -> None:
        if problem := verify_chain():
            raise CommandError(f"The audit chain is broken: {problem}.")
        self.stdout.write(f"The audit chain is whole: {AuditEvent.objects.count()} events.")
