"""Row 8: whether somebody has an account is told by no answer: not its words, status, headers, nor its time."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.test import Client

from tests.builders import make_user
from tests.faults.figures import Figures

ROW = 8
SIZES = {"quick": 120, "full": 1_000}
AUC = 0.55


class QuickArgon2(Argon2PasswordHasher):
    """As in production, at a fraction of its cost: what must not be seen is whether it runs at all."""

    time_cost, memory_cost, parallelism = 1, 4096, 1


def sign_in(client: Client, email: str) -> Any:
    return client.post("/account/login/", {"login": email, "password": "not the password of anybody"})


def reset(client: Client, email: str) -> Any:
    return client.post("/account/password/reset/", {"email": email})


def sign_up(client: Client, email: str) -> Any:
    return client.post("/account/signup/", {"email": email, "password1": "a walk by another sea"})


def sign_up_by_passkey(client: Client, email: str) -> Any:
    return client.post("/account/signup/passkey/", {"email": email})


def newcomer() -> Client:
    """A browser that was never here. What the server does once, when it starts, is done before anybody is asked."""
    client = Client()
    client.handler.load_middleware()
    return client


ROUTES: tuple[Callable[[Client, str], Any], ...] = (sign_in, reset, sign_up, sign_up_by_passkey)


@pytest.mark.django_db
def test_no_answer_tells_who_has_an_account(size: int, settings: Any, figures: Figures) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.QuickArgon2"]
    settings.EVEN_ANSWER_SECONDS = 0.25  # less than in production, as the hashing is
    for ask in ROUTES:
        known, unknown = make_user("known").email, "nobody-000000@example.com"
        cache.clear()
        one, other = ask(newcomer(), known), ask(newcomer(), unknown)
        same = one.status_code == other.status_code and _plain(one, known) == _plain(other, unknown)
        said = "the same" if same else _first_difference(_plain(one, known), _plain(other, unknown))
        figures.hold(f"{ask.__name__}: status and words", said, "the same", same)
        headers = [[*sorted(dict(it.items())), *map(_shape, it.cookies.values())] for it in (one, other)]
        same = headers[0] == headers[1]
        said = "the same" if same else str(headers)
        figures.hold(f"{ask.__name__}: headers and cookies", said, "the same", same)
        with_account, without = _times(ask, size)
        figures.at_most(f"{ask.__name__}: told apart by time (AUC)", round(_auc(with_account, without), 3), AUC, "")


@pytest.mark.django_db
def test_asking_for_another_code_tells_it_neither(settings: Any, figures: Figures) -> None:
    settings.EVEN_ANSWER_SECONDS = 0
    found = []
    for email in (make_user("known").email, "nobody-000000@example.com"):
        client = Client()
        client.post("/account/signup/", {"email": email, "password1": "a walk by another sea"})
        cache.clear()  # the limit on asking again so soon
        answer = client.post("/account/confirm-email/", {"action": "resend"}, follow=True)
        found.append((answer.status_code, answer.redirect_chain, _plain(answer, email)))
    same = found[0] == found[1] and found[0][0] == 200
    said = "the same" if same else _first_difference(found[0][2], found[1][2])
    figures.hold("another code: status and words", said, "the same", same)


def _times(ask: Callable[[Client, str], Any], size: int) -> tuple[list[float], list[float]]:
    """Alternating, so that a busy machine slows both alike."""
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(size):
        known = make_user(f"known-{number}").email
        for side, email in ((0, known), (1, known.replace("known", "nobody"))):
            cache.clear()
            client = newcomer()
            began = time.perf_counter()
            ask(client, email)
            # To hundredths: what is finer is how the machine sleeps, which is the same for both and hides nothing.
            found[side].append(round(time.perf_counter() - began, 2))
    return found


def _auc(one: list[float], other: list[float]) -> float:
    """How often one of the first is slower than one of the second: 0.5 says nothing, 1 says everything."""
    wins = sum((a > b) + 0.5 * (a == b) for a in one for b in other)
    share = wins / (len(one) * len(other))
    return max(share, 1 - share)


def _shape(cookie: Any) -> tuple[str, int, str]:
    return cookie.key, len(cookie.value), cookie["path"]


def _first_difference(one: str, other: str) -> str:
    return next((f"{a!r} or {b!r}" for a, b in zip(one.split("\n"), other.split("\n"), strict=False) if a != b), "more")


def _plain(answer: Any, email: str) -> str:
    text = re.sub(r'(nonce|value|content)="[^"]{16,}"', "", answer.content.decode()).replace(email, "")
    return re.sub(r'"X-CSRFToken": "\w+"', "", text) + str(answer.get("Location", ""))


def test_the_measure_sees_a_difference(figures: Figures) -> None:
    slow, quick = [1.0 + it / 100 for it in range(50)], [0.5 + it / 100 for it in range(50)]
    figures.hold("a difference", round(_auc(slow, quick), 2), "> 0.9", _auc(slow, quick) > 0.85)
    figures.hold("none", _auc(slow, slow), "0.5", holds=_auc(slow, slow) == 0.5)


@pytest.mark.django_db
def test_the_measure_sees_answers_that_come_as_soon_as_they_can(settings: Any, figures: Figures) -> None:
    settings.EVEN_ANSWER_SECONDS = 0
    told = round(_auc(*_times(sign_up, 20)), 3)
    figures.hold("without the even time: told apart by time (AUC)", told, f"> {AUC}", told > AUC)
