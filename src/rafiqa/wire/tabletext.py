"""Tables of rows and cells: the header, HXL hashtags, and which columns hold the place."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.dictionary.load import dictionary
from rafiqa.errors import InvalidInput
from rafiqa.wire.layer import Geometries, Layer, file_fault, no_shapes
from rafiqa.wire.limit import Limits
from rafiqa.wire.mapping import Mapping, PlaceColumns
from rafiqa.wire.ring import ring_params, rings_of_wkt

# HXL standard 1.1: a row among the first 25 in which every cell that is not empty is a
# hashtag with attributes, such as "#geo+lat".
_HASHTAG = re.compile(r"^\s*#[A-Za-z][A-Za-z0-9_]*(\s*\+\s*[A-Za-z][A-Za-z0-9_]*)*\s*$")
_HXL_ROWS = 25
_LIST_NAMES = {
    "wkt": ("wkt", "geom_wkt", "geometry_wkt", "geometry", "geom", "the_geom", "#geo+wkt"),
    "lon": ("lon", "lng", "long", "longitude", "lon_deg", "#geo+lon"),
    "lat": ("lat", "latitude", "lat_deg", "#geo+lat"),
    "x": ("x", "easting", "x_coord"),
    "y": ("y", "northing", "y_coord"),
}
_WKT = re.compile(r"\s*(MULTI)?(POINT|LINESTRING|POLYGON)\s*(Z|M|ZM)?\s*(\(|EMPTY)", re.IGNORECASE)
_NUMBER = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")


@dataclass(frozen=True, slots=True)
class Header:
    """The names of a table's columns and where its data begins.

    Attributes:
        names: one name per column, never doubled.
        tags: HXL hashtags to column names.
        first_row: index of the first data row.
    """

    names: list[str]
    tags: dict[str, str]
    first_row: int


def find_header(rows: Sequence[Sequence[object]], header_row: int | None) -> Header:
    """Returns the header of a table, with its hashtags where it has an HXL row.

    Args:
        rows: the table from its first row on; 25 are enough.
        header_row: 1-based row that the mapping names, or None for the first.

    Raises:
        InvalidInput: ``wire.table.empty``, ``wire.table.duplicate-column``, or
            ``wire.table.tags-late``: rows that may be data stand above the hashtags.
    """
    if not rows or (header_row or 1) > len(rows):
        raise InvalidInput(file_fault("wire.table.empty"))
    tag_index = next((i for i, row in enumerate(rows[:_HXL_ROWS]) if _is_hxl(row)), None)
    index = (header_row or 1) - 1
    if tag_index is None:
        return Header(_names([_text(cell) for cell in rows[index]]), {}, index + 1)
    if header_row is None:
        index = max(tag_index - 1, 0)
        if any(_n_filled(row) > 1 for row in rows[:index]):
            raise InvalidInput(file_fault("wire.table.tags-late", "", {"row": tag_index + 1}))
    tags = [re.sub(r"\s+", "", _text(cell)).lower() for cell in rows[tag_index]]
    names = [_text(cell) for cell in rows[index]] if index != tag_index else list(tags)
    names += [""] * (len(tags) - len(names))
    counted = Counter(names)
    for place, tag in enumerate(tags):
        if tag and (not names[place] or counted[names[place]] > 1):
            counted[names[place]] -= 1
            names[place] = tag
    unique = _names(names)
    known = {tag: name for tag, name in zip(tags, unique, strict=False) if tag}
    return Header(unique, known, tag_index + 1)


def _is_hxl(row: Sequence[object]) -> bool:
    """Whether a row is of hashtags; a word such as "#urgent" by itself is none, but in a list."""
    cells = [_text(cell) for cell in row if _text(cell)]
    several = len(cells) > 1 or len(row) == 1
    return several and bool(cells) and all(_HASHTAG.match(cell) for cell in cells)


def _n_filled(row: Sequence[object]) -> int:
    return sum(1 for cell in row if _text(cell))


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _names(raw: Sequence[str]) -> list[str]:
    names = [name or f"column {place}" for place, name in enumerate(raw, 1)]
    counted = Counter(names)
    twice = next((name for name in names if counted[name] > 1), None)
    if twice is not None:
        raise InvalidInput(
            file_fault("wire.table.duplicate-column", twice[:80], {"column": twice[:80]})
        )
    return names


def place_columns(layer: Layer, mapping: Mapping | None) -> PlaceColumns | None:
    """Returns which columns hold the place: as the mapping says, else by their usual names."""
    if mapping is not None:
        for wanted in mapping.places:
            columns = [layer.column_named(name) for name in wanted.names]
            if all(columns):
                return wanted.with_names([str(column) for column in columns])
    found = {role: _usual(layer, role) for role in _LIST_NAMES}
    if found["wkt"]:
        return PlaceColumns("wkt", (found["wkt"],))
    if found["lon"] and found["lat"]:
        return PlaceColumns("lonlat", (found["lon"], found["lat"]))
    if found["x"] and found["y"]:
        return PlaceColumns("xy", (found["x"], found["y"]))
    told = next((name for name in layer.columns if _holds_wkt(layer, name)), None)
    return PlaceColumns("wkt", (told,)) if told else None


def _holds_wkt(layer: Layer, name: str) -> bool:
    """Whether a column that the dictionary takes for a shape holds WKT and nothing else."""
    if name.casefold() not in _shape_names():
        return False
    texts = [text for text in map(_text, layer.columns[name]) if text]
    return bool(texts) and all(_WKT.match(text) for text in texts)


@cache
def _shape_names() -> frozenset[str]:
    """Names such as "shape" and "location": others write words or figures under them."""
    shapes = (record.field("geometry") for record in dictionary().records.values())
    return frozenset(
        name.casefold() for shape in shapes if shape is not None for name in shape.aliases
    )


def _usual(layer: Layer, role: str) -> str | None:
    names = (layer.column_named(name) for name in _LIST_NAMES[role])
    return next((name for name in names if name), None)


def fill_shapes(layer: Layer, mapping: Mapping | None, limits: Limits) -> None:
    """Makes the layer's shapes from its place columns; a place that cannot be read is named.

    Raises:
        InvalidInput: ``wire.crs.missing``: WKT or x/y columns and nobody says in which system.
    """
    where = place_columns(layer, mapping)
    if where is None:
        layer.shapes = no_shapes(len(layer))
        return
    layer.place_columns = where.names
    if where.form == "lonlat":
        layer.crs = "OGC:CRS84"
    elif mapping is None or mapping.crs is None:
        raise InvalidInput(
            file_fault("wire.crs.missing", where.names[0], {"column": where.names[0]})
        )
    if where.form == "wkt":
        column = where.names[0]
        layer.shapes = wkt_shapes(layer, column, layer.columns[column], limits)
    else:
        _from_pairs(layer, *where.names)


def wkt_shapes(layer: Layer, column: str, cells: Sequence[object], limits: Limits) -> Geometries:
    """Returns the shapes of cells with WKT; what cannot be read is marked at its row."""
    texts = np.array([None if not _text(cell) else str(cell) for cell in cells], dtype=object)
    for index in np.flatnonzero([text is not None for text in texts]):
        if len(texts[index]) > limits.feature_bytes:
            size: dict[str, str | int] = {
                "count": len(texts[index]),
                "limit": limits.feature_bytes,
            }
            layer.fault(int(index), "wire.limit.feature-bytes", column, size)
            texts[index] = None
    with np.errstate(invalid="ignore"):  # "nan" in a text is found and named later
        shapes: Geometries = shapely.from_wkt(texts, on_invalid="ignore")
    for index in np.flatnonzero(
        [t is not None and s is None for t, s in zip(texts, shapes, strict=True)]
    ):
        text = str(texts[index])
        code = _wkt_code(text)
        words: Table[str, str | int] = {"detail": text[:40]}
        if code.startswith("geo."):
            words = ring_params(code, rings_of_wkt(text))
        layer.fault(int(index), code, column, words)
    return shapes


def _wkt_code(text: str) -> str:
    """Why a WKT cannot be read: GEOS says so in words only."""
    try:
        shapely.from_wkt(text)
    except shapely.errors.GEOSException as error:
        if "closed" in str(error):
            return "geo.shape.unclosed"
        if "Invalid number of points" in str(error):
            return "geo.shape.too-few-points"
    return "wire.geometry.unreadable"


def _all_numbers(layer: Layer, x_column: str, y_column: str) -> npt.NDArray[np.float64] | None:
    """Returns the pairs of two columns in which every row holds numbers; else None."""
    columns = layer.columns[x_column], layer.columns[y_column]
    if layer.faults or not {kind for cells in columns for kind in set(map(type, cells))} <= {float}:
        return None
    pairs = np.array(columns, dtype=np.float64).T
    return pairs if len(pairs) and bool(np.isfinite(pairs).all()) else None


def _from_pairs(layer: Layer, x_column: str, y_column: str) -> None:
    whole = _all_numbers(layer, x_column, y_column)
    if whole is not None:
        layer.shapes = np.asarray(shapely.points(whole), dtype=object)
        return
    shapes = no_shapes(len(layer))
    good: list[int] = []
    pairs: list[tuple[float, float]] = []
    cells = zip(layer.columns[x_column], layer.columns[y_column], strict=True)
    for index, (x_cell, y_cell) in enumerate(cells):
        if index in layer.faults or not (_text(x_cell) or _text(y_cell)):
            continue
        x, y = number_of(x_cell), number_of(y_cell)
        if x is None or y is None:
            column, cell = (x_column, x_cell) if x is None else (y_column, y_cell)
            layer.fault(index, "wire.geometry.not-number", column, {"detail": _text(cell)[:40]})
            continue
        good.append(index)
        pairs.append((x, y))
    if pairs:
        shapes[good] = shapely.points(np.array(pairs))
    layer.shapes = shapes


def number_of(cell: object) -> float | None:
    """Returns a cell's number, or None where it does not hold exactly one finite number."""
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        return float(cell) if math.isfinite(cell) else None
    text = str(cell).strip()
    return float(text) if _NUMBER.match(text) else None
