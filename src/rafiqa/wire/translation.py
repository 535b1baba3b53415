"""A mapping applied to a layer: dictionary fields from foreign columns, ids, rows to take."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import PurePath
from typing import cast

import numpy as np

from rafiqa.dictionary.codelist import folded
from rafiqa.dictionary.wording import is_destroyed
from rafiqa.errors import InvalidInput
from rafiqa.wire.layer import Flags, Layer, file_fault
from rafiqa.wire.mapping import FILE, ROW, FieldRule, Mapping, Pattern
from rafiqa.wire.tabletext import place_columns

_YES = frozenset({"1", "true", "yes", "y", "t", "ja", "oui", "نعم"})
_NO = frozenset({"0", "false", "no", "n", "f", "nee", "non", "لا"})
_MOST_ROW_WARNINGS = 1_000
_LOST_SIGNS = ("?", "\ufffd")


class _NoValue(Exception):  # noqa: N818 - a value that a rule cannot make; the row is refused
    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def taken_rows(layer: Layer, mapping: Mapping | None) -> Flags:
    """Returns which rows the mapping's ``where`` takes, and warns how many it leaves out.

    Raises:
        InvalidInput: ``wire.mapping.column``: a column that the file has not.
    """
    taken = np.ones(len(layer), dtype=np.bool_)
    for name, values in ({} if mapping is None else mapping.where).items():
        cells = layer.columns[_needed(layer, name)]
        taken &= np.array([_plain_text(cell) in values for cell in cells], dtype=np.bool_)
    left_out = int((~taken).sum())
    if left_out:
        layer.warn("wire.rows.left-out", "", {"rows": left_out})
    return taken


def warn_rows(layer: Layer, mapping: Mapping | None) -> None:
    """Warns of every row whose text a person must read, as the mapping asks."""
    for wanted in () if mapping is None else mapping.row_warnings:
        column = layer.column_named(wanted.column)
        for index, cell in enumerate([] if column is None else layer.columns[column]):
            text = _plain_text(cell)
            if wanted.find.search(text):
                layer.warn(wanted.code, wanted.column, {"value": text[:160]}, index)


def translate(layer: Layer, mapping: Mapping | None, path: PurePath) -> dict[str, list[object]]:
    """Returns the layer's values by dictionary field, one list per field.

    Where no mapping names columns the file's own are returned as they are, and a mapping's
    constants and ids beside them. Rows with a value that a rule cannot make are marked in the
    layer, and columns that a mapping takes nothing from are warned of.

    Raises:
        InvalidInput: ``wire.mapping.column``: a column that the file has not.
    """
    if mapping is None:
        return dict(layer.columns)
    made = {} if mapping.names_columns else dict(layer.columns)
    for column in mapping.columns:
        _needed(layer, column)
    for name, rule in mapping.fields.items():
        made[name] = _field(layer, name, rule)
    if mapping.names_columns:
        _warn_left_out(layer, mapping)
    if mapping.id_columns:
        made["id"] = _ids(layer, mapping, path)
    if mapping.source is not None and "source" not in made:
        made["source"] = [mapping.source] * len(layer)
    return made


def _warn_left_out(layer: Layer, mapping: Mapping) -> None:
    """Says which columns nothing is taken from: a mapping may leave them out, not hide it."""
    places = [name for place in mapping.places for name in place.names]
    rules = [name for rule in mapping.fields.values() for name in rule.columns]
    warned = [wanted.column for wanted in mapping.row_warnings]
    named = [*places, *rules, *warned, *mapping.id_columns, *mapping.where]
    taken = {
        layer.column_named(part.removesuffix("?")) for name in named for part in name.split("|")
    }
    usual = place_columns(layer, mapping)
    taken |= set(usual.names if usual else ())
    taken |= {layer.column_named(name) for name in mapping.leave_out}
    left = [name for name in layer.columns if name not in taken]
    if left and "*" not in mapping.leave_out:
        layer.warn("wire.columns.left-out", "", {"columns": ", ".join(left)[:200]})


def _needed(layer: Layer, name: str) -> str:
    column = layer.column_named(name)
    if column is None:
        known = ", ".join(layer.columns)[:200]
        raise InvalidInput(
            file_fault("wire.mapping.column", name, {"column": name, "columns": known})
        )
    return column


def _plain_text(cell: object) -> str:
    """A cell as the text that a person sees."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, list) and all(isinstance(item, str) for item in cell):
        return "; ".join(cell)
    if isinstance(cell, list | dict):
        return json.dumps(cell, ensure_ascii=False)
    return str(cell).strip()


def _ids(layer: Layer, mapping: Mapping, path: PurePath) -> list[object]:
    parts: list[Sequence[str]] = []
    for name in mapping.id_columns:
        if name == ROW:
            parts.append([str(number) for number in layer.numbers.tolist()])
        elif name == FILE:
            parts.append([path.stem] * len(layer))
        else:
            column = _optional(layer, name)
            if column is not None:
                parts.append([_plain_text(cell) for cell in layer.columns[column]])
    return [
        mapping.id_prefix + "/".join(values) if all(values) else None
        for values in zip(*parts, strict=True)
    ]


def _optional(layer: Layer, name: str) -> str | None:
    """The column of a name such as ``a``, ``a|b`` (either), or ``a?`` (it may be missing)."""
    names = name.split("|")
    for one in names:
        column = layer.column_named(one.removesuffix("?"))
        if column is not None:
            return column
    return None if any(one.endswith("?") for one in names) else _needed(layer, names[0])


def _field(layer: Layer, name: str, rule: FieldRule) -> list[object]:
    cells = _cells(layer, rule)
    maker = _maker(rule)
    known: dict[object, object] = {}
    values: list[object] = []
    warned = 0
    for index, cell in enumerate(cells):
        try:
            key = cell if isinstance(cell, str) else None
            value = known[key] if key is not None and key in known else maker(cell)
            if key is not None:
                known[key] = value
        except _NoValue as error:
            params: dict[str, str | int] = {"value": error.detail[:80]}
            layer.fault(index, error.code, name, params)
            value = None
        if isinstance(value, _Warned):
            layer.warn(value.code, name, {"value": _plain_text(cell)[:160]}, index)
            value = None
        elif value is None and rule.warn_missing is not None and warned < _MOST_ROW_WARNINGS:
            layer.warn(rule.warn_missing, name, {"value": _plain_text(cell)[:160]}, index)
            warned += 1
        values.append(value)
    return values


def _cells(layer: Layer, rule: FieldRule) -> Sequence[object]:
    if not rule.columns:
        return [rule.constant] * len(layer)
    if rule.join is None:
        column = _optional(layer, "|".join(rule.columns))
        return [None] * len(layer) if column is None else layer.columns[column]
    found = (_optional(layer, name) for name in rule.columns)
    parts = [layer.columns[name] for name in found if name is not None]
    if not parts:
        return [None] * len(layer)
    return [
        rule.join.join(text for text in map(_plain_text, cells) if text)
        for cells in zip(*parts, strict=True)
    ]


class _Warned:
    """Stands for a value that is left out with a warning."""

    def __init__(self, code: str) -> None:
        self.code = code


def _maker(rule: FieldRule) -> Callable[[object], object]:
    """The steps of a rule, in order: nothing said, patterns, codes, date, type."""

    def make(cell: object) -> object:
        if not rule.columns:
            return cell
        if rule.type == "list" and isinstance(cell, list):
            return cell
        text = _plain_text(cell)
        if not text or text.casefold() in rule.no_value:
            return None
        value: object = cell if not isinstance(cell, str) else text
        if rule.patterns:
            value = _found(text, rule.patterns)
            if value is None or isinstance(value, _Warned):
                return value
        if rule.codes:
            value = _coded(_plain_text(value), rule)
        if value is not None and rule.date_formats:
            return _date(_plain_text(value), rule.date_formats)
        return None if value is None else _typed(value, rule)

    return make


def _found(text: str, patterns: Sequence[Pattern]) -> object:
    for pattern in patterns:
        matched = pattern.find.search(text)
        if matched is None:
            continue
        if pattern.value is not None:
            return pattern.value
        if not pattern.find.groups:
            return _Warned(pattern.warn) if pattern.warn else None
        return _scaled(matched[1], pattern)
    return None


def _scaled(text: str, pattern: Pattern) -> object:
    if pattern.factor is None:
        return text
    try:
        number = Decimal(text.replace(pattern.decimal, ".")) * Decimal(pattern.factor)
    except InvalidOperation as error:
        raise _NoValue("wire.value.number", text) from error
    return str(number)


def _coded(text: str, rule: FieldRule) -> object:
    found = rule.codes.get(text.casefold())
    if found is None and not text.isascii():
        alike = folded(text)
        found = next((value for key, value in rule.codes.items() if folded(key) == alike), None)
    if found is not None:
        return found
    if rule.unlisted == "refuse":
        raise _NoValue("wire.value.unlisted", text)
    return text if rule.unlisted == "keep" else None


def _date(text: str, formats: Sequence[str]) -> str:
    for form in formats:
        try:
            return dt.datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 - a day
        except ValueError:
            continue
    raise _NoValue("wire.value.date", text)


def _typed(value: object, rule: FieldRule) -> object:
    text = _plain_text(value)
    if rule.type in {"int", "number"}:
        try:
            number = Decimal(text)
        except InvalidOperation as error:
            raise _NoValue("wire.value.number", text) from error
        if not number.is_finite():
            raise _NoValue("wire.value.number", text)
        # Whole numbers are cut, not rounded: a depth must never be more than was said.
        return int(number) if rule.type == "int" else float(number)
    if rule.type == "bool":
        if text.casefold() in _YES | _NO:
            return text.casefold() in _YES
        raise _NoValue("wire.value.bool", text)
    if rule.type == "list":
        return [item.strip() for item in text.split(rule.split) if item.strip()]
    return text


def repeated_ids(layer: Layer, values: dict[str, list[object]], taken: Flags) -> None:
    """Marks every later row whose id stands earlier in the file: ``wire.id.duplicate``."""
    ids = values.get("id", [])
    if set(map(type, ids)) <= {str, int} and len(set(ids)) == len(ids):
        return
    first: dict[str, int] = {}
    for index, value in enumerate(ids):
        if value is None or not taken[index]:
            continue
        text = _plain_text(value)
        earlier = first.setdefault(text, index)
        if earlier != index:
            params: dict[str, str | int] = {
                "id": text[:80],
                "first": int(layer.numbers[earlier]),
            }
            layer.fault(index, "wire.id.duplicate", "id", params)


def destroyed_texts(layer: Layer, values: dict[str, list[object]], *, forget: bool) -> None:
    """Warns of columns whose texts were lost to question marks, with the number of rows.

    Args:
        layer: whose columns are looked at.
        values: what was made of them.
        forget: whether such texts are taken out of the values; otherwise the dictionary
            refuses their rows. Of a place the code and the other names are still good.
    """
    for name, cells in layer.columns.items():
        hurt = len(_destroyed(cells))
        if hurt:
            params: dict[str, str | int] = {"column": name, "rows": hurt, "all": len(cells)}
            layer.warn("wire.text.destroyed", name, params)
    for name, cells in values.items() if forget else ():
        lost = _destroyed(cells)
        if lost:
            values[name] = [None if i in lost else cell for i, cell in enumerate(cells)]


def _destroyed(cells: Sequence[object]) -> frozenset[int]:
    """The indices of texts that were lost; whole columns are asked first."""
    kinds = set(map(type, cells))
    if str not in kinds:
        return frozenset()
    texts = cells if kinds == {str} else [cell for cell in cells if isinstance(cell, str)]
    whole = "".join(cast("Sequence[str]", texts))
    if not any(sign in whole for sign in _LOST_SIGNS):
        return frozenset()
    return frozenset(
        i for i, cell in enumerate(cells) if isinstance(cell, str) and is_destroyed(cell)
    )
