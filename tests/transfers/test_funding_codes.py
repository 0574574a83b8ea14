"""A new code for the same cash: run out, lost, repeated, refused, and paid in the same moment."""

import pytest
from pytest_django import Settings

from tests.builders import usd, usdc, wallet_of
from tests.control import Control
from tests.transfers.cash_steps import arrived, code_of, pay, with_code
from tests.transfers.steps import work
from walletapp.accounts.models import User
from walletapp.transfers import renewing
from walletapp.transfers.models import Attempt, CashCode, Transfer
from walletapp.transfers.renewing import NoNewCode, new_code
from walletapp.transfers.states import State
from walletapp.transfers.windows import LimitReached

pytestmark = pytest.mark.django_db

REFRESH = {"method": "POST", "path": "/refresh$"}


@pytest.fixture(params=["quote", "cash_in"])
def ran_out(request: pytest.FixtureRequest, settings: Settings, sandbox: Control, bob: User) -> Transfer:
    """A cash-in whose code has run out, in either funding mode."""
    settings.OMS_CASH_FUNDING = request.param
    transfer = with_code(bob)
    sandbox.expire_code(code_of(transfer).code)
    return work(transfer)


def renew(transfer: Transfer) -> Transfer:
    new_code(transfer.pk, user_id=transfer.user_id)
    return Transfer.objects.get(pk=transfer.pk)


def statuses(transfer: Transfer) -> list[str]:
    return list(transfer.codes.order_by("created_at").values_list("status", flat=True))


def test_a_code_that_ran_out_is_not_shown_as_good(ran_out: Transfer) -> None:
    assert ran_out.state == State.AWAITING_CASH
    assert statuses(ran_out) == [CashCode.Status.EXPIRED]


def test_one_tap_gives_a_new_code_and_the_old_one_is_worth_nothing(
    sandbox: Control, ran_out: Transfer, bob: User
) -> None:
    old = ran_out.codes.get().code
    transfer = renew(ran_out)
    assert statuses(transfer) == [CashCode.Status.EXPIRED, CashCode.Status.ACTIVE]
    assert code_of(transfer).code != old
    with pytest.raises(AssertionError):
        sandbox.pay_cash(old, "100")

    transfer = arrived(sandbox, pay(sandbox, transfer))
    assert wallet_of(bob).available == usdc("98")
    assert statuses(transfer) == [CashCode.Status.EXPIRED, CashCode.Status.USED]


def test_a_second_tap_gets_the_first_taps_code(ran_out: Transfer) -> None:
    first = code_of(renew(ran_out)).code
    assert code_of(renew(ran_out)).code == first
    assert ran_out.codes.count() == 2


def test_a_good_code_is_not_replaced(sandbox: Control, bob: User) -> None:
    transfer = with_code(bob)
    before = code_of(transfer).code
    assert code_of(renew(transfer)).code == before
    assert not transfer.tries.filter(idem_key__contains="-code-").exists()


def test_a_code_that_soon_runs_out_may_be_replaced_and_is_struck_out(sandbox: Control, bob: User) -> None:
    sandbox.settings(codeSeconds=300)
    transfer = renew(with_code(bob))
    assert statuses(transfer) == [CashCode.Status.REPLACED, CashCode.Status.ACTIVE]


def test_each_generation_of_codes_has_a_key_of_its_own(sandbox: Control, ran_out: Transfer) -> None:
    transfer = renew(ran_out)
    sandbox.expire_code(code_of(transfer).code)
    transfer = renew(work(transfer))
    keys = list(transfer.tries.filter(idem_key__contains="-code-").values_list("idem_key", flat=True))
    assert [key.rsplit("-", 1)[1] for key in keys] == ["1", "2"]
    assert transfer.codes.count() == 3


def test_a_lost_answer_still_shows_the_one_new_code(sandbox: Control, ran_out: Transfer) -> None:
    sandbox.fault("dropAfterAccept", times=1, **REFRESH)
    transfer = renew(ran_out)
    assert statuses(transfer) == [CashCode.Status.EXPIRED, CashCode.Status.ACTIVE]
    assert transfer.tries.latest("number").outcome == Attempt.Outcome.UNKNOWN


def test_a_lost_answer_and_a_second_tap_make_one_new_code_only(sandbox: Control, ran_out: Transfer) -> None:
    sandbox.fault("dropAfterAccept", times=1, **REFRESH)
    sandbox.fault("errorBefore", status=503, times=1, method="GET", path="/cash-ins/[^/]+$")
    with pytest.raises(NoNewCode, match="do not use the old code"):
        renew(ran_out)
    transfer = renew(ran_out)
    assert transfer.codes.count() == 2
    assert len(set(transfer.tries.filter(idem_key__contains="-code-").values_list("idem_key", flat=True))) == 1


def test_while_oms_is_away_there_is_no_new_code_and_a_clear_sentence(
    sandbox: Control, ran_out: Transfer, settings: Settings
) -> None:
    settings.OMS_BASE_URL = "http://localhost:9/v0.9"
    with pytest.raises(NoNewCode, match="No cash was taken"):
        renew(ran_out)
    assert statuses(ran_out) == [CashCode.Status.EXPIRED]


def test_a_new_code_for_cash_that_was_paid_meanwhile_shows_the_truth(sandbox: Control, bob: User) -> None:
    sandbox.settings(codeSeconds=300)
    transfer = with_code(bob)
    sandbox.pay_cash(code_of(transfer).code, "100")
    transfer = renew(transfer)
    assert (transfer.state, transfer.cash_paid) == (State.PROCESSING, usd("100"))
    assert statuses(transfer) == [CashCode.Status.USED]
    assert transfer.tries.latest("number").outcome == Attempt.Outcome.REFUSED
    assert arrived(sandbox, transfer).state == State.COMPLETED


def test_a_new_code_is_refused_where_other_cash_has_used_up_the_limit(sandbox: Control, bob: User) -> None:
    first = with_code(bob, usd("400"))
    sandbox.expire_code(code_of(first).code)
    work(first)
    for _ in range(3):
        pay(sandbox, with_code(bob, usd("400")), "400")
    with pytest.raises(LimitReached, match="3 cash deposits are possible"):
        renew(first)
    assert first.codes.count() == 1


def test_nobody_else_gets_a_code(ran_out: Transfer, alice: User) -> None:
    with pytest.raises(Transfer.DoesNotExist):
        new_code(ran_out.pk, user_id=alice.pk)


def test_what_is_over_gets_no_new_code(sandbox: Control, bob: User) -> None:
    transfer = arrived(sandbox, pay(sandbox, with_code(bob)))
    renew(transfer)
    assert transfer.codes.count() == 1


def test_the_request_is_written_down_before_it_is_made(sandbox: Control, ran_out: Transfer) -> None:
    order = renewing._begin(str(ran_out.pk), ran_out.user_id)
    assert order is not None
    row = Attempt.objects.get(pk=order.attempt_id)
    assert (row.idem_key, row.ended_at, row.outcome) == (order.key, None, "")
