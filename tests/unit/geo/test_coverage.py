from __future__ import annotations

import pytest
import shapely
from shapely import Polygon

from rafiqa.geo import GridShape, coverage_fault, faces, join

LEFT = GridShape.box(0, 0, 1_000, 1_000)
RIGHT = GridShape.box(1_000, 0, 2_000, 1_000)
OVER = GridShape.box(500, 500, 1_500, 1_500)


def fault_code(parts: list[GridShape], union: GridShape | None = None) -> str | None:
    fault = coverage_fault(parts, union)
    return None if fault is None else fault.code


def test_two_overlapping_squares_make_three_faces() -> None:
    found = {label: face.area2_mm2 for face, label in faces([LEFT, OVER])}
    assert found == {(0,): 1_500_000, (0, 1): 500_000, (1,): 1_500_000}


def test_a_hole_is_no_face() -> None:
    hole = [(400, 400), (600, 400), (600, 600), (400, 600)]
    ring = GridShape.of(shapely.box(0, 0, 1_000, 1_000).difference(Polygon(hole)))
    assert faces([ring]) == [(ring, (0,))]
    filled = faces([ring, LEFT])
    assert sorted(label for _, label in filled) == [(0, 1), (1,)]


@pytest.mark.parametrize("shapes", [[], [GridShape.empty()], [GridShape.empty()] * 3])
def test_no_land_has_no_faces(shapes: list[GridShape]) -> None:
    assert faces(shapes) == []


def test_empty_shapes_keep_their_number() -> None:
    assert [label for _, label in faces([GridShape.empty(), LEFT])] == [(1,)]


def test_the_same_land_twice_is_one_face() -> None:
    assert faces([LEFT, LEFT, LEFT]) == [(LEFT, (0, 1, 2))]


def test_neighbours_share_their_edge() -> None:
    pieces = [face for face, _ in faces([LEFT, RIGHT, OVER])]
    whole = join(pieces)
    assert coverage_fault(pieces, whole) is None
    assert whole.area2_mm2 == sum(piece.area2_mm2 for piece in pieces)
    with pytest.raises(ValueError, match="overlap"):
        join([LEFT, LEFT])
    assert join([]).is_empty
    assert join([GridShape.empty(), LEFT]) == LEFT


def test_nothing_covers_nothing() -> None:
    assert coverage_fault([]) is None
    assert coverage_fault([GridShape.empty()], GridShape.empty()) is None
    assert fault_code([], LEFT) == "geo.coverage.sum-differs"


def test_overlap_names_the_pair() -> None:
    fault = coverage_fault([RIGHT, LEFT, OVER])
    assert fault is not None
    assert (fault.code, fault.params) == ("geo.coverage.overlap", {"first": 0, "second": 2})
    assert fault_code([LEFT, LEFT]) == "geo.coverage.overlap"


def test_an_edge_ending_in_another_is_named() -> None:
    low, high = GridShape.box(1_000, 0, 2_000, 500), GridShape.box(1_000, 500, 2_000, 1_000)
    fault = coverage_fault([LEFT, low, high])
    assert fault is not None
    assert fault.code == "geo.coverage.edges-differ"
    assert fault.params["x_mm"] == 1_000


def test_missing_land_and_other_land_are_told_apart() -> None:
    assert fault_code([LEFT], GridShape.box(0, 0, 2_000, 1_000)) == "geo.coverage.sum-differs"
    assert fault_code([LEFT], RIGHT) == "geo.coverage.shape-differs"
    fault = coverage_fault([LEFT], GridShape.box(0, 0, 1_000, 999))
    assert fault is not None
    assert fault.params == {"parts2_mm2": 2_000_000, "union2_mm2": 1_998_000}


def test_an_edge_walked_twice_the_same_way_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second check stands without the first."""
    monkeypatch.setattr("rafiqa.geo.coverage._overlap", lambda _: None)
    assert fault_code([LEFT, GridShape.box(0, 0, 1_000, 900)]) == "geo.coverage.edges-differ"
    assert fault_code([LEFT, LEFT]) == "geo.coverage.edges-differ"


def test_the_integer_sum_stands_without_the_other_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rafiqa.geo.coverage._overlap", lambda _: None)
    monkeypatch.setattr("rafiqa.geo.coverage._edges_fault", lambda _: None)
    hidden = GridShape.box(100, 100, 200, 200)
    assert fault_code([LEFT, hidden]) == "geo.coverage.sum-differs"
    assert fault_code([LEFT, LEFT]) == "geo.coverage.sum-differs"
    slanted = GridShape(Polygon([(500, -500), (1_501, 1_000), (0, 777)]))
    assert fault_code([LEFT, slanted]) == "geo.coverage.not-joined"


def test_a_hole_touching_its_shell_beside_a_sliver_is_sound() -> None:
    """A case that `shapely.coverage_is_valid` flags although nothing is wrong with it."""
    sliver = Polygon([(-141, 124), (-141, 125), (-98, 97), (-140, 123)])
    shell = [(-140, 123), (-98, 97), (-114, 109), (-124, 116), (-139, 126), (-119, 137)]
    shell += [(-117, 138), (-112, 141), (-111, 141), (-96, 143), (-3, 158), (17, 108), (32, 69)]
    shell += [(-59, 42), (-63, 26), (-78, 43), (-96, 63), (-122, 99)]
    hole = [(-98, 97), (-96, 95), (-88, 90)]
    pieces = [GridShape(Polygon(shell, [hole])), GridShape(sliver), GridShape(Polygon(hole))]
    assert coverage_fault(pieces) is None
    assert not shapely.coverage_is_valid([piece.geometry for piece in pieces])


def test_a_strip_thinner_than_the_noding_may_vanish() -> None:
    """Known limit: `SiteFrame.to_grid` therefore refuses land nowhere wider than 1.5 mm."""
    assert faces([GridShape(Polygon([(0, 0), (6, 5), (7, 5), (1, 0)]))]) == []
