"""Register our webhook at OMS and keep its secret. Safe to repeat."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from walletapp.oms.client import get_client
from walletapp.oms.errors import OmsError
from walletapp.oms.registration import register


class Command(BaseCommand):
    help = "Registers this installation's webhook at OMS, unless it is registered already. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default=settings.OMS_WEBHOOK_URL, help="default: OMS_WEBHOOK_URL")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = register(get_client(), options["url"])
        except OmsError as error:
            raise CommandError(f"OMS could not be told: {type(error).__name__}: {error}") from error
        said = "registered" if done.created else "already registered"
        self.stdout.write(f"{done.webhook_id} {said} for {options['url']}" + (", resumed" if done.resumed else ""))
        for webhook_id in done.switched_off:
            self.stdout.write(f"{webhook_id} switched off: nobody holds its secret")
