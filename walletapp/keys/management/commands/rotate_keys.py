"""`manage.py rotate_keys`: brings all that is sealed under the first key of FIELD_KEYS, so that older ones can go."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from walletapp.audit.trail import record
from walletapp.keys.rotation import rotate
from walletapp.sealed import first_key_id


class Command(BaseCommand):
    help = "Bring everything sealed under the first master key. Safe to stop and to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Only say what still needs an older key (status 1).")

    def handle(self, *args: Any, **options: Any) -> None:
        is_check = bool(options["check"])
        counts = []
        for count in rotate(is_check=is_check):
            counts.append(count)
            done = "need an older key" if is_check else "brought up to date"
            self.stdout.write(
                f"{count.what}: {count.current} current, {count.old} {done}, {count.unreadable} unreadable"
            )
        if not is_check and (brought := sum(count.old for count in counts)):
            with transaction.atomic():
                record(None, "keys.rotated", reason="manage.py rotate_keys", to=first_key_id(), values=brought)
        if unreadable := sum(count.unreadable for count in counts):
            raise CommandError(
                f"{unreadable} cannot be opened with this ring: put the key they need back into FIELD_KEYS."
            )
        if is_check and any(count.old for count in counts):
            raise CommandError("Older keys are still needed. Run `manage.py rotate_keys`.")
        self.stdout.write(f"Everything is under {first_key_id()}. Older keys can leave FIELD_KEYS.")
