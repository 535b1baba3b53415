"""Generated cities of a region, through the services: each from its number, no two alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import shapely
import shapely.affinity

from rafiqa.geo import GridShape, Spot
from rafiqa.land import (
    AccreditationGranted,
    AreaRecorded,
    EvidenceRecorded,
    ReleaseAccepted,
    ReleaseProposed,
    ResidentReported,
    SiteOpened,
    TaskOrdered,
    WorkedPart,
    WorkInspected,
    WorkReported,
)
from rafiqa.recovery import LayerRegistered, ProjectRegistered
from rafiqa.service import (
    Acted,
    Office,
    accept_release,
    declare_area,
    grant_accreditation,
    inspect_work,
    open_office,
    open_site,
    order_work,
    propose_release,
    record_evidence,
    register_layer,
    register_project,
    report_hazard,
    report_work,
)
from tests.city import (
    FIRST,
    INSPECTOR,
    OPERATOR,
    RESIDENT,
    SECOND,
    START_US,
    Clock,
    Draws,
    box,
    spot,
)

AREAS = 6
BUILDINGS = 120


def drawn_city(folder: Path, number: int) -> Path:
    """Returns a new store: areas of which half are released, and of these one is in doubt."""
    clock = Clock()
    path = folder / f"city-{number:03}.rafiqa"
    office = open_office(str(path), now_us=clock.now_us, entropy=Draws(), create=True)
    try:
        for acted in _told(office, number):
            assert acted.done, acted.reasons
            clock.sleep_days(1)
    finally:
        office.store.close()
    return path


def _told(office: Office, number: int) -> Iterator[Acted]:
    draw = np.random.default_rng([2026, number])
    origin = Spot.of(38 + number % 20 * 0.3, 33 + number // 20 * 0.3)
    yield open_site(office, FIRST, SiteOpened(f"City {number}", origin, "office"))
    granted = AccreditationGranted("C1", "deminers", ("manual",), START_US)
    yield grant_accreditation(office, FIRST, granted)
    for at in range(AREAS):
        west, south = at % 3 * 1_200 - 1_500 + draw.integers(300), at // 3 * 1_500 - 1_200
        side = int(draw.integers(150, 500))
        yield from _area(office, at, (int(west), south, side))
    # Something is told of ground that was released: it is in doubt.
    area = office.register().areas["A0"].outline.geometry.centroid
    told = ResidentReported("S1", spot(office, area.x / 1e3 - 20, area.y / 1e3), "eo_seen")
    yield report_hazard(office, RESIDENT, told)
    yield register_project(
        office, FIRST, ProjectRegistered("J1", "Well", "water", box(0, 0, 20, 20), 20)
    )
    yield _buildings(office, draw)


def _area(office: Office, at: int, about: tuple[int, int, int]) -> Iterator[Acted]:
    west, south, side = about
    name = f"A{at}"
    seen = spot(office, west + side / 3, south + side / 3)
    yield record_evidence(
        office, FIRST, EvidenceRecorded(f"E{at}", "eo_seen", "visual", seen, area_id=name)
    )
    outline = box(west, south, west + side, south + side)
    yield declare_area(office, FIRST, AreaRecorded(name, "cha", outline, "", (f"E{at}",)))
    if at % 2:
        return
    yield order_work(office, FIRST, TaskOrdered(f"T{at}", name, "deminers", ("manual",), 30))
    part = WorkedPart(f"P{at}", "cleared", outline, "manual", 30)
    yield report_work(office, OPERATOR, WorkReported(f"W{at}", name, "deminers", (part,)))
    passed = WorkInspected(f"I{at}", f"W{at}", "quality", passed=True)
    yield inspect_work(office, INSPECTOR, passed)
    yield propose_release(office, FIRST, ReleaseProposed(f"R{at}", f"W{at}", (f"P{at}",)))
    yield accept_release(office, SECOND, ReleaseAccepted(f"R{at}"))


def _buildings(office: Office, draw: np.random.Generator) -> Acted:
    corner = draw.integers(-2_000_000, 2_000_000, (BUILDINGS, 2))
    sides = draw.integers(5_000, 30_000, (BUILDINGS, 2))
    shapes = [
        office.frame.to_lonlat(GridShape.box(*low.tolist(), *(low + side).tolist())).geometry
        for low, side in zip(corner, sides, strict=True)
    ]
    # A row of them stands on the ground that was released and is in doubt.
    area = office.register().areas["A0"].outline.geometry
    for row in range(3, 15):
        low = np.array(area.bounds[:2]) + 9_000 * row
        own = GridShape.box(*low.astype(int).tolist(), *(low + 8_000).astype(int).tolist())
        shapes[row] = office.frame.to_lonlat(own).geometry
    # One with no place, one as long as several tiles, one far off the site's grid.
    shapes[0] = shapely.Polygon()
    shapes[1] = shapely.affinity.scale(shapes[1], 900, 0.2)
    shapes[2] = shapely.affinity.translate(shapes[2], 40, 0)
    lonlat = np.array(shapes, dtype=object)
    ids = [f"b{row}" for row in range(BUILDINGS)]
    depths = [[None, 0, 20, 30, 60][row % 5] for row in range(BUILDINGS)]
    fact = LayerRegistered("drawn", "buildings", "", 0, "test")
    return register_layer(office, FIRST, fact, (ids, lonlat, {"depth_cm": depths}))
