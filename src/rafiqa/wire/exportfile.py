"""Rows written as a file that others' programs open, in the format that its name says.

What a format cannot take is told with the rows it is about, never dropped in silence. A file is
whole or not there: it is written beside its place and put there in one step.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.exportshapes import (
    write_geojson,
    write_geopackage,
    write_gpx,
    write_kml,
    write_parquet,
    write_shapefile,
    write_zipped,
)
from rafiqa.wire.exportsheets import write_csv, write_xlsx
from rafiqa.wire.exporttable import Exported, ExportTable


def write_export(table: ExportTable, path: Path, *, lang: str = "en") -> Exported:
    """Returns what was written to a file, in the format that its suffix names.

    Args:
        table: the rows.
        path: the file; one that is there is replaced.
        lang: the language in whose direction a spreadsheet reads.

    Raises:
        InvalidInput: ``wire.export.format``: no such format; ``wire.export.no-folder``.
        OSError: the disk failed.
    """
    suffix = path.suffix.lower()
    write = _WRITERS.get(suffix)
    if write is None:
        known = " ".join(sorted(_WRITERS))
        raise InvalidInput(Fault("wire.export.format", "FILE", None, {"known": known}))
    if not path.absolute().parent.is_dir():
        raise InvalidInput(Fault("wire.export.no-folder", "FILE", None, {"file": str(path)}))
    done = Exported(len(table), lang)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=path.absolute().parent) as folder:
        made = Path(folder) / path.name
        write(table, made, done)
        for each in sorted(Path(folder).iterdir()):
            with each.open("rb") as stream:
                os.fsync(stream.fileno())
            each.replace(path.absolute().parent / each.name)
    return done


_Writer = Callable[[ExportTable, Path, Exported], None]
_WRITERS: Final[dict[str, _Writer]] = {
    ".geojson": write_geojson,
    ".parquet": write_parquet,
    ".gpkg": write_geopackage,
    ".kml": write_kml,
    ".gpx": write_gpx,
    ".shp": write_shapefile,
    ".zip": write_zipped,
    ".csv": write_csv,
    ".xlsx": write_xlsx,
}
SUFFIXES: Final = tuple(sorted(_WRITERS))
