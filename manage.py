#!/usr/bin/env python
"""Django's command line for this wallet."""

import os
import sys


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "walletapp.settings")
    from django.core.management import execute_from_command_line

    import walletapp.celery  # noqa: F401 -- tasks ring the broker of our settings, not Celery's default

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
