"""Which answers put a resident's report to rest, and which leave the danger where it was told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rafiqa.land.fact import Recorded, ReportAnswered

SETTLING: Final = frozenset({"nothing_found", "item_removed", "new_area", "joined"})
"""Somebody went and there is nothing, or it is gone, or an area on record stands for it.

A place that was marked or not reached is as dangerous as it was; so is what is not known here.
"""
AREA_FOUND: Final = frozenset({"new_area", "joined"})
"""Outcomes that leave the place to an area on record."""


def settled(answers: Iterable[Recorded], valid_at_us: int) -> bool:
    """Returns whether the last answer true by a time puts a report to rest."""
    last = None
    for answer in answers:
        if answer.valid_at_us <= valid_at_us and isinstance(answer.fact, ReportAnswered):
            last = answer.fact
    return last is not None and last.outcome in SETTLING
