"""Dates: what a phrase of time says, and which days that is once the day of the text is known."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from rafiqa.study.record import Precision, TimeBasis

Unit = Literal["day", "week", "month", "year", "decade"]
Said = Literal[
    "fixed", "ago", "unit", "weekday", "month", "since", "until", "anniversary", "elapsed", "none"
]
_YEARS_OF_DECADE: Final = 10
_DAYS_OF_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class When:
    """What a phrase says of time.

    Attributes:
        said: how it says so; ``none`` where it is a length or a habit and dates nothing.
        first, last: of ``fixed``, ``since``, ``until``, ``anniversary``: the days it names.
        number: how many units ago; which unit from this one (-1 the last); which weekday or month.
        unit: of ``ago`` and ``unit``. day: of ``month``, where it names one.
        precision: of ``fixed``.
        anchored: it rests on an event of the curated table.
    """

    said: Said
    first: date | None = None
    last: date | None = None
    number: int = 0
    unit: Unit = "day"
    day: int | None = None
    precision: Precision = "day"
    anchored: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """The days on one of which the text was published."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Days:
    """Which days a phrase names: the first and the last, or only one of the two."""

    first: date | None
    last: date | None
    precision: Precision
    basis: TimeBasis


def days_of(when: When, published: Published | None) -> Days | None:
    """Returns the days a phrase names, or None where the text gives too little to say.

    A number of years ago is said within a year of it, months within a month: «seven years ago»,
    written in March 2025, is from March 2017 to March 2019 (challenge set C22 to C25).
    """
    if when.said == "fixed":
        return Days(when.first, when.last, when.precision, _basis(when, "explicit"))
    if when.said == "anniversary" and when.first:
        year = when.first.year + when.number
        return Days(date(year, 1, 1), date(year, 12, 31), "year", "event_anchor")
    last = published.last if published else None
    if when.said == "since" and when.first:
        return Days(when.first, last, "open", _basis(when, "explicit"))
    if when.said == "until" and when.last:
        return Days(None, when.last, "open", _basis(when, "explicit"))
    if published is None:
        return None
    return _relative(when, published)


def _basis(when: When, usual: TimeBasis) -> TimeBasis:
    return "event_anchor" if when.anchored else usual


def _relative(when: When, published: Published) -> Days | None:
    first, last = published.first, published.last
    if when.said == "ago":
        return _ago(when, first, last)
    if when.said == "unit":
        return _unit(when, first, last)
    if when.said == "weekday":
        back = [first - timedelta(days=n) for n in range(_DAYS_OF_WEEK)]
        day = next(each for each in back if each.weekday() == when.number)
        exact = first == last
        return Days(day, day, "day", "relative") if exact else None
    if when.said == "month":
        return _month(when, last)
    return None


def _ago(when: When, first: date, last: date) -> Days:
    n = when.number
    if when.unit == "day":
        return Days(first - timedelta(days=n), last - timedelta(days=n), "day", "relative")
    if when.unit == "week":
        early, late = first - timedelta(days=7 * n + 3), last - timedelta(days=7 * n - 3)
        return Days(early, late, "week", "relative")
    if when.unit == "month":
        early, late = _months_from(first, -n - 1), _months_from(last, -n + 1)
        return Days(early.replace(day=1), _month_end(late), "month", "relative")
    years = n * _YEARS_OF_DECADE if when.unit == "decade" else n
    slack = years // 2 if when.unit == "decade" else 1
    early = _months_from(first, -12 * (years + slack)).replace(day=1)
    return Days(
        early, _month_end(_months_from(last, -12 * (years - slack))), "multi_year", "relative"
    )


def _unit(when: When, first: date, last: date) -> Days:
    n = when.number
    if when.unit == "day":
        return Days(first + timedelta(days=n), last + timedelta(days=n), "day", "relative")
    if when.unit == "week":
        begin = first - timedelta(days=first.weekday()) + timedelta(days=7 * n)
        end = last - timedelta(days=last.weekday()) + timedelta(days=7 * n + 6)
        return Days(begin, end, "week", "relative")
    if when.unit == "month":
        begin, end = _months_from(first, n), _months_from(last, n)
        return Days(begin.replace(day=1), _month_end(end), "month", "relative")
    if when.unit == "year":
        return Days(date(first.year + n, 1, 1), date(last.year + n, 12, 31), "year", "relative")
    begin_year = first.year // 10 * 10 + 10 * n
    return Days(date(begin_year, 1, 1), date(begin_year + 9, 12, 31), "multi_year", "relative")


def _month(when: When, last: date) -> Days | None:
    """A month without its year is the newest that had begun when the text was published."""
    year = last.year if when.number <= last.month else last.year - 1
    end = calendar.monthrange(year, when.number)[1]
    if when.day is None:
        return Days(date(year, when.number, 1), date(year, when.number, end), "month", "relative")
    if when.day > end:
        return None
    day = date(year, when.number, when.day)
    day = day if day <= last else day.replace(year=year - 1, day=min(when.day, 28))
    return Days(day, day, "day", "relative")


def _months_from(day: date, n: int) -> date:
    months = day.year * 12 + day.month - 1 + n
    year, month = divmod(months, 12)
    year = min(max(year, 1), 9998)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def month_days(year: int, month: int) -> tuple[date, date]:
    """Returns the first and the last day of a month."""
    first = date(year, month, 1)
    return first, _month_end(first)


def later_by_years(published: tuple[date, date], years: int) -> tuple[date, date]:
    """Returns the month of an anniversary: what begun then is so many years old in that month."""
    return (
        _months_from(published[0], 12 * years).replace(day=1),
        _month_end(_months_from(published[1], 12 * years)),
    )
