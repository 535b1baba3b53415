"""Assets in columns, and the gate over all of them at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.land import LandBook

OPEN, CONDITIONS, CLOSED = 0, 1, 2
OUTCOMES = ("open", "conditions", "closed")


@dataclass(frozen=True, slots=True, eq=False)
class AssetTable:
    """Assets of one reference layer: ids, shapes on the ground and whatever else is known.

    Attributes:
        ids: ``(n,)`` ids.
        shapes_mm: ``(n,)`` shapely geometries, mm of the site's frame.
        columns: other columns by dictionary name, each of length n.
    """

    ids: Sequence[str]
    shapes_mm: npt.NDArray[np.object_]
    columns: Mapping[str, Sequence[Any]]

    def __len__(self) -> int:
        return len(self.ids)

    def values(self, name: str) -> Sequence[Any]:
        """Returns a column, or nothing known for each asset where the layer has none."""
        known = self.columns.get(name)
        return [None] * len(self.ids) if known is None else known


@dataclass(frozen=True, slots=True, eq=False)
class AssetGate:
    """The gate of every asset: outcome codes and which face decided where it is closed.

    Attributes:
        outcome: ``(n,)`` uint8: 0 open, 1 open with conditions, 2 closed.
        face: ``(n,)`` int64: index into the book's faces of one hazard that closes it, or -1.
    """

    outcome: npt.NDArray[np.uint8]
    face: npt.NDArray[np.int64]

    def count(self, outcome: int) -> int:
        """Returns how many assets have an outcome."""
        return int((self.outcome == outcome).sum())


def ask_gate_all(
    shapes_mm: npt.NDArray[np.object_],
    tree: shapely.STRtree,
    book: LandBook,
    valid_at_us: int,
    *,
    distance_mm: int = 0,
) -> AssetGate:
    """Returns the gate of every asset at its own footprint and the surface.

    Closed where any hazard touches it (or lies within the distance), open where released
    ground covers it wholly, open with conditions everywhere else: nothing on record is no
    all-clear. The tree is over the assets and each face asks it, since faces are few.
    """
    outcome = np.full(len(shapes_mm), CONDITIONS, dtype=np.uint8)
    decided = np.full(len(shapes_mm), -1, dtype=np.int64)
    hazards: list[int] = []
    released: list[int] = []
    for index, face in enumerate(book.faces):
        state = face.timeline.at(valid_at_us)
        if state is not None:
            (hazards if state.is_hazard else released).append(index)
    _open_where_covered(outcome, tree, book, released)
    shapes = np.array([book.faces[index].shape.geometry for index in hazards], dtype=object)
    if len(shapes):
        if distance_mm:
            pairs = tree.query(shapes, predicate="dwithin", distance=distance_mm)
        else:
            pairs = tree.query(shapes, predicate="intersects")
        outcome[pairs[1]] = CLOSED
        decided[pairs[1]] = np.asarray(hazards, dtype=np.int64)[pairs[0]]
    return AssetGate(outcome, decided)


def _open_where_covered(
    outcome: npt.NDArray[np.uint8],
    tree: shapely.STRtree,
    book: LandBook,
    released: Sequence[int],
) -> None:
    if not released:
        return
    ground = shapely.disjoint_subset_union_all(
        np.array([book.faces[index].shape.geometry for index in released], dtype=object)
    )
    parts = shapely.get_parts(ground)
    _, within = tree.query(parts, predicate="covers")
    outcome[within] = OPEN
