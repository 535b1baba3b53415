"""Places of residents' reports that wait, each with how far from it what was seen may lie.

One rule for every way in which ground is asked about: alone, in columns, and under roads.
"""

from __future__ import annotations

from collections.abc import Sequence

from rafiqa.land import Recorded, ResidentReported

ReportPlace = tuple[int, int, int]
"""Where a report was told of, in mm of the site's frame, and how far off it may be meant, mm."""
MOST_REACH_MM = 500_000
"""How far from its place a report that was told inexactly stops works; told only by its town it
would stop all of them, and whoever wanted to could."""


def report_reach_mm(fact: ResidentReported) -> int:
    """Returns how far from its place what a resident reported may lie."""
    return min(max(0, fact.accuracy_m or 0) * 1_000, MOST_REACH_MM)


def report_places(reports: Sequence[tuple[Recorded, tuple[int, int]]]) -> list[ReportPlace]:
    """Returns the places of reports, with their reach."""
    return [
        (*place_mm, report_reach_mm(record.fact))
        for record, place_mm in reports
        if isinstance(record.fact, ResidentReported)
    ]
