"""Drawn land and drawn buildings, near one another, for tests of the gate in columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.geo import GridShape, SiteFrame, Spot
from rafiqa.land import (
    EvidenceRecorded,
    LandBook,
    LandReopened,
    Recorded,
    ResidentReported,
    SiteOpened,
    WorkInspected,
)
from rafiqa.recovery import report_places
from tests.unit.land.story import FIRST, INSPECTOR, Story, part

NOW_US = 99
PLACES = ((39.0, 36.0), (38.0, 0.0), (-70.5, -53.1), (20.0, 69.0), (25.0, 84.5), (179.95, 10.0))


@dataclass(frozen=True)
class DrawnLand:
    """A land book on a site, with reports that wait and chance finds that nobody answered.

    A report has its place and its accuracy in metres, as a resident told it.
    """

    frame: SiteFrame
    book: LandBook
    reports: tuple[tuple[tuple[int, int], int | None], ...]
    finds_mm: tuple[tuple[int, int], ...]
    story: Story

    def told(self) -> list[tuple[Recorded, tuple[int, int]]]:
        """Returns the reports as the gate of one project is given them."""
        return [
            (Recorded(0, "", 0, 0, FIRST, self._report(number, accuracy_m)), place_mm)
            for number, (place_mm, accuracy_m) in enumerate(self.reports)
        ]

    def _report(self, number: int, accuracy_m: int | None) -> ResidentReported:
        return ResidentReported(f"S{number}", None, "eo_seen", accuracy_m=accuracy_m)

    @property
    def signs(self) -> dict[str, Any]:
        """What is given to the gate in columns beside the land."""
        return {"reports_mm": report_places(self.told()), "finds_mm": self.finds_mm}


def land(seed: int) -> DrawnLand:
    """Returns land drawn from a seed: hazards, releases, reopenings, failed work, signs."""
    draw = np.random.default_rng(seed)
    lon_deg, lat_deg = PLACES[int(draw.integers(len(PLACES)))]
    frame = SiteFrame(lon_deg, lat_deg)
    middle = (draw.integers(-30_000_000, 30_000_000, 2) * int(draw.integers(2))).tolist()
    story = Story()
    story.tell(0, FIRST, SiteOpened("Site", Spot.of(lon_deg, lat_deg), "office"))
    for number in range(int(draw.integers(1, 5))):
        shape = _patch(draw, middle, 80_000)
        story.area(1, f"A{number}", shape)
        for step in range(int(draw.integers(0, 3))):
            name = f"{number}-{step}"
            ground = shape.intersection(_patch(draw, middle, 80_000))
            if ground.is_empty:
                continue
            outcome = ("cleared", "reduced")[int(draw.integers(2))]
            release = part(f"P{name}", outcome, ground)  # type: ignore[arg-type]
            story.release(5 + 5 * step, f"W{name}", f"A{number}", release)
            if draw.random() < 0.15:
                failed = WorkInspected(f"I{name}", f"W{name}", "quality", passed=False)
                story.tell(60, INSPECTOR, failed)
    if draw.random() < 0.5:
        again = LandReopened("O1", _patch(draw, middle, 30_000), "missed_item", "cha")
        story.tell(50, FIRST, again)
    for number in range(int(draw.integers(0, 6))):
        place = (middle + draw.integers(-100_000, 100_000, 2)).tolist()
        accuracy = (None, Decimal(3), Decimal(25))[draw.integers(3)]
        # Some are told twice, of two places.
        fact = EvidenceRecorded(
            f"E{number // 2}", "crater", "remote", frame.mm_spot(*place), accuracy_m=accuracy
        )
        story.tell(int(draw.integers(70)), FIRST, fact)
    accuracies = (None, 0, 5, 60, 2_000)
    reports = [
        (place, accuracies[draw.integers(len(accuracies))]) for place in _places(draw, middle, 3)
    ]
    finds = _places(draw, middle, 3) if draw.random() < 0.5 else []
    return DrawnLand(frame, story.book(), tuple(reports), tuple(finds), story)


def _places(
    draw: np.random.Generator, middle: Sequence[int], n_below: int
) -> list[tuple[int, int]]:
    """Returns fewer places than so many."""
    drawn = middle + draw.integers(-100_000, 100_000, (int(draw.integers(n_below)), 2))
    return [(x_mm, y_mm) for x_mm, y_mm in drawn.tolist()]


def _patch(draw: np.random.Generator, middle: Sequence[int], wide_mm: int) -> GridShape:
    centre = middle + draw.integers(-wide_mm, wide_mm, 2)
    if draw.random() < 0.5:
        side = draw.integers(5_000, wide_mm, 2)
        return GridShape.box(*(centre - side).tolist(), *(centre + side).tolist())
    turn = np.sort(draw.uniform(0, 2 * np.pi, int(draw.integers(5, 40))))
    reach = draw.uniform(0.4, 1, len(turn)) * draw.integers(20_000, wide_mm)
    ring = np.rint(centre + np.column_stack([reach * np.cos(turn), reach * np.sin(turn)]))
    shape = shapely.Polygon(ring)
    return GridShape.of(shape if shape.is_valid else shape.convex_hull)


def buildings(drawn: DrawnLand, n: int, seed: int) -> npt.NDArray[np.object_]:
    """Returns buildings in degrees of every kind, many on and beside the edges of the land."""
    draw = np.random.default_rng(seed)
    corners = np.concatenate(
        [shapely.get_coordinates(face.shape.geometry) for face in drawn.book.faces]
    )
    made = [_building(draw, corners[draw.integers(len(corners))]) for _ in range(n)]
    shapes = np.array(made, dtype=object)
    placed = ~shapely.is_missing(shapes)
    shapes[placed] = drawn.frame.shapes_to_lonlat(shapes[placed])
    return shapes


def _building(draw: np.random.Generator, corner: npt.NDArray[np.float64]) -> object:
    kind = int(draw.integers(12))
    at = corner + draw.integers(-1, 2, 2) * draw.integers(
        0, (1, 3, 15_000, 60_000)[draw.integers(4)]
    )
    wide = draw.integers(1, (30_000, 30_000, 300_000)[draw.integers(3)], 2)
    if kind == 0:
        return shapely.Point(at)
    if kind == 1:
        return (None, shapely.Point(), shapely.Polygon())[draw.integers(3)]
    box = shapely.box(*at, *(at + wide))
    if kind == 2:
        return shapely.difference(box, shapely.box(*(at + wide // 2), *(at + wide)))
    if kind == 3:
        return shapely.difference(box, shapely.box(*(at + wide // 4), *(at + wide // 2)))
    if kind == 4:
        return shapely.union_all([box, shapely.box(*(at + 2 * wide), *(at + 3 * wide))])
    if kind in {5, 6, 7}:
        ring = shapely.get_coordinates(box) - at
        turn = draw.uniform(0, 2 * np.pi)
        turned = ring @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        return shapely.Polygon(at + turned)
    if kind == 8:
        return shapely.Polygon(at + np.array([(0, 0), (9_000, 0.4), (9_000, 0.45)]))
    if kind == 9:
        return shapely.LineString([at, at + wide])
    if kind == 10:
        return shapely.Point([*(at + 0.4).tolist(), 3.0])
    return box
