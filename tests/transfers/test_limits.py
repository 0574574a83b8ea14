"""What may be put in and sent: each limit with its number and the next possible time, and no limit counted twice."""

from datetime import datetime, timedelta
from itertools import count

import pytest
from django.utils import timezone

from tests.builders import make_user, usd, usdc
from walletapp.money import Currency, Money
from walletapp.transfers.limits import (
    cash_limits,
    require_within_cash_limits,
    require_within_send_limits,
    send_limits,
)
from walletapp.transfers.models import CashCode, Transfer
from walletapp.transfers.quotes import Quote
from walletapp.transfers.states import RANK, Kind, State
from walletapp.transfers.windows import LimitReached, Limits
from walletapp.wallet.models import Wallet

pytestmark = pytest.mark.django_db

_numbers = count(1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def wallet(db: None) -> Wallet:
    number = next(_numbers)
    return Wallet.objects.create(
        user=make_user(), oms_id=f"wlt_{number}", state=Wallet.State.ACTIVE, idem_key=f"limits-{number}"
    )


def cash(wallet: Wallet, said: str, state: State, *, ago: timedelta = HOUR, paid: str = "") -> Transfer:
    """A cash-in that became what it is `ago`."""
    now, number = timezone.now(), next(_numbers)
    transfer = Transfer.objects.create(
        user=wallet.user, wallet=wallet, kind=Kind.CASH_IN, store_name="7-Eleven #1", cash_in_id=f"ci_{number}"
    )
    quote = Quote.objects.create(
        transfer=transfer,
        source_asset="usd",
        source_gross_minor=usd(said).minor,
        source_net_minor=usd(said).minor,
        destination_asset="usdc",
        destination_gross_minor=1,
        destination_net_minor=1,
        rate="1",
        fixed_side="source",
        expires_at=now,
    )
    Transfer.objects.filter(pk=transfer.pk).update(quote=quote, confirmed_at=now - ago)
    final = RANK[state] == 100
    Transfer.objects.filter(pk=transfer.pk).update(
        state=state,
        rank=RANK[state],
        cash_paid_minor=usd(paid).minor if paid else None,
        finished_at=now - ago if final else None,
    )
    return Transfer.objects.get(pk=transfer.pk)


def code(transfer: Transfer, minutes: int = 60, status: str = CashCode.Status.ACTIVE) -> CashCode:
    ends = timezone.now() + timedelta(minutes=minutes)
    return CashCode.objects.create(transfer=transfer, code=f"ABC {next(_numbers):05d}", expires_at=ends, status=status)


def paid(wallet: Wallet, amount: str, ago: timedelta = HOUR) -> Transfer:
    return cash(wallet, amount, State.COMPLETED, ago=ago, paid=amount)


def left(limits: Limits) -> list[Money]:
    return [room.left for room in limits.rooms]


def refused(wallet: Wallet, amount: str, store: str = "7-Eleven #1") -> LimitReached:
    with pytest.raises(LimitReached) as caught:
        require_within_cash_limits(wallet, usd(amount), store, timezone.now())
    return caught.value


# --- one at a time ----------------------------------------------------------------------------------------------------


def test_the_least_and_the_most_are_allowed_and_a_cent_less_or_more_is_not(wallet: Wallet, now: datetime) -> None:
    for amount in ("20", "500"):
        require_within_cash_limits(wallet, usd(amount), "7-Eleven #1", now)
    assert "$20.00" in str(refused(wallet, "19.99"))
    assert "$500.00" in str(refused(wallet, "500.01"))


def test_walmart_takes_more_at_a_time(wallet: Wallet, now: datetime) -> None:
    require_within_cash_limits(wallet, usd("1000"), "Walmart #2001", now)
    assert "$1,000.00" in str(refused(wallet, "1000.01", "Walmart #2001"))


# --- windows ----------------------------------------------------------------------------------------------------------


def test_a_new_customer_has_everything_left(wallet: Wallet, now: datetime) -> None:
    limits = cash_limits(wallet, "7-Eleven #1", now)
    assert left(limits) == [usd("1500"), usd("3500"), usd("5000")]
    assert [room.times_left for room in limits.rooms] == [3, 12, 20]
    assert (limits.most_now, limits.tightest, limits.next_at) == (usd("500"), None, None)


def test_cash_that_was_paid_counts_in_every_window(wallet: Wallet, now: datetime) -> None:
    paid(wallet, "300")
    paid(wallet, "100", ago=2 * DAY)
    assert left(cash_limits(wallet, "", now)) == [usd("1200"), usd("3100"), usd("4600")]


def test_what_was_really_paid_counts_and_not_what_was_said(wallet: Wallet, now: datetime) -> None:
    cash(wallet, "500", State.COMPLETED, paid="60")
    assert left(cash_limits(wallet, "", now))[0] == usd("1440")


def test_the_amount_of_a_day_is_limited_with_its_number_and_the_next_time(wallet: Wallet) -> None:
    first = paid(wallet, "700", ago=5 * HOUR)
    paid(wallet, "600")
    no = refused(wallet, "300")
    assert "$200.00 more" in str(no)
    assert "$1,500.00 in 24 hours" in str(no)
    assert no.possible_at == (first.finished_at or timezone.now()) + DAY
    assert f"{no.possible_at:%H:%M} UTC" in str(no)


def test_the_number_of_deposits_of_a_day_is_limited(wallet: Wallet) -> None:
    first, *_ = [paid(wallet, "20", ago=hours * HOUR) for hours in (9, 5, 1)]
    no = refused(wallet, "20")
    assert "3 cash deposits are possible in 24 hours" in str(no)
    assert no.possible_at == (first.finished_at or timezone.now()) + DAY


def test_the_amount_of_a_week_is_limited(wallet: Wallet, now: datetime) -> None:
    for days in (6, 5, 4, 3):
        paid(wallet, "850", ago=days * DAY)
    no = refused(wallet, "150")
    assert "$100.00 more" in str(no)
    assert "$3,500.00 in 7 days" in str(no)
    assert no.possible_at is not None
    assert abs(no.possible_at - (now + DAY)) < timedelta(minutes=1)


def test_the_number_of_deposits_of_a_week_is_limited(wallet: Wallet) -> None:
    for step in range(12):
        paid(wallet, "20", ago=(1.5 + step / 4) * DAY)
    assert "12 cash deposits are possible in 7 days" in str(refused(wallet, "20"))


def test_the_amount_of_a_month_is_limited(wallet: Wallet) -> None:
    for days in (29, 25, 20, 15, 10):
        paid(wallet, "960", ago=days * DAY)
    no = refused(wallet, "300")
    assert "$200.00 more" in str(no)
    assert "$5,000.00 in 30 days" in str(no)


def test_the_number_of_deposits_of_a_month_is_limited(wallet: Wallet) -> None:
    for step in range(20):
        paid(wallet, "20", ago=(8 + step) * DAY)
    assert "20 cash deposits are possible in 30 days" in str(refused(wallet, "20"))


def test_windows_roll_and_nothing_resets_at_midnight(wallet: Wallet, now: datetime) -> None:
    paid(wallet, "1000", ago=DAY - timedelta(minutes=1))
    assert left(cash_limits(wallet, "", now))[0] == usd("500")
    assert left(cash_limits(wallet, "", now + timedelta(minutes=2)))[0] == usd("1500")


def test_of_several_limits_the_tightest_is_named(wallet: Wallet, now: datetime) -> None:
    for days in (6, 5, 4):
        paid(wallet, "1000", ago=days * DAY)
    paid(wallet, "400")
    limits = cash_limits(wallet, "Walmart", now)
    assert limits.most_now == usd("100")
    assert limits.tightest is not None
    assert limits.tightest.window.days == 7
    assert "7 days" in str(refused(wallet, "600"))


def test_less_left_than_the_least_is_nothing_left(wallet: Wallet, now: datetime) -> None:
    paid(wallet, "990")
    paid(wallet, "500")
    limits = cash_limits(wallet, "", now)
    assert left(limits)[0] == usd("10")
    assert limits.most_now == usd("0")
    assert limits.next_at is not None


# --- what counts ------------------------------------------------------------------------------------------------------


def test_a_code_that_is_out_counts_with_what_was_said(wallet: Wallet, now: datetime) -> None:
    code(cash(wallet, "400", State.AWAITING_CASH))
    limits = cash_limits(wallet, "", now)
    assert left(limits)[0] == usd("1100")
    assert limits.rooms[0].times_left == 2


def test_a_code_that_is_out_frees_its_room_when_it_runs_out(wallet: Wallet) -> None:
    out = code(cash(wallet, "500", State.AWAITING_CASH), minutes=30)
    paid(wallet, "900")
    assert refused(wallet, "200").possible_at == out.expires_at


def test_a_code_that_ran_out_does_not_count(wallet: Wallet, now: datetime) -> None:
    code(cash(wallet, "400", State.AWAITING_CASH), minutes=-1)
    code(cash(wallet, "400", State.AWAITING_CASH), status=CashCode.Status.EXPIRED)
    assert left(cash_limits(wallet, "", now))[0] == usd("1500")


@pytest.mark.parametrize("state", [State.READY, State.SUBMITTING, State.UNKNOWN, State.PROCESSING])
def test_what_may_still_be_paid_counts(wallet: Wallet, now: datetime, state: State) -> None:
    cash(wallet, "400", state)
    assert left(cash_limits(wallet, "", now))[0] == usd("1100")


@pytest.mark.parametrize("state", [State.QUOTED, State.FAILED, State.CANCELED, State.EXPIRED])
def test_what_did_not_happen_does_not_count(wallet: Wallet, now: datetime, state: State) -> None:
    cash(wallet, "400", state)
    assert left(cash_limits(wallet, "", now))[0] == usd("1500")


def test_cash_the_store_took_counts_even_if_it_never_arrived(wallet: Wallet, now: datetime) -> None:
    cash(wallet, "400", State.FAILED, paid="400")
    assert left(cash_limits(wallet, "", now))[0] == usd("1100")


def test_a_transfer_is_not_counted_against_itself(wallet: Wallet, now: datetime) -> None:
    for _ in range(2):
        paid(wallet, "20")
    own = cash(wallet, "500", State.AWAITING_CASH)
    code(own)
    assert "3 cash deposits are possible" in str(refused(wallet, "500"))
    require_within_cash_limits(wallet, usd("500"), "", now, apart_from=own.pk)


def test_other_peoples_cash_does_not_count(wallet: Wallet, now: datetime) -> None:
    other = Wallet.objects.create(user=make_user("bob"), idem_key="limits-other", oms_id="wlt_other", state="active")
    paid(other, "1000")
    assert left(cash_limits(wallet, "", now))[0] == usd("1500")


# --- sends ------------------------------------------------------------------------------------------------------------


def sent(wallet: Wallet, amount: str, state: State, ago: timedelta = HOUR) -> None:
    Transfer.objects.create(
        user=wallet.user,
        wallet=wallet,
        kind=Kind.SEND,
        state=state,
        rank=RANK[state],
        amount_minor=usdc(amount).minor,
        oms_id=f"txn_{next(_numbers)}",
        confirmed_at=timezone.now() - ago,
    )


def test_one_send_is_limited(wallet: Wallet, now: datetime) -> None:
    require_within_send_limits(wallet, usdc("5000"), now)
    with pytest.raises(LimitReached, match=r"at most 5,000\.00 USDC at once"):
        require_within_send_limits(wallet, usdc("5000.000001"), now)


def test_the_sends_of_a_day_are_limited_and_open_ones_count(wallet: Wallet, now: datetime) -> None:
    sent(wallet, "4000", State.COMPLETED)
    sent(wallet, "3500", State.PROCESSING)
    sent(wallet, "1000", State.FAILED)
    sent(wallet, "5000", State.COMPLETED, ago=25 * HOUR)
    require_within_send_limits(wallet, usdc("2500"), now)
    with pytest.raises(LimitReached, match=r"2,500\.00 USDC more.*10,000\.00 USDC in 24 hours") as no:
        require_within_send_limits(wallet, usdc("2500.01"), now)
    assert no.value.possible_at is not None


def test_the_small_print_says_all_of_it(wallet: Wallet, now: datetime) -> None:
    sent(wallet, "1", State.COMPLETED)
    assert send_limits(wallet, now).sentence == (
        "At most 5,000.00 USDC at once; 9,999.00 USDC of 10,000.00 USDC left in 24 hours."
    )
    assert wallet.currency is Currency.USDC
