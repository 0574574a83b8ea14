"""`manage.py seed_demo`: the webhook registered, and the ready-made people. Safe to repeat."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError, call_command

from walletapp.demo.control import Refused
from walletapp.demo.logins import STAFF
from walletapp.demo.seed import SeedStuck, make_user, seed


class Command(BaseCommand):
    help = "Registers the webhook and makes the demo's people, through the real journeys. Safe to repeat."
    requires_system_checks = ()  # the programs that are running have checked

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--control", default="", help="the sandbox's /control/api; without it nobody is verified")
        parser.add_argument("--no-people", action="store_true", help="only the webhook and the staff")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("register_webhook", stdout=self.stdout)
        if options["no_people"]:
            make_user(STAFF)
            return
        try:
            seed(options["control"])
        except (SeedStuck, Refused, OSError) as stuck:
            raise CommandError(str(stuck)) from stuck
