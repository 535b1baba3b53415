"""maXML: reports of mine action as older programs wrote them, read as they come.

Every program wrote its own: names are compared without namespace, case and underscores, and what
is not known is kept word for word with its record. A record is a row or it is refused, then with
its own XML. Records and elements that tell of persons stand in none: they are counted, and those
of a row are for the vault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.errors import InvalidInput
from rafiqa.wire.kind import Kind
from rafiqa.wire.layer import Layer, file_fault, no_shapes
from rafiqa.wire.limit import Limits
from rafiqa.wire.mapping import Mapping, load_mapping
from rafiqa.wire.markup import run_parser, strict_parser
from rafiqa.wire.ngpoint import chain_of, polygon_of
from rafiqa.wire.tableset import Line

_TAKEN = {"hazard-areas": "hazard", "accidents": "accident"}
_PERSONS = frozenset({"victim", "victimassistance"})
_OF_PERSONS = re.compile(
    "victim|casualt|survivor|person|contact|informant|interview|reporter|reportedby|witness|owner"
    "|phone|email|firstname|lastname|fullname|fathername|mothername|surname|familyname"
)
"""Elements inside a record that tell of persons: they are left in the file, unless they count."""
_RECORDS = frozenset(
    {"hazard", "hazardreduction", "accident", "location", "mreactivity", "qaactivity"} | _PERSONS
)
_ENCODING = re.compile(rb"^\s*<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_DEEPEST = 100
_DATES = ("dateofinformation", "dateofinfo", "dateofaccident", "accidentdate", "reportdate", "date")
_FIELDS: dict[str, dict[str, tuple[str, ...]]] = {
    "hazard": {
        "name": ("hazardname", "name"),
        "reported_area_m2": ("areasize", "estimatedarea", "area"),
        "organisation_id": ("organisation", "organization", "organisationname"),
        "note": ("comments", "comment", "qualifier"),
    },
    "accident": {
        "killed": ("numberkilled", "killed", "casualtieskilled"),
        "injured": ("numberinjured", "injured", "casualtiesinjured"),
        "community": ("placename", "locationname"),
    },
}
_IDS = ("localid", "hazardlocalid", "accidentlocalid", "reportid", "guid", "hazardguid")
_ACCIDENT_OF = ("accidentlocalid", "accidentguid", "accidentid")
_CLASS = ("hazardtype", "hazardclassification", "hazardcategory", "type", "classification")


@dataclass(slots=True)
class Node:
    """An element: its local name folded, its own text, its attributes and its children.

    ``start`` is its first byte in the document; ``held`` says that an element stood in it.
    """

    name: str
    text: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    start: int = 0
    held: bool = False

    def all(self, *names: str) -> Iterator[Node]:
        """Yields every element below of these names, in order of the document."""
        for child in self.children:
            if child.name in names:
                yield child
            yield from child.all(*names)

    def said(self, *names: str) -> str:
        """Returns the first text under the first of these names that says anything.

        A bare "name" further in is somebody else's: of a firm, a place, a person.
        """
        for name in names:
            if self.attributes.get(name, "").strip():
                return self.attributes[name].strip()
            for node in self.children if name == "name" else self.all(name):
                if node.name != name:
                    continue
                if node.text.strip():
                    return node.text.strip()
        return ""


@dataclass(slots=True)
class _Record:
    """A record with its own XML, and the date of the report that it stands in."""

    node: Node
    xml: str
    line: int
    report_date: str
    persons: dict[str, str] = field(default_factory=dict)


def read_maxml(data: bytes, mapping: Mapping | None, kind: Kind, limits: Limits) -> Layer:
    """Returns the records of a maXML document; a row's number is the record's in the document.

    Raises:
        InvalidInput: ``wire.xml.*``, ``wire.encoding.wrong``, ``wire.maxml.empty``,
            ``wire.limit.rows``.
    """
    reader = _Reader(_as_utf8(data, mapping), limits)
    reader.run()
    persons = [item for item in reader.records if item.node.name in _PERSONS]
    records = [item for item in reader.records if item.node.name not in _PERSONS]
    if not reader.records:
        raise InvalidInput(file_fault("wire.maxml.empty"))
    numbers = np.array(
        [n for n, item in enumerate(reader.records, 1) if item.node.name not in _PERSONS],
        dtype=np.int64,
    )
    layer = Layer("maxml", numbers, {}, no_shapes(len(records)))
    layer.crs = (mapping.crs if mapping else None) or "OGC:CRS84"
    rows = [_row(layer, index, item, kind) for index, item in enumerate(records)]
    for index, item in enumerate(records):
        _check_size(layer, index, item, limits)
        layer.persons[index] = item.persons | _harmed(item, persons)
        if item.node.name == _TAKEN.get(kind.name):
            _draw(layer, index, item, mapping)
    names = dict.fromkeys(name for row in rows for name in row)
    layer.columns = {name: [row.get(name) for row in rows] for name in names}
    n_persons = len(persons) + reader.n_persons
    if n_persons:
        layer.warn("wire.maxml.persons-left", "", {"n": n_persons})
    return layer


def _harmed(item: _Record, persons: list[_Record]) -> dict[str, str]:
    """Returns the records of persons that name an accident as theirs, by their number."""
    if item.node.name != "accident":
        return {}
    own = {told for name in _IDS if (told := item.node.said(name))}
    return {
        f"{each.node.name} {number}": " ".join((each.xml, *each.persons.values()))
        for number, each in enumerate(persons, 1)
        if each.node.said(*_ACCIDENT_OF) in own
    }


def _as_utf8(data: bytes, mapping: Mapping | None) -> bytes:
    """Returns the document in UTF-8, read in the encoding that it declares or a mapping says."""
    declared = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else None
    matched = _ENCODING.match(data[:400].removeprefix(b"\xef\xbb\xbf"))
    if matched and declared is None:
        declared = matched[1].decode("ascii")
    encoding = (mapping.encoding if mapping else None) or declared or "utf-8"
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        offset = getattr(error, "start", 0)
        params: dict[str, str | int] = {
            "encoding": encoding[:40],
            "offset": offset,
            "line": data.count(b"\n", 0, offset) + 1,
        }
        raise InvalidInput(file_fault("wire.encoding.wrong", "", params)) from error
    return text.removeprefix("\ufeff").encode()


class _Reader:
    """Handlers that keep a tree of each record, and none of the rest of the document."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.data = data
        self.limits = limits
        self.records: list[_Record] = []
        self.parser = strict_parser("utf-8")
        self._open: list[Node] = []
        self._around: list[str] = []
        self._start = 0
        self._line = 0
        self._date = ""
        self._text: list[str] = []
        self._cuts: list[tuple[str, int, int]] = []
        self.n_persons = 0

    def run(self) -> None:
        """Reads the whole document."""
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text.append
        run_parser(self.parser, self.data)

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        said = {folded(k): v for k, v in attributes.items()}
        node = Node(folded(name), attributes=said, start=self.parser.CurrentByteIndex)
        if len(self._open) + len(self._around) > _DEEPEST:
            raise InvalidInput(file_fault("wire.maxml.deep", "", {"limit": _DEEPEST}))
        if self._open:
            self._open[-1].text += "".join(self._text)
            self._open[-1].children.append(node)
            self._open[-1].held = True
            self._open.append(node)
        elif node.name in _RECORDS:
            self._start, self._line = self.parser.CurrentByteIndex, self.parser.CurrentLineNumber
            self._open.append(node)
        else:
            if node.name == "fieldreport":
                self._date = ""
            self._around.append(node.name)
        self._text.clear()

    def _end(self, _name: str) -> None:
        text = "".join(self._text)
        self._text.clear()
        if not self._open:
            if self._around.pop() in _DATES and text.strip():
                self._date = text.strip()
            return
        node = self._open.pop()
        node.text += text
        end = self._end_of(node)
        if self._open and _of_persons(node):
            self._open[-1].children.pop()
            while self._cuts and self._cuts[-1][1] > node.start:
                self._cuts.pop()  # It lies within this one.
            self._cuts.append((node.name, node.start, end))
            self.n_persons += 1
        if not self._open:
            persons = {
                f"{name} {number}": self.data[first:last].decode()
                for number, (name, first, last) in enumerate(self._cuts, 1)
            }
            xml = self._kept(self._start, end)
            self.records.append(_Record(node, xml, self._line, self._date, persons))
            if len(self.records) > self.limits.rows:
                params: dict[str, str | int] = {
                    "count": len(self.records),
                    "limit": self.limits.rows,
                }
                raise InvalidInput(file_fault("wire.limit.rows", "", params))

    def _end_of(self, node: Node) -> int:
        # Of an element that closes itself the parser stands behind it, else at its end tag.
        end = self.parser.CurrentByteIndex
        bare = not node.held and not node.text
        if bare and self.data[end - 2 : end] == b"/>":
            return end
        return self.data.find(b">", end) + 1

    def _kept(self, start: int, end: int) -> str:
        """Returns the XML of a record without what tells of persons."""
        kept, at = [], start
        for _, first, last in self._cuts:
            kept.append(self.data[at:first])
            at = last
        self._cuts = []
        return b"".join([*kept, self.data[at:end]]).decode()


def _of_persons(node: Node) -> bool:
    """Returns whether an element inside a record tells of persons; figures of how many do not."""
    if _OF_PERSONS.search(node.name) is None:
        return False
    told = [node.text, *node.attributes.values()]
    return bool(node.children) or any(not _is_count(text) for text in told)


def _is_count(text: str) -> bool:
    return not text.strip() or (text.strip().isdecimal() and len(text.strip()) < 6)


def folded(name: str) -> str:
    """Returns a name without namespace, case, underscores and hyphens."""
    return re.sub(r"[_-]", "", name.rpartition(":")[2]).casefold()


def _check_size(layer: Layer, index: int, item: _Record, limits: Limits) -> None:
    if len(item.xml) > limits.feature_bytes:
        params: dict[str, str | int] = {"count": len(item.xml), "limit": limits.feature_bytes}
        layer.fault(index, "wire.limit.feature-bytes", item.node.name, params)


def _row(layer: Layer, index: int, item: _Record, kind: Kind) -> dict[str, object]:
    node, row = item.node, {"maxml": item.xml}
    if node.name != _TAKEN.get(kind.name):
        params: dict[str, str | int] = {"element": node.name, "kind": kind.name}
        layer.fault(index, "wire.maxml.not-taken", node.name, params)
        return dict(row)
    found: dict[str, object] = {"id": node.said(*_IDS) or None, "source": "maXML", **row}
    day = _day(node.said(*_DATES) or item.report_date)
    found["observed_on" if node.name == "hazard" else "happened_on"] = day or None
    for name, names in _FIELDS[node.name].items():
        found[name] = node.said(*names) or None
    if node.name == "hazard":
        codes = load_mapping("imsma-hazards").fields["class"].codes
        said = node.said(*_CLASS)
        found["class"] = codes.get(said.casefold()) or "sha"
        if said.casefold() not in codes:
            layer.warn("wire.ng.class-unknown", "class", {"value": said[:80]}, index)
    return found


def _day(text: str) -> str:
    matched = re.match(r"^(\d{4}-\d\d-\d\d)([T ].*|Z|[+-]\d\d:\d\d)?$", text)
    return matched[1] if matched else text


def _draw(layer: Layer, index: int, item: _Record, mapping: Mapping | None) -> None:
    node = item.node
    shapes = [_shape(layer, index, each, mapping) for each in node.all("polygon", "wkt")]
    drawn = [shape for shape in shapes if shape is not None]
    if not shapes:
        drawn = _walked(layer, index, item, mapping)
    if index in layer.faults:
        layer.shape_texts[index] = item.xml
    elif drawn:
        layer.shapes[index] = drawn[0] if len(drawn) == 1 else shapely.GeometryCollection(drawn)
        if len(drawn) > 1 and all(shape.geom_type == "Polygon" for shape in drawn):
            layer.shapes[index] = shapely.multipolygons(np.array(drawn, dtype=object))


def _shape(layer: Layer, index: int, node: Node, mapping: Mapping | None) -> BaseGeometry | None:
    system = node.attributes.get("srsname", "")
    if not system and (mapping is None or mapping.crs is None):
        layer.fault(index, "wire.maxml.no-crs", "geometry", {"element": node.name})
        return None
    if system and "4326" not in system and "CRS84" not in system.upper() and mapping is None:
        layer.fault(index, "wire.maxml.other-crs", "geometry", {"crs": system[:80]})
        return None
    try:
        if node.name == "wkt":
            return shapely.from_wkt(node.text.strip())
        rings = [_ring(ring) for ring in node.all("linearring")] or [_ring(node)]
        if system.startswith("urn:") and "CRS84" not in system.upper():
            rings = [[(x, y) for y, x in ring] for ring in rings]
        return shapely.Polygon(rings[0], rings[1:])
    except (ValueError, shapely.errors.GEOSException) as error:
        layer.fault(index, "wire.geometry.unreadable", "geometry", {"detail": str(error)[:40]})
        return None


def _ring(node: Node) -> list[tuple[float, float]]:
    """Returns the places of a ring, however it writes them.

    Raises:
        ValueError: they are no pairs of numbers.
    """
    listed = node.said("poslist")
    if listed:
        numbers = [float(each) for each in listed.split()]
        return list(zip(numbers[::2], numbers[1::2], strict=True))
    told = node.said("coordinates")
    if told:
        return [_pair(each.split(",")) for each in told.split()]
    single = [_pair(each.text.split()) for each in node.all("pos")]
    return single or [_pair([each.said("x"), each.said("y")]) for each in node.all("coord")]


def _pair(texts: list[str]) -> tuple[float, float]:
    if len(texts) < 2:
        raise ValueError(" ".join(texts))
    return float(texts[0]), float(texts[1])


def _walked(layer: Layer, index: int, item: _Record, mapping: Mapping | None) -> list[BaseGeometry]:
    """Returns the shape of points that stand one by one, also told by bearing and distance."""
    lines = [
        Line("geopoint", number, {**node.attributes, **_leaves(node)})
        for number, node in enumerate(item.node.all("geopoint", "point"), 1)
    ]
    if not lines:
        return []
    if item.node.name == "accident":
        chain = chain_of(lines[:1], mapping)
        drawn: list[BaseGeometry] = [shapely.Point(place) for place in chain.places.values()]
    else:
        chain = chain_of(lines, mapping)
        polygon = polygon_of(chain)
        drawn = [] if polygon is None else [polygon]
    for defect in chain.defects:
        params: dict[str, str | int] = {
            "table": item.node.name,
            "line": item.line,
            "value": f"{defect.line.number}: {defect.value}"[:80],
        }
        layer.fault(index, defect.code, "geometry", params)
    return drawn


def _leaves(node: Node) -> dict[str, object]:
    return {child.name: child.text for child in node.children if child.text.strip()}
