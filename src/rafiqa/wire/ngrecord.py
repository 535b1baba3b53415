"""Records of an IMSMA NG dump: versions by date of information, words, custom fields, points.

Hazards, accidents and activities are kept alike there: a table of items, one of their versions,
tables that link shapes and custom fields to them. What is read of one is read of all here.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from rafiqa.wire.layer import Layer
from rafiqa.wire.mapping import Mapping
from rafiqa.wire.ngperson import says_who
from rafiqa.wire.ngpoint import Chain, Defect, chain_of
from rafiqa.wire.personname import is_count, names_persons
from rafiqa.wire.tableset import Line, Tables

SHAPE = ("shape_id", "geospatialinfo_guid", "geospatialinfo_id")
GEOMETRY = ("geospatialinfo", "geopoint")
WORDS = ("imsmaenum", "customdefinedfield", "cdfvalue")
_DATE = ("dateofinfo", "date_of_information", "dateofinformation", "report_dt")
_CDF = ("cdf_id", "customdefinedfield_guid", "cdf_guid")
_VALUE = ("cdfvalue_guid", "cdfvalue_id", "cdf_value_guid")
_HAS_VALUE = "_has_cdfvalue"
_FOREIGN = ("victim", "mre", "qa", "location", "task", "organisation")
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d")


@dataclass(frozen=True, slots=True)
class Item:
    """What the dump calls a kind of record: its table, and the short name in names of others."""

    table: str
    short: str

    @property
    def guid(self) -> tuple[str, ...]:
        """Columns that may hold the record's own id."""
        return f"{self.table}_guid", f"{self.table}guid", "guid", f"{self.table}_id"

    @property
    def version(self) -> tuple[str, ...]:
        """Columns that may hold the id of a version."""
        name = f"{self.table}_infoversion_guid", f"{self.table}infoversion_guid"
        return (*name, "infoversion_guid", f"{self.short}info_guid")

    @property
    def versions(self) -> str:
        """The table of versions."""
        return f"{self.table}_infoversion"

    @property
    def devices(self) -> str:
        """The table of ordnance."""
        return f"{self.short}deviceinfo"

    @property
    def shape_links(self) -> tuple[str, str]:
        """The tables that link shapes to records, and to their versions."""
        return f"{self.table}_has_geospatialinfo", f"{self.table}_infoversion_has_geospatialinfo"

    @property
    def tables(self) -> frozenset[str]:
        """Every table that speaks of such records."""
        named = self.table, self.versions, self.devices, f"{self.table}_has_cdfvalue"
        return frozenset((*named, *self.shape_links))


HAZARD = Item("hazard", "haz")
ACCIDENT = Item("accident", "acc")
ACTIVITY = Item("hazreduc", "hazreduc")
GAZETTEER = Item("gazetteer", "gaz")


@dataclass(slots=True)
class Record:
    """One record: its line, the version that is shown, the older ones, and its shapes.

    ``n_left`` shapes are named for it and cannot be drawn.
    """

    line: Line
    shown: Line
    versions: list[Line]
    chains: list[Chain]
    shape_lines: list[Line] = field(default_factory=list)
    n_left: int = 0


class Records:
    """The records of one kind with their links followed."""

    def __init__(self, item: Item, tables: Tables, mapping: Mapping | None) -> None:
        self.item = item
        self.mapping = mapping
        self._tables = tables
        self.lines = tables.get(item.table, [])
        self.left: set[str] = set()
        """Columns that name persons, of what was asked for so far."""
        self._named: dict[str, str] = {}
        self.known = {line.said(*item.guid): line for line in reversed(self.lines)}
        self.devices = self.by(item.devices, item.guid)
        self.shapes = {line.said(*SHAPE): line for line in tables.get(GEOMETRY[0], [])}
        self._words = {
            line.said("imsmaenum_guid", "enum_guid", "guid"): line.said(
                "enumvalue", "enum_value", "value"
            )
            for line in tables.get("imsmaenum", [])
        }
        self._labels = {
            line.said(*_CDF): line.said("label", "name", "fieldname")
            for line in tables.get("customdefinedfield", [])
        }
        self._versions = self.by(item.versions, item.guid)
        self._points = self.by(GEOMETRY[1], SHAPE)
        own, of_version = item.shape_links
        self._links = self.by(own, item.guid), self.by(of_version, item.version)
        self._values = self.by("cdfvalue", item.guid)
        self._value_lines = self.by("cdfvalue", _VALUE)
        self._linked_values = self.by(f"{item.table}_has_cdfvalue", item.guid)

    def by(self, table: str, names: tuple[str, ...]) -> dict[str, list[Line]]:
        """Returns the lines of a table by what the first of these columns says."""
        found: dict[str, list[Line]] = {}
        for line in self._tables.get(table, []):
            found.setdefault(line.said(*names), []).append(line)
        return found

    def record(self, line: Line) -> Record:
        """Returns a record with its versions in order and the points of what is shown."""
        known = self._versions.get(line.said(*self.item.guid), [])
        # An update of the same day or an earlier one does not change what is shown.
        newest = max(known, key=lambda item: (day_of(item), -item.number), default=None)
        shown = line if newest is None or day_of(newest) < day_of(line) else newest
        older = [item for item in known if item is not shown]
        older += [line] if shown is not line and day_of(line) else []
        record = Record(line, shown, older, [])
        for shape_id in self._shape_ids(record):
            points = self._points.get(shape_id, [])
            if points and self._is_drawn(shape_id):
                record.chains.append(chain_of(points, self.mapping))
            else:
                record.n_left += 1
            record.shape_lines += points
        return record

    def _is_drawn(self, shape_id: str) -> bool:
        """Whether the points of a shape are its places: of a hazard only a polygon's are."""
        shape = self.shapes.get(shape_id)
        if shape is None:
            return False
        kind = self.word(shape.said("shapeenum", "shape_enum", "shapetype"))
        return self.item is not HAZARD or "polygon" in (kind or "polygon").casefold()

    def _shape_ids(self, record: Record) -> list[str]:
        version = record.shown.said(*self.item.version)
        own = self._links[1].get(version, []) if version else []
        links = own or self._links[0].get(record.line.said(*self.item.guid), [])
        return list(dict.fromkeys(link.said(*SHAPE) for link in links))

    def word(self, value: object) -> str:
        """Returns an enumeration in words; what is none, as it stands."""
        text = str(value).strip()
        return self._words.get(text, text)

    def seen(self, record: Record) -> Line:
        """Returns the line that is shown, over what the item's own table says, in words."""
        both = {**record.line.cells, **record.shown.cells}
        words = {name: self.word(value) for name, value in both.items()}
        return self._told(Line(self.item.table, record.line.number, words))

    def _told(self, line: Line) -> Line:
        """Returns a line without what names persons, and notes which columns those are."""
        naming = {name for name, value in line.cells.items() if _is_naming(name, value)}
        if not naming:
            return line
        for name in naming:
            self._cut(name, line)
        cells = {name: value for name, value in line.cells.items() if name not in naming}
        return Line(line.table, line.number, cells)

    def _cut(self, name: str, line: Line, value: object = None) -> None:
        """Notes that a value names somebody: it goes where names go, and in no column."""
        self.left.add(name)
        told = str(line.cells[name] if value is None else value).strip()
        if told and self._named.get(name, told) != told:
            name = f"{name} ({line.table} {line.number})"
        if told:
            self._named[name] = told

    def take_named(self) -> dict[str, str]:
        """Returns what was cut since this was asked last: it says who somebody is."""
        named, self._named = self._named, {}
        return named

    def custom(self, record: Record) -> dict[str, object]:
        """Returns custom fields by their own labels; two of one label are both kept."""
        guid = record.line.said(*self.item.guid)
        linked = {link.said(*_VALUE) for link in self._linked_values.get(guid, [])} - {""}
        own = self._values.get(guid, []) if guid else []
        by_link = (line for value in linked for line in self._value_lines.get(value, []))
        found: dict[str, object] = {}
        lines = {line.number: line for line in (*own, *by_link)}
        for number in sorted(lines):
            line = lines[number]
            label = self._labels.get(line.said(*_CDF)) or line.said(*_CDF)
            value = line.said("value", "cdfvalue", "stringvalue")
            if _is_naming(label, value):
                self._cut(f"cdf.{label}", line, value)
                continue
            name = f"cdf.{label}"
            name = name if name not in found else f"{name} ({number})"
            found[name] = self.word(line.said("value", "cdfvalue", "stringvalue"))
        return found

    def beside(self, record: Record) -> dict[str, object]:
        """Returns older versions, devices and walked points, whole, as in their tables."""
        kept = self.parts(record)
        odd = any(chain.walked or chain.defects for chain in record.chains)
        if not record.chains or record.n_left or odd:
            kept["geopoints"] = record.shape_lines
        return {name: json_of(lines) for name, lines in kept.items() if lines}

    def parts(self, record: Record) -> dict[str, list[Line]]:
        """Returns the older versions of a record and its ordnance, without names of persons."""
        devices = self.devices.get(record.line.said(*self.item.guid), [])
        kept = {"versions": record.versions, self.item.devices: devices}
        return {name: [self._told(line) for line in lines] for name, lines in kept.items()}

    def orphans(self) -> Iterator[Line]:
        """Yields lines about such records that belong to none that the dump holds."""
        for name in (self.item.versions, self.item.devices, self.item.shape_links[0]):
            for line in self._tables.get(name, []):
                belongs = line.said(*self.item.guid) in self.known
                if name in self.item.shape_links:
                    belongs = belongs and line.said(*SHAPE) in self.shapes
                if not belongs:
                    yield self._told(line)


def warn_of_naming(layer: Layer, kinds: Sequence[Records]) -> None:
    """Says which columns were left in the dump because they name persons."""
    left = sorted({name for kind in kinds for name in kind.left})
    if left:
        layer.warn("wire.ng.naming-left", "", {"columns": ", ".join(left)[:200]})


def orphan_values(tables: Tables, kinds: Sequence[Records]) -> Iterator[Line]:
    """Yields custom values that belong to no record: they name none, or one that is not there.

    Whose values they are in tables that nothing is taken from is not asked.
    """
    ours = {kind.item.table: kind for kind in kinds}
    linked = {
        link.said(*_VALUE)
        for name, lines in tables.items()
        if name.endswith(_HAS_VALUE)
        for link in lines
        if (kind := ours.get(name.removesuffix(_HAS_VALUE))) is None
        or link.said(*kind.item.guid) in kind.known
    }
    for line in tables.get("cdfvalue", []):
        named = any(
            guid in kind.known for kind in kinds if (guid := line.said(*kind.item.guid)) != ""
        )
        foreign = any(name.endswith("guid") and name.startswith(_FOREIGN) for name in line.cells)
        if not (named or foreign or line.said(*_VALUE) in linked):
            yield line


def orphan_shapes(tables: Tables, shapes: dict[str, Line]) -> Iterator[Line]:
    """Yields points without a shape, and shapes that no record of any kind is linked to."""
    linked = {
        line.said(*SHAPE)
        for name, lines in tables.items()
        if name.endswith("_has_geospatialinfo")
        for line in lines
    }
    yield from (line for line in tables.get(GEOMETRY[1], []) if line.said(*SHAPE) not in shapes)
    yield from (line for line in tables.get(GEOMETRY[0], []) if line.said(*SHAPE) not in linked)


def _is_naming(name: str, value: object) -> bool:
    told = bool(str(value).strip()) and not is_count(value)
    return told and (names_persons(name, value) or says_who(name))


def ids_given_twice(lines: Iterable[Line]) -> frozenset[str]:
    """Returns the local ids that stand in more than one line."""
    counted = Counter(local_id(line) for line in lines)
    return frozenset(id_ for id_, n_lines in counted.items() if id_ and n_lines > 1)


def local_id(line: Line) -> str:
    """Returns the id that people know a record by."""
    return line.said(f"{line.table}_localid", "localid", "local_id", "imsma_id")


def day_of(line: Line) -> str:
    """Returns the date of information as it is compared; nothing where there is none."""
    return plain_day(line.said(*_DATE))


def plain_day(text: str) -> str:
    """Returns a day as ISO text, or what is written where it is no day."""
    day = text.replace("T", " ").partition(" ")[0]
    for form in _DAYS:
        try:
            return dt.datetime.strptime(day, form).date().isoformat()  # noqa: DTZ007 - a day
        except ValueError:
            continue
    return text


def defect_params(defect: Defect) -> dict[str, str | int]:
    """Returns where a defect is, and what stands there."""
    line = defect.line
    return {"table": line.table, "line": line.number, "value": defect.value[:80]}


def json_of(lines: Iterable[Line]) -> str:
    """Returns lines whole, as JSON."""
    return json.dumps([line.plain for line in lines], ensure_ascii=False, default=str)
