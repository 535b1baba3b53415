"""Undo of an import: the land as it was before, or no less hazard than what others built on.

One law by random histories: areas by hand, an import, acts on some of its areas, the undo.
What only the import said is gone; what anybody acted on stays, whatever else happens.
"""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import shapely
from hypothesis import given, settings

from rafiqa.geo import GridShape
from rafiqa.land import (
    Actor,
    AreaRecorded,
    ClassDecided,
    EvidenceRecorded,
    LandReopened,
    ReportAnswered,
    TaskOrdered,
    WorkedPart,
    WorkReported,
)
from rafiqa.ledger import RowsImported
from rafiqa.service import Office, Saying
from rafiqa.service.undoing import Undone, UndoOrder, undo_import
from tests.unit.service.ground import FIRST, OPERATOR, ORIGIN, SECOND, new_office, square

EVERYWHERE = GridShape.box(-10_000_000, -10_000_000, 10_000_000, 10_000_000)
BOXES = st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 3))
ACTS = (
    *("evidence", "task", "class", "answer"),
    *("area-on-it", "work-on-it", "reopening-on-it"),
)


def boxed(box: tuple[int, int, int]) -> GridShape:
    x, y, size = box
    return square(x * 40, y * 40, size * 40)


def hazard(office: Office) -> Any:
    """The union of all ground that is hazard now, by class: what a map would show."""
    now_us = office.now_us()
    found: dict[str, list[Any]] = {}
    for face in office.book().near(EVERYWHERE):
        state = face.timeline.at(now_us)
        if state is not None and state.is_hazard:
            found.setdefault(str(state.raised_class), []).append(face.shape.geometry)
    return {class_: shapely.union_all(shapes) for class_, shapes in found.items()}


def whole(by_class: Any) -> Any:
    return shapely.union_all(list(by_class.values()))


def alike(one: Any, other: Any) -> bool:
    return one.keys() == other.keys() and all(one[key].equals(other[key]) for key in one)


def brought_in(office: Office, shapes: dict[str, GridShape]) -> str:
    """Puts areas on record as an import does, without the file: the id of the import."""
    import_id, seq = office.new_id(), len(office.facts())
    rows = [
        Saying(f"import:hazard-areas:{area_id}", area_id, 1, AreaRecorded(area_id, "cha", shape))
        for area_id, shape in shapes.items()
    ]
    ids = tuple(row.entry_id for row in rows)
    group = RowsImported(import_id, "wrong.csv", "0" * 64, "hazard-areas", ids, seq)
    office.say(FIRST, [*rows, Saying(office.new_id(), import_id, 1, group)])
    return import_id


def undo(office: Office, import_id: str) -> Undone:
    return undo_import(office, FIRST, UndoOrder(import_id, "wrong file", SECOND))


def says(office: Office, fact: object, actor: Actor = FIRST) -> None:
    """Puts a fact on record past the rules: what was said by whomever is on record."""
    office.say(actor, [Saying(office.new_id(), "any", office.now_us(), fact)])


def act(office: Office, what: str, area_id: str, shape: GridShape) -> None:
    part = WorkedPart(f"p-{area_id}", "not_cleared", shape, "none", reason="access")
    firm = OPERATOR.organisation_id
    said: dict[str, tuple[object, Actor]] = {
        "evidence": (
            EvidenceRecorded(f"E-{area_id}", "eo_seen", "visual", ORIGIN, area_id=area_id),
            FIRST,
        ),
        "task": (TaskOrdered(f"T-{area_id}", area_id, firm, ("manual",), 20), FIRST),
        "class": (ClassDecided(area_id, "sha", (), "seen from the road"), FIRST),
        "answer": (ReportAnswered(f"r-{area_id}", "confirmed", area_id), FIRST),
        "area-on-it": (AreaRecorded(f"own-{area_id}", "sha", shape), FIRST),
        "work-on-it": (WorkReported(f"W-{area_id}", "elsewhere", firm, (part,)), OPERATOR),
        "reopening-on-it": (LandReopened(f"R-{area_id}", shape, "new_evidence"), FIRST),
    }
    says(office, *said[what])


@settings(max_examples=40, deadline=None)
@given(
    before=st.lists(BOXES, max_size=3),
    brought=st.lists(BOXES, min_size=1, max_size=4, unique=True),
    acts=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(ACTS)), max_size=3, unique=True),
)
def test_an_undo_is_the_land_as_before_but_for_what_was_built_on(
    before: list[tuple[int, int, int]],
    brought: list[tuple[int, int, int]],
    acts: list[tuple[int, str]],
) -> None:
    office = new_office()
    for number, box in enumerate(before):
        says(office, AreaRecorded(f"B{number}", "sha", boxed(box)))
    was = hazard(office)
    shapes = {f"H{number}": boxed(box) for number, box in enumerate(brought)}
    import_id = brought_in(office, shapes)
    acted_on = set()
    for number, what in acts:
        area_id = f"H{number}"
        if area_id in shapes:
            act(office, what, area_id, shapes[area_id])
            acted_on.add((area_id, what))
    then = hazard(office)
    known_us = office.now_us()
    undone = undo(office, import_id)
    assert undone.acted.done
    now, gone = hazard(office), undone.taken_back
    if not acted_on:
        assert not undone.staying
        assert alike(now, was)
    else:
        only = [shapes[item.rsplit(":", 1)[1]].geometry for item in gone]
        kept = shapely.difference(whole(then), shapely.union_all(only))
        assert shapely.difference(kept, whole(now)).area == 0
        assert shapely.difference(whole(was), whole(now)).area == 0
        built = {area_id for area_id, what in acted_on if what != "area-on-it"}
        assert not {item.rsplit(":", 1)[1] for item in gone} & built
    # What was known before the undo is known of that day for ever.
    assert set(shapes) <= set(office.book(known_us).register.areas)
