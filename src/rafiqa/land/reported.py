"""Reported and computed: the size that a source stated beside the size of what it drew.

Both are kept, and their difference is shown; neither is put in the other's place. A stated size
is a decimal in m² as it came; a computed one is twice an area in mm², an exact integer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from rafiqa.geo import GridShape
from rafiqa.land.book import LandBook
from rafiqa.land.disagreement import reported
from rafiqa.land.fact import AreaRecorded, BoundaryCorrected, Recorded, ReleaseTransferred
from rafiqa.land.records import Records
from rafiqa.land.register import AreaRecord
from rafiqa.land.unitreason import above_ground

_M2 = 2_000_000
"""Twice the area of a square metre in mm²."""


@dataclass(frozen=True, slots=True)
class Reported:
    """One size as stated and as computed; ``kind`` is ``area`` or ``part``."""

    kind: str
    subject: str
    reported_m2: Decimal
    computed: int
    source: str | None
    entry_id: str

    @property
    def difference_m2(self) -> Decimal:
        """Stated less computed."""
        return self.reported_m2 - Decimal(self.computed) / _M2


@dataclass(frozen=True, slots=True)
class ReportedTotal:
    """All sizes of one kind together, each thing once, by its newest statement.

    ``silent`` and ``silent_size`` are the things that state no size, and twice their area in mm²:
    they are left out of both sums, so that the two can be compared.
    """

    kind: str
    n: int
    reported_m2: Decimal
    computed: int
    silent: int
    silent_size: int

    @property
    def difference_m2(self) -> Decimal:
        """Stated less computed, over what states a size."""
        return self.reported_m2 - Decimal(self.computed) / _M2


def reported_sizes(
    book: LandBook,
    until_us: int,
    boundary: GridShape | None = None,
    area_ids: frozenset[str] | None = None,
) -> tuple[list[Reported], list[ReportedTotal]]:
    """Returns every stated size true by a time beside the computed one, and the totals.

    Sizes are of whole areas and parts: what was stated cannot be cut at a boundary, which only
    chooses those that it touches.

    Args:
        book: the land book as known at one time.
        until_us: only what was true by then.
        boundary: only what it touches; everything on record where None.
        area_ids: only these areas and the parts worked in them; all where None.
    """
    register = book.register
    rows: list[Reported] = []
    totals: list[ReportedTotal] = []
    for kind, things in (
        ("area", _areas(register, until_us, area_ids)),
        ("part", _parts(register, until_us, area_ids)),
    ):
        found = [
            (told, shape)
            for told, shape in things
            if boundary is None or shape.intersects(boundary)
        ]
        rows += [row for told, _ in found for row in told]
        totals.append(_total(kind, found))
    return rows, totals


def _total(kind: str, found: list[tuple[list[Reported], GridShape]]) -> ReportedTotal:
    newest = [told[-1] for told, _ in found if told]
    silent = [shape for told, shape in found if not told]
    return ReportedTotal(
        kind,
        len(newest),
        sum((row.reported_m2 for row in newest), Decimal(0)),
        sum(row.computed for row in newest),
        len(silent),
        sum(shape.area2_mm2 for shape in silent),
    )


def _areas(
    register: Records, until_us: int, area_ids: frozenset[str] | None
) -> Iterator[tuple[list[Reported], GridShape]]:
    for area_id, area in register.areas.items():
        if area_ids is not None and area_id not in area_ids:
            continue
        if not any(record.valid_at_us <= until_us for record in area.facts):
            continue
        shape = _shape_of(area, until_us)
        told = [
            Reported(
                "area", area_id, Decimal(stated), drawn(record).area2_mm2, source, record.entry_id
            )
            for record, stated, source in reported(register, area_id, until_us)
        ]
        yield told, shape


def drawn(record: Recorded) -> GridShape:
    """Returns the outline that a fact draws; an empty one where it draws none."""
    shape = getattr(record.fact, "shape", None)
    return shape if isinstance(shape, GridShape) else GridShape.empty()


def _shape_of(area: AreaRecord, until_us: int) -> GridShape:
    """Returns the newest outline drawn for an area by a time."""
    said = [record for record in area.facts if record.valid_at_us <= until_us]
    shapes = [
        drawn(record)
        for record in sorted(said, key=lambda item: (item.valid_at_us, item.seq))
        if isinstance(record.fact, (AreaRecorded, BoundaryCorrected))
    ]
    return shapes[-1] if shapes else area.fact.shape


def _parts(
    register: Records, until_us: int, area_ids: frozenset[str] | None
) -> Iterator[tuple[list[Reported], GridShape]]:
    for part_id, (part, record) in register.parts.items():
        if area_ids is not None and getattr(record.fact, "area_id", None) not in area_ids:
            continue
        if record.valid_at_us > until_us or above_ground(register, part):
            # A unit's size is floor, and no land.
            continue
        stated = part.area_reported_m2
        told = []
        if stated is not None and stated.is_finite():
            taken = part if isinstance(part, ReleaseTransferred) else None
            source = taken.source if taken else record.actor.organisation_id
            size = part.shape.area2_mm2
            told = [Reported("part", part_id, stated, size, source, record.entry_id)]
        yield told, part.shape
