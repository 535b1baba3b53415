"""Overlay of clearance polygons in hazard areas into an exact partition, against two peers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from bench.table import Table
from bench.timing import Timing, each, in_turn, milliseconds, share
from rafiqa.geo import Face as Cut
from rafiqa.geo import GridShape, coverage_fault, cut_fault, cut_faults, faces, faces_of, join_each
from tests import postgis
from tests.overlaydata import KINDS, Kind, on_grid, overlay

_AREAS, _QUICK_AREAS = 500, 12
_REPEATS, _QUICK_REPEATS = 5, 1
_CLEARANCES = 4
_SEED = 20_240_601
_HEADER = (
    "data",
    "areas",
    "repeats",
    "ours s",
    "ours with the fold's check s",
    "sequential float s",
    "PostGIS s",
    "ours / float",
    "with check / float",
    "ours / PostGIS",
    "with check / PostGIS",
    "ours out of balance ≥ 1 mm²",
    "float out of balance ≥ 1 mm²",
    "PostGIS out of balance ≥ 1 mm²",
    "redo one area, median ms",
    "p95 ms",
)

_PARTS = """
SELECT h.id, c.id, ST_AsBinary(ST_Difference(
    ST_CollectionExtract(ST_Intersection(c.geom, h.geom, 1), 3),
    coalesce((SELECT ST_Union(n.geom, 1) FROM clearance n WHERE n.area = h.id AND n.id > c.id),
             'POLYGON EMPTY'), 1))
FROM hazard h JOIN clearance c ON c.area = h.id
UNION ALL
SELECT h.id, -1, ST_AsBinary(ST_Difference(h.geom,
    coalesce((SELECT ST_Union(n.geom, 1) FROM clearance n WHERE n.area = h.id),
             'POLYGON EMPTY'), 1))
FROM hazard h
"""


@dataclass(frozen=True, slots=True)
class Overlay:
    """One area: as floats in metres, and as registered in whole mm; the newest comes last."""

    area: Polygon
    over: tuple[Polygon, ...]
    shapes: tuple[GridShape, ...]


def _overlays(kind: Kind, n_areas: int) -> list[Overlay]:
    made: list[Overlay] = []
    seed = _SEED
    while len(made) < n_areas:
        area, over = overlay(kind, seed, _CLEARANCES)
        shapes = [on_grid(shape) for shape in (area, *over)]
        seed += 1
        # All engines get the same areas: one that the grid refuses is nobody's.
        if all(shape is not None for shape in shapes):
            kept = tuple(shape for shape in shapes if shape is not None)
            made.append(Overlay(area, tuple(over), kept))
    return made


def _by_newest(found: Sequence[Cut]) -> list[list[GridShape]]:
    """The hazard's faces by who cleared them last; what nobody cleared first."""
    by_newest: dict[int, list[GridShape]] = {}
    for face, label in found:
        if label[0] == 0:
            by_newest.setdefault(label[-1], []).append(face)
    return [by_newest[newest] for newest in sorted(by_newest)]


def _ours(overlays: Sequence[Overlay], *, check: bool) -> list[list[GridShape]]:
    cut = faces_of([item.shapes for item in overlays])
    if check and any(cut_faults([item.shapes for item in overlays], cut)):
        raise AssertionError("a cut failed its check")
    groups = [_by_newest(found) for found in cut]
    parts = iter(join_each([group for area in groups for group in area]))
    return [[next(parts) for _ in area] for area in groups]


def _one_area(item: Overlay) -> list[GridShape]:
    found = faces(item.shapes)
    if cut_fault(item.shapes, found) is not None:
        raise AssertionError("a cut failed its check")
    return join_each(_by_newest(found))


def _floats(overlays: Sequence[Overlay]) -> list[list[Any]]:
    """The peer: the newest first, each takes what is left; nothing is guaranteed."""
    done = []
    for item in overlays:
        rest: BaseGeometry = item.area
        parts = []
        for shape in reversed(item.over):
            parts.append(shapely.intersection(rest, shape))
            rest = shapely.difference(rest, shape)
        done.append([rest, *parts])
    return done


@contextmanager
def _loaded(overlays: Sequence[Overlay], link: Any) -> Iterator[Callable[[], Any]]:
    """Yields PostGIS's way, with the same registered shapes in its tables."""
    link.execute("DROP TABLE IF EXISTS hazard, clearance")
    link.execute("CREATE TABLE hazard (id int PRIMARY KEY, geom geometry)")
    link.execute("CREATE TABLE clearance (id int, area int, geom geometry)")
    for at, item in enumerate(overlays):
        hazard, *over = [shape.geometry.wkb for shape in item.shapes]
        link.execute("INSERT INTO hazard VALUES (%s, ST_GeomFromWKB(%s))", (at, hazard))
        for order, wkb in enumerate(over):
            row = (order, at, wkb)
            link.execute("INSERT INTO clearance VALUES (%s, %s, ST_GeomFromWKB(%s))", row)
    link.execute("CREATE INDEX ON clearance (area, id)")
    link.execute("ANALYZE")
    yield lambda: link.execute(_PARTS).fetchall()


def _unbalanced_ours(parts: Sequence[Sequence[GridShape]]) -> int:
    """Areas whose parts are no partition of their union, or differ from it by a mm²."""
    return sum(coverage_fault(area) is not None for area in parts)


def _unbalanced(parts: Sequence[Sequence[Any]], mm2_per_unit: float) -> int:
    """Areas whose parts do not add up to their union, or where the union fails."""
    wrong = 0
    for area in parts:
        try:
            union = shapely.union_all([part for part in area if not part.is_empty]).area
        except shapely.errors.GEOSException:
            wrong += 1
            continue
        wrong += abs(sum(part.area for part in area) - union) * mm2_per_unit >= 1
    return wrong


def _unbalanced_rows(rows: Sequence[tuple[int, int, bytes]], n_areas: int) -> int:
    by_area: list[list[Any]] = [[] for _ in range(n_areas)]
    for at, _, wkb in rows:
        by_area[at].append(shapely.from_wkb(bytes(wkb)))
    return _unbalanced(by_area, 1.0)


def _row(kind: Kind, n_areas: int, n_repeats: int, link: Any) -> tuple[str, ...]:
    overlays = _overlays(kind, n_areas)
    works: list[Callable[[], Any]] = [
        partial(_ours, overlays, check=False),
        partial(_ours, overlays, check=True),
        partial(_floats, overlays),
    ]
    peer, peer_wrong = None, "–"
    if link is None:
        ours, checked, floats = in_turn(works, n_repeats)
    else:
        with _loaded(overlays, link) as ask:
            ours, checked, floats, peer = in_turn([*works, ask], n_repeats)
            peer_wrong = f"{_unbalanced_rows(ask(), n_areas):,}"
    redo = each([partial(_one_area, item) for item in overlays])
    seconds = [f"{item.median_s:.3f}" for item in (ours, checked, floats)]
    return (
        kind,
        f"{n_areas:,}",
        str(n_repeats),
        *seconds,
        "–" if peer is None else f"{peer.median_s:.3f}",
        share(ours.median_s, floats.median_s),
        share(checked.median_s, floats.median_s),
        _share(ours, peer),
        _share(checked, peer),
        f"{_unbalanced_ours(_ours(overlays, check=False)):,}",
        f"{_unbalanced(_floats(overlays), 1e6):,}",
        peer_wrong,
        milliseconds(redo.median_s),
        milliseconds(redo.quantile_s(0.95)),
    )


def _share(ours: Timing, peer: Timing | None) -> str:
    return "–" if peer is None else share(ours.median_s, peer.median_s)


def _rows(n_areas: int, n_repeats: int) -> list[tuple[str, ...]]:
    if postgis.missing() is not None:
        return [_row(kind, n_areas, n_repeats, None) for kind in KINDS]
    settings = ("jit=off", "shared_buffers=256MB", "max_parallel_workers_per_gather=0")
    with postgis.cluster(settings) as link:
        return [_row(kind, n_areas, n_repeats, link) for kind in KINDS]


def measure(quick: bool) -> list[Table]:
    """Returns the table of the three kinds of data."""
    n_areas, n_repeats = (_QUICK_AREAS, _QUICK_REPEATS) if quick else (_AREAS, _REPEATS)
    absent = postgis.missing()
    notes = [
        f"{_CLEARANCES} clearance polygons of 10 to 200 vertices over each hazard area; the newest",
        "wins, the rest is open. `plain`: random overlaps. `jitter`: copies, halves, densified and",
        "turned copies of the hazard moved by 1e-9 to 1e-4 m; `jitter2`: by 1e-4 to 1e-1 m. Ours:",
        "all faces cut at once, labelled, joined by who cleared last; registered on the 1 mm grid",
        "beforehand, as PostGIS's input is. Float: shapely's intersection and difference in turn,",
        "on the metres as they came; it guarantees nothing. PostGIS: ST_Union, ST_Intersection and",
        "ST_Difference with a grid of 1 mm, one core, parts sent as bytes. Out of balance: the",
        "parts do not add up to their union to a mm² (ours in integers, and every pair and edge is",
        "looked at). Redo: one area cut, checked and joined alone.",
    ]
    if absent is not None:
        notes.append(f"No PostGIS figures: {absent}.")
    return [Table("Exact partition of land", notes, _HEADER, _rows(n_areas, n_repeats))]
