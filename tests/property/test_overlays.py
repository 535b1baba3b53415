"""Cleared land over hazards: an exact partition under three kinds of noise and many edits."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings

from rafiqa.geo import (
    FINE_PER_MM,
    GridShape,
    coverage_fault,
    cut_fault,
    faces,
    faces_of,
    join,
)
from rafiqa.geo import Face as Cut
from rafiqa.land import (
    Actor,
    AreaRecorded,
    LandBook,
    LandHistory,
    LandReopened,
    Recorded,
    ReleaseTransferred,
    account,
)
from tests.overlaydata import KINDS, Kind, clearance, on_grid, overlay, registered
from tests.property.overlays import any_overlays, overlays
from tests.property.shapes import land_books

QUICK = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def simple_faces(shapes: list[GridShape], per_mm: int = 1) -> list[Cut]:
    """The same as `faces`, said simply: each step for one cell at a time. The oracle."""
    steps = [shapely.transform(s.geometry, lambda xy: np.rint(xy * per_mm)) for s in shapes]
    lines = shapely.unary_union([item.boundary for item in steps], grid_size=1.0)
    cells = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    canonical = [shapely.normalize(shapely.transform(cell, lambda xy: xy + 0.0)) for cell in cells]
    found = []
    for cell in sorted(canonical, key=lambda item: shapely.to_wkb(item, byte_order=1)):
        point = shapely.point_on_surface(cell)
        label = tuple(at for at, item in enumerate(steps) if item.covers(point))
        if label:
            shape = shapely.transform(cell, lambda xy: xy / per_mm)
            found.append((GridShape(shape, per_mm), label))
    return found


def moved_east(shape: GridShape, times: int) -> GridShape:
    return GridShape(
        shapely.transform(shape.geometry, lambda xy: xy + np.array([times * 80_000_000, 0]))
    )


def check_partition(shapes: list[GridShape], found: list[Cut]) -> None:
    pieces = [face for face, _ in found]
    whole = join(pieces)
    assert coverage_fault(pieces, whole) is None
    assert cut_fault(shapes, found) is None
    assert sum(piece.area2 for piece in pieces) == whole.area2
    assert sum(piece.area2_mm2 for piece in pieces) == whole.area2_mm2


@pytest.mark.parametrize("kind", KINDS)
def test_faces_are_a_partition(kind: Kind) -> None:
    @QUICK
    @given(overlays(kind), st.sampled_from([1, FINE_PER_MM]))
    def holds(shapes: list[GridShape], per_mm: int) -> None:
        check_partition(shapes, faces(shapes, per_mm))

    holds()


@QUICK
@given(st.lists(any_overlays(), min_size=1, max_size=3))
def test_made_together_or_one_by_one_they_are_the_same(groups: list[list[GridShape]]) -> None:
    # Groups do not meet: each is moved to a place of its own.
    apart = [[moved_east(shape, at) for shape in group] for at, group in enumerate(groups)]
    assert faces_of(apart) == [faces(group) for group in apart]


@QUICK
@given(st.one_of(any_overlays(), land_books()), st.sampled_from([1, FINE_PER_MM]))
def test_the_fast_way_is_the_simple_way(shapes: list[GridShape], per_mm: int) -> None:
    found = faces(shapes, per_mm)
    assert found == simple_faces(shapes, per_mm)
    assert [face.area2 for face, _ in found] == [
        GridShape(face.geometry, per_mm).area2 for face, _ in found
    ]


@QUICK
@given(any_overlays())
def test_the_shares_of_a_finer_cut_add_up_to_the_mm2(shapes: list[GridShape]) -> None:
    found = faces(shapes, FINE_PER_MM)
    exact = sum(face.area2 for face, _ in found)
    assert sum(face.area2_mm2 for face, _ in found) == exact // FINE_PER_MM**2
    for face, _ in found:
        assert abs(face.area2_mm2 - face.area2 / FINE_PER_MM**2) < 1


@QUICK
@given(any_overlays())
def test_a_cut_with_a_piece_lost_twice_or_mislabelled_is_noticed(shapes: list[GridShape]) -> None:
    """The control of the quick check."""
    found = faces(shapes)
    largest = max(range(len(found)), key=lambda at: found[at][0].area2)
    face, label = found[largest]
    rest = [item for at, item in enumerate(found) if at != largest]
    assert cut_fault(shapes, rest) is not None
    assert cut_fault(shapes, [*found, (face, label)]) is not None
    assert cut_fault(shapes, [*rest, (face, label[1:])]) is not None
    others = tuple(at for at in range(len(shapes)) if at not in label)
    if others:
        assert cut_fault(shapes, [*rest, (face, (*label, others[0]))]) is not None


# --- thousands of edits

ANA = Actor("ana", "authority", "authority")


class Edits:
    """A land book edited again and again: areas added, ground reopened, releases taken over."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.facts: list[Recorded] = []
        self.history = LandHistory()
        self.areas = [overlay("plain", seed + at, 0)[0] for at in range(12)]

    def edit(self) -> None:
        n = len(self.facts) + 1
        area = self.areas[int(self.rng.integers(len(self.areas)))]
        shape = on_grid(clearance(self.rng, area, KINDS[int(self.rng.integers(3))]))
        if shape is None:
            return
        fact: object = AreaRecorded(f"H{n}", "sha", shape, source="list")
        kind = self.rng.integers(3)
        if kind == 1:
            fact = LandReopened(f"R{n}", shape, "missed_item")
        elif kind == 2:
            fact = ReleaseTransferred(f"p{n}", "cleared", shape, "authority", "list", depth_cm=20)
        self.facts.append(Recorded(n, f"e{n}", n, n, ANA, fact))

    def check(self) -> None:
        self.history.take(self.facts[self.history.seq :])
        book = LandBook(self.history, self.history.seq)
        pieces = [face.shape for face in book.faces]
        assert book.unproven == ()
        assert coverage_fault(pieces) is None
        union = shapely.unary_union([piece.geometry for piece in pieces])
        assert sum(piece.area2_mm2 for piece in pieces) == GridShape.of(union).area2_mm2
        result = account(book, from_us=-1, until_us=len(self.facts))
        assert result.balance_error == 0
        closing = sum(item.closing for item in result.classes.values())
        on_record = sum(face.shape.area2_mm2 for face, _ in book.states(len(self.facts)))
        assert closing + sum(result.released.values()) == on_record


def edit_many(n_edits: int, every: int, seed: int) -> None:
    edits = Edits(seed)
    for at in range(1, n_edits + 1):
        edits.edit()
        if at % every == 0:
            edits.check()


def test_after_many_edits_the_integer_sum_is_the_union() -> None:
    edit_many(120, 20, seed=5)


@pytest.mark.slow
def test_after_thousands_of_edits_the_integer_sum_is_the_union() -> None:
    # Twelve areas a round; a dozen outlines lie over one another in each, and the cost is cubic.
    for seed in range(20):
        edit_many(150, 75, seed=100 * seed)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_none_of_five_hundred_areas_is_out_of_balance(kind: Kind) -> None:
    for seed in range(500):
        shapes = registered(kind, seed)
        check_partition(shapes, faces(shapes))
