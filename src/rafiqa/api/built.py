"""Built: what is on record of assets for their tiles, the worst damage told and the units left.

Two assessments are never made one: the sheet tells each. A building has one colour, so the map
shows the worst that any source says, and is called so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from rafiqa.api import buildinglayer
from rafiqa.api.view import View
from rafiqa.geo import GridShape
from rafiqa.recovery import DamageAssessed, span_of
from rafiqa.service import AssetLayer
from rafiqa.wire.tile import Column

GRADES: Final = ("light", "unknown", "heavy", "destroyed")
"""Grades as the map tells them apart, better before worse. What nobody can read may be anything:
it is worse than what is light, and hides nothing that is known to be worse."""
UNITS: Final = ("none", "left")
"""Whether a unit is left that is not released."""
_OF_GRADE: Final = {
    "none_seen": "light",
    "slight": "light",
    "moderate": "heavy",
    "heavy": "heavy",
    "very_heavy": "destroyed",
    "destroyed": "destroyed",
}


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """Damage and units of every asset, as columns."""

    damage: Column
    units: Column


def built_of(view: View, layers: Sequence[AssetLayer], key: tuple[Any, ...]) -> Built:
    """Returns what is on record of assets that are built; moments that know the same share it.

    Args:
        view: the moment.
        layers: the layers of the assets, in the order of the tiles' rows.
        key: what tells these layers from others.
    """
    at = ("built of", *key, view.moment.land_key)
    kept: Built = view.desk.tiles.get(at, lambda: _built(view, layers, key))
    return kept


def _built(view: View, layers: Sequence[AssetLayer], key: tuple[Any, ...]) -> Built:
    assessments = [
        record
        for record in view.moment.recovery.happened
        if isinstance(record.fact, DamageAssessed) and view.true(record)
    ]
    structures = [
        (shape, told)
        for shape, told in buildinglayer.structures(view)
        if isinstance(shape, GridShape)
    ]
    known = (
        tuple(record.seq for record in assessments),
        tuple((told["structure_id"], told["units"], told["units_left"]) for _, told in structures),
    )

    def make() -> Built:
        facts = [record.fact for record in assessments]
        worst = _worst(view, layers, [fact for fact in facts if isinstance(fact, DamageAssessed)])
        left = _left(layers, structures)
        return Built(_column("damage", GRADES, worst), _column("units", UNITS, left))

    kept: Built = view.desk.tiles.get(("built", *key, known), make)
    return kept


def _column(name: str, values: Sequence[str], codes: np.ndarray) -> Column:
    return Column(name, Column.of(name, values).values, codes)


def _starts(layers: Sequence[AssetLayer]) -> Iterator[tuple[int, AssetLayer]]:
    """Yields each layer with the row at which it begins in the tiles."""
    at = 0
    for layer in layers:
        yield at, layer
        at += len(layer.table)


def _worst(view: View, layers: Sequence[AssetLayer], facts: Sequence[DamageAssessed]) -> np.ndarray:
    """Returns the worst grade told of each asset as a place in ``GRADES``; −1 where none is."""
    n = sum(len(layer.table) for layer in layers)
    found = np.full(n, -1, dtype=np.int64)
    for fact in facts:
        span = span_of(fact)
        grade = "unknown" if span is None else _OF_GRADE[span.most]
        for row in _rows(view, layers, fact):
            found[row] = max(found[row], GRADES.index(grade))
    return found


def _rows(view: View, layers: Sequence[AssetLayer], fact: DamageAssessed) -> Iterator[int]:
    """Yields the assets that an assessment is of: those it names, else what stands at its place."""
    ids: tuple[str, ...] = ()
    if fact.asset_id is not None:
        ids = (fact.asset_id, *view.moment.recovery.epochs.line(fact.asset_id).same_ids)
    place = None if ids else _place(view, fact)
    for at, layer in _starts(layers):
        if ids:
            yield from {at + layer.row_of[each] for each in ids if each in layer.row_of}
        elif place is not None:
            yield from (at + layer.tree.query(place, predicate="intersects")).tolist()


def _place(view: View, fact: DamageAssessed) -> shapely.Geometry | None:
    if fact.shape is not None:
        return fact.shape.geometry
    if fact.spot is None:
        return None
    lon_deg, lat_deg = np.array([fact.spot.lon_deg]), np.array([fact.spot.lat_deg])
    if not view.frame.placeable(lon_deg, lat_deg)[0]:
        return None
    return shapely.Point(view.frame.spot_mm(fact.spot))


def _left(
    layers: Sequence[AssetLayer], structures: Sequence[tuple[GridShape, dict[str, Any]]]
) -> np.ndarray:
    """Returns of each asset whether a unit of it is left, as a place in ``UNITS``."""
    found = np.full(sum(len(layer.table) for layer in layers), -1, dtype=np.int64)
    for shape, told in structures:
        left = UNITS.index("left" if told["units_left"] else "none")
        for at, layer in _starts(layers):
            rows = layer.tree.query(shape.geometry, predicate="intersects")
            inner = shapely.point_on_surface(layer.table.shapes_mm[rows])
            for row in (at + rows[shapely.contains(shape.geometry, inner)]).tolist():
                found[row] = max(found[row], left)
    return found
