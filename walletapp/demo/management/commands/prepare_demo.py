"""`manage.py prepare_demo`: tables and static files, before the first program of the wallet starts."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, CommandError, call_command
from django.db.migrations.exceptions import InconsistentMigrationHistory


class Command(BaseCommand):
    """One command instead of two, because starting Django twice costs a second and a half."""

    help = "Migrate the database and collect the static files, if they have changed."
    requires_system_checks = ()  # every program that starts after it checks

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            call_command("migrate", verbosity=0, interactive=False)
        except (InconsistentMigrationHistory, ValueError) as problem:
            raise CommandError(
                f"The tables that an earlier demo left in {settings.DATA_DIR} cannot be brought up to date. "
                f"`make demo-reset` forgets that demo; then start again. ({str(problem).partition('\n')[0]})"
            ) from problem
        if settings.DEBUG:  # served from where they are
            return
        mark = Path(settings.STATIC_ROOT) / ".collected"
        state = state_of_static_files()
        if not mark.exists() or mark.read_text() != state:
            call_command("collectstatic", verbosity=0, interactive=False, clear=True)
            mark.write_text(state)


def state_of_static_files() -> str:
    """Changes when a static file is added, removed or edited."""
    files = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list(["CVS", ".*", "*~"]):
            known = Path(storage.path(name)).stat()
            files.update(f"{name} {known.st_size} {known.st_mtime_ns}\n".encode())
    return files.hexdigest()
