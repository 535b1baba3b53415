"""Land is conserved in integers, whatever is laid over it."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import shapely
from hypothesis import HealthCheck, assume, given, settings

from rafiqa.geo import GridShape, coverage_fault, faces, join, union_of
from tests.property.shapes import land_books, moved

QUICK = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@QUICK
@given(land_books())
def test_faces_add_up_exactly_and_do_not_overlap(book: list[GridShape]) -> None:
    found = faces(book)
    pieces = [face for face, _ in found]
    whole = join(pieces)
    assert sum(piece.area2_mm2 for piece in pieces) == whole.area2_mm2
    assert coverage_fault(pieces, whole) is None
    assert all(piece.geometry.is_valid and piece.area2_mm2 > 0 for piece in pieces)


@QUICK
@given(land_books())
def test_faces_lose_no_more_than_the_noding_moves_an_edge(book: list[GridShape]) -> None:
    found = faces(book)
    for at, shape in enumerate(book):
        mine2_mm2 = sum(face.area2_mm2 for face, label in found if at in label)
        moved2_mm2 = abs(mine2_mm2 - shape.area2_mm2)
        # An edge moves by less than a diagonal of the grid on each side.
        assert moved2_mm2 <= 2 * (shape.geometry.length + 4)


@QUICK
@given(land_books())
def test_labels_are_where_the_inner_point_lies(book: list[GridShape]) -> None:
    for face, label in faces(book):
        point = shapely.point_on_surface(face.geometry)
        covering = [at for at, shape in enumerate(book) if shape.geometry.covers(point)]
        assert label == tuple(covering) != ()


@QUICK
@given(land_books(), st.randoms(use_true_random=False))
def test_faces_do_not_depend_on_the_order_of_the_book(book: list[GridShape], rng) -> None:
    order = list(range(len(book)))
    rng.shuffle(order)
    shuffled = faces([book[at] for at in order])
    assert [(face, tuple(sorted(order[at] for at in label))) for face, label in shuffled] == faces(
        book
    )


@QUICK
@given(land_books())
def test_faces_cut_again_are_conserved_again(book: list[GridShape]) -> None:
    """Noding twice may move an edge twice, but no land is lost between its pieces."""
    pieces = [face for face, _ in faces(book)]
    again = faces(pieces)
    assert coverage_fault([face for face, _ in again]) is None
    moved2_mm2 = abs(sum(f.area2_mm2 for f, _ in again) - sum(p.area2_mm2 for p in pieces))
    assert moved2_mm2 <= 2 * (1.5 * join(pieces).geometry.length + 4)


@QUICK
@given(land_books())
def test_every_face_taken_away_twice_or_moved_is_noticed(book: list[GridShape]) -> None:
    """The control: a check that nothing can fail proves nothing."""
    pieces = [face for face, _ in faces(book)]
    assume(pieces)  # a strip of one millimetre may be gone once it is noded
    whole = join(pieces)
    assert coverage_fault(pieces[1:], whole) is not None
    assert coverage_fault([*pieces, pieces[0]], whole) is not None
    pushed = GridShape(shapely.transform(pieces[0].geometry, lambda xy: xy + np.array([1, 0])))
    assert coverage_fault([pushed, *pieces[1:]], whole) is not None


@QUICK
@given(land_books())
def test_union_of_agrees_with_the_faces_but_for_the_noding(book: list[GridShape]) -> None:
    pieces = [face for face, _ in faces(book)]
    length_mm = sum(shape.geometry.length for shape in book)
    differs2_mm2 = abs(union_of(book).area2_mm2 - join(pieces).area2_mm2)
    assert differs2_mm2 <= 2 * (1.5 * length_mm + 4)


@QUICK
@given(land_books())
def test_overlays_stay_on_the_grid_and_conserve_to_the_noding(book: list[GridShape]) -> None:
    a, b = book[0], book[-1]
    both, only = a.intersection(b), a.difference(b)
    differs2_mm2 = abs(both.area2_mm2 + only.area2_mm2 - a.area2_mm2)
    assert differs2_mm2 <= 2 * (3 * (a.geometry.length + b.geometry.length) + 8)
    assert a.union(b).geometry.is_valid


def test_float_noding_loses_what_the_grid_keeps() -> None:
    """The control for the method: jittered copies noded in floats lose nearly a whole area."""
    lost_floats = 0
    for seed in range(120):
        copies = _jittered(np.random.default_rng(seed))
        whole_m2 = copies[0].area
        lines = shapely.unary_union([copy.boundary for copy in copies])
        cut = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
        lost_floats += abs(sum(piece.area for piece in cut) - whole_m2) > 0.5 * whole_m2
        book = [
            GridShape.of(shapely.transform(copy, lambda xy: np.rint((xy - FAR_M) * 1_000)))
            for copy in copies
        ]
        kept_m2 = sum(face.area_m2 for face, _ in faces(book))
        assert abs(kept_m2 - whole_m2) < 1e-5 * whole_m2
    assert lost_floats > 0


FAR_M = (500_000.0, 3_980_000.0)


def _jittered(rng: np.random.Generator) -> list[shapely.Polygon]:
    """A hazard at UTM coordinates and copies of it, some densified, moved 1e-9 to 1e-4 m."""
    turn = np.sort(rng.random(12)) * 2 * np.pi
    reach_m = 300 * (0.5 + rng.random((12, 1)))
    hazard = shapely.Polygon(np.column_stack([np.cos(turn), np.sin(turn)]) * reach_m + FAR_M)
    sources = [hazard, shapely.segmentize(hazard, 30)] * 2
    away_m = 10 ** rng.uniform(-9, -4, size=4)
    seeds = rng.integers(0, 2**32, size=4)
    moves = zip(sources, away_m.tolist(), seeds.tolist(), strict=True)
    return [hazard, *(moved(source, step_m, seed) for source, step_m, seed in moves)]
