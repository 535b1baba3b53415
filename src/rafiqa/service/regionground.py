"""The ground of a city cut for tiles: to each tile all that counts for what stands in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import shapely

from rafiqa.bulk import EVERYWHERE, Ground, Signs, ground_of, reach_mm, tile_name
from rafiqa.errors import CorruptLedger, Fault
from rafiqa.geo import SiteFrame
from rafiqa.land import HAZARD
from rafiqa.recovery import report_places
from rafiqa.service.doubt import Doubts
from rafiqa.service.gateall import Faces, GateCount, gate_projects
from rafiqa.service.office import Office
from rafiqa.service.question import placed_reports
from rafiqa.service.regionpart import Part, Run
from rafiqa.service.worksfolder import WorksFolders
from rafiqa.wire.gatetable import SCHEMA, batch_of
from rafiqa.wire.groundtable import NOT_KEPT, ground_bytes, ground_columns, refuse_row
from rafiqa.wire.tilefile import Kept, TileFile, hash_of, stamp_of, write_bytes

GROUND: Final = "ground"
GATE: Final = "gate"
_HAZARD = 2
_STATUSES: Final = HAZARD | {"cancelled", "reduced", "cleared"}


def lay_ground(run: Run, part: Part) -> tuple[Sequence[Kept], Mapping[str, Any]]:
    """Returns a file of ground for each tile of a city, and the gates of its projects.

    The land book of the city is folded once, here; tiles are ruled on without it.
    """
    city = run.city(part)
    if not city.store:
        ground, faces = _read_foreign(Path(city.ground), part)
        origin = city.origin or (0.0, 0.0)
        return _tiles(run, part, SiteFrame(*origin), ground, faces), {"n": 0, "counts": [0, 0, 0]}
    with run.at_head(part) as office:
        files = _tiles(run, part, office.frame, *_ground(run, office))
        kept, count = _projects(run, part, office)
    counts = [count.n_open, count.n_conditions, count.n_closed]
    return [*files, kept], {"n": count.n, "counts": counts}


def _ground(run: Run, office: Office) -> tuple[Ground, Faces]:
    """Returns what ``rafiqa gate --all`` asks its assets against, doubt and all."""
    valid_us = run.as_of.valid_us(office)
    book = office.book(run.as_of.known_at_us)
    folders = WorksFolders.of(office, valid_us, run.as_of.known_at_us)
    ground = ground_of(
        book,
        valid_us,
        reports_mm=report_places(placed_reports(office, run.as_of)),
        finds_mm=folders.find_places(),
        in_doubt=Doubts.at_finds(book, folders.finds, valid_us).on,
    )
    return ground, Faces.of(book.faces, valid_us).some(ground.faces)


def _tiles(run: Run, part: Part, frame: SiteFrame, ground: Ground, faces: Faces) -> list[Kept]:
    files = []
    for tile in part.inputs["tiles"]:
        box = EVERYWHERE
        if tile["tile"] >= 0 and tile["box"] is not None:
            box = reach_mm(frame, np.array(tile["box"]), float(tile["width_m"]))
        near, which = ground.near(box)
        name = tile_name(tile["tile"], run.plan.zoom)
        path = f"{GROUND}/city={run.city(part).name}/tile={name}.parquet"
        content = ground_table(near, faces.some(which))
        files.append(write_bytes(run.root, path, content, len(near) + len(near.signs.places)))
    return files


def _projects(run: Run, part: Part, office: Office) -> tuple[Kept, GateCount]:
    block = gate_projects(office, run.as_of)
    path = f"{GATE}/city={run.city(part).name}/projects.parquet"
    file = TileFile(run.root, path, SCHEMA)
    try:
        file.write(pa.Table.from_batches([batch_of(block)]))
    except BaseException:
        file.drop()
        raise
    return file.end(), GateCount().plus(block)


def ground_table(ground: Ground, faces: Faces) -> bytes:
    """Returns some ground as a table; its faces are numbered from 0 on, as ``faces`` has them."""
    signs, k, s = ground.signs, len(ground), len(ground.signs.places)
    hazard, closes = ground.rank > k, ground.rank > 0
    since = ground.since if len(ground.since) else np.full((k, 2), None, dtype=object)
    none_k, none_s = np.zeros(k, dtype=np.bool_), np.zeros(s, dtype=np.bool_)
    zero = np.zeros(s, dtype=np.int64)
    return ground_bytes(
        {
            "geometry_mm": shapely.to_wkb(np.concatenate([ground.shapes, signs.places])),
            "is_sign": np.concatenate([none_k, ~none_s]),
            "closes": np.concatenate([closes * 1 + hazard * 1, zero]),
            "released": np.concatenate([ground.released, none_s]),
            "worth": np.concatenate([ground.worth, zero]),
            "certified_cm": np.concatenate([ground.certified_cm, zero]),
            "cleared": np.concatenate([ground.cleared, none_s]),
            "undug": np.concatenate([ground.undug, none_s]),
            "in_doubt": np.concatenate([ground.in_doubt, none_s]),
            "true_us": [*since[:, 0].tolist(), *signs.seen[:, 0].tolist()],
            "seq": [*since[:, 1].tolist(), *signs.seen[:, 1].tolist()],
            "reach_mm": np.concatenate([np.zeros(k), signs.reach_mm]),
            "is_report": np.concatenate([none_k, signs.is_report]),
            "is_find": np.concatenate([none_k, signs.is_find]),
            "is_bombing": np.concatenate([none_k, signs.is_bombing]),
            "status": [*faces.texts(), *[None] * s],
            "area_ids": [*faces.claims(), *[None] * s],
        }
    )


def _read_foreign(path: Path, part: Part) -> tuple[Ground, Faces]:
    """Returns the ground of a table that somebody else wrote.

    Raises:
        OSError: it cannot be read.
        CorruptLedger: it is not, or no more, what was surveyed.
        InvalidInput: it is no ground, or a row of it contradicts itself.
    """
    before = stamp_of(path)
    changed = CorruptLedger(Fault("bulk.city.changed", path.name, params={"city": str(path)}))
    if hash_of(path) != part.inputs["head"]:
        raise changed
    columns = ground_columns(path)
    sign = columns["is_sign"].astype(np.bool_)
    shapes = np.asarray(shapely.from_wkb(columns["geometry_mm"], on_invalid="ignore"), object)
    # Ground that GEOS takes for less than it is would close less than it has to.
    wrong = shapely.is_empty(shapes) | ~shapely.is_valid(shapes)
    wrong |= shapely.get_dimensions(shapes) != np.where(sign, 0, 2)
    wrong |= ~np.isfinite(shapely.bounds(shapes)).all(axis=1)
    hazard = columns["closes"] == _HAZARD
    stands = np.array([status in HAZARD for status in columns["status"]], dtype=np.bool_)
    known = np.array([status in _STATUSES for status in columns["status"]], dtype=np.bool_)
    wrong |= ~sign & ((stands != hazard) | ~known)
    # Where evidence reaches, it must be known of all ground since when it stands released.
    witness = sign & ~columns["is_report"] & ~columns["is_find"]
    if (witness & (columns["reach_mm"] > 0)).any():
        wrong |= ~sign & (columns["seq"] == NOT_KEPT)
    if wrong.any():
        refuse_row(path, int(np.flatnonzero(wrong)[0]))
    found = read_ground(path)
    if stamp_of(path) != before:
        raise changed
    return found


def read_ground(path: Path) -> tuple[Ground, Faces]:
    """Returns the ground of a table, and what is told of its faces.

    Raises:
        OSError: it cannot be read.
        InvalidInput: it is no ground, or a row of it contradicts itself.
    """
    columns = ground_columns(path)
    sign = columns["is_sign"].astype(np.bool_)
    face, k = ~sign, int((~sign).sum())
    shapes = np.asarray(shapely.from_wkb(columns["geometry_mm"]), dtype=object)
    moments = np.column_stack([columns["true_us"], columns["seq"]]).astype(np.int64)
    since = moments[face]
    closes = columns["closes"][face].astype(np.int64)
    order = np.arange(k, dtype=np.int64)
    flags = {
        name: columns[name].astype(np.bool_)
        for name in (
            "released",
            "cleared",
            "undug",
            "in_doubt",
            "is_report",
            "is_find",
            "is_bombing",
        )
    }
    signs = Signs(
        shapes[sign],
        columns["reach_mm"][sign].astype(np.float64),
        moments[sign],
        flags["is_report"][sign],
        flags["is_find"][sign],
        flags["is_bombing"][sign],
    )
    ground = Ground(
        shapes[face],
        order,
        np.where(closes > 0, order + 1 + (closes == _HAZARD) * k, 0),
        flags["released"][face],
        columns["worth"][face].astype(np.int64),
        columns["certified_cm"][face].astype(np.int64),
        flags["cleared"][face],
        flags["undug"][face],
        flags["in_doubt"][face],
        np.empty((0, 2), np.int64) if (since[:, 1] == NOT_KEPT).any() else since,
        signs,
    )
    areas = [list(each or ()) for each in np.array(columns["area_ids"], dtype=object)[face]]
    return ground, Faces.told(columns["status"][face].tolist(), closes, areas)
