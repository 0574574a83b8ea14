"""What is missing is named before a customer finds out."""

from typing import Any

import pytest
from django.conf import settings as conf

from tests.oms.deliveries import SECRET
from walletapp.oms import checks
from walletapp.oms.models import WebhookEndpoint

LIVE: dict[str, Any] = {
    "OMS_BASE_URL": "https://api.polygon.technology/v0.9",
    "OMS_API_KEY": "sk_live_not-a-real-one",
    "OMS_API_SECRET": "b7Qm2vXw9Lr4Tz6Y",
    "OMS_WEBHOOK_PATH_TOKEN": "kq83hd7wnc61lps0",
    "OMS_WEBHOOK_URL": "https://wallet.bank/webhooks/oms/kq83hd7wnc61lps0/",
    "OMS_CASH_FUNDING": "quote",
    "OMS_WEBHOOK_SECRET_FORMAT": "text",
    "DEBUG": False,
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": conf.REDIS_URL}},
}


def found(settings: Any, check: Any, **changes: Any) -> list[str]:
    for name, value in {**LIVE, **changes}.items():
        setattr(settings, name, value)
    return [message.id for message in check()]


def test_a_complete_installation_has_nothing_to_complain_of(settings: Any) -> None:
    assert found(settings, checks.check_settings) == []
    assert found(settings, checks.check_deployment) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"OMS_API_KEY": ""}, "oms.E001"),
        ({"OMS_API_SECRET": ""}, "oms.E001"),
        ({"OMS_BASE_URL": ""}, "oms.E001"),
        ({"OMS_WEBHOOK_PATH_TOKEN": ""}, "oms.E001"),
        ({"OMS_BASE_URL": "http://api.polygon.technology/v0.9"}, "oms.E002"),
        ({"OMS_BASE_URL": "api.polygon.technology"}, "oms.E002"),
        ({"OMS_CASH_FUNDING": "barter"}, "oms.E003"),
        ({"OMS_WEBHOOK_SECRET_FORMAT": "base64"}, "oms.E003"),
    ],
)
def test_what_cannot_work_is_an_error(settings: Any, changes: dict[str, Any], expected: str) -> None:
    assert found(settings, checks.check_settings, **changes) == [expected]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"OMS_API_KEY": "sk_sdbx_demo"}, "oms.E004"),
        ({"OMS_API_SECRET": "change-me"}, "oms.E004"),
        ({"OMS_WEBHOOK_URL": "http://wallet.bank/webhooks/oms/kq83hd7wnc61lps0/"}, "oms.W001"),
        ({"OMS_WEBHOOK_PATH_TOKEN": "local"}, "oms.W002"),
        ({"CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}}, "oms.E005"),
    ],
)
def test_what_is_wrong_in_production_is_said(settings: Any, changes: dict[str, Any], expected: str) -> None:
    assert found(settings, checks.check_deployment, **changes) == [expected]


def test_the_sandbox_on_this_machine_may_be_plain_http(settings: Any) -> None:
    assert found(settings, checks.check_settings, OMS_BASE_URL="http://localhost:8900/v0.9") == []


@pytest.mark.django_db
def test_a_missing_webhook_secret_is_said(settings: Any) -> None:
    def ids() -> list[str | None]:
        return [message.id for message in checks.check_webhook()]

    assert ids() == ["oms.W003"]
    WebhookEndpoint.objects.create(oms_id="whk_1", url="https://x.example/", secret=SECRET, active=True)
    assert ids() == []
    WebhookEndpoint.objects.all().delete()
    settings.OMS_WEBHOOK_SECRETS = [SECRET]
    assert ids() == []
