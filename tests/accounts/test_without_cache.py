"""Limits and once-only marks live in the shared cache: while it is away nobody gets in by guessing."""

import pytest
from django.conf import settings as given
from django.test import Client
from pytest_django import Settings

from tests.builders import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def test_there_is_no_cache_of_one_process_only() -> None:
    assert given.CACHES["default"]["BACKEND"] == "django.core.cache.backends.redis.RedisCache"


def test_nobody_signs_in_while_tries_cannot_be_counted(settings: Settings) -> None:
    user = make_user()
    settings.CACHES = {"default": {"BACKEND": "tests.wallet.caches.Away"}}
    client = Client(raise_request_exception=False)
    answer = client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert answer.status_code >= 500
    assert "_auth_user_id" not in client.session
