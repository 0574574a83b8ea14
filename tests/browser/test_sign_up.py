"""Journey 1: sign up and get verified."""

from tests.browser import steps
from tests.browser.walker import Walker


def test_a_newcomer_signs_up_is_verified_and_has_a_wallet(walker: Walker) -> None:
    steps.sign_up(walker)
    steps.send_identity(walker)
    walker.waits_for("You are verified")
    steps.await_wallet(walker)
    assert "$0.00" in walker.main
