"""DOCX of strangers as text: paragraphs, tables, notes; what was struck out is not read."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from typing import Final

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.archive import open_archive, unpacked
from rafiqa.wire.document import BlockKind
from rafiqa.wire.limit import LIMITS
from rafiqa.wire.markup import run_parser, strict_parser
from rafiqa.wire.readtext import ReadText

_MAIN: Final = "word/document.xml"
_NOTES: Final = ("word/footnotes.xml", "word/endnotes.xml")
_WORD: Final = frozenset(
    {
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    }
)
"""The name space of ISO/IEC 29500, transitional and strict."""
_CHOICES: Final = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_SIGNS: Final = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "\u2011"}
_STRUCK: Final = frozenset({"del", "moveFrom", "instrText"})
"""Text that was struck out or moved away, and the instructions of fields."""


def read_word(content: bytes) -> ReadText:
    """Returns what a DOCX says: its paragraphs and cells in order, then its notes.

    Raises:
        InvalidInput: what is wrong with the archive or its XML, or
            ``wire.document.kind-unknown``: a zip that is no DOCX.
    """
    archive = open_archive(content, LIMITS)
    names = set(archive.namelist())
    if _MAIN not in names:
        raise InvalidInput(Fault("wire.document.kind-unknown"))
    found = ReadText(readers=["docx"])
    _read_part(archive, _MAIN, found, "paragraph")
    for name in _NOTES:
        if name in names:
            _read_part(archive, name, found, "footnote")
    return found


def _read_part(archive: zipfile.ZipFile, name: str, found: ReadText, kind: BlockKind) -> None:
    """Adds the paragraphs of one part of the archive."""
    parser = strict_parser(namespace_separator=" ")
    part = _Part(found, kind)
    parser.StartElementHandler = part.begin
    parser.EndElementHandler = part.finish
    parser.CharacterDataHandler = part.words
    run_parser(parser, unpacked(archive, name))


@dataclass(slots=True)
class _Paragraph:
    """One paragraph that is open: a box of text within another one has its own."""

    kind: BlockKind
    words: list[str] = field(default_factory=list)


class _Part:
    """Handlers that collect the text of paragraphs while the XML goes by."""

    def __init__(self, found: ReadText, kind: BlockKind) -> None:
        self._found = found
        self._kind = kind
        self._n_skipped = 0
        self._n_cells = 0
        self._in_text = False
        self._open: list[_Paragraph] = []

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        """Takes the start of an element."""
        space, _, name = tag.rpartition(" ")
        if self._n_skipped or (space == _CHOICES and name == "Fallback"):
            # What programs show that do not know the other choice: the same text again.
            self._n_skipped += 1
        elif space in _WORD:
            self._begin(name, attributes)

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if name in _STRUCK:
            self._n_skipped = 1
        elif name == "tc":
            self._n_cells += 1
        elif name == "p":
            cell = self._kind == "paragraph" and self._n_cells
            self._open.append(_Paragraph("cell" if cell else self._kind))
        elif name == "pStyle" and self._open and self._open[-1].kind == "paragraph":
            style = next((value for key, value in attributes.items() if key.endswith(" val")), "")
            if style.lower().startswith(("heading", "title")):
                self._open[-1].kind = "heading"
        elif name == "t":
            self._in_text = True
        elif name in _SIGNS and self._open:
            self._open[-1].words.append(_SIGNS[name])

    def finish(self, tag: str) -> None:
        """Takes the end of an element."""
        space, _, name = tag.rpartition(" ")
        if self._n_skipped:
            self._n_skipped -= 1
        elif space not in _WORD:
            return
        elif name == "t":
            self._in_text = False
        elif name == "tc":
            self._n_cells -= 1
        elif name == "p" and self._open:
            paragraph = self._open.pop()
            self._found.add("".join(paragraph.words), paragraph.kind)

    def words(self, data: str) -> None:
        """Takes text."""
        if self._in_text and not self._n_skipped and self._open:
            self._open[-1].words.append(data)
