"""Query of items: which features are wanted, how many, in which order and system."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

import numpy as np

from rafiqa.api.ask import EARLIEST_US, LATEST_US
from rafiqa.api.ogc.collection import Collection, Property
from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.cql2 import Tree, cql2_json
from rafiqa.wire.cql2mask import matching
from rafiqa.wire.cql2shape import window
from rafiqa.wire.cql2text import cql2_text
from rafiqa.wire.featurecolumn import FeatureColumn
from rafiqa.wire.featurecrs import CRS84, FeatureCrs
from rafiqa.wire.featureset import FeatureSet, Rows
from rafiqa.wire.instant import end_us, instant_us

DEFAULT_LIMIT: Final = 100
MOST: Final = 10_000
"""Features on one page; who asks for more gets so many, and a link to the next."""
CQL2_TEXT, CQL2_JSON = "cql2-text", "cql2-json"
FRAME: Final = ("f", "lang", "valid_at", "known_at")
"""What every page takes."""
OWN: Final = (
    *("limit", "offset", "bbox", "bbox-crs", "crs", "datetime"),
    *("filter", "filter-lang", "filter-crs", "sortby"),
)
"""What the items of every collection take, beside their properties."""
_WHOLE: Final = re.compile(r"\d{1,18}")
_SORTED_BY: Final = 5
_DAY_LETTERS: Final = len("2026-01-01")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class ItemsQuery:
    """What is wanted of a collection.

    Attributes:
        limit: features on the page.
        offset: how many of those wanted stand before it.
        boxes: where they lie, in ``bbox_crs``; None for everywhere.
        bbox_crs: the system of the boxes.
        crs: the system to give them out in.
        during_us: first and last instant at which they hold; None for any.
        tree: the filter with the properties asked for; None where there is none.
        filter_crs: the system of its coordinates.
        sort: properties to order by, and whether downwards.
    """

    limit: int
    offset: int
    boxes: list[tuple[float, float, float, float]] | None
    bbox_crs: FeatureCrs
    crs: FeatureCrs
    during_us: tuple[int, int] | None
    tree: Tree
    filter_crs: FeatureCrs
    sort: tuple[tuple[str, bool], ...]

    @property
    def valid_at_us(self) -> int | None:
        """At which time the land is looked at: the end of the period; None for now."""
        if self.during_us is None or self.during_us[1] >= LATEST_US:
            return None
        return max(self.during_us[1], EARLIEST_US)

    def rows(self, features: FeatureSet) -> Rows:
        """Returns the rows that are wanted, in order.

        Raises:
            InvalidInput: the filter names what is not there, or compares what does not compare.
        """
        found = self._near(features)
        if self.tree is not None:
            # Of what lies outside the boxes nothing is asked.
            rows = None if self.boxes is None else found
            found = found[matching(self.tree, features, self.filter_crs, rows)]
        if self.during_us is not None:
            found = found[features.during(*self.during_us)[found]]
        return self._sorted(features, found) if self.sort else found

    def _near(self, features: FeatureSet) -> Rows:
        """The rows in the boxes, in order; all where there is no box."""
        if self.boxes is None:
            return np.arange(len(features), dtype=np.int64)
        placed = features.placed(self.bbox_crs)
        if len(self.boxes) == 1:
            return np.sort(placed.within(self.boxes[0]))
        return np.unique(np.concatenate([placed.within(box) for box in self.boxes]))

    def _sorted(self, features: FeatureSet, rows: Rows) -> Rows:
        for name, down in reversed(self.sort):
            ranks = _ranks(features.columns[name])[rows]
            # What is unknown stands last either way.
            ranks = np.where(np.isnan(ranks), np.inf, -ranks if down else ranks)
            rows = rows[np.argsort(ranks, kind="stable")]
        return rows


def _ranks(column: FeatureColumn) -> Any:
    """Returns ``(n,)`` numbers in the order of a column's values, NaN where unknown."""
    values: list[Any] = sorted({each for each in column.values if each is not None})
    rank_of = {value: rank for rank, value in enumerate(values)}
    return np.array([rank_of.get(each, math.nan) for each in column.values], dtype=np.float64)


@dataclass(slots=True)
class _Reading:
    """Reads one query and gathers every fault in it."""

    query: Mapping[str, str]
    crs: tuple[FeatureCrs, ...]
    faults: list[Fault]

    def value(self, name: str, read: Callable[[str], V], default: V) -> V:
        """One value, or the default where it is left out or refused."""
        given = self.query.get(name)
        if given is None:
            return default
        try:
            return read(given)
        except InvalidInput as error:
            self.faults += [_at(name, each) for each in error.faults]
            return default

    def system(self, name: str) -> FeatureCrs:
        """One reference system by its address."""
        return self.value(name, self._system, CRS84)

    def _system(self, given: str) -> FeatureCrs:
        for each in self.crs:
            if each.uri == given:
                return each
        known = ", ".join(each.uri for each in self.crs)
        params: dict[str, str | int] = {"given": given[:80], "known": known}
        raise InvalidInput(Fault("api.ogc.crs", params=params))


def _at(name: str, fault: Fault) -> Fault:
    return Fault(fault.code, fault.place or name, fault.row, fault.params)


def items_query(
    query: Mapping[str, str], collection: Collection, crs: tuple[FeatureCrs, ...]
) -> ItemsQuery:
    """Returns a query of items, read.

    Raises:
        InvalidInput: listing every value that is none.
    """
    reading = _Reading(query, crs, [])
    names = [each.name for each in collection.properties]
    bbox_crs = reading.system("bbox-crs")
    read = ItemsQuery(
        min(reading.value("limit", lambda given: _whole(given, 1), DEFAULT_LIMIT), MOST),
        reading.value("offset", lambda given: _whole(given, 0), 0),
        reading.value("bbox", lambda given: _boxes(given, bbox_crs), None),
        bbox_crs,
        reading.system("crs"),
        reading.value("datetime", _period, None),
        _tree(reading, collection),
        reading.system("filter-crs"),
        reading.value("sortby", lambda given: _sort(given, names), ()),
    )
    if reading.faults:
        raise InvalidInput(reading.faults)
    return read


def _whole(given: str, least: int) -> int:
    if not (_WHOLE.fullmatch(given) and given.isascii() and int(given) >= least):
        raise InvalidInput(Fault("api.ogc.whole", params={"least": least}))
    return int(given)


def _boxes(given: str, crs: FeatureCrs) -> list[tuple[float, float, float, float]]:
    try:
        numbers = [float(each) for each in given.split(",", 7)]
    except ValueError:
        numbers = []
    if len(numbers) not in {4, 6} or not all(map(math.isfinite, numbers)):
        raise InvalidInput(Fault("api.ogc.bbox"))
    half = len(numbers) // 2
    boxes = window((*numbers[:2], *numbers[half : half + 2]), crs)
    if boxes is None or (half == 3 and numbers[2] > numbers[5]):
        raise InvalidInput(Fault("api.ogc.bbox"))
    return boxes


def _period(given: str) -> tuple[int, int]:
    """Returns the first and last instant of a time or period (RFC 3339; Part 1, 7.15.4)."""
    first, slash, last = given.partition("/")
    if not slash:
        return _instant(first, instant_us), _instant(first, end_us)
    start_us = EARLIEST_US if first in {"", ".."} else _instant(first, instant_us)
    last_us = LATEST_US if last in {"", ".."} else _instant(last, end_us)
    if start_us > last_us or {first, last} <= {"", ".."}:
        raise InvalidInput(Fault("api.ogc.datetime"))
    return start_us, last_us


def _instant(given: str, read: Callable[[str], int]) -> int:
    full = len(given) > _DAY_LETTERS and given[_DAY_LETTERS] in "Tt" and given.isascii()
    if not (full or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given)):
        raise InvalidInput(Fault("api.ogc.datetime"))
    try:
        return min(max(read(given.upper()), EARLIEST_US), LATEST_US)
    except (InvalidInput, OverflowError):
        raise InvalidInput(Fault("api.ogc.datetime")) from None


def _tree(reading: _Reading, collection: Collection) -> Tree:
    language = reading.value("filter-lang", _language, CQL2_TEXT)
    parse = cql2_json if language == CQL2_JSON else cql2_text
    trees = [reading.value("filter", parse, None)] if "filter" in reading.query else []
    for each in collection.properties:
        if each.name in reading.query:
            literal = reading.value(each.name, partial(_literal, each), "")
            trees.append({"op": "=", "args": [{"property": each.name}, literal]})
    trees = [each for each in trees if each is not None]
    return {"op": "and", "args": trees} if trees else None


def _language(given: str) -> str:
    if given not in {CQL2_TEXT, CQL2_JSON}:
        known = f"{CQL2_TEXT}, {CQL2_JSON}"
        params: dict[str, str | int] = {"name": "filter-lang", "value": given[:40], "known": known}
        raise InvalidInput(Fault("api.query.choice", params=params))
    return given


def _literal(own: Property, given: str) -> Any:
    """Returns what a property is asked to be equal to, as its type."""
    if own.type == "text":
        return given
    if own.type == "date":
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given):
            return {"date": given}
    elif own.type == "boolean":
        if given in {"true", "false"}:
            return given == "true"
    else:
        try:
            number = float(given)
        except ValueError:
            number = math.nan
        if math.isfinite(number):
            return number
    raise InvalidInput(Fault("api.ogc.value", params={"name": own.name, "type": own.type}))


def _sort(given: str, names: list[str]) -> tuple[tuple[str, bool], ...]:
    found = []
    for each in given.split(","):
        # A plus in an address is a space.
        name = each.lstrip(" ").removeprefix("+").removeprefix("-")
        if name not in names:
            params: dict[str, str | int] = {"name": name[:80]}
            raise InvalidInput(Fault("wire.cql2.property", params=params))
        found.append((name, each.lstrip(" ").startswith("-")))
    return tuple(found[:_SORTED_BY])
