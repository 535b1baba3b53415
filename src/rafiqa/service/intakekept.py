"""What was refused and kept: its originals, each under a name of our own making."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePath

from rafiqa.errors import Fault, InvalidInput
from rafiqa.service.office import Office
from rafiqa.store import Quarantined

_FORMATS = frozenset(
    {".csv", ".geojson", ".gpkg", ".gpx", ".json", ".kml", ".kmz", ".parquet", ".pbf"}
    | {".shp", ".tsv", ".txt", ".xls", ".xlsx", ".zip"}
)
_ZIP = b"PK\x03\x04"
_PLAIN = re.compile(r"[a-z0-9-]{1,60}")


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing in quarantine, and the name its original is written out under."""

    item: Quarantined
    name: str


def kept_items(office: Office) -> Iterator[Kept]:
    """Returns everything in the quarantine, in the order in which it came."""
    for number, item in enumerate(office.store.quarantined(), 1):
        yield Kept(item, f"{number:06d}-{_plain_id(item)}{_suffix(item)}")


def _plain_id(item: Quarantined) -> str:
    """The item's id, or its hash where the id could lead somewhere else on a disk."""
    known = item.quarantine_id
    return known if _PLAIN.fullmatch(known) else sha256(known.encode()).hexdigest()[:32]


def _suffix(item: Quarantined) -> str:
    """The ending by what is kept: of the file's own name only an ending that we know."""
    if item.row is not None:
        return ".json"
    ending = PurePath(item.file_name).suffix.lower()
    if ending == ".shp" and item.original.startswith(_ZIP):
        return ".zip"
    return ending if ending in _FORMATS else ".bin"


def write_kept(kept: Kept, folder: Path) -> None:
    """Writes the original of one item into a folder, once; nothing there is overwritten.

    Raises:
        InvalidInput: the folder cannot be written to, or holds something else of that name.
    """
    path = folder / kept.name
    params: dict[str, str | int] = {"file": str(path)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as stream:
            stream.write(kept.item.original)
    except FileExistsError as error:
        if path.is_symlink() or not path.is_file() or path.read_bytes() != kept.item.original:
            raise InvalidInput(
                Fault("service.quarantine.name-taken", "--out", params=params)
            ) from error
    except OSError as error:
        raise InvalidInput(
            Fault("service.quarantine.not-written", "--out", params=params)
        ) from error
