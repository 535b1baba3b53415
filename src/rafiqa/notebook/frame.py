"""Frames: columns of an answer as pandas and geopandas hold them, what is missing as missing.

pandas and geopandas are loaded when the first frame is made: the extra ``rafiqa[notebook]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame

CRS: Final = "OGC:CRS84"
"""WGS 84, longitude first."""

Dtype = Literal["text", "integer", "number", "yes", "day", "time", "texts"]
Column = tuple[Dtype, Sequence[Any]]
"""How a column is held, and its values; None where a value is missing.

``day`` is a day, ``time`` an instant in microseconds since 1970 UTC, ``texts`` are tuples.
"""

DTYPE_OF: Final[Mapping[str, Dtype]] = {
    "integer": "integer",
    "decimal": "number",
    "boolean": "yes",
    "date": "day",
}
"""By the type of a dictionary's field; every other type is text."""


def loaded(name: str) -> Any:
    """Returns a library of the extra.

    Raises:
        ImportError: it is not installed; says how to install it.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise ImportError(
            f"{name} is needed for this, and is not installed: pip install 'rafiqa[notebook]'",
            name=name,
        ) from error


def table(columns: Mapping[str, Column], attrs: Mapping[str, Any]) -> DataFrame:
    """Returns a table; ``attrs`` say where its figures come from."""
    pandas = loaded("pandas")
    frame = pandas.DataFrame({name: _held(*column) for name, column in columns.items()})
    frame.attrs.update(attrs)
    return frame


def places(
    columns: Mapping[str, Column], shapes: Iterable[Any], attrs: Mapping[str, Any]
) -> GeoDataFrame:
    """Returns a table whose rows have places, in degrees, longitude first; None where none.

    Args:
        columns: the other columns.
        shapes: one geometry for each row.
        attrs: where the figures come from.
    """
    geopandas = loaded("geopandas")
    geometry = geopandas.GeoSeries(list(shapes), crs=CRS)
    frame = geopandas.GeoDataFrame(table(columns, {}), geometry=geometry, crs=CRS)
    frame.attrs.update(attrs)
    return frame


def column_of(rows: Sequence[Mapping[str, Any]], name: str, dtype: Dtype) -> Column:
    """Returns a column of rows."""
    return dtype, [row[name] for row in rows]


def _held(dtype: Dtype, values: Sequence[Any]) -> Any:
    return _HOLDS[dtype](values)


def _array(pandas_dtype: str, read: Callable[[Any], Any]) -> Callable[[Sequence[Any]], Any]:
    def hold(values: Sequence[Any]) -> Any:
        known = [None if value is None else read(value) for value in values]
        return loaded("pandas").array(known, dtype=pandas_dtype)

    return hold


def _text(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _days(values: Sequence[Any]) -> Any:
    known = [date.fromisoformat(value) if isinstance(value, str) else value for value in values]
    days: npt.NDArray[np.datetime64] = np.array(known, dtype="datetime64[D]")
    return loaded("pandas").Series(days.astype("datetime64[s]"))


def _times(values: Sequence[Any]) -> Any:
    missing = np.iinfo(np.int64).min
    at_us = np.array([missing if value is None else value for value in values], dtype=np.int64)
    return loaded("pandas").Series(at_us.view("datetime64[us]")).dt.tz_localize("UTC")


def _tuples(values: Sequence[Any]) -> Any:
    held = np.empty(len(values), dtype=object)
    held[:] = [tuple(value) for value in values]
    return loaded("pandas").Series(held, dtype=object)


_HOLDS: Final[Mapping[Dtype, Callable[[Sequence[Any]], Any]]] = {
    "text": _array("string", _text),
    "integer": _array("Int64", int),
    "number": _array("Float64", float),
    "yes": _array("boolean", bool),
    "day": _days,
    "time": _times,
    "texts": _tuples,
}
