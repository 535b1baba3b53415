"""Joining slivers never makes any point of ground better, and loses no land."""

from __future__ import annotations

from importlib import import_module
from itertools import pairwise
from typing import Any

import hypothesis.strategies as st
import shapely
from hypothesis import HealthCheck, given, settings

from rafiqa.geo import GridShape, coverage_fault, faces
from rafiqa.land import Face, LandState, Step, Timeline
from tests.property.overlays import any_overlays
from tests.property.shapes import land_books

face_module: Any = import_module("rafiqa.land.face")
# From best to worst, said here anew.
BADNESS = {"cleared": 0, "reduced": 1, "cancelled": 2, None: 3, "indication": 4, "sha": 5, "cha": 6}
TIMES_US = (0, 1, 2, 3, 4)


def states() -> st.SearchStrategy[LandState | None]:
    def made(status: Any, depth_cm: int | None, reopened: bool) -> LandState | None:
        if status is None:
            return None
        depth = depth_cm if status == "cleared" else None
        return LandState(status, "sha", ("A",), ("A",), depth_cm=depth, reopened=reopened)

    return st.builds(
        made,
        st.sampled_from(list(BADNESS)),
        st.sampled_from([None, 10, 20]),
        st.booleans(),
    )


def stories() -> st.SearchStrategy[Timeline]:
    def told(held: list[LandState | None], first_us: int) -> Timeline:
        steps = [Step(first_us + at, state, corrected=False) for at, state in enumerate(held)]
        return Timeline(tuple(steps))

    return st.builds(told, st.lists(states(), min_size=1, max_size=3), st.integers(1, 2))


def bad(state: LandState | None) -> tuple[int, int]:
    """How bad ground is; of cleared ground, the shallower is the worse."""
    depth_cm = -1 if state is None or state.depth_cm is None else state.depth_cm
    return BADNESS[state.status if state else None], -depth_cm


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(any_overlays(), land_books()), st.data())
def test_no_point_becomes_better(shapes: list[GridShape], data: Any) -> None:
    few = data.draw(st.lists(stories(), min_size=1, max_size=3))
    # Neighbours often share a story, or slivers would seldom find a home.
    made = [Face(shape, few[sum(label) % len(few)]) for shape, label in faces(shapes)]
    joined = face_module.join_slivers(made)
    assert coverage_fault([face.shape for face in joined]) is None
    assert sum(f.shape.area2_mm2 for f in joined) == sum(f.shape.area2_mm2 for f in made)
    logged = [item for face in joined for item in face.slivers]
    assert len(logged) == len(made) - len(joined)
    tree = shapely.STRtree([face.shape.geometry for face in joined])
    for face in made:
        here = tree.query(face.inner, predicate="within").tolist()
        assert len(here) == 1
        for at_us in TIMES_US:
            before, after = face.timeline.at(at_us), joined[here[0]].timeline.at(at_us)
            assert bad(after) >= bad(before)
    for face in joined:
        assert (
            any(
                face.timeline == was.timeline
                and was.shape.covers_mm(*map(round, face.inner.coords[0]))
                for was in made
            )
            or not face.slivers
        )


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(any_overlays(), land_books()))
def test_with_one_story_only_slivers_without_a_neighbour_stay(shapes: list[GridShape]) -> None:
    state = LandState("sha", "sha", ("A",), ("A",))
    story = Timeline((Step(1, state, corrected=False),))
    joined = face_module.join_slivers([Face(shape, story) for shape, _ in faces(shapes)])
    thin = [face for face in joined if face_module._is_thin(face.shape)]
    wide = [face for face in joined if not face_module._is_thin(face.shape)]
    for one, other in pairwise([*thin, *wide]):
        # What took a sliver may have become thin by it.
        if face_module._is_thin(one.shape) and not one.slivers:
            shared = shapely.intersection(
                one.shape.geometry.boundary, other.shape.geometry.boundary
            )
            assert shared.length == 0
