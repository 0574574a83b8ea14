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
SIZES = {"quick": 500, "full": 10_000}
STEPS = {"quick": 40, "full": 60}
CHAPTER = 100  # stories that are told in one go, and kept when they are done


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.parametrize("chapter", range(SIZES[metafunc.config.getoption("--size")] // CHAPTER))


@pytest.mark.django_db(transaction=True)
def test_no_story_ends_wrong(
    chapter: int, sandbox: Control, seed: int, figures: Figures, request: pytest.FixtureRequest
) -> None:
    steps = STEPS[request.config.getoption("--size")]
    measure(sandbox, CHAPTER, steps, f"{seed} {chapter}", figures)


def measure(sandbox: Control, stories: int, steps: int, seed: object, figures: Figures) -> None:
    Story.begin(sandbox, make_holder(sandbox, "alice", "100"), make_customer(sandbox, "bob"))
    profile = settings(
        max_examples=stories,
        stateful_step_count=steps,
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
    figures.hold(f"counter-examples in {stories} stories of {steps} steps", wrong or 0, "0", not wrong)
