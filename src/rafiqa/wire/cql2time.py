"""Times in CQL2 filters: days and instants as periods, and what holds between two of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.featurecolumn import ALWAYS_US, DAY_US, FOREVER_US, Times
from rafiqa.wire.instant import instant_us

Bools = npt.NDArray[np.bool_]
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_TIMESTAMP: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
OPEN: Final = ".."

RELATIONS: Final[dict[str, Callable[[Times, Times], Any]]] = {
    "t_after": lambda a, b: a.start_us > b.end_us,
    "t_before": lambda a, b: a.end_us < b.start_us,
    "t_disjoint": lambda a, b: (a.start_us > b.end_us) | (a.end_us < b.start_us),
    "t_equals": lambda a, b: (a.start_us == b.start_us) & (a.end_us == b.end_us),
    "t_intersects": lambda a, b: (a.start_us <= b.end_us) & (a.end_us >= b.start_us),
    "t_contains": lambda a, b: (a.start_us < b.start_us) & (a.end_us > b.end_us),
    "t_during": lambda a, b: (a.start_us > b.start_us) & (a.end_us < b.end_us),
    "t_finishedby": lambda a, b: (a.start_us < b.start_us) & (a.end_us == b.end_us),
    "t_finishes": lambda a, b: (a.start_us > b.start_us) & (a.end_us == b.end_us),
    "t_meets": lambda a, b: a.end_us == b.start_us,
    "t_metby": lambda a, b: a.start_us == b.end_us,
    "t_overlappedby": lambda a, b: (
        (a.start_us > b.start_us) & (a.start_us < b.end_us) & (a.end_us > b.end_us)
    ),
    "t_overlaps": lambda a, b: (
        (a.start_us < b.start_us) & (a.end_us > b.start_us) & (a.end_us < b.end_us)
    ),
    "t_startedby": lambda a, b: (a.start_us == b.start_us) & (a.end_us > b.end_us),
    "t_starts": lambda a, b: (a.start_us == b.start_us) & (a.end_us < b.end_us),
}
"""Operator → whether it holds of two periods (OGC 21-065r2, section 7.7; after Allen)."""
COMPARED: Final[dict[str, Callable[[Times, Times], Any]]] = {
    "=": RELATIONS["t_intersects"],
    "<>": RELATIONS["t_disjoint"],
    "<": RELATIONS["t_before"],
    ">": RELATIONS["t_after"],
    "<=": lambda a, b: a.start_us <= b.end_us,
    ">=": lambda a, b: a.end_us >= b.start_us,
}
"""Likewise for comparisons: a day is equal to every instant in it."""


def day(text: Any) -> Times:
    """Returns a day as a period.

    Raises:
        InvalidInput: ``wire.cql2.time``.
    """
    return _period(text, _DATE)


def instant(text: Any) -> Times:
    """Returns an instant as a period without length.

    Raises:
        InvalidInput: ``wire.cql2.time``.
    """
    return _period(text, _TIMESTAMP)


def moment(text: Any) -> Times:
    """Returns a day or an instant as a period.

    Raises:
        InvalidInput: ``wire.cql2.time`` where it is neither.
    """
    return day(text) if isinstance(text, str) and _DATE.fullmatch(text) else instant(text)


def _period(text: Any, pattern: re.Pattern[str]) -> Times:
    if not (isinstance(text, str) and pattern.fullmatch(text)):
        raise _bad(text)
    try:
        start_us = instant_us(text.upper())
    except (InvalidInput, OverflowError):
        raise _bad(text) from None
    length_us = DAY_US - 1 if pattern is _DATE else 0
    return one(start_us, start_us + length_us)


def one(start_us: int, end_us: int) -> Times:
    """Returns a single period, to be compared with many."""
    return Times(np.array([start_us]), np.array([end_us]), np.array([True]))


ALWAYS: Final = one(ALWAYS_US, ALWAYS_US)
FOREVER: Final = one(FOREVER_US, FOREVER_US)


def spanning(first: Times, last: Times) -> Times:
    """Returns periods from the beginning of one to the end of another; unknown where either is.

    Raises:
        InvalidInput: ``wire.cql2.time`` where a literal ends before it begins.
    """
    start_us, end_us = np.broadcast_arrays(first.start_us, last.end_us)
    known = first.known & last.known
    if len(start_us) == 1 and start_us[0] > end_us[0]:
        raise _bad("INTERVAL")
    return Times(start_us, end_us, known & (start_us <= end_us))


def _bad(text: Any) -> InvalidInput:
    return InvalidInput(Fault("wire.cql2.time", "filter", params={"text": str(text)[:40]}))
