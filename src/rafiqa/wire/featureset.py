"""Feature set: the features of one collection, written once, so that a page is joined from them.

What a filter cannot see is not in here: columns hold only what the asker may read.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.wire.featurecolumn import ALWAYS_US, FOREVER_US, Bools, FeatureColumn, Times
from rafiqa.wire.featurecrs import CRS84, FeatureCrs, Geometries

Rows = npt.NDArray[np.int64]
_CLOSE: Final = b"}"
_E8: Final = 1e8


@dataclass(frozen=True, eq=False)
class Placed:
    """The features in one reference system.

    Attributes:
        shapes: ``(n,)`` geometries, axes as the system has them; None where there is no place.
        bodies: each feature as GeoJSON.
    """

    shapes: Geometries
    bodies: Sequence[bytes]

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The spatial index."""
        return shapely.STRtree(self.shapes)

    @cached_property
    def there(self) -> Bools:
        """``(n,)`` which features have a place."""
        found: Bools = ~shapely.is_missing(self.shapes)
        return found

    @cached_property
    def boxes(self) -> npt.NDArray[np.float64]:
        """``(n, 4)`` their boxes; NaN where there is no place."""
        found: npt.NDArray[np.float64] = shapely.bounds(self.shapes)
        return found

    def within(self, box: tuple[float, float, float, float]) -> Rows:
        """Returns the rows whose shape meets a box: least x, least y, greatest x, greatest y."""
        window = shapely.box(*box)
        near = self.tree.query(window)
        west, south, east, north = self.boxes.take(near, axis=0).T
        inside = west >= box[0]
        inside &= south >= box[1]
        inside &= east <= box[2]
        inside &= north <= box[3]
        edge = np.flatnonzero(~inside)
        if len(edge):
            inside[edge] = shapely.intersects(window, self.shapes.take(near[edge]))
        found: Rows = near[inside].astype(np.int64, copy=False)
        return found


class FeatureSet:
    """All features of a collection as one asker may see them.

    Args:
        ids: of the features; each once.
        shapes: ``(n,)`` geometries in degrees, longitude first; None where there is no place.
        columns: their properties, in the order in which they are written.
        times: when each holds.
    """

    def __init__(
        self,
        ids: Sequence[str],
        shapes: Geometries,
        columns: Sequence[FeatureColumn],
        times: Times,
    ) -> None:
        self.ids = list(ids)
        self.columns = {column.name: column for column in columns}
        self.times = times
        self.row_of = {feature_id: row for row, feature_id in enumerate(self.ids)}
        self._shapes = shapes
        self._placed: dict[FeatureCrs, Placed] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def digest(self) -> str:
        """What tells this set from any other: a hash of all that is written of it."""
        digest = blake2b(digest_size=12)
        for body in self.placed(CRS84).bodies:
            digest.update(body)
        return digest.hexdigest()

    @cached_property
    def n_bytes(self) -> int:
        """How long all features are, written in degrees."""
        return sum(map(len, self.placed(CRS84).bodies))

    @cached_property
    def box_deg(self) -> tuple[float, float, float, float] | None:
        """Least longitude and latitude, greatest longitude and latitude; None without a place.

        Outwards to 1e-8 degrees, so that it holds them as they are written.
        """
        placed = self._shapes[~(shapely.is_missing(self._shapes) | shapely.is_empty(self._shapes))]
        if not len(placed):
            return None
        box = shapely.total_bounds(placed) * _E8
        west, south = (np.floor(box[:2]) / _E8).tolist()
        east, north = (np.ceil(box[2:]) / _E8).tolist()
        return west, south, east, north

    @property
    def first_us(self) -> int | None:
        """When the first of them began to hold; None where one holds since always, or none is."""
        least = int(self.times.start_us.min(initial=FOREVER_US))
        return None if least in {ALWAYS_US, FOREVER_US} else least

    def placed(self, crs: FeatureCrs) -> Placed:
        """Returns the features in a reference system, written the first time it is asked for."""
        with self._lock:
            found = self._placed.get(crs)
            if found is None:
                shapes = crs.of_lonlat(self._shapes)
                found = self._placed[crs] = Placed(shapes, self._bodies(shapes))
            return found

    def properties(self, row: int) -> dict[str, Any]:
        """Returns the properties of one feature by name."""
        return {name: column.values[row] for name, column in self.columns.items()}

    def during(self, start_us: int, end_us: int) -> Bools:
        """Returns ``(n,)`` which features hold at some time of a period, both ends in it."""
        return (self.times.start_us <= end_us) & (self.times.end_us >= start_us)

    @cached_property
    def _heads(self) -> list[bytes]:
        """Each feature up to its geometry."""
        encode = msgspec.json.Encoder().encode
        names = [encode(name) + b":" for name in self.columns]
        parts = []
        for name, column in zip(names, self.columns.values(), strict=True):
            known: dict[Any, bytes] = {}
            texts = []
            for value in column.values:
                # Few values fill most columns. True is 1 for a dictionary, so types are told apart.
                key = (type(value), value)
                text = known.get(key)
                if text is None:
                    text = known[key] = name + encode(value)
                texts.append(text)
            parts.append(texts)
        heads = []
        for feature_id, *properties in zip(self.ids, *parts, strict=True):
            told = b",".join(properties)
            heads.append(
                b'{"type":"Feature","id":%b,"properties":{%b},"geometry":'
                % (encode(feature_id), told)
            )
        return heads

    def _bodies(self, shapes: Geometries) -> list[bytes]:
        texts = shapely.to_geojson(shapes).tolist()
        return [
            head + (b"null" if text is None else text.encode()) + _CLOSE
            for head, text in zip(self._heads, texts, strict=True)
        ]
