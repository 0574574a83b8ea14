"""`manage.py reconcile`: compare with OMS now. Exit status 1 when OMS could not be asked or something differs."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from walletapp.transfers.reconciling import reconcile
from walletapp.wallet.models import Break, Wallet


class Command(BaseCommand):
    help = "Compare our rows with OMS's and open a break for every difference. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, help="go back so many days, instead of to the last comparison")

    def handle(self, *args: Any, **options: Any) -> None:
        days = options["days"]
        run = reconcile(timezone.now() - timedelta(days=days) if days else None)
        self.stdout.write(f"compared since {run.covers_since:%Y-%m-%d %H:%M} UTC: {run.compared}")
        self.stdout.write(f"differences: {run.differences}")
        if more := Wallet.objects.filter(more_at_oms_since__isnull=False).count():
            self.stdout.write(f"wallets that hold more at OMS for now, looked at again within minutes: {more}")
        for one in Break.objects.filter(closed_at__isnull=True).order_by("opened_at"):
            owner = one.owner.email if one.owner else "nobody"
            self.stdout.write(f"open since {one.opened_at:%Y-%m-%d %H:%M}: {one.kind} {one.key} (owner: {owner})")
        if run.error:
            raise CommandError(f"OMS could not be asked: {run.error}")
        if run.differences:
            raise CommandError("something differs", returncode=1)
