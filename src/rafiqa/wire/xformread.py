"""XForms read: what a form is called, which answers are files, and which lists it needs."""

from __future__ import annotations

from dataclasses import dataclass, field

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.layer import file_fault
from rafiqa.wire.markup import run_parser, strict_parser

FORM_BYTES = 8 * 1024 * 1024
_DEPTH = 100
_PLACES = frozenset({"geopoint", "geotrace", "geoshape"})


@dataclass(frozen=True, slots=True)
class XFormHead:
    """What a server needs to know of a form.

    Attributes:
        form_id: its id.
        version: its version; empty where it says none.
        title: its title.
        files: paths of answers that are names of files.
        places: paths of answers that are places.
        types: type of every answer, by path.
        wanted: names of the files that it loads, such as ``hazards.csv``.
        repeats: paths of the groups that may be asked again.
    """

    form_id: str
    version: str
    title: str
    files: frozenset[str]
    places: frozenset[str]
    types: dict[str, str]
    wanted: tuple[str, ...]
    repeats: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Head:
    path: list[str] = field(default_factory=list)
    title: str = ""
    root: dict[str, str] | None = None
    binds: dict[str, str] = field(default_factory=dict)
    wanted: dict[str, None] = field(default_factory=dict)
    repeats: set[str] = field(default_factory=set)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.path) >= _DEPTH:
            raise InvalidInput(Fault("wire.xform.no-form", params={"detail": "depth"}))
        name = name.rpartition(":")[2]
        if self.path[-2:] == ["model", "instance"] and self.root is None:
            self.root = attributes
        if name == "bind":
            path = attributes.get("nodeset", "").lstrip("/").partition("/")[2]
            self.binds[path] = attributes.get("type", "").rpartition(":")[2]
        if name == "repeat":
            self.repeats.add(attributes.get("nodeset", "").lstrip("/").partition("/")[2])
        src = attributes.get("src", "")
        if name == "instance" and src.startswith("jr://") and "last-saved" not in src:
            self.wanted[src.rpartition("/")[2]] = None
        self.path.append(name)

    def end(self, _name: str) -> None:
        self.path.pop()

    def words(self, text: str) -> None:
        if self.path[-1:] == ["title"]:
            self.title += text


def xform_head(content: bytes) -> XFormHead:
    """Returns the head of an XForm.

    Raises:
        InvalidInput: no plain XML, or no XForm with an id.
    """
    if len(content) > FORM_BYTES:
        raise InvalidInput(Fault("wire.xform.no-form", params={"detail": "size"}))
    head, parser = _Head(), strict_parser()
    parser.StartElementHandler = head.start
    parser.EndElementHandler = head.end
    parser.CharacterDataHandler = head.words
    try:
        run_parser(parser, content)
    except ValueError as error:
        params: dict[str, str | int] = {"line": 0, "detail": str(error)[:80]}
        raise InvalidInput(file_fault("wire.xml.syntax", "", params)) from error
    form_id = (head.root or {}).get("id", "").strip()
    if not form_id:
        raise InvalidInput(Fault("wire.xform.no-form", params={"detail": "id"}))
    return XFormHead(
        form_id,
        (head.root or {}).get("version", ""),
        head.title.strip() or form_id,
        frozenset(path for path, kind in head.binds.items() if kind == "binary"),
        frozenset(path for path, kind in head.binds.items() if kind in _PLACES),
        head.binds,
        tuple(head.wanted),
        frozenset(head.repeats),
    )
