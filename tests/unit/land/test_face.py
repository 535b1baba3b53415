"""A cut that fails its check: made finer, and where that fails too, all of it is hazard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import pytest

from rafiqa.geo import FINE_PER_MM, GridShape, coverage_fault, faces
from rafiqa.geo import Face as Cut
from rafiqa.land import (
    Actor,
    AreaRecorded,
    Face,
    LandBook,
    LandState,
    Recorded,
    ReleaseTransferred,
    Step,
    Timeline,
    account,
    exactness,
    fold,
    point,
)

# The room gives out a class under nearly this name.
face_module: Any = import_module("rafiqa.land.face")

ANA = Actor("ana", "authority", "authority")
A = GridShape.box(0, 0, 10_000, 10_000)
HALF = GridShape.box(0, 0, 5_000, 10_000)


def facts() -> list[Recorded]:
    said = [
        (1, AreaRecorded("A", "sha", A, source="list")),
        (5, ReleaseTransferred("p", "cleared", HALF, "other", "list", depth_cm=30)),
    ]
    return [Recorded(at, f"e{at}", at, at, ANA, fact) for at, fact in said]


def book() -> LandBook:
    return fold(facts())


Noder = Callable[..., list[Cut]]


def losing(upto_per_mm: int) -> Noder:
    """A noder that loses a face in silence, up to a fineness; as floats did (geo-stack §3)."""

    def cut(shapes: Sequence[GridShape], per_mm: int = 1) -> list[Cut]:
        found = faces(shapes, per_mm)
        return found[1:] if per_mm <= upto_per_mm else found

    return cut


def raising(shapes: Sequence[GridShape], per_mm: int = 1) -> list[Cut]:  # noqa: ARG001
    raise face_module.GEOSException("found non-noded intersection")


def mislabelling(shapes: Sequence[GridShape], per_mm: int = 1) -> list[Cut]:
    """Every face is cleared: a false release, if nobody looked."""
    every = tuple(range(len(shapes)))
    return [(shape, every) for shape, _ in faces(shapes, per_mm)]


def test_a_sound_cut_is_on_the_mm_grid() -> None:
    found = book()
    assert [face.shape.per_mm for face in found.faces] == [1, 1]
    assert found.unproven == ()
    assert point(found, 2_500, 5_000, 9).state == "cleared"


def test_a_failed_check_cuts_anew_on_the_finer_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face_module, "faces", losing(1))
    found = book()
    assert {face.shape.per_mm for face in found.faces} == {FINE_PER_MM}
    assert found.unproven == ()
    assert coverage_fault([face.shape for face in found.faces]) is None
    assert sum(face.shape.area2_mm2 for face in found.faces) == A.area2_mm2
    assert point(found, 2_500, 5_000, 9).state == "cleared"
    assert point(found, 7_500, 5_000, 9).state == "sha"
    told = account(found, from_us=0, until_us=9)
    assert told.balance_error == 0
    assert told.classes["sha"].closing == A.area2_mm2 // 2 == told.released["cleared"]


@pytest.mark.parametrize("noder", [losing(FINE_PER_MM), raising, mislabelling])
def test_where_that_fails_too_all_of_it_is_hazard(
    noder: Noder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(face_module, "faces", noder)
    found = book()
    assert [face.shape.area2_mm2 for face in found.unproven] == [A.area2_mm2]
    for x_mm in (2_500, 7_500):
        answer = point(found, x_mm, 5_000, 9)
        assert answer.state == "sha"
        assert answer.reasons[0].code == "land.ground.unproven"
    assert point(found, 2_500, 5_000, 0).state == "unrecorded"
    told = account(found, from_us=0, until_us=9)
    assert told.balance_error == 0
    assert told.classes["sha"].closing == A.area2_mm2
    assert sum(told.released.values()) == 0
    assert exactness(found, 9).unproven2_mm2 == A.area2_mm2


def test_where_not_even_a_union_can_be_made_each_outline_is_hazard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(face_module, "faces", raising)
    monkeypatch.setattr(face_module, "union_of", lambda _: HALF)
    found = book()
    assert {face.shape for face in found.unproven} == {A, HALF}
    assert point(found, 2_500, 5_000, 9).state == point(found, 7_500, 5_000, 9).state == "sha"


def test_the_class_of_unproven_ground_is_the_worst_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face_module, "faces", raising)
    more = Recorded(3, "e3", 3, 3, ANA, AreaRecorded("B", "cha", HALF, source="list"))
    state = fold([*facts(), more]).faces[0].timeline.at(9)
    assert state is not None
    assert (state.status, state.claims, state.unproven) == ("cha", ("A", "B"), True)


# --- slivers


def story(*steps: tuple[int, Any]) -> Timeline:
    return Timeline(tuple(Step(at, state, corrected=False) for at, state in steps))


def state(status: Any, claim: str = "A", **more: Any) -> LandState:
    return LandState(status, "sha", (claim,), (claim,), **more)


WIDE = GridShape.box(0, 0, 10_000, 10_000)
SLIVER = GridShape.box(10_000, 0, 10_004, 10_000)
RIGHT = GridShape.box(10_004, 0, 20_000, 10_000)


def test_a_sliver_goes_to_the_worse_neighbour() -> None:
    cleared = Face(WIDE, story((1, state("sha")), (5, state("cleared", depth_cm=20))))
    sliver = Face(SLIVER, story((1, state("sha", "B")), (5, state("cleared", "B", depth_cm=20))))
    hazard = Face(RIGHT, story((1, state("sha", "C"))))
    (one, other) = face_module.join_slivers([cleared, sliver, hazard])
    # Both neighbours are as bad, and as long beside it: the first takes it.
    assert one.shape.area2_mm2 == WIDE.area2_mm2 + SLIVER.area2_mm2
    assert other == hazard
    assert [(item.area2_mm2, item.claims, item.into) for item in one.slivers] == [
        (SLIVER.area2_mm2, ("B",), ("A",))
    ]


def test_a_hazard_sliver_never_goes_to_released_ground() -> None:
    cleared = Face(WIDE, story((1, state("sha")), (5, state("cleared", depth_cm=20))))
    sliver = Face(SLIVER, story((1, state("sha", "B"))))
    hazard = Face(RIGHT, story((1, state("sha", "C"))))
    one, other = face_module.join_slivers([cleared, sliver, hazard])
    assert one == cleared
    assert other.shape.area2_mm2 == RIGHT.area2_mm2 + SLIVER.area2_mm2
    assert face_module.join_slivers([cleared, sliver]) == (cleared, sliver)


@pytest.mark.parametrize(
    ("sliver", "neighbour"),
    [
        (state("cleared", depth_cm=20), state("cleared", depth_cm=30)),
        (state("cleared"), state("cleared", depth_cm=30)),
        (state("reduced"), state("cleared", depth_cm=30)),
        (None, state("cancelled")),
        (state("indication"), None),
        (state("cha", reopened=True), state("cha")),
        (state("cha"), state("sha")),
    ],
)
def test_no_sliver_becomes_better(sliver: Any, neighbour: Any) -> None:
    start = (1, state("cha"))
    found = [Face(WIDE, story(start, (5, neighbour))), Face(SLIVER, story(start, (5, sliver)))]
    assert face_module.join_slivers(found) == tuple(found)


def test_a_strip_a_survey_can_measure_stays() -> None:
    strip = GridShape.box(10_000, 0, 10_050, 10_000)
    found = [Face(WIDE, story((1, state("sha")))), Face(strip, story((1, state("sha", "B"))))]
    assert face_module.join_slivers(found) == tuple(found)


def test_slivers_of_noise_are_joined_and_counted() -> None:
    noisy = GridShape.box(3, 2, 10_004, 10_003)
    said = [*facts(), Recorded(9, "e9", 9, 9, ANA, AreaRecorded("B", "sha", noisy, source="map"))]
    found = fold(said)
    assert found.slivers
    assert min(f.shape.area2_mm2 / f.shape.geometry.length for f in found.faces) >= 10
    beside = exactness(found, 20)
    assert beside.n_slivers == len(found.slivers)
    assert beside.slivers2_mm2 == sum(item.area2_mm2 for item in found.slivers)
    union = A.union(noisy)
    assert sum(face.shape.area2_mm2 for face in found.faces) == union.area2_mm2
