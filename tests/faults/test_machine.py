"""Row 5: stories that nobody would think of. A counter-example becomes a test of its own beside what it broke."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as draw_from
from hypothesis.stateful import run_state_machine_as_test

from tests.builders import make_customer, make_holder
from tests.control import Control
from tests.faults.figures import Figures
from tests.faults.machine import Story

ROW = 5
SIZES = {"quick": 100, "full": 10_000}
STEPS = 40


@pytest.mark.django_db(transaction=True)
def test_no_story_ends_wrong(sandbox: Control, size: int, seed: int, figures: Figures) -> None:
    measure(sandbox, size, seed, figures)


def measure(sandbox: Control, stories: int, seed: int, figures: Figures) -> None:
    Story.begin(sandbox, make_holder(sandbox, "alice", "100"), make_customer(sandbox, "bob"))
    profile = settings(
        max_examples=stories,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
        print_blob=False,
    )
    wrong = ""
    try:
        run_state_machine_as_test(draw_from(seed)(Story), settings=profile)
    except AssertionError as found:
        wrong = "\n".join([str(found), *getattr(found, "__notes__", [])])
        print(wrong)
    figures.hold(f"counter-examples in {stories} stories of {STEPS} steps", wrong or 0, "0", not wrong)
