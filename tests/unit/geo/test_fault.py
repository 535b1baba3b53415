from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import MAX_RING_VERTICES, ShapeFault, ring_faults, shape_faults

SHELL = [(0, 0), (4, 0), (4, 4), (0, 4)]
HOLE = [(1, 1), (2, 1), (2, 2), (1, 2)]
with np.errstate(invalid="ignore"):
    NAN = shapely.from_wkt("POLYGON ((0 0, 1 nan, 1 1, 0 0))")

CASES: dict[str, tuple[BaseGeometry, set[tuple[str, float | None, float | None]]]] = {
    "sound": (Polygon(SHELL, [HOLE]), set()),
    "two bow-ties": (
        Polygon([(0, 0), (4, 4), (4, 0), (0, 4), (-1, 5), (-3, 8), (-1, 8), (-3, 5)]),
        {("self-intersection", 2, 2), ("self-intersection", -2, 6.5)},
    ),
    "ring touching itself": (
        Polygon([(2, 0), (4, 0), (4, 4), (2, 0), (0, 4), (0, 0)]),
        {("self-intersection", 2, 0)},
    ),
    "hole outside": (
        Polygon(SHELL, [[(10, 10), (11, 10), (11, 11)]]),
        {("hole-outside", 10, 10)},
    ),
    "same ring twice": (
        Polygon(SHELL, [HOLE, HOLE]),
        {("duplicate-ring", 1, 1), ("self-intersection", 2, 2)},
    ),
    "hole in a hole": (
        Polygon(SHELL, [HOLE, [(1.2, 1.2), (1.5, 1.2), (1.5, 1.5)]]),
        {("nested", 1.2, 1.2)},
    ),
    "shell in a shell": (MultiPolygon([Polygon(SHELL), Polygon(HOLE)]), {("nested", 1, 1)}),
    "cut in parts": (
        Polygon(SHELL, [[(0, 2), (2, 0), (4, 2), (2, 4)]]),
        {("interior-cut", 2, 0)},
    ),
    "one point": (Polygon([(5, 6)] * 4), {("too-few-points", 5, 6)}),
    "a line": (LineString([(0, 0), (1, 1)]), {("type", None, None)}),
    "a bag": (GeometryCollection([Polygon(SHELL)]), {("type", None, None)}),
    "nothing": (Polygon(), {("empty", None, None)}),
    "no parts": (MultiPolygon(), {("empty", None, None)}),
    "not a number": (NAN, {("not-finite", None, None)}),
    "a long ring": (Point(0, 0).buffer(1, quad_segs=1_300), {("ring-too-long", None, None)}),
    "many vertices": (
        MultiPolygon([Point(3 * at, 0).buffer(1, quad_segs=900) for at in range(3)]),
        {("too-many-vertices", None, None)},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_faults_are_named_and_placed(name: str) -> None:
    shape, expected = CASES[name]
    found = {(f.code.removeprefix("geo.shape."), f.x, f.y) for f in shape_faults(shape)}
    assert found == expected


def test_other_types_may_be_allowed() -> None:
    allowed = {"Point", "LineString"}
    assert shape_faults(Point(1, 2), allowed=allowed) == []
    assert shape_faults(LineString([(0, 0), (1, 1)]), allowed=allowed) == []
    assert shape_faults(LineString([(0, 0), (0, 0)]), allowed=allowed)[0].code == (
        "geo.shape.too-few-points"
    )
    long = LineString([(at, 0) for at in range(MAX_RING_VERTICES + 1)])
    assert [f.code for f in shape_faults(long, allowed=allowed)] == ["geo.shape.ring-too-long"]


def test_limits_may_be_lifted() -> None:
    assert shape_faults(CASES["a long ring"][0], limits=False) == []


def test_a_long_ring_is_judged_by_its_first_fault_only() -> None:
    zigzag = [(at, at % 2 * 10) for at in range(300)]
    scribble = Polygon([*zigzag, (300, 5), (-1, 5)])
    assert len(shape_faults(scribble)) == 1


def test_noding_that_gives_up_leaves_the_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(*_: object) -> None:
        raise GEOSException

    monkeypatch.setattr(shapely, "unary_union", give_up)
    assert [f.code for f in shape_faults(CASES["two bow-ties"][0])] == [
        "geo.shape.self-intersection"
    ]


def test_reasons_not_known_are_still_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    bow = Polygon([(0, 0), (4, 4), (4, 0), (0, 4)])
    monkeypatch.setattr(shapely, "is_valid_reason", lambda _: "Something new")
    found = {fault.code: fault for fault in shape_faults(bow)}
    assert found["geo.shape.invalid"].params == {"reason": "Something new"}
    monkeypatch.setattr(shapely, "is_valid_reason", lambda _: "")
    assert "geo.shape.invalid" in {fault.code for fault in shape_faults(bow)}


def test_fault_speaks_for_itself() -> None:
    fault = ShapeFault("geo.shape.ring-too-long", 39.0, 36.0, {"n": 3_000, "limit": 2_000})
    assert fault.detail == "n=3000, limit=2000, at=39.00000000 36.00000000"
    assert ShapeFault("geo.shape.empty").detail == ""
    outside = fault.to_fault("geometry", 7)
    assert (outside.code, outside.place, outside.row) == (fault.code, "geometry", 7)
    assert outside.params == {"n": 3_000, "limit": 2_000, "at": "39.00000000 36.00000000"}


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([*SHELL, SHELL[0]], []),
        ([], ["empty"]),
        (SHELL, ["unclosed"]),
        ([(0, 0), (1, 1), (0, 0)], ["too-few-points"]),
        ([(0, 0), (1,), (0, 0)], ["not-finite"]),
        ([(0, 0), (1, float("inf")), (1, 0), (0, 0)], ["not-finite"]),
        ([(0, 0, 5), (1, 0, 6), (1, 1, 7), (0, 0, 8)], []),
    ],
)
def test_raw_rings_are_judged_before_they_are_closed(points, expected: list[str]) -> None:
    assert [f.code.removeprefix("geo.shape.") for f in ring_faults(points)] == expected


def test_raw_ring_too_long() -> None:
    ring = [(at, at * at) for at in range(9)]
    faults = ring_faults([*ring, ring[0]], limit=8)
    assert [(f.code, f.params) for f in faults] == [
        ("geo.shape.ring-too-long", {"n": 9, "limit": 8})
    ]
