"""The pages of the frame by themselves: a URL table of their own, plain static files, Chromium."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings


@pytest.fixture(scope="session", autouse=True)
def _folder_of_collected_files() -> None:
    Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def _frame_only(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.web.urls"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
