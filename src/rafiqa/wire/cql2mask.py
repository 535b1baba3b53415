"""CQL2 asked of features: a filter's tree to a mask over their columns.

Logic has three values as in SQL: what compares with an unknown value is neither so nor not so, and
only features of which the filter is so are listed. A name that is no column is refused: columns
hold only what the asker may read, so no filter finds out anything else.
"""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.cql2 import Tree, finite
from rafiqa.wire.cql2shape import PREDICATES, related, shape_of
from rafiqa.wire.cql2time import (
    ALWAYS,
    COMPARED,
    FOREVER,
    OPEN,
    RELATIONS,
    day,
    instant,
    moment,
    spanning,
)
from rafiqa.wire.featurecolumn import Bools, FeatureColumn, Texts, Times
from rafiqa.wire.featurecrs import FeatureCrs
from rafiqa.wire.featureset import FeatureSet, Rows

_COMPARE: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_TURNED: Final = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
GEOMETRY: Final = "geometry"


@dataclass(frozen=True, slots=True)
class Mask:
    """``(n,)`` of which features a condition is so, and of which it is not; neither: unknown."""

    yes: Bools
    no: Bools


@dataclass(frozen=True, slots=True)
class _Numbers:
    values: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Flags:
    values: Bools
    known: Bools


_Operand = str | Texts | _Numbers | _Flags | Times


def matching(tree: Tree, features: FeatureSet, crs: FeatureCrs, rows: Rows | None = None) -> Bools:
    """Returns ``(n,)`` of which features a filter is so.

    Args:
        tree: the filter, as `rafiqa.wire.cql2` reads it.
        features: what is asked.
        crs: the system of the filter's coordinates.
        rows: the features that are asked; all where None.

    Raises:
        InvalidInput: ``wire.cql2.property``, ``.operator``, ``.type``, ``.geometry``, ``.time``.
    """
    return _Asking(features, crs, rows).mask(tree).yes


@dataclass(frozen=True, slots=True)
class _Asking:
    """One filter asked of one set."""

    features: FeatureSet
    crs: FeatureCrs
    rows: Rows | None

    def mask(self, node: Tree) -> Mask:
        """The mask of a condition."""
        if isinstance(node, bool):
            return self._flat(Mask(np.array([node]), np.array([not node])))
        if isinstance(node, dict) and "property" in node:
            flags = self._operand(node)
            if not isinstance(flags, _Flags):
                raise _unlike("boolean")
            return Mask(flags.values & flags.known, ~flags.values & flags.known)
        name, args = _call(node)
        if name in {"and", "or"}:
            return self._joined(name, args)
        if name == "not":
            inner = self.mask(*_exactly(args, 1))
            return Mask(inner.no, inner.yes)
        if name in PREDICATES:
            return self._placed(PREDICATES[name], *_exactly(args, 2))
        if name in RELATIONS:
            left, right = (self._times(each) for each in _exactly(args, 2))
            return self._known(RELATIONS[name](left, right), left.known & right.known)
        if name in _COMPARE:
            return self._compared(name, *_exactly(args, 2))
        if name == "isnull":
            return self._missing(*_exactly(args, 1))
        if name == "like":
            return self._like(*_exactly(args, 2))
        if name == "in":
            return self._in(*_exactly(args, 2))
        if name == "between":
            value, least, most = _exactly(args, 3)
            return _both(self._compared(">=", value, least), self._compared("<=", value, most))
        raise InvalidInput(Fault("wire.cql2.operator", "filter", params={"name": name[:40]}))

    def _flat(self, found: Mask) -> Mask:
        size = len(self.features) if self.rows is None else len(self.rows)
        if len(found.yes) == size and len(found.no) == size:
            return found
        return Mask(*(np.broadcast_to(each, size) for each in (found.yes, found.no)))

    def _known(self, so: Any, known: Any) -> Mask:
        so, known = np.asarray(so, np.bool_), np.asarray(known, np.bool_)
        return self._flat(Mask(so & known, ~so & known))

    def _joined(self, name: str, args: Sequence[Tree]) -> Mask:
        if not args:
            raise _unlike("boolean")
        found = self.mask(args[0])
        for each in args[1:]:
            other = self.mask(each)
            found = _both(found, other) if name == "and" else _either(found, other)
        return found

    def _column(self, name: Any) -> FeatureColumn:
        column = self.features.columns.get(name) if isinstance(name, str) else None
        if column is None:
            params: dict[str, str | int] = {"name": str(name)[:80]}
            raise InvalidInput(Fault("wire.cql2.property", "filter", params=params))
        return column

    def _operand(self, node: Tree) -> _Operand:
        """What stands on one side of a comparison."""
        if isinstance(node, bool):
            return _Flags(np.array([node]), np.array([True]))
        if isinstance(node, str):
            return node
        if isinstance(node, int | float):
            if not finite(node):
                raise _unlike("number")
            return _Numbers(np.array([float(node)]))
        if isinstance(node, dict):
            if "property" in node:
                return _held(self._column(node["property"]), self.rows)
            if "date" in node:
                return day(node["date"])
            if "timestamp" in node:
                return instant(node["timestamp"])
            if "interval" in node:
                return self._times(node)
            return self._changed(*_call(node))
        raise _unlike("value")

    def _changed(self, name: str, args: Sequence[Tree]) -> _Operand:
        """A text whose case or accents are taken off."""
        change = {"casei": str.casefold, "accenti": bare}.get(name)
        if change is None:
            raise InvalidInput(Fault("wire.cql2.operator", "filter", params={"name": name[:40]}))
        inner = self._operand(*_exactly(args, 1))
        if isinstance(inner, str):
            return change(inner)
        if isinstance(inner, Texts):
            return inner.mapped(change)
        raise _unlike("text")

    def _times(self, node: Tree) -> Times:
        if isinstance(node, dict) and "interval" in node:
            ends = node["interval"]
            if not (isinstance(ends, list) and len(ends) == 2):
                raise _unlike("time")
            first = ALWAYS if ends[0] == OPEN else self._times(ends[0])
            last = FOREVER if ends[1] == OPEN else self._times(ends[1])
            return spanning(first, last)
        operand = self._operand(node)
        if isinstance(operand, str):
            return moment(operand)
        if not isinstance(operand, Times):
            raise _unlike("time")
        return operand

    def _compared(self, name: str, left: Tree, right: Tree) -> Mask:
        return self._ordered(name, self._operand(left), self._operand(right))

    def _ordered(self, name: str, one: _Operand, two: _Operand) -> Mask:
        """The mask of a comparison of two operands."""
        if isinstance(one, Times) or isinstance(two, Times):
            # Clients that know no dates write them as text.
            first, last = (moment(each) if isinstance(each, str) else each for each in (one, two))
            if isinstance(first, Times) and isinstance(last, Times):
                return self._known(COMPARED[name](first, last), first.known & last.known)
            raise _unlike("time")
        if isinstance(one, str) and isinstance(two, Texts):
            return self._ordered(_TURNED.get(name, name), two, one)
        compare = _COMPARE[name]
        if isinstance(one, Texts) and isinstance(two, str):
            if name == "=":
                return self._known(one.being(two), one.known)
            return self._known(one.where(lambda text: bool(compare(text, two))), one.known)
        if isinstance(one, Texts) and isinstance(two, Texts):
            return self._known(_texts_compared(compare, one, two), one.known & two.known)
        if isinstance(one, str) and isinstance(two, str):
            return self._known([compare(one, two)], [True])
        if isinstance(one, _Numbers) and isinstance(two, _Numbers):
            known = ~(np.isnan(one.values) | np.isnan(two.values))
            return self._known(compare(one.values, two.values), known)
        if isinstance(one, _Flags) and isinstance(two, _Flags):
            return self._known(compare(one.values, two.values), one.known & two.known)
        raise _unlike(_kind(one))

    def _missing(self, node: Tree) -> Mask:
        if isinstance(node, dict) and node.get("property") == GEOMETRY:
            known = self._asked(self.features.placed(self.crs).there)
            return self._flat(Mask(~known, known))
        operand = self._operand(node)
        if isinstance(operand, str):
            known = np.array([True])
        elif isinstance(operand, _Numbers):
            known = ~np.isnan(operand.values)
        else:
            known = operand.known
        return self._flat(Mask(~known, known))

    def _like(self, value: Tree, pattern: Tree) -> Mask:
        texts, wanted = self._operand(value), self._operand(pattern)
        if not (isinstance(texts, str | Texts) and isinstance(wanted, str)):
            raise _unlike("text")
        found = like(wanted)
        if isinstance(texts, str):
            return self._known([found.fullmatch(texts) is not None], [True])
        return self._known(texts.where(lambda text: found.fullmatch(text) is not None), texts.known)

    def _in(self, value: Tree, listed: Tree) -> Mask:
        if not (isinstance(listed, list) and listed):
            raise _unlike("list")
        one, others = self._operand(value), [self._operand(each) for each in listed]
        if isinstance(one, Texts) and all(isinstance(each, str) for each in others):
            wanted = {each for each in others if isinstance(each, str)}
            return self._known(one.where(wanted.__contains__), one.known)
        found = self._ordered("=", one, others[0])
        for each in others[1:]:
            found = _either(found, self._ordered("=", one, each))
        return found

    def _placed(self, how: str, left: Tree, right: Tree) -> Mask:
        placed = self.features.placed(self.crs)
        for side in (left, right):
            if isinstance(side, dict) and "property" in side and not _is_geometry(side):
                self._column(side["property"])
                raise _unlike("geometry")
        if _is_geometry(left) and _is_geometry(right):
            shapes = placed.shapes if self.rows is None else placed.shapes[self.rows]
            so = getattr(shapely, how)(shapes, shapes)
            return self._known(so, self._asked(placed.there))
        if not all(isinstance(each, dict) for each in (left, right)):
            raise _unlike("geometry")
        turned = not _is_geometry(left)
        if turned and not _is_geometry(right):
            one, two = shape_of(left, self.crs), shape_of(right, self.crs)
            return self._known([getattr(shapely, how)(one, two)], [True])
        shape = shape_of(left if turned else right, self.crs)
        so = related(placed, how, shape, turned=turned)
        return self._known(self._asked(so), self._asked(placed.there))

    def _asked(self, found: Bools) -> Bools:
        """What was found of all features, of those that are asked."""
        return found if self.rows is None else found[self.rows]


def _is_geometry(node: Tree) -> bool:
    return isinstance(node, dict) and node.get("property") == GEOMETRY


def _held(column: FeatureColumn, rows: Rows | None) -> _Operand:
    """Returns the values of a column in some rows; in all where None."""
    if column.type == "text":
        return column.texts if rows is None else column.texts.at(rows)
    if column.type == "date":
        return column.times if rows is None else column.times.at(rows)
    if column.type == "boolean":
        values, known = column.flags
        return _Flags(values, known) if rows is None else _Flags(values[rows], known[rows])
    return _Numbers(column.numbers if rows is None else column.numbers[rows])


def _texts_compared(compare: Callable[[Any, Any], Any], one: Texts, two: Texts) -> Bools:
    pairs = zip(one.codes.tolist(), two.codes.tolist(), strict=True)
    return np.array(
        [a >= 0 and b >= 0 and compare(one.values[a], two.values[b]) for a, b in pairs],
        dtype=np.bool_,
    )


def _both(one: Mask, two: Mask) -> Mask:
    return Mask(one.yes & two.yes, one.no | two.no)


def _either(one: Mask, two: Mask) -> Mask:
    return Mask(one.yes | two.yes, one.no & two.no)


def _call(node: Tree) -> tuple[str, Sequence[Tree]]:
    """Returns the operator of a node and its arguments."""
    if not (isinstance(node, dict) and isinstance(node.get("op"), str)):
        raise _unlike("boolean")
    args = node.get("args")
    if not isinstance(args, list):
        raise _unlike("list")
    return node["op"].lower(), args


def _exactly(args: Sequence[Tree], count: int) -> Sequence[Tree]:
    if len(args) != count:
        params: dict[str, str | int] = {"n": count}
        raise InvalidInput(Fault("wire.cql2.arguments", "filter", params=params))
    return args


def like(pattern: str) -> re.Pattern[str]:
    """Returns what a pattern of LIKE means: % any text, _ any letter, a backslash takes it off.

    Between two % the shortest text that fits is taken for good, so no pattern looks back and
    none takes longer than its length times the text's.
    """
    parts, literal = [""], False
    for letter in pattern:
        if literal or letter not in "%_\\":
            parts[-1] += re.escape(letter)
            literal = False
        elif letter == "\\":
            literal = True
        elif letter == "_":
            parts[-1] += "."
        else:
            parts.append("")
    first, *rest = parts
    if not rest:
        return re.compile(first, re.DOTALL)
    *middle, last = rest
    inner = "".join(f"(?>.*?{part})" for part in middle if part)
    return re.compile(f"{first}{inner}.*{last}", re.DOTALL)


def bare(text: str) -> str:
    """Returns a text without accents and vowel marks."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _kind(operand: _Operand) -> str:
    return "text" if isinstance(operand, str | Texts) else "number"


def _unlike(kind: str) -> InvalidInput:
    return InvalidInput(Fault("wire.cql2.type", "filter", params={"kind": kind}))
