"""Counts that everybody is told: in bands, by squares of a fixed grid, of months that are over.

A figure of this week beside one of last week would say what was found between them, and where;
so a count goes no further than the last month that is over, and small ones are not told. Nothing
here is of persons.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from rafiqa.geo import GridShape, SiteFrame, Spot
from rafiqa.land import AccidentRecorded, LandBook, Recorded, TaskOrdered, WorkReported
from rafiqa.service.neighbourhood import Neighbourhoods, cell_at, cell_corner
from rafiqa.wire.instant import iso_date, moment_us
from rafiqa.wire.publicgate import band

MONTHS_TOLD = 12
Row = dict[str, Any]


def month_start_us(at_us: int) -> int:
    """Returns the first instant of the month (UTC) that a time lies in."""
    year, month = map(int, iso_date(at_us).split("-")[:2])
    return moment_us(datetime(year, month, 1, tzinfo=UTC))


def counts(book: LandBook, valid_us: int) -> Iterator[Row]:
    """Yields finds and accidents of each square, of what was on record when the month began."""
    until_us = month_start_us(valid_us)
    finds: Counter[tuple[float, float]] = Counter()
    accidents: Counter[tuple[float, float]] = Counter()
    for record in _before(book.register.works.values(), until_us):
        if isinstance(record.fact, WorkReported):
            for find in record.fact.finds:
                finds[_corner(find.spot)] += find.count
    for record in _before(book.register.accidents.values(), until_us):
        if isinstance(record.fact, AccidentRecorded) and record.fact.spot is not None:
            accidents[_corner(record.fact.spot)] += 1
    for corner in sorted({*finds, *accidents}):
        row = {"finds": band(finds[corner]), "accidents": band(accidents[corner])}
        if any(row.values()):
            yield {"cell": corner, **row}


def _before(records: Iterable[Recorded], until_us: int) -> Iterator[Recorded]:
    for record in records:
        if record.valid_at_us < until_us and record.recorded_at_us < until_us:
            yield record


def _corner(spot: Spot) -> tuple[float, float]:
    return cell_corner(cell_at(spot.lon_deg, spot.lat_deg))


def months(
    book: LandBook, frame: SiteFrame, places: Neighbourhoods, valid_us: int
) -> Iterator[Row]:
    """Yields how many works were ordered in each neighbourhood, a whole month after theirs.

    Works last weeks: told on the day after their month, a count would say where a team is now.
    """
    until_us = month_start_us(month_start_us(valid_us) - 1)
    found: Counter[tuple[str, str]] = Counter()
    for story in book.register.tasks.values():
        ordered = next((each for each in story if isinstance(each.fact, TaskOrdered)), None)
        if ordered is None or not next(_before([ordered], until_us), None):
            continue
        shape = _ground_of(book, ordered.fact)
        if shape is not None and not shape.is_empty:
            middle = places.of(frame.to_lonlat(shape).geometry)[0]
            found[iso_date(ordered.valid_at_us)[:7], middle.ref] += 1
    told = sorted({month for month, _ in found})[-MONTHS_TOLD:]
    for (month, place), count in sorted(found.items()):
        if month in told:
            yield {"place": place, "month": month, "works": band(count, least=1)}


def _ground_of(book: LandBook, fact: object) -> GridShape | None:
    if not isinstance(fact, TaskOrdered):
        return None
    if fact.shape is not None:
        return fact.shape
    area = book.register.areas.get(fact.area_id)
    return None if area is None else area.outline
