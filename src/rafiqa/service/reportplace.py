"""Places in reports: the codes of administrative units that rows lie in, and what they are called.

A row's own code counts before the layer of places: whoever wrote it knew where it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import shapely

from rafiqa.geo import GridShape, Spot
from rafiqa.land.reporttable import NOT_RECORDED, Cell, Column, Origin, ReportTable, Said
from rafiqa.service.assets import AssetLayer, AssetShelf
from rafiqa.service.exporting import lonlat_of
from rafiqa.service.office import Office
from rafiqa.service.question import AsOf

_TOLD: Final = (
    *("kind", "name", "name_ar", "district_id", "district", "subdistrict_id", "subdistrict"),
    *("governorate_id", "governorate"),
)
_LEVELS: Final = {
    **dict.fromkeys(("neighbourhood", "community", "camp", "other", None), 0),
    "subdistrict": 1,
    "district": 2,
    "governorate": 3,
}
"""How fine each kind of place is, the finest first; of what is no unit of one nothing is told."""
_UNITS: Final = ("subdistrict", "district", "governorate")


@dataclass(frozen=True, slots=True, eq=False)
class ReportPlaces:
    """The places on record at a time, by code and by ground.

    Attributes:
        office: None where nothing is asked of the ground.
        rows: what the layers say of each code.
        codes, levels, tree: of every place with a shape, in degrees: its code, how fine it is,
            and where it lies.
    """

    office: Office | None = None
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    tree: shapely.STRtree = field(default_factory=lambda: shapely.STRtree([]))

    @classmethod
    def of(cls, office: Office, shelf: AssetShelf, as_of: AsOf) -> ReportPlaces:
        """Returns the places of a site as true and known at two times."""
        layers = shelf.layers(office, "places", as_of.valid_us(office), as_of.known_at_us)
        rows: dict[str, dict[str, Any]] = {}
        codes, levels, shapes = [], [], []
        for layer in layers:
            for (code, row), shape in zip(_rows(layer), layer.shapes_lonlat, strict=True):
                rows[code] = row
                if shape is not None and not shape.is_empty and row["kind"] in _LEVELS:
                    codes.append(code)
                    levels.append(_LEVELS[row["kind"]])
                    shapes.append(shapely.force_2d(shape))
        return cls(office, rows, tuple(codes), tuple(levels), shapely.STRtree(shapes))

    def codes_at(self, place: GridShape | Spot | None, extra: str | None = None) -> tuple[str, ...]:
        """Returns the codes of where something is: its own, else of the finest places it lies in.

        Args:
            place: its ground or spot.
            extra: what its row said beside its own fields, as canonical JSON.
        """
        own = None if extra is None else json.loads(extra).get("place_id")
        if isinstance(own, str) and own:
            return (own,)
        shape = None if self.office is None else lonlat_of(self.office, place)
        if shape is None or not self.codes:
            return ()
        hit = sorted(self.tree.query(shape, predicate="intersects").tolist())
        finest = min((self.levels[at] for at in hit), default=0)
        return tuple(self.codes[at] for at in hit if self.levels[at] == finest)

    def name(self, code: str) -> Cell:
        """Returns what the layer calls a code; not recorded where it has it not."""
        row = self.rows.get(code, {})
        told = [str(row[each]) for each in ("name", "name_ar") if row.get(each)]
        return Said(" · ".join(told)) if told else NOT_RECORDED


def code_cell(codes: Iterable[str]) -> Cell:
    """Returns codes as a cell; that none is on record where there is none."""
    told = "; ".join(codes)
    return Said(told) if told else NOT_RECORDED


def places_table(places: ReportPlaces, codes: Iterable[str], origin: Origin) -> ReportTable:
    """Returns what each code told in other tables is: its name, and the units that it lies in."""
    rows = tuple(
        (
            Said(code),
            places.name(code),
            *(cell for unit in _UNITS for cell in _unit(places, code, unit)),
        )
        for code in sorted(set(codes))
    )
    units = (Column(name) for unit in _UNITS for name in (f"{unit}_code", unit))
    columns = (Column("place_code"), Column("name"), *units)
    return ReportTable("places", columns, rows, origin)


def _unit(places: ReportPlaces, code: str, unit: str) -> tuple[Cell, Cell]:
    """Returns the code and the name of the unit that a place lies in."""
    row = places.rows.get(code, {})
    of, name = row.get(f"{unit}_id"), row.get(unit)
    known = NOT_RECORDED if not of else places.name(str(of))
    if known == NOT_RECORDED and name:
        known = Said(str(name))
    return Said(str(of)) if of else NOT_RECORDED, known


def _rows(layer: AssetLayer) -> Iterator[tuple[str, dict[str, Any]]]:
    columns = {name: layer.table.values(name) for name in _TOLD}
    for at, code in enumerate(layer.table.ids):
        yield str(code), {name: column[at] for name, column in columns.items()}
