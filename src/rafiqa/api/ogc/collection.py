"""Collections: which there are, for whom, with which properties, and their features made ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.api.ogc.row import (
    Row,
    area_rows,
    asset_rows,
    evidence_rows,
    part_rows,
    project_rows,
    task_rows,
)
from rafiqa.api.view import View
from rafiqa.dictionary import Field, Record, dictionary
from rafiqa.geo import GridShape, Spot
from rafiqa.locale import direction, text
from rafiqa.service import ASSET_KINDS
from rafiqa.wire.featurecolumn import FOREVER_US, ColumnType, FeatureColumn, Times
from rafiqa.wire.featureset import FeatureSet

_TYPES: Final[dict[str, ColumnType]] = {
    "integer": "integer",
    "decimal": "decimal",
    "boolean": "boolean",
    "date": "date",
}
_TOLD: Final[dict[str, ColumnType]] = {"reopened": "boolean", "area_m2": "decimal", "gate": "text"}
"""What is worked out and in no record, so in no entry of the dictionary."""
_OF_LAND: Final = frozenset({"areas", "parts", "tasks"})
"""Collections in which nothing is told of what was seen but by doubt."""
_TITLES: Final = {
    "reopened": "api.ogc.field.reopened",
    "area_m2": "api.ogc.field.area-m2",
}


@dataclass(frozen=True, slots=True)
class Property:
    """One property: its name, its type, its title in every language, and its code list."""

    name: str
    type: ColumnType
    field: Field | None

    def title(self, lang: str) -> str:
        """Returns what people read."""
        if self.field is not None:
            return self.field.labels.of(lang)
        if self.name == "gate":
            return dictionary().lists["gate_outcome"].labels.of(lang)
        return text(_TITLES[self.name], {}, lang)

    @property
    def codes(self) -> tuple[str, ...]:
        """The values that it may take, where the dictionary lists them."""
        if self.name == "gate":
            return dictionary().lists["gate_outcome"].names
        if self.field is None or self.field.type != "code":
            return ()
        return dictionary().lists[self.field.codelist].names


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection.

    Attributes:
        id: in its address.
        record: the dictionary's record whose field names its properties have.
        names: of its properties, as they are written.
        about: code of what it holds, in words.
        rows: yields its features at a moment; None for assets, which come in columns.
        staff: whether it is for staff alone, as its layer of the map is.
    """

    id: str
    record: str
    names: tuple[str, ...]
    about: str
    rows: Callable[[View], Iterator[Row]] | None
    staff: bool = False

    @property
    def of(self) -> Record:
        """The dictionary's record."""
        return dictionary().records[self.record]

    @property
    def properties(self) -> tuple[Property, ...]:
        """Its properties in order."""
        return _properties(self.record, self.names)

    def features(self, view: View) -> FeatureSet:
        """Returns its features as a view's asker may see them, made once for the moment."""
        # Names are told in one of two scripts (`named`).
        script = direction(view.lang)
        if self.rows is None:
            known = view.moment.recovery
            layers = [fact for kind in ASSET_KINDS for fact in known.layers_of(kind)]
            told = tuple((each.sha256, known.layers[each.layer_id].valid_at_us) for each in layers)
            key: tuple[Any, ...] = (self.id, told, script)
        else:
            at = view.moment.land_key if self.id in _OF_LAND else view.moment.key
            key = (self.id, at, script, view.reach)
        return view.desk.features.get(key, lambda: self._made(view))

    def _made(self, view: View) -> FeatureSet:
        return _of_assets(self, view) if self.rows is None else _of_rows(self, view, self.rows)


@cache
def _properties(record: str, names: tuple[str, ...]) -> tuple[Property, ...]:
    fields = {field.name: field for field in dictionary().records[record].fields}
    return tuple(
        Property(name, _TOLD[name], None)
        if name in _TOLD
        else Property(name, _TYPES.get(fields[name].type, "text"), fields[name])
        for name in names
    )


COLLECTIONS: Final = {
    each.id: each
    for each in (
        Collection(
            "areas",
            "hazard_area",
            ("id", "name", "class", "stage", "observed_on", "reopened", "area_m2"),
            "api.ogc.about.areas",
            area_rows,
        ),
        Collection(
            "parts",
            "land_part",
            ("id", "area_id", "outcome", "depth_cm", "reason", "released_on", "area_m2"),
            "api.ogc.about.parts",
            part_rows,
        ),
        Collection(
            "evidence",
            "evidence",
            (
                *("id", "area_id", "kind", "evidence_source", "evidence_class", "observed_on"),
                *("source", "source_grade", "content_grade", "accuracy_m"),
            ),
            "api.ogc.about.evidence",
            evidence_rows,
            staff=True,
        ),
        Collection(
            "tasks",
            "task",
            (
                *("id", "area_id", "organisation_id", "stage", "method"),
                *("specified_depth_cm", "issued_on", "donor"),
            ),
            "api.ogc.about.tasks",
            task_rows,
            staff=True,
        ),
        Collection(
            "assets", "asset", ("id", "kind", "name", "storeys"), "api.ogc.about.assets", None
        ),
        Collection(
            "projects",
            "project",
            ("id", "name", "kind", "depth_cm", "gate"),
            "api.ogc.about.projects",
            project_rows,
        ),
    )
}


def _of_rows(
    collection: Collection, view: View, make: Callable[[View], Iterable[Row]]
) -> FeatureSet:
    rows = sorted(make(view), key=lambda row: row.id)
    ids = _apart([row.id for row in rows])
    columns = [
        FeatureColumn(each.name, each.type, [row.values.get(each.name) for row in rows])
        for each in collection.properties
        if each.name != "id"
    ]
    since = np.array([row.since_us for row in rows], dtype=np.int64)
    until = np.array([row.until_us for row in rows], dtype=np.int64)
    shapes = _lonlat(view, [row.place for row in rows])
    return _set(ids, shapes, columns, since, until)


def _lonlat(view: View, places: list[GridShape | Spot | None]) -> npt.NDArray[np.object_]:
    shapes = np.full(len(places), None, dtype=object)
    ground = [row for row, place in enumerate(places) if isinstance(place, GridShape)]
    on_grid = [place.geometry for place in places if isinstance(place, GridShape)]
    moved = view.frame.shapes_to_lonlat(np.array(on_grid, dtype=object))
    # Shells counter-clockwise (RFC 7946, section 3.1.6).
    shapes[ground] = shapely.orient_polygons(moved)
    for row, place in enumerate(places):
        if isinstance(place, Spot):
            shapes[row] = shapely.Point(place.lon_deg, place.lat_deg)
    return shapes


def _of_assets(collection: Collection, view: View) -> FeatureSet:
    tables = asset_rows(view)
    ids = [each for table in tables for each in table.layer.table.ids]
    values: dict[str, list[Any]] = {
        "kind": [each for table in tables for each in table.kinds],
        "name": [each for table in tables for each in table.names],
        "storeys": [each for table in tables for each in table.storeys],
    }
    lonlat = [np.zeros(0, dtype=object)]
    for table in tables:
        shapes = table.layer.shapes_lonlat.copy()
        shapes[shapely.is_missing(table.layer.table.shapes_mm)] = None
        lonlat.append(shapely.force_2d(shapes))
    since = np.concatenate(
        [np.zeros(0, np.int64), *(np.full(len(each.kinds), each.since_us) for each in tables)]
    )
    order = np.array(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.int64)
    columns = [
        FeatureColumn(each.name, each.type, [values[each.name][row] for row in order])
        for each in collection.properties
        if each.name != "id"
    ]
    placed = shapely.orient_polygons(np.concatenate(lonlat)[order])
    until = np.full(len(ids), FOREVER_US, dtype=np.int64)
    return _set(_apart([ids[row] for row in order]), placed, columns, since[order], until)


def _set(
    ids: list[str],
    shapes: npt.NDArray[np.object_],
    columns: list[FeatureColumn],
    since: npt.NDArray[np.int64],
    until: npt.NDArray[np.int64],
) -> FeatureSet:
    times = Times(since, until, np.ones(len(ids), dtype=np.bool_))
    return FeatureSet(ids, shapes, [FeatureColumn("id", "text", ids), *columns], times)


def _apart(ids: list[str]) -> list[str]:
    """Returns the ids, of which those that occur again get a number, so that each is one's own."""
    taken = set(ids)
    seen: set[str] = set()
    found = []
    for each in ids:
        own, number = each, 1
        while own in seen or (number > 1 and own in taken):
            number += 1
            own = f"{each}~{number}"
        seen.add(own)
        found.append(own)
    return found
