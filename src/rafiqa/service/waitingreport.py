"""Residents' reports that nobody has answered by some time, and where they lie."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rafiqa.land import Recorded, ResidentReported, settled
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
