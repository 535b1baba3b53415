"""G3, the way in: whether works can be come to over roads, and what keeps people from them."""

from __future__ import annotations

from collections.abc import Iterator

from shapely.geometry.base import BaseGeometry

from rafiqa.recovery.access import Way, Ways
from rafiqa.recovery.answer import Gate, Outcome
from rafiqa.recovery.fact import ProjectRegistered

_ROADS_NAMED = 6
_ANSWERS: dict[str, tuple[Outcome, str]] = {
    "open": ("open", "gate.access.open"),
    "conditions": ("conditions", "gate.access.unrecorded"),
    "entry-unknown": ("conditions", "gate.access.entry-unknown"),
    "closed": ("closed", "gate.access.closed"),
    "barred": ("closed", "gate.access.barred"),
    "unjoined": ("conditions", "gate.access.unjoined"),
    "no-road": ("conditions", "gate.access.no-road"),
}

_TOLD_BESIDE = {
    "conditions": "gate.not-asked.way-unrecorded",
    "unjoined": "gate.not-asked.way-unjoined",
    "no-road": "gate.not-asked.way-no-road",
}
"""What leaves the way in unjudged, though nothing on record closes it."""


def way_in_shape(works: ProjectRegistered) -> BaseGeometry | None:
    """Returns by what works are entered: the access drawn, else their footprint."""
    for shape in (works.access, works.shape):
        if shape is not None and not shape.is_empty:
            return shape.geometry
    return None


def way_of(works: ProjectRegistered, ways: Ways) -> Way | None:
    """Returns the way in to works; None where they have no shape, which G0 tells."""
    shape = way_in_shape(works)
    return None if shape is None else ways.way_to(ways.network.touching(shape).tolist())


def way_answer(way: Way) -> Gate:
    """Returns what G3 answers of a way in."""
    outcome, code = _ANSWERS[way.state]
    params: dict[str, str | int] = {}
    if way.roads:
        params = {"roads": ", ".join(way.roads[:_ROADS_NAMED]), "n": len(way.roads)}
    if way.state == "conditions":
        params["distance_m"] = -(-way.off_record_mm // 1_000)
    return Gate("G3", outcome, code, params, way.area_ids)


def way_gates(works: ProjectRegistered, ways: Ways | None) -> Iterator[Gate]:
    """Yields what G3 answers of the way in over the road network, at most one.

    Works that draw no way in are not asked: it could lead anywhere. G0 asks a sheet for it.
    Roads that nothing is on record of are told beside and give no condition: the streets of a
    city are on no record, and a condition that stands on every permit is read by nobody.
    """
    way = _asked(works, ways)
    if way is not None and way.state not in _TOLD_BESIDE:
        yield way_answer(way)


def _asked(works: ProjectRegistered, ways: Ways | None) -> Way | None:
    return None if ways is None or works.access is None else way_of(works, ways)


def way_not_asked(works: ProjectRegistered, ways: Ways | None) -> Iterator[tuple[str, str]]:
    """Yields why the way in was not asked about, where it was not."""
    if works.access is not None and ways is None:
        yield "G3", "gate.not-asked.no-roads"
    elif works.access is None and ways is not None:
        yield "G3", "gate.not-asked.no-access"
    way = _asked(works, ways)
    if way is not None and way.state in _TOLD_BESIDE:
        yield "G3", _TOLD_BESIDE[way.state]
