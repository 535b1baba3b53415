"""Signed notes: a text, and lines under it that say who signed it.

Source: C2SP signed-note. A key is known by its name and four bytes of a hash over name, kind and
key; lines of keys that nobody here knows are passed over, a wrong line of a known key spoils all.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from typing import Final

from rafiqa.ledger.row import Malformed
from rafiqa.ledger.signing import Algorithm

LIMIT_BYTES: Final = 64 * 1024
LINES_LIMIT: Final = 32
_DASH = "\u2014"
_LINE = re.compile(rf"{_DASH} (\S+) ([A-Za-z0-9+/]+={{0,2}})")
_ID_BYTES = 4


class KeyKind(Enum):
    """How a key signs notes; the value is the byte in its hash (C2SP signed-note)."""

    ED25519 = 0x01
    COSIGNATURE = 0x04
    COSIGNATURE_ML_DSA_44 = 0x06

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm of its signatures."""
        ml_dsa = self is KeyKind.COSIGNATURE_ML_DSA_44
        return Algorithm.ML_DSA_44 if ml_dsa else Algorithm.ED25519


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A key that signs notes.

    Attributes:
        name: as it stands in the lines; no spaces, no plus.
        kind: how it signs.
        public_key: raw bytes.
    """

    name: str
    kind: KeyKind
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell it from others of its name."""
        head = f"{self.name}\n".encode() + bytes([self.kind.value])
        return sha256(head + self.public_key).digest()[:_ID_BYTES]

    @property
    def text(self) -> str:
        """The key as people hand it on: name, id, and key in Base64 ("vkey")."""
        coded = b64encode(bytes([self.kind.value]) + self.public_key).decode()
        return f"{self.name}+{self.key_id.hex()}+{coded}"


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One signature line: the name, the key's id, and the bytes after it."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def text(self) -> str:
        """The line as it stands in a note."""
        return f"{_DASH} {self.name} {b64encode(self.key_id + self.signature).decode()}\n"

    def names(self, key: NoteKey) -> bool:
        """Whether it says that it is of that key."""
        return (self.name, self.key_id) == (key.name, key.key_id)


@dataclass(frozen=True, slots=True)
class Note:
    """A text, ending with a break of line, and its signature lines, not yet believed."""

    text: str
    lines: tuple[NoteLine, ...]


def note_text(note: Note) -> str:
    """The note as it is written."""
    return note.text + "\n" + "".join(line.text for line in note.lines)


def note_of(data: bytes) -> Note:
    """The note that bytes are.

    Raises:
        Malformed: they are none.
    """
    if len(data) > LIMIT_BYTES:
        raise Malformed
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed from None
    if any(letter < " " and letter != "\n" for letter in whole):
        raise Malformed
    text, found, below = whole.rpartition("\n\n")
    if not found or not below.endswith("\n"):
        raise Malformed
    return Note(text + "\n", lines_of(below))


def lines_of(text: str) -> tuple[NoteLine, ...]:
    """The signature lines that a text consists of.

    Raises:
        Malformed: it has another line, none, or more than 32.
    """
    rows = text.removesuffix("\n").split("\n")
    if not text.endswith("\n") or len(rows) > LINES_LIMIT:
        raise Malformed
    return tuple(_line(row) for row in rows)


def key_of(text: str) -> NoteKey:
    """The key that was handed on as a text.

    Raises:
        Malformed: it is none, or its id is another key's.
    """
    name, _, rest = text.strip().partition("+")
    key_id, _, coded = rest.partition("+")
    data = _from_base64(coded)
    kinds = {kind.value: kind for kind in KeyKind}
    kind = kinds.get(data[0]) if data else None
    if kind is None or not is_name(name) or len(data) != 1 + kind.algorithm.public_key_bytes:
        raise Malformed
    key = NoteKey(name, kind, data[1:])
    if key.key_id.hex() != key_id:
        raise Malformed
    return key


def is_name(name: str) -> bool:
    """Whether a key may have this name: 1 to 200 letters, no spaces, no plus."""
    return bool(re.fullmatch(r"[^\s+]{1,200}", name)) and name.isprintable()


def one_by(note: Note | Sequence[NoteLine], key: NoteKey) -> NoteLine | None:
    """The first line that says it is of a key, or None."""
    lines = note.lines if isinstance(note, Note) else note
    return next((line for line in lines if line.names(key)), None)


def _line(text: str) -> NoteLine:
    found = _LINE.fullmatch(text)
    if found is None or not is_name(found[1]):
        raise Malformed
    data = _from_base64(found[2])
    if len(data) <= _ID_BYTES:
        raise Malformed
    return NoteLine(found[1], data[:_ID_BYTES], data[_ID_BYTES:])


def _from_base64(text: str) -> bytes:
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed from None
    if b64encode(data).decode() != text:
        raise Malformed
    return data
