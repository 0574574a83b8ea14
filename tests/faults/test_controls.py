"""Row 10: the harness sees. With each guard taken away, a measurement that holds with it must not hold."""

from typing import Any

import pytest

from tests.control import Control
from tests.faults.controls import GUARDS, Guard, measured, red
from tests.faults.figures import Figures
from tests.oms.deliveries import SECRET

ROW = 10
SIZES = {"quick": 1, "full": 1}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name.replace(" ", "-"))
def test_without_it_the_harness_turns_red(
    guard: Guard, sandbox: Control, figures: Figures, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.OMS_DEADLINE_SECONDS = 5
    settings.OMS_WEBHOOK_PATH_TOKEN, settings.OMS_WEBHOOK_SECRETS = "test-path-token", [SECRET]
    sound = measured(guard, sandbox, monkeypatch, removed=False)
    figures.zero(f"{guard.name}: broken with the guard", [it.measure for it in sound.broken])
    broken = measured(guard, sandbox, monkeypatch, removed=True)
    said = f"red, as it must: {red(broken)[:80]}" if broken.broken else "green"
    figures.hold(f"{guard.name}: without the guard", said, "red", bool(broken.broken))
