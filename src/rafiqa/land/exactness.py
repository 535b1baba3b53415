"""What stands beside the account: what the grid changed, what was joined, what is unproven.

Areas are planar, in the site's own frame: one definition for every figure. The geodesic area
of what is closing is shown beside it, and never mixed with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from rafiqa.geo import MOVED_STEPS, GridShape, SiteFrame
from rafiqa.land.book import LandBook
from rafiqa.land.face import Face
from rafiqa.land.fact import ReleaseTransferred, SiteOpened
from rafiqa.land.timeline import LandState


@dataclass(frozen=True, slots=True)
class Exactness:
    """How far the figures of a book may be from the outlines that were registered.

    Attributes:
        n_outlines: outlines registered: areas, and releases taken over.
        grid_difference_mm2: by how much putting them on the grid changed their areas, summed
            with its sign.
        bound_mm2: the most that grid and noding can have moved: perimeter × 0.71 mm, summed.
        n_slivers: slivers joined to a neighbour.
        slivers2_mm2: twice their area in mm².
        n_unproven: pieces of ground that could not be cut soundly, and so are hazard.
        unproven2_mm2: twice their area in mm².
        geodesic_m2: by class, the area on the ellipsoid of what is closing, in m².
        in_doubt2_mm2: twice the area of released ground that something newer speaks against, in
            mm²; the land alone does not know, and says 0.
    """

    n_outlines: int
    grid_difference_mm2: int
    bound_mm2: int
    n_slivers: int
    slivers2_mm2: int
    n_unproven: int
    unproven2_mm2: int
    geodesic_m2: dict[str, float]
    in_doubt2_mm2: int = 0


def exactness(book: LandBook, until_us: int, boundary: GridShape | None = None) -> Exactness:
    """Returns what stands beside the account of a period's end inside a boundary.

    Args:
        book: the land book as known at the time asked about.
        until_us: end of the period.
        boundary: count only what touches it, whole; everything on record where None.
    """
    outlines = [
        (shape, difference)
        for shape, difference in _outlines(book)
        if boundary is None or shape.intersects(boundary)
    ]
    lengths_mm = shapely.length([shape.geometry for shape, _ in outlines])
    faces = book.faces if boundary is None else book.near(boundary)
    slivers = [sliver for face in faces for sliver in face.slivers]
    states = list(_closing(faces, until_us))
    unproven = [face for face, state in states if state.unproven]
    return Exactness(
        len(outlines),
        sum(difference for _, difference in outlines),
        int(np.ceil(MOVED_STEPS * lengths_mm.sum())),
        len(slivers),
        sum(sliver.area2_mm2 for sliver in slivers),
        len(unproven),
        sum(face.shape.area2_mm2 for face in unproven),
        _geodesic_m2(book, states, boundary),
    )


def _outlines(book: LandBook) -> Iterator[tuple[GridShape, int]]:
    for area in book.register.areas.values():
        yield area.fact.shape, area.fact.grid_difference_mm2
    for part, _ in book.register.parts.values():
        if isinstance(part, ReleaseTransferred):
            yield part.shape, part.grid_difference_mm2


def _closing(faces: Sequence[Face], until_us: int) -> Iterator[tuple[Face, LandState]]:
    for face in faces:
        steps = face.timeline.steps
        # Most questions are of the present: then the last step is the answer.
        at_end = steps and steps[-1].at_us <= until_us
        state = steps[-1].state if at_end else face.timeline.at(until_us)
        if state is not None:
            yield face, state


def _geodesic_m2(
    book: LandBook, states: list[tuple[Face, LandState]], boundary: GridShape | None
) -> dict[str, float]:
    """By status, the area on the ellipsoid: each face's own, by the frame's scale in its middle."""
    site = book.register.site
    if site is None or not isinstance(site.fact, SiteOpened):
        return {}
    frame = SiteFrame(site.fact.origin.lon_deg, site.fact.origin.lat_deg)
    shapes = [face.shape for face, _ in states]
    if boundary is not None:
        shapes = [shape.intersection(boundary) for shape in shapes]
    geometries = np.array([shape.geometry for shape in shapes], dtype=object)
    middles_mm = shapely.bounds(geometries).reshape(-1, 2, 2).mean(axis=1)
    areas_mm2 = np.array([shape.area2_mm2 / 2 for shape in shapes], dtype=np.float64)
    held = areas_mm2 > 0
    on_ellipsoid = np.zeros(len(shapes))
    on_ellipsoid[held] = areas_mm2[held] / frame.area_scale(middles_mm[held])
    found: dict[str, float] = {}
    for (_, state), area_mm2 in zip(states, on_ellipsoid.tolist(), strict=True):
        found[state.status] = found.get(state.status, 0.0) + area_mm2 / 1e6
    return found
