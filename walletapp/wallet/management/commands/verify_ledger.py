"""`manage.py verify_ledger`: is every cent accounted for? Exit status 1 and the offenders when not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from walletapp.wallet.verifying import verify


class Command(BaseCommand):
    help = "Recompute the ledger from its entries and compare. Changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        checks = list(verify())
        width = max(len(check.name) for check in checks)
        for check in checks:
            self.stdout.write(f"{'ok   ' if check.is_good else 'WRONG'}  {check.name:<{width}}  {check.looked_at:>9}")
            for line in check.wrong:
                self.stdout.write(f"       {line}")
        if not all(check.is_good for check in checks):
            raise CommandError("the ledger is not whole", returncode=1)
