"""Parts of an area: cut street by street, and an exact partition on the millimetre."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from rafiqa.demo.outline import in_metres
from rafiqa.demo.plan import PlannedPart

_RUBBLE = frozenset({"ruined", "old_town"})
_SLAB = frozenset({"checkpoint", "school_yard", "cluster_strike"})


def cut_parts(
    rng: Generator, area_id: str, kind: str, shape_mm: Polygon
) -> tuple[Polygon, tuple[PlannedPart, ...]]:
    """Returns an area's outline and its parts, in metres; the parts sum to it exactly.

    All cuts and the outline are noded together on whole millimetres, so that neighbours
    share every corner. The outline comes back with the corners that the cuts added.

    Args:
        rng: the generator.
        area_id: parts are named after it.
        kind: of the area; some kinds leave a bit out under rubble or under a slab.
        shape_mm: the outline in whole millimetres.
    """
    bit = _left_out(rng, kind, shape_mm)
    edges: list[BaseGeometry] = [shape_mm.boundary, *_cuts(rng, shape_mm)]
    if bit is not None:
        edges.append(bit.exterior)
    faces = _faces(edges, shape_mm)
    outline = shapely.coverage_union_all(faces)
    assert isinstance(outline, Polygon)  # noqa: S101 - the faces of one polygon join to one
    ordered = _in_order(faces, shape_mm)
    parts = []
    for index, face in enumerate(ordered):
        inside = bit is not None and bit.contains(face.point_on_surface())
        reason = "under_rubble" if kind in _RUBBLE else "under_slab"
        parts.append(
            PlannedPart(
                f"{area_id}-{index + 1}",
                reason if inside else "street",  # type: ignore[arg-type]
                in_metres(face),
            )
        )
    return in_metres(outline), tuple(parts)


def _faces(edges: list[BaseGeometry], shape_mm: Polygon) -> NDArray[np.object_]:
    """Returns the faces between the edges that lie inside the outline."""
    noded = shapely.union_all(edges, grid_size=1.0)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded).tolist()))
    shapely.prepare(shape_mm)
    kept: NDArray[np.object_] = faces[shapely.contains(shape_mm, shapely.point_on_surface(faces))]
    return kept


def _axis(shape_mm: Polygon) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns the middle and the direction of the longer side of the tightest box around."""
    box = shapely.minimum_rotated_rectangle(shape_mm)
    corners = shapely.get_coordinates(box)
    sides = corners[1:3] - corners[0:2]
    long = sides[int(np.argmax(np.hypot(sides[:, 0], sides[:, 1])))]
    return corners[:4].mean(axis=0), long / np.hypot(*long)


def _cuts(rng: Generator, shape_mm: Polygon) -> list[LineString]:
    """Returns the cuts square to the longer axis, two to five parts for most areas."""
    count = int(np.clip(np.sqrt(shape_mm.area / 1e6) / 18.0 + rng.uniform(0.5, 2.0), 1, 5))
    middle, along = _axis(shape_mm)
    across = np.array((-along[1], along[0]))
    reach = (shapely.get_coordinates(shape_mm) - middle) @ along
    low, high = float(reach.min()), float(reach.max())
    shares = (np.arange(1, count) + rng.uniform(-0.15, 0.15, max(0, count - 1))) / count
    lines = []
    for share in shares.tolist():
        at = middle + along * (low + share * (high - low))
        ends = np.round(np.array((at - across * 1e6, at + across * 1e6)))
        lines.append(LineString(ends))
    return lines


def _left_out(rng: Generator, kind: str, shape_mm: Polygon) -> Polygon | None:
    """Returns a bit of the area that cannot be worked, wholly inside it, or None."""
    if kind not in _RUBBLE | _SLAB or rng.random() > 0.6:
        return None
    along = _axis(shape_mm)[1]
    across = np.array((-along[1], along[0]))
    half = rng.uniform(1500.0, 3500.0, 2)
    at = np.array(shape_mm.point_on_surface().coords[0]) + rng.uniform(-3000.0, 3000.0, 2)
    corners = [
        at + along * half[0] * i + across * half[1] * j
        for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]
    bit = Polygon(np.round(np.array(corners)))
    return bit if bit.is_valid and shape_mm.contains(bit.buffer(300.0)) else None


def _in_order(faces: NDArray[np.object_], shape_mm: Polygon) -> list[Polygon]:
    """Returns the faces from one end of the area to the other."""
    middle, along = _axis(shape_mm)
    places = [(np.array(face.centroid.coords[0]) - middle) @ along for face in faces]
    return [faces[index] for index in np.argsort(places, kind="stable").tolist()]
