"""PMTiles: an archive of tiles in one file, read tile by tile where it lies.

After the PMTiles specification, version 3: a header of 127 bytes, directories of tiles along a
Hilbert curve, and the tiles themselves. Only what is asked for is read.
"""

from __future__ import annotations

import os
import stat
import zlib
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Self

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.strictjson import strict_json

HEADER_BYTES = 127
LEAVES_KEPT = 64
DIRECTORY_BYTES = 16 * 1024**2
"""More than any directory or description takes: a file that names more is broken."""
_GZIP, _MVT = 2, 1
_DEPTH = 4
_PLACES = ("root", "metadata", "leaves", "tiles")


@dataclass(frozen=True, slots=True)
class _Directory:
    """Entries in order of the curve: first tile, how many tiles alike, and where they lie."""

    ids: list[int]
    runs: list[int]
    lengths: list[int]
    offsets: list[int]


class TileArchive:
    """An open archive of vector tiles; safe to share between threads.

    Args:
        path: the file.

    Raises:
        InvalidInput: it cannot be read, or is no PMTiles file, version 3, of vector tiles.
    """

    def __init__(self, path: Path) -> None:
        self._name = path.name
        try:
            self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise self._fault("wire.pmtiles.missing") from error
        if not stat.S_ISREG(os.fstat(self._file).st_mode):
            self.close()
            raise self._fault("wire.pmtiles.missing")
        self._lock = Lock()
        self._leaves: OrderedDict[tuple[int, int], _Directory] = OrderedDict()
        try:
            self._read_header()
        except BaseException:
            self.close()
            raise

    def _read_header(self) -> None:
        header = os.pread(self._file, HEADER_BYTES, 0)
        if len(header) < HEADER_BYTES or header[:8] != b"PMTiles\x03":
            raise self._fault("wire.pmtiles.broken")
        numbers = [int.from_bytes(header[at : at + 8], "little") for at in range(8, 72, 8)]
        self._at = dict(zip(_PLACES, zip(numbers[::2], numbers[1::2], strict=True), strict=True))
        inner, self._packing, kind = header[97], header[98], header[99]
        if inner not in {1, _GZIP} or self._packing not in {1, _GZIP} or kind != _MVT:
            raise self._fault("wire.pmtiles.kind")
        self._inner = inner
        self.first_zoom, self.last_zoom = header[100], header[101]
        edges = [
            int.from_bytes(header[at : at + 4], "little", signed=True) / 1e7
            for at in range(102, 118, 4)
        ]
        self.bounds_lonlat: tuple[float, ...] = tuple(edges)
        self._root = self._directory(*self._at["root"])
        offset, length = self._at["metadata"]
        try:
            packed = self._bytes(offset, length)
            told = strict_json(self._unpacked(packed), most_bytes=DIRECTORY_BYTES)
        except (ValueError, InvalidInput) as error:
            raise self._fault("wire.pmtiles.broken") from error
        self.about: Mapping[str, Any] = told if isinstance(told, dict) else {}

    @classmethod
    def open(cls, path: Path) -> Self:
        """Returns the archive in a file; see the class for what is refused."""
        return cls(path)

    def close(self) -> None:
        """Closes the file."""
        os.close(self._file)

    def tile(self, z: int, x: int, y: int) -> tuple[bytes, bytes | None] | None:
        """Returns a tile, and the same under gzip where it lies so; None where there is none.

        Raises:
            InvalidInput: the file is broken there.
        """
        if not self.first_zoom <= z <= self.last_zoom:
            return None
        wanted, directory = tile_id(z, x, y), self._root
        for _ in range(_DEPTH):
            row = bisect_right(directory.ids, wanted) - 1
            if row < 0:
                return None
            run, length, offset = (
                column[row] for column in (directory.runs, directory.lengths, directory.offsets)
            )
            if run:
                if wanted - directory.ids[row] >= run:
                    return None
                stored = self._bytes(self._at["tiles"][0] + offset, length)
                if self._packing != _GZIP:
                    return stored, None
                return self._gunzipped(stored), stored
            directory = self._leaf(self._at["leaves"][0] + offset, length)
        raise self._fault("wire.pmtiles.broken")

    def _leaf(self, offset: int, n_bytes: int) -> _Directory:
        key = (offset, n_bytes)
        with self._lock:
            known = self._leaves.get(key)
            if known is not None:
                self._leaves.move_to_end(key)
                return known
        made = self._directory(offset, n_bytes)
        with self._lock:
            self._leaves[key] = made
            while len(self._leaves) > LEAVES_KEPT:
                self._leaves.popitem(last=False)
        return made

    def _directory(self, offset: int, n_bytes: int) -> _Directory:
        numbers = _varints(self._unpacked(self._bytes(offset, n_bytes)))
        n = numbers[0] if numbers else 0
        if len(numbers) != 4 * n + 1:
            raise self._fault("wire.pmtiles.broken")
        steps, runs, lengths, places = (numbers[1 + n * at : 1 + n * (at + 1)] for at in range(4))
        ids: list[int] = []
        offsets: list[int] = []
        now = 0
        for row in range(n):
            now += steps[row]
            ids.append(now)
            # 0 means: right behind the one before.
            offsets.append(
                places[row] - 1 if places[row] else offsets[-1] + lengths[row - 1] if row else 0
            )
        return _Directory(ids, runs, lengths, offsets)

    def _bytes(self, offset: int, n_bytes: int) -> bytes:
        # A place that no file reaches is none that the system takes as a place.
        if n_bytes > DIRECTORY_BYTES or offset + n_bytes > os.fstat(self._file).st_size:
            raise self._fault("wire.pmtiles.broken")
        found = os.pread(self._file, n_bytes, offset)
        if len(found) != n_bytes:
            raise self._fault("wire.pmtiles.broken")
        return found

    def _unpacked(self, content: bytes) -> bytes:
        return self._gunzipped(content) if self._inner == _GZIP else content

    def _gunzipped(self, content: bytes) -> bytes:
        reader = zlib.decompressobj(wbits=31)
        try:
            found = reader.decompress(content, DIRECTORY_BYTES)
        except zlib.error as error:
            raise self._fault("wire.pmtiles.broken") from error
        if not reader.eof:
            raise self._fault("wire.pmtiles.broken")
        return found

    def _fault(self, code: str) -> InvalidInput:
        return InvalidInput(Fault(code, "--base", params={"file": self._name}))


def tile_id(z: int, x: int, y: int) -> int:
    """Returns a tile's number: all tiles of lower zooms, then along the Hilbert curve of its own.

    Source: PMTiles specification 3, section 4.1; Wikipedia, "Hilbert curve", xy2d.
    """
    number = ((1 << (2 * z)) - 1) // 3
    for bit in range(z - 1, -1, -1):
        side = 1 << bit
        right, down = x & side, y & side
        number += ((3 * right) ^ down) << bit
        if not down:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
    return number


def _varints(content: bytes) -> list[int]:
    found, number, shift = [], 0, 0
    for byte in content:
        number |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            found.append(number)
            number = shift = 0
    return found
