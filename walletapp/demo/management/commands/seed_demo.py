"""`manage.py seed_demo`: the webhook registered, and the ready-made people. Safe to repeat; a crowd is a new one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError, call_command

from walletapp.demo.control import Refused
from walletapp.demo.logins import PASSWORD, STAFF
from walletapp.demo.seed import SeedStuck, crowd, make_user, seed


class Command(BaseCommand):
    help = "Registers the webhook and makes the demo's people, through the real journeys. Safe to repeat."
    requires_system_checks = ()  # the programs that are running have checked

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--control", default="", help="the sandbox's /control/api; without it nobody is verified")
        parser.add_argument("--no-people", action="store_true", help="only the webhook and the staff")
        parser.add_argument(
            "--crowd", type=int, default=0, help="so many new customers instead, and prints their e-mails"
        )
        parser.add_argument("--password", default=PASSWORD, help="of the crowd")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["crowd"]:
            self.stdout.write("\n".join(crowd(options["crowd"], options["password"], options["control"])))
            return
        call_command("register_webhook", stdout=self.stdout)
        if options["no_people"]:
            make_user(STAFF, PASSWORD)
            return
        try:
            seed(options["control"])
        except (SeedStuck, Refused, OSError) as stuck:
            raise CommandError(str(stuck)) from stuck
