"""The files that make one file: a shapefile's table and system lie beside its shapes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

SHP_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_DAY_ZERO = (1980, 1, 1, 0, 0, 0)


def part_of(path: Path, suffix: str) -> Path | None:
    """Returns the part of a shapefile with that suffix, in small or capital letters."""
    for candidate in (path.with_suffix(suffix), path.with_suffix(suffix.upper())):
        if candidate.is_file():
            return candidate
    return None


def parts_of(path: Path) -> list[Path]:
    """Returns the files that are read when this one is: itself, or all parts of a shapefile."""
    if path.suffix.lower() != ".shp":
        return [path]
    found = (part_of(path, suffix) for suffix in SHP_PARTS)
    return [part for part in found if part is not None]


def original_bytes(path: Path, most_bytes: int) -> bytes:
    """Returns a file as it came, or its first part where it is very large.

    A shapefile of several parts is given as one archive of them, each up to that size.
    """
    parts = parts_of(path)
    if len(parts) == 1:
        with path.open("rb") as stream:
            return stream.read(most_bytes)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for part in parts:
            with part.open("rb") as stream:
                archive.writestr(zipfile.ZipInfo(part.name, _DAY_ZERO), stream.read(most_bytes))
    return packed.getvalue()


def holds_geodatabase(data: bytes) -> bool:
    """Returns whether a zip holds a file geodatabase, as its directory says."""
    return data.startswith(b"PK") and b".gdb/" in data


def pack_folder(folder: Path, target: Path) -> None:
    """Writes the files of a folder as one zip, the same bytes for the same files.

    A file geodatabase is a folder itself, and stays one inside.
    """
    inside = f"{folder.name}/" if folder.suffix.casefold() == ".gdb" else ""
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                name = inside + path.relative_to(folder).as_posix()
                archive.writestr(zipfile.ZipInfo(name, _DAY_ZERO), path.read_bytes())
