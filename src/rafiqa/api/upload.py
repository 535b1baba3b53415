"""Uploads: files on their way to an import, in parts, in a folder of the server's own.

What a person sends to be looked at is nobody's record yet: it lies in a temporary folder that goes
with the server, never in the store, and is dropped once it was imported or others came after it.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path, PurePath
from shutil import rmtree
from tempfile import mkdtemp
from typing import Final
from weakref import finalize

from rafiqa.ledger import PART_BYTES, n_parts, part_bytes

UPLOAD_BYTES: Final = 64 * 1024 * 1024
"""Largest file taken: as much as the quarantine keeps of one whole."""
KEPT: Final = 8
"""Files on their way at once."""
_NAME_LETTERS: Final = 120
_ODD: Final = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]")


@dataclass(slots=True)
class _Coming:
    path: Path
    n_bytes: int
    here: set[int] = field(default_factory=set)
    sound: bool = False


class Uploads:
    """The files that somebody is sending, each known by who sends it and its SHA-256."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._folder: str | None = None
        self._coming: OrderedDict[tuple[str, str], _Coming] = OrderedDict()

    def missing(self, person_id: str, digest: str, n_bytes: int) -> list[int]:
        """Returns the numbers of the parts that are not here."""
        with self._lock:
            known = self._coming.get((person_id, digest))
            here = known.here if known is not None and known.n_bytes == n_bytes else set()
            return [number for number in range(n_parts(n_bytes)) if number not in here]

    def put(self, person_id: str, digest: str, n_bytes: int, number: int, content: bytes) -> bool:
        """Returns whether that can be this part of a file; it is kept if so."""
        if not 0 <= number < n_parts(n_bytes) or len(content) != part_bytes(n_bytes, number):
            return False
        with self._lock:
            coming = self._taken(person_id, digest, n_bytes)
            with coming.path.open("r+b") as stream:
                stream.seek(number * PART_BYTES)
                stream.write(content)
            coming.here.add(number)
            return True

    def _taken(self, person_id: str, digest: str, n_bytes: int) -> _Coming:
        key = (person_id, digest)
        known = self._coming.get(key)
        if known is None or known.n_bytes != n_bytes:
            if known is not None:
                self._drop(key)
            if self._folder is None:
                self._folder = mkdtemp(prefix="rafiqa-upload-")
                finalize(self, rmtree, self._folder, ignore_errors=True)
            known = _Coming(Path(mkdtemp(dir=self._folder)) / "file", n_bytes)
            known.path.touch(mode=0o600)
            self._coming[key] = known
        self._coming.move_to_end(key)
        while len(self._coming) > KEPT:
            self._drop(next(iter(self._coming)))
        return known

    def named(self, person_id: str, digest: str, name: str) -> Path | None:
        """Returns a file that is whole, under a name; None where it is not, or its hash is another.

        Its ending says in which format it is read, and its name stands with what is made of it.
        """
        with self._lock:
            coming = self._whole(person_id, digest)
            if coming is None:
                return None
            coming.path = coming.path.rename(coming.path.with_name(plain_name(name)))
            return coming.path

    def content(self, person_id: str, digest: str) -> bytes | None:
        """Returns what a file holds that is whole; None where it is not, or its hash is another.

        What takes long stands on this: a file may be dropped while others come.
        """
        with self._lock:
            coming = self._whole(person_id, digest)
            return None if coming is None else coming.path.read_bytes()

    def _whole(self, person_id: str, digest: str) -> _Coming | None:
        coming = self._coming.get((person_id, digest))
        if coming is None or len(coming.here) < n_parts(coming.n_bytes):
            return None
        if not coming.sound:
            with coming.path.open("rb") as stream:
                coming.sound = file_digest(stream, "sha256").hexdigest() == digest
        if not coming.sound:
            self._drop((person_id, digest))
            return None
        return coming

    def drop(self, person_id: str, digest: str) -> None:
        """Forgets a file."""
        with self._lock:
            if (person_id, digest) in self._coming:
                self._drop((person_id, digest))

    def _drop(self, key: tuple[str, str]) -> None:
        path = self._coming.pop(key).path
        rmtree(path.parent, ignore_errors=True)


def plain_name(name: str) -> str:
    """Returns a file's name that leads nowhere else, with its ending."""
    own = _ODD.sub("_", PurePath(name.replace("\\", "/")).name).strip(". ") or "file"
    path = PurePath(own)
    return path.stem[: _NAME_LETTERS - len(path.suffix[:12])] + path.suffix[:12]
