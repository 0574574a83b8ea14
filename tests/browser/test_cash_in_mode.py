"""The core journeys where OMS takes cash by cash-in instead of by quote (OMS_CASH_FUNDING=cash_in)."""

import pytest

from tests.browser import steps
from tests.browser.stage import Stage
from tests.browser.test_cash import (  # noqa: F401 - the same walks, on this module's stage
    holder,
    test_a_code_that_ran_out_is_replaced_in_one_tap,
    test_another_amount_than_said_is_paid_at_the_counter,
    test_cash_from_the_search_to_the_balance,
    test_the_amount_can_be_what_is_wanted_in_the_wallet,
)
from tests.browser.walker import Walker


@pytest.fixture
def stage(cash_in_stage: Stage) -> Stage:
    cash_in_stage.calm()
    return cash_in_stage


@pytest.mark.journey
def test_a_newcomer_signs_up_puts_cash_in_and_sends_it_out(walker: Walker, stage: Stage) -> None:
    steps.become_customer(walker)
    code = steps.add_cash(walker, "100")
    stage.control.pay_cash(code, "100")
    walker.waits_for("98.00 USDC arrived")
    steps.price_send(walker, "0x8617E340B3D01FA5F11F306F4090FD50E238070D", "50.00")
    steps.confirm_send(walker, "50.00")
    walker.waits_for("50.00 USDC arrived")
    walker.open("/home/", then="$47.7")
