"""Neighbourhoods: by what name people know where something is; squares of a fixed grid where none.

What is told to everybody of works, notices and memories is told of a neighbourhood, never of a
place in one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.service.assets import AssetLayer, AssetShelf
from rafiqa.service.office import Office
from rafiqa.service.question import NOW, AsOf
from rafiqa.wire.publicgate import LONGEST_NAME

CELL_DEG: Final = 0.01
"""Side of a square northwards, 1.11 km; eastwards as many whole steps as make 1 km or more."""
_METRES_A_DEGREE: Final = 111_195
_FINE: Final = ("neighbourhood", "community", "camp", "other", None)
_LEVELS: Final = (frozenset(_FINE), frozenset({"subdistrict"}), frozenset({"district"}))
"""Kinds of places, the finest first; only one level is used, so that none lies in another."""
_FARTHEST_DEG: Final = 0.05
PLACES_AT_MOST: Final = 3_000
SQUARES_AT_MOST: Final = 400
_CELL: Final = re.compile(r"cell:(-?\d{1,5}):(-?\d{1,5})")
_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LANGS: Final = ("ar", "ckb", "kmr")


@dataclass(frozen=True, slots=True, eq=False)
class Neighbourhood:
    """A part of the site by the name that people call it.

    Attributes:
        place_id: of the layer of places, or of a square.
        name: as the layer has it.
        others: its name by language, where the layer has it.
        shape_lonlat: its ground, or a point in it, in degrees.
    """

    place_id: str
    name: str
    others: tuple[tuple[str, str], ...]
    shape_lonlat: BaseGeometry

    @property
    def ref(self) -> str:
        """What it is called in public files."""
        return reference("N", self.place_id)

    @property
    def middle(self) -> tuple[float, float]:
        """A place in the middle of it, to 10 m or so: longitude, latitude."""
        centre = self.shape_lonlat.centroid
        return round(centre.x, 4), round(centre.y, 4)

    def called(self, lang: str) -> str:
        """Returns its name in a language, else as the layer has it.

        Sorani readers read Arabic letters where it has no name of their own.
        """
        names = dict(self.others)
        tried = (lang, "ar") if lang == "ckb" else (lang,)
        return next((names[each] for each in tried if each in names), self.name)

    def row(self) -> dict[str, Any]:
        """Returns it as a row of the public file of places."""
        names = {f"name_{lang}": name for lang, name in self.others}
        return {"ref": self.ref, "name": self.name, **names, "middle": self.middle}


class Neighbourhoods:
    """All neighbourhoods of a site at a time, found by place.

    Args:
        office: the open store.
        shelf: reference layers, decoded once.
        as_of: the two times.
    """

    def __init__(self, office: Office, shelf: AssetShelf, as_of: AsOf = NOW) -> None:
        valid_us = as_of.valid_us(office)
        layers = shelf.layers(office, "places", valid_us, as_of.known_at_us)
        self.known = _finest([each for layer in layers for each in _rows(layer)])
        self._by_id = {each.place_id: each for _, each in self.known}
        self._told: dict[str, Neighbourhood] = {}
        self._tree = shapely.STRtree([each.shape_lonlat for _, each in self.known])

    def told(self) -> list[Neighbourhood]:
        """Returns every neighbourhood of the layer, and every square asked for so far, by name."""
        known = {**self._by_id, **self._told}
        return sorted(known.values(), key=lambda each: (each.name, each.place_id))

    def get(self, place_id: str) -> Neighbourhood | None:
        """Returns the neighbourhood, or square, of an id; None where there is none."""
        found = self._by_id.get(place_id) or cell_of_id(place_id)
        if found is not None:
            self._told[found.place_id] = found
        return found

    def at(self, lon_deg: float, lat_deg: float) -> Neighbourhood | None:
        """Returns the neighbourhood of the layer that a place lies in; None outside of all."""
        return next(iter(self.around(shapely.Point(lon_deg, lat_deg))), None)

    def around(self, geometry_lonlat: BaseGeometry) -> list[Neighbourhood]:
        """Returns the neighbourhoods of the layer that something lies in; none outside of all."""
        at = self._tree.query(geometry_lonlat, predicate="intersects")
        return [self.known[each][1] for each in sorted(at.tolist())]

    def of(self, geometry_lonlat: BaseGeometry) -> list[Neighbourhood]:
        """Returns where something lies: in which it is, else the nearest, else its squares.

        The square of a place within it comes first; of what reaches over more than
        ``SQUARES_AT_MOST``, that one alone is named.
        """
        if geometry_lonlat.is_empty:
            return []
        found = self.around(geometry_lonlat)
        if not found and self.known:
            near, away = self._tree.query_nearest(
                geometry_lonlat, return_distance=True, all_matches=False
            )
            if len(near) and away[0] <= _FARTHEST_DEG:
                found = [self.known[int(near[0])][1]]
        if found:
            return found
        middle = geometry_lonlat.representative_point()
        cells = [cell_at(middle.x, middle.y), *_cells_under(geometry_lonlat)]
        once = {each.place_id: each for each in cells}
        return [self._told.setdefault(place_id, each) for place_id, each in once.items()]


def _rows(layer: AssetLayer) -> Iterator[tuple[str | None, Neighbourhood]]:
    columns = {name: layer.table.values(name) for name in ("name", "kind", *_OTHERS)}
    for row, shape in enumerate(layer.shapes_lonlat[:PLACES_AT_MOST]):
        name = columns["name"][row]
        if shape is None or shape.is_empty or not isinstance(name, str) or not name.strip():
            continue
        others = tuple(
            (lang, str(columns[f"name_{lang}"][row])[:LONGEST_NAME])
            for lang in LANGS
            if columns[f"name_{lang}"][row]
        )
        place_id = str(layer.table.ids[row])
        shown = shapely.force_2d(shape)
        yield columns["kind"][row], Neighbourhood(place_id, name[:LONGEST_NAME], others, shown)


_OTHERS: Final = tuple(f"name_{lang}" for lang in LANGS)


def _finest(
    found: Sequence[tuple[str | None, Neighbourhood]],
) -> list[tuple[str | None, Neighbourhood]]:
    for level in _LEVELS:
        here = [each for each in found if each[0] in level]
        if here:
            return here
    return list(found)


def cell_at(lon_deg: float, lat_deg: float) -> Neighbourhood:
    """Returns the square of the fixed grid that a place lies in; the grid hangs on no data."""
    row = math.floor(lat_deg / CELL_DEG)
    column = math.floor(lon_deg / CELL_DEG / _steps(row))
    return _cell(row, column)


def _cells_under(geometry_lonlat: BaseGeometry) -> list[Neighbourhood]:
    """Returns every square that something reaches into; none where it reaches over too many."""
    west, south, east, north = geometry_lonlat.bounds
    found: list[Neighbourhood] = []
    for row in range(math.floor(south / CELL_DEG), math.floor(north / CELL_DEG) + 1):
        wide = CELL_DEG * _steps(row)
        columns = range(math.floor(west / wide), math.floor(east / wide) + 1)
        if len(found) + len(columns) > 4 * SQUARES_AT_MOST:
            return []
        found += [_cell(row, column) for column in columns]
    hit = [each for each in found if each.shape_lonlat.intersects(geometry_lonlat)]
    return hit if len(hit) <= SQUARES_AT_MOST else []


def cell_of_id(place_id: str) -> Neighbourhood | None:
    """Returns the square of an id; None where it names none."""
    told = _CELL.fullmatch(place_id)
    if told is None:
        return None
    row, column = int(told[1]), int(told[2])
    inside = -9_000 <= row < 9_000 and abs(column * _steps(row)) <= 18_000
    return _cell(row, column) if inside else None


def cell_corner(cell: Neighbourhood) -> tuple[float, float]:
    """Returns the south-west corner of a square: longitude, latitude."""
    west, south, _, _ = cell.shape_lonlat.bounds
    return round(west, 4), round(south, 4)


def _steps(row: int) -> int:
    """Returns how many steps eastwards make a square of a row 1 km wide or more."""
    lat_deg = min(abs(row), abs(row + 1)) * CELL_DEG
    farthest = max(abs(row), abs(row + 1)) * CELL_DEG
    width_m = _METRES_A_DEGREE * CELL_DEG * math.cos(math.radians(max(lat_deg, farthest)))
    return math.ceil(1_000 / max(width_m, 1.0))


def _cell(row: int, column: int) -> Neighbourhood:
    steps = _steps(row)
    south, west = row * CELL_DEG, column * steps * CELL_DEG
    square = shapely.box(west, south, west + steps * CELL_DEG, south + CELL_DEG)
    sides = "N" if row >= 0 else "S", "E" if west >= 0 else "W"
    # Read from left to right in every language.
    name = f"\u2066{abs(south):.2f}° {sides[0]}, {abs(west):.2f}° {sides[1]}\u2069"
    return Neighbourhood(f"cell:{row}:{column}", name, (), square)


def reference(letter: str, *ids: str, part: int = 0) -> str:
    """Returns what something is called in public: a letter and seven that stand for its ids.

    The ids cannot be read out of it, since people write into ids what nobody should read.
    """
    digest = int.from_bytes(sha256("\0".join(ids).encode()).digest()[:5], "big") >> 5
    letters = "".join(_LETTERS[(digest >> (5 * at)) & 31] for at in range(7))
    return f"{letter}-{letters}" + (f"-{part}" if part else "")
