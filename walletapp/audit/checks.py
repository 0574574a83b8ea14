"""Whether the database keeps what it was told: said before anything is written to one that does not."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 - Django's own names
from django.db import DatabaseError, connections


@register(Tags.database)
def check_databases(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Run by `manage.py migrate`, and by `manage.py check --database default`."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        found += _sqlite(alias) if connections[alias].vendor == "sqlite" else _postgresql(alias)
    return found


def _sqlite(alias: str) -> list[CheckMessage]:
    """A file with a damaged page is not worked on: what is written to it may be lost, and what is read be wrong."""
    try:
        problem = _ask(alias, "PRAGMA quick_check(1)")
    except DatabaseError as error:
        problem = str(error)
    hint = "Put a backup back, then run `manage.py restored`."
    return [] if problem == "ok" else [Error(f"The database file is damaged: {problem}", hint=hint, id="audit.E001")]


def _postgresql(alias: str) -> list[CheckMessage]:
    """A commit that may be lost in a power cut is one we may have told somebody about."""
    unsafe = [
        name for name in ("fsync", "synchronous_commit", "full_page_writes") if _ask(alias, f"SHOW {name}") == "off"
    ]
    return [Warning(f"PostgreSQL runs with {', '.join(unsafe)} off.", id="audit.W001")] if unsafe else []


def _ask(alias: str, question: str) -> str:
    with connections[alias].cursor() as cursor:
        cursor.execute(question)
        answer = cursor.fetchone()
    return str(answer[0]) if answer else ""
