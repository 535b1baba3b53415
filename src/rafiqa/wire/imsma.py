"""Which form of IMSMA's exports a file is in, and the mapping that reads it."""

from __future__ import annotations

from pathlib import Path

from rafiqa.errors import InvalidInput
from rafiqa.wire.limit import LIMITS
from rafiqa.wire.ngdump import has_accidents, is_dump
from rafiqa.wire.part import holds_geodatabase
from rafiqa.wire.tableset import table_names

TABLE, LAYER = "imsma-hazards", "imsma-core"
_HEAD_BYTES = 1 << 16


def imsma_mapping(path: Path) -> str | None:
    """Returns the name of the mapping that comes along for a file; None where it needs none.

    A dump of tables and maXML say by themselves what is what. A layer of Core is known by its
    GlobalID, or as a file geodatabase; whatever else it is, it is read as a table of hazards.
    """
    suffix = path.suffix.casefold()
    if suffix == ".xml":
        return None
    if not path.is_file():
        return TABLE
    if suffix in {".zip", ".xlsx"} and path.stat().st_size <= LIMITS.hazard_file_bytes:
        data = path.read_bytes()
        try:
            if is_dump(table_names(data, LIMITS)):
                return None
        except InvalidInput:
            return TABLE  # The reader refuses it, and says why.
        return LAYER if suffix == ".zip" and holds_geodatabase(data) else TABLE
    with path.open("rb") as stream:
        return LAYER if b"globalid" in stream.read(_HEAD_BYTES).lower() else TABLE


def dump_has_accidents(path: Path) -> bool:
    """Returns whether a file is a dump of tables with one of accidents."""
    if path.suffix.casefold() not in {".zip", ".xlsx"} or not path.is_file():
        return False
    if path.stat().st_size > LIMITS.hazard_file_bytes:
        return False
    try:
        names = table_names(path.read_bytes(), LIMITS)
    except InvalidInput:
        return False
    return is_dump(names) and has_accidents(names)
