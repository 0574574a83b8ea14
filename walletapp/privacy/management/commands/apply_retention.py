"""`manage.py apply_retention`: throws away now what is older than we keep it. A worker does the same every day."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from walletapp.privacy import retention


class Command(BaseCommand):
    help = "Throw away what is older than we keep it. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say how much that would be.")

    def handle(self, *args: Any, **options: Any) -> None:
        is_dry = bool(options["dry_run"])
        has_failed = False
        for done in retention.apply(dry_run=is_dry):
            has_failed |= done.has_failed
            age = f"older than {done.rule.days} days" if done.rule.days else "due"
            self.stdout.write(f"{done.rows} {'would go' if is_dry else 'gone'}: {done.rule.what} ({age})")
        if has_failed:
            raise CommandError("Some of it failed; the log says why. What is left is tried again every day.")
