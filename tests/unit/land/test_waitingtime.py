"""Waiting times: open cases count, and the estimate is the one of Kaplan and Meier."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from rafiqa.land.waitingtime import DAY_US, Wait, waiting_time

DAYS = st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=40)


def waits(*days: tuple[int, bool]) -> list[Wait]:
    return [Wait(day * DAY_US, over) for day, over in days]


def test_a_textbook_case() -> None:
    """Remission times under 6-MP of Freireich and others, 1963, as textbooks work them."""
    over = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    still = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    told = waiting_time(waits(*((day, True) for day in over), *((day, False) for day in still)))
    by = {day: round(float(share), 3) for day, share in told.curve}
    assert by == {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.69, 16: 0.627, 22: 0.538, 23: 0.448}
    assert (told.median_days, told.p90_days) == (23, None)
    assert (told.over_median_days, told.over_p90_days) == (10, 23)
    assert (told.n_over, told.n_open, told.longest_open_days) == (9, 12, 35)


def test_without_open_cases_both_ways_say_the_same() -> None:
    told = waiting_time(waits(*((day, True) for day in range(1, 11))))
    assert (told.median_days, told.over_median_days) == (5, 5)
    assert (told.p90_days, told.over_p90_days) == (9, 9)
    assert told.curve[-1] == (10, Fraction(0))


def test_nothing_at_all_is_told_as_nothing() -> None:
    told = waiting_time([])
    assert (told.n_over, told.n_open, told.median_days, told.longest_open_days) == (
        0,
        0,
        None,
        None,
    )


def test_a_part_of_a_day_counts_as_one_and_less_than_nothing_as_none() -> None:
    told = waiting_time([Wait(1, over=True), Wait(-5, over=True)])
    assert [day for day, _ in told.curve] == [0, 1]


@given(DAYS)
def test_an_open_case_never_makes_the_wait_shorter(days: list[tuple[int, bool]]) -> None:
    """Left out, as a median of finished cases leaves it, it would."""
    told = waiting_time(waits(*days))
    if told.median_days is not None:
        assert told.over_median_days is not None
        assert told.median_days >= told.over_median_days
    if told.p90_days is not None:
        assert told.over_p90_days is not None
        assert told.p90_days >= told.over_p90_days
    shares = [share for _, share in told.curve]
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= share < 1 for share in shares)
