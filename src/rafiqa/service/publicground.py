"""The ground as everybody is told of it: hazard drawn no smaller, released land no larger.

Rows for the gate of public files (``rafiqa.wire.publicgate``): class, status, marking, day and an
outline; no name, no item, no person and no id that somebody wrote.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import shapely

from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo import (
    EDGE_M,
    GridShape,
    Outline,
    SiteFrame,
    join,
    outline_around,
    outline_within,
    planar_mm,
)
from rafiqa.land import Face, LandBook, LandState, claims_on
from rafiqa.service.doubt import Doubts
from rafiqa.service.landmark import Landmarks
from rafiqa.service.neighbourhood import Neighbourhoods, reference
from rafiqa.service.question import BEGINNING_US
from rafiqa.wire.instant import iso_date
from rafiqa.wire.publicgate import may_stand

TOLERANCE_M: Final = 2.0
"""What an outline may be simplified by: less cannot be seen on a map of a town."""
CORNERS: Final = 120
MOST_LOST: Final = 0.05
"""Share of released land that its outline may leave out before none is drawn."""
Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class PublicGround:
    """Where the rows come from: the land book at a time, and what places are called.

    Attributes:
        book: as known at the time asked about.
        frame: the site's plane.
        places: its neighbourhoods.
        landmarks: roads and bridges by name.
        valid_us: the rows are true at this time.
        finds_mm: where works found ordnance and no ordnance team has let them go on.
        all_in_doubt: tell of no ground as released, such as where it may have been reopened
            since and nobody here would know.
    """

    book: LandBook
    frame: SiteFrame
    places: Neighbourhoods
    landmarks: Landmarks
    valid_us: int
    finds_mm: Sequence[tuple[int, int]] = ()
    all_in_doubt: bool = False

    def danger(self) -> Iterator[Row]:
        """Yields every piece of ground to keep off: hazard, and released ground that is in doubt.

        Raises:
            InvalidInput: a piece cannot be drawn at all; a map without it is not published.
        """
        grouped: dict[tuple[tuple[str, ...], str, str], list[tuple[Face, LandState]]] = {}
        for face, state in self.book.states(self.valid_us):
            told = self._told(face, state)
            if told is not None:
                grouped.setdefault((state.claims, *told), []).append((face, state))
        for (claims, class_, status), held in sorted(grouped.items(), key=lambda item: item[0]):
            since = _since_us(held, self.valid_us)
            parts = _largest_first(join([face.shape for face, _ in held]))
            for number, part in enumerate(parts, 1):
                outline = self._around(part)
                yield {
                    "ref": reference("D", *claims, class_, status, part=number - 1),
                    "class": class_,
                    "status": status,
                    "marking": self._marking(claims),
                    "since_on": None if since <= BEGINNING_US else iso_date(since),
                    **self._drawn(outline, landmark=True),
                }

    def _told(self, face: Face, state: LandState) -> tuple[str, str] | None:
        """Returns class and status of ground to keep off; None of released ground."""
        if state.is_hazard:
            return state.status, "reopened" if state.reopened else "open"
        doubted = self.all_in_doubt or self._doubts.on(face, state)
        return (state.raised_class, "in_doubt") if doubted else None

    @cached_property
    def _doubts(self) -> Doubts:
        return Doubts(self.book, self.valid_us, tuple(self.finds_mm))

    def _marking(self, claims: Sequence[str]) -> str | None:
        """Returns the code of how the first of some areas is marked, where one is on record."""
        for area_id in claims:
            area = self.book.register.areas.get(area_id)
            extra = json.loads(area.fact.extra) if area and area.fact.extra else {}
            told = extra.get("marking") if isinstance(extra, dict) else None
            if told in dictionary().lists["marking"].names:
                return str(told)
        return None

    def _around(self, part: GridShape) -> Outline:
        found = outline_around(part, self.frame, tolerance_m=TOLERANCE_M, corners_limit=CORNERS)
        if not isinstance(found, Outline):
            raise InvalidInput(Fault("service.public.not-drawn", params={"code": found.code}))
        return found

    def released(self) -> Iterator[Row]:
        """Yields released land, with depth, day and certificate; what is in doubt is left out."""
        numbers = self._certificates()
        grouped: dict[tuple[Any, ...], list[tuple[Face, LandState]]] = {}
        for face, state in self.book.states(self.valid_us):
            if not state.is_hazard and self._told(face, state) is None:
                key = (state.claims, state.part_ids, state.status, state.depth_cm or 0)
                grouped.setdefault(key, []).append((face, state))
        for (claims, part_ids, status, depth_cm), held in sorted(
            grouped.items(), key=lambda item: item[0]
        ):
            since = _since_us(held, self.valid_us)
            shape = join([face.shape for face, _ in held])
            for number, part in enumerate(_largest_first(shape), 1):
                outline = outline_within(
                    part,
                    self.frame,
                    tolerance_m=TOLERANCE_M,
                    corners_limit=CORNERS,
                    most_lost=MOST_LOST,
                    edge_m=2 * EDGE_M,
                )
                if not isinstance(outline, Outline):
                    # Too small or too thin to be drawn inside itself: it is told of as unknown.
                    continue
                certified = {numbers[each] for each in part_ids if each in numbers}
                yield {
                    "ref": reference("R", *claims, *part_ids, status, part=number - 1),
                    "outcome": status,
                    "depth_cm": depth_cm if status == "cleared" and depth_cm else None,
                    "released_on": None if since <= BEGINNING_US else iso_date(since),
                    "certificate": certified.pop() if len(certified) == 1 else None,
                    **self._drawn(outline),
                }

    def _certificates(self) -> Mapping[str, str]:
        """Returns the number of the certificate in force for each part that has one."""
        found: dict[str, str] = {}
        for number, record in self.book.register.certificates.items():
            claims = claims_on(record)
            standing = self._doubts.standing(number)
            if claims is None or standing is None or standing.state != "in-force":
                continue
            if not may_stand("released", "certificate", number):
                # Of another office's making: checked by hand, and not told of here.
                continue
            if claims.kind in {"release", "cancellation", "handover"}:
                found |= {part.part_id: number for part in claims.parts}
        return found

    def _drawn(self, outline: Outline, *, landmark: bool = False) -> Row:
        """Returns an outline with its area, its neighbourhoods and what it lies near."""
        ground = planar_mm(outline.polygons, self.frame)
        lonlat = shapely.MultiPolygon(
            [
                shapely.Polygon(
                    [(lon / 1e6, lat / 1e6) for lon, lat in rings[0]],
                    [[(lon / 1e6, lat / 1e6) for lon, lat in ring] for ring in rings[1:]],
                )
                for rings in outline.polygons
            ]
        )
        return {
            "area_m2": math.ceil(ground.area / 1e6),
            "outline": outline.polygons,
            "places": [each.ref for each in self.places.of(lonlat)],
            **(self.landmarks.near(lonlat) if landmark else {}),
        }

    def totals(self) -> Iterator[Row]:
        """Yields what is on record of each class and outcome, in whole square metres."""
        sums: dict[tuple[str, str], int] = {}
        for face, state in self.book.states(self.valid_us):
            told = self._told(face, state)
            key = ("class", told[0]) if told else ("outcome", state.status)
            sums[key] = sums.get(key, 0) + face.shape.area2_mm2
        for (kind, code), area2_mm2 in sorted(sums.items()):
            yield {kind: code, "area_m2": whole_m2(area2_mm2, hazard=kind == "class")}


def whole_m2(area2_mm2: int, *, hazard: bool) -> int:
    """Returns whole square metres, rounded as outlines are: hazard up, what was released down.

    Args:
        area2_mm2: twice the area in square millimetres.
        hazard: whether the ground is to be kept off.
    """
    return -(-area2_mm2 // 2_000_000) if hazard else area2_mm2 // 2_000_000


def _largest_first(shape: GridShape) -> list[GridShape]:
    """Returns the pieces of ground that hang together, the largest first."""
    return sorted(shape.parts(), key=lambda each: (-each.area2_mm2, each.bounds_mm))


def _since_us(held: Iterable[tuple[Face, LandState]], valid_us: int) -> int:
    """Returns since when ground stands as it does: of its pieces, the one that came last."""
    return max(
        max(step.at_us for step in face.timeline.steps if step.at_us <= valid_us)
        for face, _ in held
    )
