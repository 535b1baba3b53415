"""Disagreement: where sources speak differently of one area, or of the same ground.

Both are shown with who says so; nothing is averaged and nobody is declared right. What the land
*is* stays the land book's answer: the worst of what is on record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely

from rafiqa.geo import GridShape
from rafiqa.land.book import LandBook
from rafiqa.land.fact import (
    AreaRecorded,
    BoundaryCorrected,
    Recorded,
    ReleaseTransferred,
    WorkedPart,
)
from rafiqa.land.records import Records

Topic = Literal["class", "outcome", "depth", "extent", "area"]
"""What is spoken of differently; ``area`` is the size stated, ``extent`` the outline drawn."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one source says: a code, or a figure in m² or cm as it stands in the record."""

    source: str
    subject: str
    value: str
    entry_id: str
    valid_at_us: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two or more sources that differ; ``size`` is twice the area in mm² where they do."""

    topic: Topic
    subjects: tuple[str, ...]
    said: tuple[Said, ...]
    size: int


def disagreements(
    book: LandBook, until_us: int, boundary: GridShape | None = None
) -> list[Disagreement]:
    """Returns where sources differ, in what was true by a time, inside a boundary.

    Args:
        book: the land book as known at one time.
        until_us: only what was true by then is compared.
        boundary: only ground inside it; everything on record where None.
    """
    found = [*_of_areas(book.register, until_us), *_of_ground(book.register, until_us)]
    if boundary is None:
        return [item for item, _ in found]
    return [item for item, shape in found if shape.intersects(boundary)]


def reported(
    register: Records, area_id: str, until_us: int
) -> list[tuple[Recorded, str, str | None]]:
    """Returns every statement of an area's size: the record, its figure in m², and its source.

    In the order of the ledger. A figure is text as it was stated: nothing is rounded.
    """
    area = register.areas.get(area_id)
    said = area.facts if area is not None else []
    return [
        (record, str(fact.area_reported_m2), getattr(fact, "source", None))
        for record in sorted(said, key=lambda item: item.seq)
        if isinstance(fact := record.fact, (AreaRecorded, BoundaryCorrected))
        and fact.area_reported_m2 is not None
        and fact.area_reported_m2.is_finite()
        and record.valid_at_us <= until_us
    ]


def _source(record: Recorded) -> str:
    """Returns who says it: the source named, the body that released, or who put it on record."""
    fact = record.fact
    if isinstance(fact, ReleaseTransferred):
        return f"{fact.released_by}: {fact.source}" if fact.released_by else fact.source
    named = getattr(fact, "source", None)
    return named or record.actor.organisation_id


def _said(record: Recorded, subject: str, value: object) -> Said:
    return Said(_source(record), subject, str(value), record.entry_id, record.valid_at_us)


def _of_areas(register: Records, until_us: int) -> Iterator[tuple[Disagreement, GridShape]]:
    """Yields where one area's id was recorded more than once, and not alike."""
    for area_id, area in register.areas.items():
        records = [
            (record, record.fact)
            for record in sorted(area.facts, key=lambda item: item.seq)
            if isinstance(record.fact, AreaRecorded) and record.valid_at_us <= until_us
        ]
        if len({_source(record) for record, _ in records}) < 2:
            continue
        shape = records[0][1].shape
        for _, fact in records[1:]:
            shape = shape.union(fact.shape)
        outlines = {fact.shape for _, fact in records}
        apart = 0 if len(outlines) == 1 else _apart([fact.shape for _, fact in records])
        yield from _differing("class", area_id, [(r, f.class_) for r, f in records], shape)
        extents = [(r, f"{f.shape.area_m2:.6f}") for r, f in records]
        if apart:
            said = tuple(_said(record, area_id, value) for record, value in extents)
            yield Disagreement("extent", (area_id,), said, apart), shape
        stated = [(r, f.area_reported_m2) for r, f in records if f.area_reported_m2 is not None]
        yield from _differing("area", area_id, stated, shape)


def _apart(shapes: Sequence[GridShape]) -> int:
    """Returns twice the area in mm² that some of the outlines cover and others do not."""
    whole = common = shapes[0]
    for shape in shapes[1:]:
        whole, common = whole.union(shape), common.intersection(shape)
    return whole.area2_mm2 - common.area2_mm2


def _differing(
    topic: Topic, subject: str, said: Iterable[tuple[Recorded, object]], shape: GridShape
) -> Iterator[tuple[Disagreement, GridShape]]:
    told = list(said)
    if len({value for _, value in told}) > 1 and len({_source(record) for record, _ in told}) > 1:
        listed = tuple(_said(record, subject, value) for record, value in told)
        yield Disagreement(topic, (subject,), listed, shape.area2_mm2), shape


@dataclass(frozen=True, slots=True)
class _Voice:
    """One record that draws a piece of ground and says something of it, or of a unit there."""

    subject: str
    record: Recorded
    shape: GridShape
    values: tuple[tuple[Topic, object], ...]
    unit_id: str | None = None


def _of_ground(register: Records, until_us: int) -> Iterator[tuple[Disagreement, GridShape]]:
    """Yields where two sources drew the same ground and say different things of it."""
    for voices in (_areas(register, until_us), _parts(register, until_us)):
        every = list(voices)
        for one, other in _overlapping(every):
            yield from _between(every[one], every[other])


def _areas(register: Records, until_us: int) -> Iterator[_Voice]:
    for area_id, area in register.areas.items():
        if area.recorded.valid_at_us <= until_us:
            values: tuple[tuple[Topic, object], ...] = (("class", area.fact.class_),)
            yield _Voice(area_id, area.recorded, area.fact.shape, values)


def _parts(register: Records, until_us: int) -> Iterator[_Voice]:
    for part_id, (part, record) in register.parts.items():
        if record.valid_at_us <= until_us:
            unit_id = part.unit_id if isinstance(part, WorkedPart) else None
            yield _Voice(part_id, record, part.shape, tuple(_values(part)), unit_id)


def _values(part: WorkedPart | ReleaseTransferred) -> Iterator[tuple[Topic, object]]:
    yield "outcome", part.outcome
    below = isinstance(part, WorkedPart) and part.depth_from_cm
    if part.outcome == "cleared" and part.depth_cm is not None and not below:
        yield "depth", part.depth_cm


def _overlapping(voices: Sequence[_Voice]) -> Iterator[tuple[int, int]]:
    shapes = np.array([voice.shape.geometry for voice in voices], dtype=object)
    if not len(shapes):
        return
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    for one, other in sorted(zip(first.tolist(), second.tolist(), strict=True)):
        same = voices[one].unit_id == voices[other].unit_id
        if one < other and same and _source(voices[one].record) != _source(voices[other].record):
            yield one, other


def _between(one: _Voice, other: _Voice) -> Iterator[tuple[Disagreement, GridShape]]:
    values = dict(other.values)
    for topic, value in one.values:
        if topic not in values or values[topic] == value:
            continue
        both = one.shape.intersection(other.shape)
        if both.is_empty:
            return
        said = tuple(
            _said(voice.record, voice.subject, told)
            for voice, told in ((one, value), (other, values[topic]))
        )
        yield Disagreement(topic, (one.subject, other.subject), said, both.area2_mm2), both
