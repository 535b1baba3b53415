"""Ground: what an id names on the land, an area or ground that was reopened or taken over."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from rafiqa.api.view import View
from rafiqa.errors import Fault, NotFound
from rafiqa.geo import GridShape, join
from rafiqa.land import (
    AreaRecord,
    Face,
    LandState,
    Recorded,
    stage_of,
)
from rafiqa.service.doubt import Doubts

DEGREE_DECIMALS = 8
"""About 1 mm, the grid on which the land is kept."""
UNDER_WORK = frozenset(
    {"tasked", "in_progress", "suspended", "work_complete", "inspecting", "rework"}
)
WORST_FIRST = ("cha", "sha", "indication", "cancelled", "reduced", "cleared")


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """A named piece of land at one moment.

    Attributes:
        claim_id: its id: an area's, a reopening's or a transferred part's.
        record: the area's own record, or None for ground that no area claims.
        outline: its shape as registered and corrected by then.
        faces: what it consists of, each with its state.
        facts: its own facts that were true by then, in order.
    """

    claim_id: str
    record: AreaRecord | None
    outline: GridShape
    faces: tuple[tuple[Face, LandState], ...]
    facts: tuple[Recorded, ...]

    @property
    def name(self) -> str | None:
        """The area's name, or None."""
        return self.record.fact.name if self.record else None

    @property
    def status(self) -> str | None:
        """The worst status on it, or None where nothing of it is on record."""
        present = {state.status for _, state in self.faces}
        return next((status for status in WORST_FIRST if status in present), None)

    @property
    def reopened(self) -> bool:
        """Whether any of it was put back to hazard."""
        return any(state.reopened for _, state in self.faces)

    def in_doubt2_mm2(self, doubts: Doubts) -> int:
        """Returns twice how much of its released ground is in doubt, in mm²."""
        return doubts.area2_mm2(self.faces)

    @property
    def hazard_m2(self) -> float:
        """How much of it is hazard, in m²."""
        return sum(face.shape.area2_mm2 for face, state in self.faces if state.is_hazard) / 2e6

    @property
    def stage(self) -> str:
        """Where the work on it stands."""
        left = any(state.is_hazard for _, state in self.faces)
        return stage_of([record.fact for record in self.facts], hazard_left=left)


def stage(view: View, on: Ground) -> str:
    """Returns where the work on a piece of ground stands, as far as the asker may know.

    Where teams work now is for staff alone; everybody else sees such land as open.
    """
    return "open" if on.stage in UNDER_WORK and not view.staff else on.stage


def ground(view: View, claim_id: str) -> Ground:
    """Returns the ground of an id.

    Raises:
        NotFound: no ground of that id was on record by then.
    """
    record = view.register.areas.get(claim_id)
    found = None
    if record is not None:
        outline = record.outline_at(view.moment.valid_us, _voided(view))
        found = _area(view, record, outline, _Laid(view)) if view.true(record.recorded) else None
    else:
        found = _own(view, claim_id)
    if found is None:
        raise NotFound(Fault("land.area.unknown", "area_id", params={"area": claim_id}))
    return found


def areas(view: View) -> tuple[Ground, ...]:
    """Returns the ground of every area on record by then, worked out once for the moment."""

    def make() -> tuple[Ground, ...]:
        known = [each for each in view.register.areas.values() if view.true(each.recorded)]
        voided = _voided(view)
        laid = view.desk.layers.get(("laid", _loud_known(view)), lambda: _Laid(view))
        return tuple(
            _area(view, record, record.outline_at(view.moment.valid_us, voided), laid)
            for record in known
        )

    kept: tuple[Ground, ...] = view.desk.layers.get(("areas", view.moment.land_key), make)
    return kept


def _loud_known(view: View) -> tuple[int, int]:
    """Returns how many facts are known that may change what lies in an area."""
    moment = view.moment
    return view.desk.office.still.loud(moment.n_known, moment.valid_us)[:2]


class _Laid:
    """What lies in the areas as far as it hangs on what is known alone, kept as it is asked for.

    Args:
        view: a moment; every other one at which the same is known has the same faces and stories.
    """

    def __init__(self, view: View) -> None:
        self._book = view.moment.book
        self._faces: dict[str, tuple[GridShape, list[Face]]] = {}
        self._stories: dict[str, list[Recorded]] = {}

    def faces(self, area_id: str, outline: GridShape) -> list[Face]:
        """Returns the faces of an area's outline, which may be another at another time."""
        known = self._faces.get(area_id)
        if known is None or (known[0] is not outline and known[0] != outline):
            found = [face for face in self._book.near(outline) if _in(face, outline)]
            known = self._faces[area_id] = (outline, found)
        return known[1]

    def story(self, area_id: str) -> list[Recorded]:
        """Returns an area's own facts and the reopenings on its ground."""
        known = self._stories.get(area_id)
        if known is None:
            known = self._stories[area_id] = self._book.story(area_id)
        return known


def _area(view: View, record: AreaRecord, outline: GridShape, laid: _Laid) -> Ground:
    faces = tuple(
        (face, state)
        for face in laid.faces(record.area_id, outline)
        if (state := face.timeline.at(view.moment.valid_us)) is not None
    )
    facts = tuple(fact for fact in laid.story(record.area_id) if view.true(fact))
    return Ground(record.area_id, record, outline, faces, facts)


def _in(face: Face, outline: GridShape) -> bool:
    # Every outline covers a face's own ground wholly or not at all, so one inner point decides;
    # of ground that could not be cut, whatever the outline has of it is its own.
    if any(step.state is not None and step.state.unproven for step in face.timeline.steps):
        return face.shape.intersects(outline)
    return bool(shapely.covers(outline.geometry, face.inner))


def _voided(view: View) -> set[str]:
    return {item.recorded.entry_id for item in view.register.without_effect}


def _own(view: View, claim_id: str) -> Ground | None:
    """Returns ground that carries a claim of its own: reopened, or taken over as released."""
    faces = tuple((face, state) for face, state in view.states() if claim_id in state.claims)
    if not faces:
        return None
    register = view.register
    subjects = dict.fromkeys(
        [claim_id, *(item for _, state in faces for item in (*state.subjects, *state.part_ids))]
    )
    facts = [register.reopenings[item] for item in subjects if item in register.reopenings]
    facts += [register.parts[item][1] for item in subjects if item in register.parts]
    in_order = {fact.seq: fact for fact in facts if view.true(fact)}
    shape = join([face.shape for face, _ in faces])
    ordered = tuple(in_order[seq] for seq in sorted(in_order))
    return Ground(claim_id, None, shape, faces, ordered)


def outline_json(view: View, outline: GridShape) -> dict[str, Any]:
    """Returns land as a GeoJSON geometry in degrees, fine enough to come back to the same grid.

    With a digit less a corner that nobody moved could come back a millimetre aside, and the new
    outline would seem to leave ground out.
    """
    geometry = view.frame.to_lonlat(outline).geometry
    rounded = shapely.transform(geometry, lambda xy: np.round(xy, DEGREE_DECIMALS + 1))
    told: dict[str, Any] = json.loads(shapely.to_geojson(rounded))
    return told


def since_us(face: Face, valid_us: int) -> int:
    """Returns since when a face has been as it is at a time."""
    return max(step.at_us for step in face.timeline.steps if step.at_us <= valid_us)
