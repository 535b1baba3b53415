"""Residents' reports that nobody has answered by some time, and where they lie."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from rafiqa.geo import GridShape
from rafiqa.land import LandBook, Recorded, ResidentReported, settled
from rafiqa.service.office import Office

PlacedReport = tuple[Recorded, tuple[int, int]]
"""A resident's report with its place in mm of the site's frame."""


def waiting(office: Office, valid_us: int, known_at_us: int | None = None) -> Iterator[Recorded]:
    """Yields residents' reports that no answer had put to rest by then, oldest first."""
    register = office.book(known_at_us).register
    for report_id, record in register.reports.items():
        answers = register.answers.get(report_id, ())
        if record.valid_at_us <= valid_us and not settled(answers, valid_us):
            yield record


def placed_waiting(
    office: Office, valid_us: int, known_at_us: int | None = None
) -> list[PlacedReport]:
    """Returns the reports that wait, each with its place in mm of the site's frame.

    Reports from off the site's grid (500 km) are left out here: no works can lie beside them.
    """
    found = [
        (record, record.fact.spot)
        for record in waiting(office, valid_us, known_at_us)
        if isinstance(record.fact, ResidentReported) and record.fact.spot is not None
    ]
    lon_deg = np.array([spot.lon_deg for _, spot in found], dtype=np.float64)
    lat_deg = np.array([spot.lat_deg for _, spot in found], dtype=np.float64)
    near = office.frame.placeable(lon_deg, lat_deg)
    places_mm = office.frame.to_grid_points(lon_deg[near], lat_deg[near]).tolist()
    kept = (record for (record, _), here in zip(found, near.tolist(), strict=True) if here)
    return [(record, (x_mm, y_mm)) for record, (x_mm, y_mm) in zip(kept, places_mm, strict=True)]


def placed_near(
    office: Office, book: LandBook, ground: GridShape | None, valid_us: int, least_mm: int
) -> list[PlacedReport]:
    """Returns of the reports that wait those that may lie near some ground, and perhaps others.

    Found by place: of a storm of reports few lie near one piece of ground.

    Args:
        office: the open store.
        book: the land as known at the time asked about.
        ground: what is asked about; None where nothing is drawn.
        valid_us: the answer is to be true at this time.
        least_mm: how far off a report counts at least; further where it is less exact.
    """
    if office.still.told_again:
        # Which of two reports of one id is meant is the register's to say, and not found by place.
        known_us = None if book.seq == office.n_known else office.facts()[book.seq - 1]
        at_us = None if known_us is None else known_us.recorded_at_us
        return placed_waiting(office, valid_us, at_us)
    if ground is None:
        return []
    witnesses, register = book.witnesses, book.register
    found = []
    for index in witnesses.about(ground.geometry, valid_us, least_mm=least_mm):
        item = witnesses.all[index]
        record = register.reports.get(item.witness_id) if item.kind == "report" else None
        if record is None or settled(register.answers.get(item.witness_id, ()), valid_us):
            continue
        x_mm, y_mm = shapely.get_coordinates(item.place)[0].astype(np.int64).tolist()
        found.append((record, (x_mm, y_mm)))
    return found
