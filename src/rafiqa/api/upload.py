"""Uploads: files on their way to an import, in parts, in a folder of the server's own.

What a person sends to be looked at is nobody's record yet: it lies in a temporary folder that goes
with the server, never in the store, and is dropped once it was imported or others came after it.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from hashlib import file_digest, sha256
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
_FILE: Final = "file"
_PART: Final = "part-"
_SOUND: Final = "sound"
_NAMED: Final = "named"
_NAME_LETTERS: Final = 120
_ODD: Final = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]")


class Uploads:
    """The files that somebody is sending, each known by who sends it and its SHA-256.

    What is here stands in the folder and nowhere else, so that several processes may share it: a
    file is a folder with the file, and an empty mark for each part that has come.

    Args:
        folder: where they lie; a temporary one that goes with the server where None.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._folder = folder

    def missing(self, person_id: str, digest: str, n_bytes: int) -> list[int]:
        """Returns the numbers of the parts that are not here."""
        with self._held() as folder:
            coming = folder / _name(person_id, digest)
            here = _here(coming) if _n_bytes(coming) == n_bytes else set()
            return [number for number in range(n_parts(n_bytes)) if number not in here]

    def put(self, person_id: str, digest: str, n_bytes: int, number: int, content: bytes) -> bool:
        """Returns whether that can be this part of a file; it is kept if so."""
        if not 0 <= number < n_parts(n_bytes) or len(content) != part_bytes(n_bytes, number):
            return False
        with self._held() as folder:
            coming = _taken(folder, folder / _name(person_id, digest), n_bytes)
            with (coming / _FILE).open("r+b") as stream:
                stream.seek(number * PART_BYTES)
                stream.write(content)
            (coming / f"{_PART}{number}").touch()
            return True

    def named(self, person_id: str, digest: str, name: str) -> Path | None:
        """Returns a file that is whole, under a name; None where it is not, or its hash is another.

        Its ending says in which format it is read, and its name stands with what is made of it.
        """
        with self._held() as folder:
            coming = _whole(folder / _name(person_id, digest), digest)
            if coming is None:
                return None
            path = coming / _NAMED / plain_name(name)
            path.parent.mkdir(exist_ok=True)
            if not path.exists():
                path.hardlink_to(coming / _FILE)
            return path

    def content(self, person_id: str, digest: str) -> bytes | None:
        """Returns what a file holds that is whole; None where it is not, or its hash is another.

        What takes long stands on this: a file may be dropped while others come.
        """
        with self._held() as folder:
            coming = _whole(folder / _name(person_id, digest), digest)
            return None if coming is None else (coming / _FILE).read_bytes()

    def drop(self, person_id: str, digest: str) -> None:
        """Forgets a file."""
        with self._held() as folder:
            rmtree(folder / _name(person_id, digest), ignore_errors=True)

    @contextmanager
    def _held(self) -> Iterator[Path]:
        """The folder, in which nobody else puts anything until the block is left."""
        with self._lock:
            if self._folder is None:
                made = mkdtemp(prefix="rafiqa-upload-")
                finalize(self, rmtree, made, ignore_errors=True)
                self._folder = Path(made)
            with (self._folder / ".turn").open("w") as turn:
                flock(turn, LOCK_EX)
                yield self._folder


def _name(person_id: str, digest: str) -> str:
    return sha256(f"{person_id}/{digest}".encode("utf-8", "backslashreplace")).hexdigest()


def _n_bytes(coming: Path) -> int | None:
    """How long the file is to be whose folder this is; None where there is none."""
    return (coming / _FILE).stat().st_size if (coming / _FILE).is_file() else None


def _here(coming: Path) -> set[int]:
    return {int(path.name.removeprefix(_PART)) for path in coming.glob(f"{_PART}*")}


def _taken(folder: Path, coming: Path, n_bytes: int) -> Path:
    """The folder of a file, made where it is not there; the one longest untouched may go for it."""
    if _n_bytes(coming) != n_bytes:
        rmtree(coming, ignore_errors=True)
        coming.mkdir(mode=0o700)
        (coming / _FILE).touch(mode=0o600)
        os.truncate(coming / _FILE, n_bytes)
    os.utime(coming)
    others = [path for path in folder.iterdir() if path.is_dir() and path != coming]
    others.sort(key=lambda path: path.stat().st_mtime_ns)
    for path in others[: max(0, len(others) + 1 - KEPT)]:
        rmtree(path, ignore_errors=True)
    return coming


def _whole(coming: Path, digest: str) -> Path | None:
    n_bytes = _n_bytes(coming)
    if n_bytes is None or len(_here(coming)) < n_parts(n_bytes):
        return None
    if not (coming / _SOUND).exists():
        with (coming / _FILE).open("rb") as stream:
            found = file_digest(stream, "sha256").hexdigest()
        if found != digest:
            rmtree(coming, ignore_errors=True)
            return None
        (coming / _SOUND).touch()
    return coming


def plain_name(name: str) -> str:
    """Returns a file's name that leads nowhere else, with its ending."""
    own = _ODD.sub("_", PurePath(name.replace("\\", "/")).name).strip(". ") or "file"
    path = PurePath(own)
    return path.stem[: _NAME_LETTERS - len(path.suffix[:12])] + path.suffix[:12]
