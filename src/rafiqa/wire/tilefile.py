"""Files of one tile: GeoParquet with each row's box, whole under its name or not there at all."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from platform import node
from typing import Any, Final
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

Floats = npt.NDArray[np.float64]
SIDES: Final = ("xmin", "ymin", "xmax", "ymax")
BBOX: Final = pa.struct([(side, pa.float64()) for side in SIDES])
ROW_GROUP: Final = 65_536
_PART = ".part"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it was when it was written: where under the run's folder, and what it holds."""

    path: str
    rows: int
    n_bytes: int
    sha256: str

    def json(self) -> dict[str, Any]:
        """Returns it as a manifest names it."""
        return {
            "path": self.path,
            "rows": self.rows,
            "bytes": self.n_bytes,
            "sha256": self.sha256,
        }

    @classmethod
    def of_json(cls, item: Mapping[str, Any]) -> Kept:
        """Returns what ``json`` gave."""
        return cls(str(item["path"]), int(item["rows"]), int(item["bytes"]), str(item["sha256"]))


def bbox_column(boxes: Floats) -> pa.StructArray:
    """Returns ``(n, 4)`` boxes in degrees as a column; null where one is no number."""
    missing = np.isnan(boxes).any(axis=1)
    sides = [pa.array(side, mask=missing) for side in boxes.T]
    return pa.StructArray.from_arrays(sides, list(SIDES), mask=pa.array(missing))


def geo_schema(schema: pa.Schema) -> pa.Schema:
    """Returns a schema with columns ``geometry`` and ``bbox`` as GeoParquet 1.1 with covering."""
    covering = {"bbox": {side: ["bbox", side] for side in SIDES}}
    column = {"encoding": "WKB", "geometry_types": [], "covering": covering}
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    return schema.with_metadata({b"geo": json.dumps(geo, sort_keys=True).encode()})


class TileFile:
    """One file, written in row groups beside its place, which it takes when it is whole.

    Args:
        root: the run's folder.
        path: where under it.
        schema: its columns.
        plain: columns of which every value is another: no dictionary is made of these.
    """

    def __init__(
        self, root: Path, path: str, schema: pa.Schema, plain: Sequence[str] = ("id", "geometry")
    ) -> None:
        self._root, self._path, self._rows = root, path, 0
        self._part = _part_of(root / path)
        self._writer = pq.ParquetWriter(
            self._part,
            schema,
            compression="zstd",
            compression_level=1,
            # Texts are told as texts, not as Arrow's dictionaries: other readers take them so.
            store_schema=False,
            use_dictionary=[name for name in _leaves(schema) if name.split(".")[0] not in plain],
            # Of boxes alone: by these a reader passes over row groups that lie elsewhere.
            write_statistics=[f"bbox.{side}" for side in SIDES],
        )
        if schema.metadata:
            self._writer.add_key_value_metadata(schema.metadata)

    def write(self, table: pa.Table) -> None:
        """Takes some rows, as row groups of their own."""
        self._rows += len(table)
        self._writer.write_table(table, row_group_size=ROW_GROUP)

    def end(self) -> Kept:
        """Returns what was written, now under its name."""
        self._writer.close()
        return _placed(self._root, self._path, self._part, self._rows)

    def drop(self) -> None:
        """Leaves nothing."""
        self._writer.close()
        self._part.unlink(missing_ok=True)


def write_bytes(root: Path, path: str, content: bytes, rows: int = 0) -> Kept:
    """Returns the file that was written, whole."""
    part = _part_of(root / path)
    part.write_bytes(content)
    return _placed(root, path, part, rows)


def keep_file(root: Path, path: str, made: Path, rows: int) -> Kept:
    """Returns a file that something else wrote, now under its name."""
    return _placed(root, path, made, rows)


def beside(root: Path, path: str) -> Path:
    """Returns where a file is to be written that ``keep_file`` then gives its name."""
    part = _part_of(root / path)
    return part.with_name(f"{part.name}-{Path(path).name}")


def is_whole(root: Path, kept: Kept) -> bool:
    """Returns whether a file is there and holds what it held."""
    path = root / kept.path
    try:
        return path.stat().st_size == kept.n_bytes and hash_of(path) == kept.sha256
    except OSError:
        return False


def sweep(root: Path) -> None:
    """Takes away what killed workers left half written; no manifest names it."""
    for path in root.rglob(f".*{_PART}*"):
        path.unlink(missing_ok=True)


def hash_of(path: Path) -> str:
    """Returns a file's SHA-256, read in pieces.

    Raises:
        OSError: it cannot be read.
    """
    digest = sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def stamp_of(path: Path) -> tuple[int, int, int]:
    """Returns what changes where a file is written anew or over: its number, size and time."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _part_of(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    # A worker that was thought dead may still be writing, on another machine too, where a process
    # may have the same number: each writes to a file of its own.
    own = f"{_host()}-{os.getpid()}-{uuid4().hex}"
    return path.with_name(f".{path.name[:80]}.{own}{_PART}")


@cache
def _host() -> str:
    return re.sub(r"[^A-Za-z0-9-]", "", node())[:40]


def _placed(root: Path, path: str, part: Path, rows: int) -> Kept:
    found = Kept(path, rows, part.stat().st_size, hash_of(part))
    # On the disk before it has its name: a power cut leaves no file that is only half there.
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(root / path)
    handle = os.open((root / path).parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return found


def _leaves(schema: pa.Schema) -> list[str]:
    names = []
    for field in schema:
        if pa.types.is_list(field.type):
            names.append(f"{field.name}.list.element")
        elif not pa.types.is_struct(field.type):
            names.append(field.name)
    return names
