"""The part of OData's filters that readers of submissions use: comparisons joined by ``and``."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.instant import instant_us

_ONE = re.compile(
    r"__system/(submissionDate|reviewState|submitterId)\s+(eq|ne|lt|le|gt|ge)\s+"
    r"(null|'(?:[^']|'')*'|[0-9TZ:.+-]+)\s*"
)
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
Kept = Callable[[Mapping[str, Any]], bool]


def odata_filter(asked: str | None) -> Kept:
    """Returns what says whether a row's ``__system`` passes a filter; all pass where None.

    Raises:
        InvalidInput: ``wire.odata.filter`` where any of it is not understood.
    """
    if asked is None:
        return lambda _: True
    tests = [_test(part) for part in re.split(r"\s+and\s+", asked.strip())]
    return lambda system: all(test(system) for test in tests)


def _test(part: str) -> Kept:
    found = _ONE.fullmatch(part)
    if found is None:
        raise InvalidInput(Fault("wire.odata.filter", "$filter", params={"part": part[:80]}))
    name, how, given = found.groups()
    compare = _COMPARE[how]
    if name == "submissionDate":
        limit_us = instant_us(given.strip("'"), "$filter")
        return lambda system: compare(instant_us(system[name], name), limit_us)
    value = None if given == "null" else given.strip("'").replace("''", "'")
    if how not in {"eq", "ne"}:
        raise InvalidInput(Fault("wire.odata.filter", "$filter", params={"part": part[:80]}))
    return lambda system: compare(system[name], value)
