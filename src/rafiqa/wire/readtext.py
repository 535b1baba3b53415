"""The text of a document while it is being read: pieces are added, and places are kept right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from rafiqa.errors import Fault
from rafiqa.wire.document import Block, BlockKind, Page

TEXT_MOST: Final = 2_000_000
"""Code points of one text: some 700 pages. What comes after them is told as not read."""
LINE_END: Final = re.compile(r"\r\n|\r|\n")
"""What ends a line of plain text."""
_ENDS: Final = {"line": "\n", "cell": "\n"}
"""What stands behind a piece; behind all others an empty line."""


@dataclass(slots=True)
class ReadText:
    """What was read so far of one document; fields are those of ``document.Document``."""

    blocks: list[Block] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    readers: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    _pieces: list[str] = field(default_factory=list)
    _length: int = 0

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._pieces)

    @property
    def is_full(self) -> bool:
        """Whether no more is taken."""
        return self._length >= TEXT_MOST

    def add(
        self,
        piece: str,
        kind: BlockKind,
        page: int | None = None,
        box_pt: tuple[float, float, float, float] | None = None,
        *,
        doubtful: bool = False,
        goes_on: bool = False,
    ) -> None:
        """Adds a piece as a block of its own; one of white space alone is left out.

        Args:
            piece: its text.
            kind: what it is.
            page: as in ``Block``.
            box_pt: as in ``Block``.
            doubtful: as in ``Block``.
            goes_on: whether it goes on the paragraph of the piece before: a sentence runs through.
        """
        piece = _carried(piece).strip()
        if not piece or self.is_full:
            return
        if len(piece) > TEXT_MOST - self._length:
            piece = piece[: TEXT_MOST - self._length]
            params: dict[str, str | int] = {"limit": TEXT_MOST}
            self.warnings.append(Fault("wire.document.too-long", "", None, params))
        if self.blocks:
            between = _ENDS.get(self.blocks[-1].kind, "\n\n")
            if page is not None and page != self.blocks[-1].page:
                between = "\n\n"
            elif goes_on:
                between = " "
            self._pieces.append(between)
            self._length += len(between)
        self._pieces.append(piece)
        start, self._length = self._length, self._length + len(piece)
        self.blocks.append(Block(start, self._length, kind, page, box_pt, doubtful))

    def add_text(self, text: str, doubtful: frozenset[int] = frozenset()) -> None:
        """Adds a plain text as it is, each line with something on it a block of its own.

        Args:
            text: all of it, its line ends as they are.
            doubtful: numbers of lines, from 0, that may have been read wrongly.
        """
        text = _carried(text)
        if len(text) > TEXT_MOST:
            text = text[:TEXT_MOST]
            params: dict[str, str | int] = {"limit": TEXT_MOST}
            self.warnings.append(Fault("wire.document.too-long", "", None, params))
        for number, (start, end) in enumerate(_lines(text)):
            if text[start:end].strip():
                unsure = number in doubtful
                self.blocks.append(Block(start, end, "paragraph", doubtful=unsure))
        self._pieces.append(text)
        self._length += len(text)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for end in LINE_END.finditer(text):
        yield start, end.start()
        start = end.end()
    yield start, len(text)


def _carried(piece: str) -> str:
    """A piece as UTF-8 can carry it: a lone surrogate becomes the sign for what is unreadable."""
    return piece.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
