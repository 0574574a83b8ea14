"""Every form that could tell who has an account waits for a full step of time. That nothing else tells is a sweep."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from walletapp.accounts import even_time

pytestmark = pytest.mark.django_db


@pytest.fixture
def waited(settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each answer waited, where nothing else takes more than a tenth of a second."""
    waited: list[float] = []
    clock = iter([10.0, 10.1])
    monkeypatch.setattr(even_time, "time", SimpleNamespace(monotonic=lambda: next(clock), sleep=waited.append))
    settings.EVEN_ANSWER_SECONDS = 0.4
    return waited


@pytest.mark.parametrize("page", ["login", "signup", "signup/passkey", "password/reset", "confirm-email"])
def test_a_form_about_an_account_waits_for_the_next_full_step(page: str, waited: list[float]) -> None:
    assert Client().post(f"/account/{page}/", {"email": "nobody@example.com"}).status_code in {200, 302}
    assert waited == pytest.approx([0.3])


def test_looking_at_it_does_not(waited: list[float]) -> None:
    assert Client().get("/account/login/").status_code == 200
    assert waited == []
