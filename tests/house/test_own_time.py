"""The clock of promises: it leaves out what the host of the machine took, and nothing else."""

import time

from tests import own_time

AT_FIRST = [100, 0, 50, 1000, 5, 0, 0, 40]


def later(*, user: int = 0, idle: int = 0, stolen: int = 0) -> list[int]:
    return [100 + user, 0, 50, 1000 + idle, 5, 0, 0, 40 + stolen]


def test_time_that_was_given_counts_whole_whether_it_was_used_or_not() -> None:
    assert own_time.share(AT_FIRST, later(user=200)) == 1
    assert own_time.share(AT_FIRST, later(idle=200)) == 1
    assert own_time.share(AT_FIRST, AT_FIRST) == 1


def test_time_that_was_taken_does_not_count() -> None:
    assert own_time.share(AT_FIRST, later(user=50, stolen=150)) == 0.25


def test_a_promise_is_not_waited_for_without_end() -> None:
    assert own_time.share(AT_FIRST, later(stolen=1000)) == 1 / 20


def test_it_never_runs_ahead_of_the_clock_on_the_wall() -> None:
    began, began_here = time.monotonic(), own_time.clock()
    time.sleep(0.05)
    had = own_time.clock() - began_here
    assert 0 < had <= time.monotonic() - began
