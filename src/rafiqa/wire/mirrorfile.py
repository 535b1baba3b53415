"""A mirror as one GeoPackage: QGIS opens it without a server.

The file is whole or not there: it is written beside its place and put there in one step, so that
whoever reads it reads one moment.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import apsw
import pyarrow as pa
import pyogrio
import shapely

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.instant import iso
from rafiqa.wire.mirrortable import STATEMENT, Mirrored, MirrorKind, MirrorStands, MirrorTable

_ARROW: Final[dict[MirrorKind, pa.DataType]] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}


def write_mirror(mirror: Mirrored, path: Path, *, now_us: int, anew: bool = False) -> None:
    """Writes a mirror in the place of an older one of the same site.

    Args:
        mirror: the tables.
        path: a file that ends in ``.gpkg``.
        now_us: when it is published, microseconds since 1970 UTC.
        anew: also where the mirror there is of another site, or of a ledger that had grown more.

    Raises:
        InvalidInput: ``wire.mirror.no-folder``; ``wire.mirror.not-ours``: the file is no mirror;
            ``wire.mirror.other-site``; ``wire.mirror.other-audience``; ``wire.mirror.newer``;
            ``wire.mirror.not-written``.
    """
    folder = path.absolute().parent
    if not folder.is_dir():
        raise InvalidInput(Fault("wire.mirror.no-folder", "TARGET", params={"file": str(path)}))
    if path.exists():
        judge(_stands(path), mirror, str(path), anew=anew)
    try:
        with tempfile.TemporaryDirectory(prefix=".mirror-", dir=folder) as beside:
            made = Path(beside) / path.name
            for table in mirror.tables:
                _write(made, table.name, _arrow(table), _shapes(table))
            _write(made, "about", _about(mirror, now_us), None)
            with made.open("rb") as stream:
                os.fsync(stream.fileno())
            with _alone_in(folder):
                # Somebody may have published meanwhile, and from more entries.
                if path.exists():
                    judge(_stands(path), mirror, str(path), anew=anew)
                made.replace(path)
    except (OSError, RuntimeError) as error:
        params: dict[str, str | int] = {"file": str(path), "detail": str(error)[:300]}
        raise InvalidInput(Fault("wire.mirror.not-written", "TARGET", None, params)) from error


def judge(
    stands: Sequence[MirrorStands] | None, mirror: Mirrored, target: str, *, anew: bool
) -> None:
    """Passes where a mirror may be written over what stands there.

    Args:
        stands: what each table there says of itself; None of no mirror at all.
        mirror: what is to be written.
        target: where, as it may be told.
        anew: whether a mirror there may be of another site, or of a ledger that had grown more.

    Raises:
        InvalidInput: it may not.
    """
    params: dict[str, str | int] = {"target": target}
    if stands is None:
        raise InvalidInput(Fault("wire.mirror.not-ours", "TARGET", None, params))
    if anew:
        return
    if any(each.site_id != mirror.stamp.site_id for each in stands):
        raise InvalidInput(Fault("wire.mirror.other-site", "TARGET", None, params))
    if any(each.audience != mirror.stamp.audience for each in stands):
        raise InvalidInput(Fault("wire.mirror.other-audience", "TARGET", None, params))
    most = max((each.entries for each in stands), default=0)
    if most > mirror.stamp.entries:
        params |= {"entries": mirror.stamp.entries, "most": most}
        raise InvalidInput(Fault("wire.mirror.newer", "TARGET", None, params))


def about_rows(mirror: Mirrored, now_us: int) -> list[dict[str, Any]]:
    """Returns what a mirror says of itself: a row for each table."""
    stamp = mirror.stamp
    return [
        {
            "layer": table.name,
            "says": table.says,
            "rows": len(table),
            "as_of": stamp.as_of,
            "known_at": stamp.known_at,
            "entries": stamp.entries,
            "root": stamp.root,
            "site": stamp.site,
            "site_id": stamp.site_id,
            "audience": stamp.audience,
            "published_at": iso(now_us),
            "statement": STATEMENT,
        }
        for table in mirror.tables
    ]


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """A block in which no other publisher puts a mirror into a folder."""
    held = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _stands(path: Path) -> list[MirrorStands] | None:
    """Returns what the file there says of itself; None of one that is no mirror."""
    try:
        link = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    except apsw.Error:
        return None
    try:
        found = list(link.execute("SELECT site_id, audience, entries FROM about"))
        return [MirrorStands(str(site), str(whose), int(n)) for site, whose, n in found]
    except (apsw.Error, TypeError, ValueError):
        return None
    finally:
        link.close()


def _arrow(table: MirrorTable) -> dict[str, pa.Array]:
    return {
        name: pa.array(column.values, _ARROW[column.kind]) for name, column in table.columns.items()
    }


def _shapes(table: MirrorTable) -> pa.Array | None:
    return None if table.shapes is None else pa.array(shapely.to_wkb(table.shapes), pa.binary())


def _about(mirror: Mirrored, now_us: int) -> dict[str, pa.Array]:
    rows = about_rows(mirror, now_us)
    return {name: pa.array([row[name] for row in rows]) for name in rows[0]}


def _write(path: Path, layer: str, columns: dict[str, pa.Array], shapes: pa.Array | None) -> None:
    placed = shapes is not None
    arrays = [*columns.values(), *([shapes] if placed else [])]
    pyogrio.write_arrow(
        pa.Table.from_arrays(arrays, [*columns, *(["geometry"] if placed else [])]),
        path,
        layer=layer,
        driver="GPKG",
        geometry_name="geometry" if placed else None,
        geometry_type="MultiPolygon" if placed else None,
        crs="EPSG:4326" if placed else None,
    )
