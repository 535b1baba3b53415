"""Sheet text: the texts and numbers between the tags of a plain sheet, and the shared texts."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from rafiqa.wire.markup import check_markup

_ENTITIES: Final = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}
"""The last one last, so that what it gives is not read again."""
_LETTER: Final = re.compile(rb"&#(?:([0-9]{1,7})|x([0-9A-Fa-f]{1,6}));")
_LETTER_TEXT: Final = re.compile(_LETTER.pattern.decode())
_SHARED: Final = re.compile(rb'<si><t( xml:space="preserve")?>([^<]*)</t></si>')
_NUMERIC: Final = re.compile(r"[0-9.eE+\-]*")
_DIGITS: Final = re.compile(r"[0-9]*")
_NUMBER_MOST: Final = 40

Places = npt.NDArray[np.int64]


class NotPlain(Exception):  # noqa: N818 - nothing is wrong with it, another reader knows it
    """The sheet is not written plainly: it is left to another reader."""


@dataclass(frozen=True, slots=True)
class TextReader:
    """The rows of a sheet, of which pieces are asked.

    Attributes:
        body: the bytes. letters: the same as letters where each is one byte.
        escaped: whether any letter is written as an entity.
    """

    body: bytes
    letters: str | None
    escaped: bool

    @classmethod
    def of(cls, body: bytes) -> TextReader | None:
        """Returns the reader; None where the bytes are no UTF-8, or hold other entities."""
        escaped = b"&" in body
        if escaped and not _plain_entities(body):
            return None
        if body.isascii():
            return cls(body, body.decode("ascii"), escaped)
        try:
            body.decode()
        except UnicodeDecodeError:
            return None
        return cls(body, None, escaped)

    def texts(self, starts: Places, ends: Places) -> list[str]:
        """Returns the texts of spans.

        Raises:
            NotPlain: an entity makes of one what other readers may read otherwise.
        """
        pieces = zip(starts.tolist(), ends.tolist(), strict=True)
        if self.letters is not None:
            letters = self.letters
            found = [letters[start:end] for start, end in pieces]
        else:
            body = self.body
            found = [body[start:end].decode() for start, end in pieces]
        return [_unescaped(text) for text in found] if self.escaped else found

    def numbers(self, starts: Places, ends: Places) -> list[float] | None:
        """Returns the numbers of spans; None where one holds anything else."""
        if int((ends - starts).max()) > _NUMBER_MOST:
            return None
        found = self.texts(starts, ends)
        if not _NUMERIC.fullmatch("".join(found)):
            return None
        try:
            return list(map(float, found))
        except ValueError:
            return None

    def indices(self, starts: Places, ends: Places) -> list[int] | None:
        """Returns the whole numbers of spans, written in digits alone; None where one is not."""
        found = self.texts(starts, ends)
        if not _DIGITS.fullmatch("".join(found)):
            return None
        try:
            return list(map(int, found))
        except ValueError:
            return None


def _plain_entities(data: bytes) -> bool:
    known = sum(data.count(entity.encode()) for entity in _ENTITIES)
    known += len(_LETTER.findall(data)) if b"&#" in data else 0
    return known == data.count(b"&")


def _unescaped(text: str) -> str:
    if "&" not in text:
        return text
    bare = text == text.strip()
    if "&#" in text:
        text = _LETTER_TEXT.sub(_letter, text)
    for entity, letter in _ENTITIES.items():
        text = text.replace(entity, letter)
    if "_x" in text or (bare and text != text.strip()):
        raise NotPlain
    return text


def _letter(matched: re.Match[str]) -> str:
    number = int(matched[1]) if matched[1] else int(matched[2], 16)
    letter = chr(number) if number <= sys.maxunicode else ""
    # Entities are read last: one that writes an ampersand would be read twice.
    if not letter.isprintable() or letter in {"", "&"}:
        raise NotPlain
    return letter


def shared_texts(data: bytes) -> list[str] | None:
    """Returns the shared texts of a workbook; None where they are not all plainly written.

    Args:
        data: the part of the workbook that holds them.

    Raises:
        InvalidInput: ``wire.xml.*``.
    """
    if b"_x" in data or b"\r" in data.partition(b"<sst")[2] or b"<!" in data:
        return None
    if b"&" in data and not _plain_entities(data):
        return None
    found = _SHARED.findall(data)
    rest = _SHARED.sub(b"", data)
    if b"<si" in rest or b":si" in rest:
        return None
    check_markup(rest)
    try:
        texts = [(bool(kept), text.decode()) for kept, text in found]
    except UnicodeDecodeError:
        return None
    if any(not kept and text != text.strip() for kept, text in texts):
        return None
    try:
        return [_unescaped(text) for _, text in texts]
    except NotPlain:
        return None
