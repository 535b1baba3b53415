"""Mapping files: how a foreign table's columns become the dictionary's fields.

A mapping is a TOML (or JSON) file that a person can write; ``docs`` describe every key, and
ready ones lie in ``rafiqa/wire/mappings``. It can translate and pick out, never judge: what
a field may hold is the dictionary's business.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Literal, cast

from rafiqa.errors import InvalidInput
from rafiqa.wire.layer import file_fault
from rafiqa.wire.strictjson import strict_json

PlaceForm = Literal["wkt", "lonlat", "xy"]
_FORMS: dict[frozenset[str], tuple[PlaceForm, tuple[str, ...]]] = {
    frozenset({"wkt"}): ("wkt", ("wkt",)),
    frozenset({"lon", "lat"}): ("lonlat", ("lon", "lat")),
    frozenset({"x", "y"}): ("xy", ("x", "y")),
}
ENCODINGS = {
    "utf-8": "utf-8-sig",
    "utf-8-sig": "utf-8-sig",
    "cp1256": "cp1256",
    "cp1252": "cp1252",
    "cp1251": "cp1251",
    "latin-1": "latin-1",
    "iso-8859-6": "iso8859-6",
}
CORE = "imsma-core"
BEARINGS = ("true_north", "magnetic")
TYPES = ("text", "int", "number", "bool", "list", "date")
ROW = "#row"
FILE = "#file"


@dataclass(frozen=True, slots=True)
class PlaceColumns:
    """Columns that hold the place: WKT, or longitude and latitude, or x and y."""

    form: PlaceForm
    names: tuple[str, ...]

    def with_names(self, names: list[str]) -> PlaceColumns:
        """Returns the same form over the columns as the file spells them."""
        return PlaceColumns(self.form, tuple(names))


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to find a value in a text; the first pattern of a rule that matches is taken.

    Attributes:
        find: regular expression, searched case-insensitively; group 1 is the value.
        factor: multiplies the number found, for units.
        decimal: the decimal sign in the text.
        value: taken instead of what was found.
        warn: code of a warning to give; without group and ``value`` the field stays empty.
    """

    find: re.Pattern[str]
    factor: str | None = None
    decimal: str = "."
    value: object = None
    warn: str | None = None


@dataclass(frozen=True, slots=True)
class RowWarning:
    """A warning for each row whose text matches: what a person must read for themselves.

    Attributes:
        column: where to look. find: what to look for. code: the warning's code.
    """

    column: str
    find: re.Pattern[str]
    code: str


@dataclass(frozen=True, slots=True)
class FieldRule:
    """How one dictionary field is made.

    Attributes:
        columns: column names; the first present one, or all of them with ``join``. Where one
            is written with a final ``?`` the file may lack them (with ``join``: lack that one).
        join: text between several columns' values.
        constant: a value of its own, when there is no column.
        patterns: tried in order on the text.
        codes: translation of values; keys compare without case and outer blanks.
        unlisted: what to do with a value that is not in ``codes``: ``refuse`` the row, ``keep``
            the value, or leave the field ``empty``.
        date_formats: ``strptime`` formats; the value becomes an ISO date.
        type: what the value becomes: text, int, number, bool, list or date.
        split: sign between the items of a list.
        no_value: texts that mean "nothing said".
        warn_missing: code of a warning when a row has no value after all.
    """

    columns: tuple[str, ...] = ()
    join: str | None = None
    constant: object = None
    patterns: tuple[Pattern, ...] = ()
    codes: Table[str, object] = field(default_factory=dict)
    unlisted: str = "refuse"
    date_formats: tuple[str, ...] = ()
    type: str = "text"
    split: str = ";"
    no_value: frozenset[str] = frozenset()
    warn_missing: str | None = None


_OF_TABLES = ("source", "crs", "encoding", "country_bbox", "bearing_reference", "declination_deg")


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping file.

    Attributes:
        name: its own name, kept in the record's provenance.
        kind: the import kind it is for, or None for any.
        source: who made the data, in words.
        crs: reference system, for files that do not tell one that can be used.
        crs_override: whether ``crs`` wins over what the file tells.
        encoding: of CSV and DBF text; None: UTF-8, or as the DBF tells.
        delimiter: of CSV; None: found out.
        sheet: of a workbook. layer: of a file with several.
        header_row: 1-based row of the column names.
        places: columns that hold the place, tried in order.
        swap_axes: whether x and y are the wrong way round in the file.
        country_bbox: (west, south, east, north) degrees in which every row must lie.
        id_columns: columns (or ``#row``, ``#file``) that make the id, joined by ``/``.
        id_prefix: put before the id.
        where: rows to take: column to the values that are taken; others are left out.
        leave_out: columns that are knowingly not taken (``*``: all others), so without warning.
        merged: ``refuse`` merged cells or ``ignore`` them.
        formulas: ``warn`` of cached formula values or ``refuse`` them.
        fields: dictionary field to its rule.
        columns: what a person said that a column means, where no rule names columns: the others
            are recognised by their names as ever; an empty field keeps it beside the record.
        row_warnings: what to warn of, row by row.
        dialect: ``imsma-core`` where its columns are those of that program's layers.
        bearing_reference: what bearings are from where the file does not say: ``true_north`` or
            ``magnetic`` north. declination_deg: east of true north, for magnetic bearings.
        plain: the file's own tables, to hand the mapping on to the worker.
    """

    name: str
    kind: str | None = None
    source: str | None = None
    crs: str | None = None
    crs_override: bool = False
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    layer: str | None = None
    header_row: int | None = None
    places: tuple[PlaceColumns, ...] = ()
    swap_axes: bool = False
    country_bbox: tuple[float, float, float, float] | None = None
    id_columns: tuple[str, ...] = ()
    id_prefix: str = ""
    where: Table[str, frozenset[str]] = field(default_factory=dict)
    leave_out: frozenset[str] = frozenset()
    merged: str = "refuse"
    formulas: str = "warn"
    fields: Table[str, FieldRule] = field(default_factory=dict)
    columns: Table[str, str] = field(default_factory=dict)
    row_warnings: tuple[RowWarning, ...] = ()
    dialect: str | None = None
    bearing_reference: str | None = None
    declination_deg: float | None = None
    plain: dict[str, object] = field(default_factory=dict, compare=False, repr=False)

    def for_tables(self) -> Mapping:
        """Returns how it says that tables and places are read, without what it takes of them."""
        told = {key: self.plain[key] for key in _OF_TABLES if key in self.plain}
        return mapping_of(told, self.name)

    @property
    def names_columns(self) -> bool:
        """Whether it says which columns to take; else the file's own are taken as they are."""
        return any(rule.columns for rule in self.fields.values())

    def meant(self, recognised: Table[str, str]) -> dict[str, str]:
        """Returns column → field with what a person said, before what its name was taken for."""
        said = set(self.columns.values())
        kept = {
            column: name
            for column, name in recognised.items()
            if column not in self.columns and name not in said
        }
        return kept | {column: name for column, name in self.columns.items() if name}


def shipped_mappings() -> tuple[str, ...]:
    """Returns the names of the mappings that come with Rafiqa."""
    folder = resources.files("rafiqa.wire") / "mappings"
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def load_mapping(name_or_path: str) -> Mapping:
    """Returns a shipped mapping by name, or the one in a file.

    Raises:
        InvalidInput: ``wire.mapping.missing``, or ``wire.mapping.*`` with the key.
    """
    if name_or_path in shipped_mappings():
        entry = resources.files("rafiqa.wire") / "mappings" / f"{name_or_path}.toml"
        return parse_mapping(entry.read_bytes(), name_or_path)
    path = Path(name_or_path)
    if not path.is_file():
        known = ", ".join(shipped_mappings())
        raise InvalidInput(
            file_fault("wire.mapping.missing", name_or_path, {"name": name_or_path, "known": known})
        )
    return parse_mapping(path.read_bytes(), path.stem)


def parse_mapping(data: bytes, name: str) -> Mapping:
    """Returns the mapping that the bytes of a TOML or JSON file describe.

    Raises:
        InvalidInput: not TOML or JSON, or a key that is unknown or of the wrong type.
    """
    if data.lstrip()[:1] == b"{":
        return mapping_of(cast("dict[str, object]", strict_json(data)), name)
    try:
        plain = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(
            file_fault("wire.mapping.syntax", name, {"detail": str(error)[:120]})
        ) from error
    return mapping_of(plain, name)


def mapping_of(plain: dict[str, object], name: str) -> Mapping:
    """Returns the mapping of a parsed file; every key must be known.

    Raises:
        InvalidInput: ``wire.mapping.key`` or ``wire.mapping.value`` with the key.
    """
    reader = _Keys(plain, "")
    constants = reader.table("constants")
    fields = {key: FieldRule(constant=value) for key, value in constants.items()}
    for key, rule in reader.table("fields").items():
        fields[key] = _rule(rule, f"fields.{key}")
    mapping = Mapping(
        name=reader.text("name") or name,
        kind=reader.text("kind"),
        source=reader.text("source"),
        crs=reader.text("crs"),
        crs_override=reader.flag("crs_override"),
        encoding=reader.one_of("encoding", tuple(ENCODINGS)),
        delimiter=reader.text("delimiter"),
        sheet=reader.text("sheet"),
        layer=reader.text("layer"),
        header_row=reader.count("header_row"),
        places=tuple(_place(item, "places") for item in reader.listed("places")),
        swap_axes=reader.flag("swap_axes"),
        country_bbox=_bbox(reader.listed("country_bbox")),
        id_columns=tuple(str(item) for item in reader.listed("id")),
        id_prefix=reader.text("id_prefix") or "",
        where={
            key: frozenset(str(item) for item in _list(value))
            for key, value in reader.table("where").items()
        },
        leave_out=frozenset(str(item) for item in reader.listed("leave_out")),
        merged=reader.one_of("merged", ("refuse", "ignore")) or "refuse",
        formulas=reader.one_of("formulas", ("warn", "refuse")) or "warn",
        fields=fields,
        columns=_meant(reader.table("columns"), fields),
        row_warnings=tuple(_row_warning(item) for item in reader.listed("row_warnings")),
        dialect=reader.one_of("dialect", (CORE,)),
        bearing_reference=reader.one_of("bearing_reference", BEARINGS),
        declination_deg=reader.number("declination_deg"),
        plain=plain,
    )
    reader.done()
    return mapping


def _meant(plain: dict[str, object], fields: Table[str, FieldRule]) -> dict[str, str]:
    """Returns what columns mean; refused beside rules that name columns, or where two mean one."""
    said = {column: str(name).strip() for column, name in plain.items()}
    names = [name for name in said.values() if name]
    if said and any(rule.columns for rule in fields.values()):
        raise InvalidInput(file_fault("wire.mapping.value", "columns", {"key": "columns"}))
    for column, name in said.items():
        if names.count(name) > 1 or name in fields:
            place = f"columns.{column}"
            raise InvalidInput(file_fault("wire.mapping.value", place, {"key": place}))
    return said


def _rule(plain: object, place: str) -> FieldRule:
    if not isinstance(plain, dict):
        return FieldRule(columns=(str(plain),))
    reader = _Keys(plain, place)
    rule = FieldRule(
        columns=tuple(str(item) for item in reader.listed("column")),
        join=reader.text("join"),
        constant=reader.any("constant"),
        patterns=tuple(_pattern(item, place) for item in reader.listed("patterns")),
        codes={key.strip().casefold(): value for key, value in reader.table("codes").items()},
        unlisted=reader.one_of("unlisted", ("refuse", "keep", "empty")) or "refuse",
        date_formats=tuple(str(item) for item in reader.listed("date_format")),
        type=reader.one_of("type", TYPES) or "text",
        split=reader.text("split") or ";",
        no_value=frozenset(str(item).strip().casefold() for item in reader.listed("no_value")),
        warn_missing=reader.text("warn_missing"),
    )
    reader.done()
    return rule


def _pattern(plain: object, place: str) -> Pattern:
    if not isinstance(plain, dict):
        raise InvalidInput(
            file_fault("wire.mapping.value", f"{place}.patterns", {"key": "patterns"})
        )
    reader = _Keys(plain, f"{place}.patterns")
    factor = reader.any("factor")
    pattern = Pattern(
        find=_expression(reader.text("find") or "", f"{place}.patterns"),
        factor=None if factor is None else str(factor),
        decimal=reader.text("decimal") or ".",
        value=reader.any("value"),
        warn=reader.text("warn"),
    )
    reader.done()
    return pattern


def _row_warning(plain: object) -> RowWarning:
    reader = _Keys(plain if isinstance(plain, dict) else {}, "row_warnings")
    warning = RowWarning(
        column=reader.text("column") or "",
        find=_expression(reader.text("find") or "", "row_warnings"),
        code=reader.text("warn") or "wire.row.read",
    )
    reader.done()
    return warning


def _expression(text: str, place: str) -> re.Pattern[str]:
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise InvalidInput(file_fault("wire.mapping.value", place, {"key": text[:80]})) from error


_LARGEST = 1e300
"""Beyond it a whole number of TOML may be no fraction any more."""


def _place(plain: object, place: str) -> PlaceColumns:
    roles = plain if isinstance(plain, dict) else {}
    form = _FORMS.get(frozenset(roles))
    if form is None:
        raise InvalidInput(file_fault("wire.mapping.value", place, {"key": place}))
    return PlaceColumns(form[0], tuple(str(roles[role]) for role in form[1]))


def _bbox(plain: list[object]) -> tuple[float, float, float, float] | None:
    if not plain:
        return None
    degrees = [item for item in plain if isinstance(item, int | float)]
    # Of any number of digits in TOML, more than a fraction holds.
    numbers = [float(item) for item in degrees if abs(item) <= 360]
    if len(numbers) != 4 or numbers[0] >= numbers[2] or numbers[1] >= numbers[3]:
        raise InvalidInput(
            file_fault("wire.mapping.value", "country_bbox", {"key": "country_bbox"})
        )
    west, south, east, north = numbers
    return west, south, east, north


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


class _Keys:
    """The keys of one table, each taken once and of its type; what is left over is unknown."""

    def __init__(self, plain: dict[str, object], place: str) -> None:
        self._left = dict(plain)
        self._place = place

    def _wrong(self, key: str) -> InvalidInput:
        place = f"{self._place}.{key}".lstrip(".")
        return InvalidInput(file_fault("wire.mapping.value", place, {"key": place}))

    def any(self, key: str) -> object:
        return self._left.pop(key, None)

    def text(self, key: str) -> str | None:
        value = self._left.pop(key, None)
        if value is not None and not isinstance(value, str):
            raise self._wrong(key)
        return value

    def one_of(self, key: str, choices: tuple[str, ...]) -> str | None:
        value = self.text(key)
        if value is not None and value not in choices:
            raise self._wrong(key)
        return value

    def flag(self, key: str) -> bool:
        value = self._left.pop(key, False)
        if not isinstance(value, bool):
            raise self._wrong(key)
        return value

    def count(self, key: str) -> int | None:
        value = self._left.pop(key, None)
        if value is not None and (type(value) is not int or value < 1):
            raise self._wrong(key)
        return value

    def number(self, key: str) -> float | None:
        value = self._left.pop(key, None)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise self._wrong(key)
        if value is not None and not abs(value) <= _LARGEST:
            raise self._wrong(key)
        return None if value is None else float(value)

    def listed(self, key: str) -> list[object]:
        value = self._left.pop(key, None)
        return [] if value is None else _list(value)

    def table(self, key: str) -> dict[str, object]:
        value = self._left.pop(key, {})
        if not isinstance(value, dict):
            raise self._wrong(key)
        return value

    def done(self) -> None:
        if self._left:
            raise InvalidInput(
                file_fault(
                    "wire.mapping.key",
                    f"{self._place}.{next(iter(self._left))}".lstrip("."),
                    {"key": next(iter(self._left))},
                )
            )
