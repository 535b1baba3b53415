"""Layers of a region cut into tiles: GeoParquet by tile, each row once, in the layer's order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from rafiqa.bulk import WkbColumn, tile_name, tiles_of
from rafiqa.errors import CorruptLedger, Fault, InvalidInput, RafiqaError
from rafiqa.recovery import LayerRegistered
from rafiqa.service.assets import ASSET_KINDS, DEPTH, WIDTH
from rafiqa.service.layers import layer_file
from rafiqa.service.office import Office
from rafiqa.service.region import City
from rafiqa.service.regionpart import Part, Run, head_of
from rafiqa.wire.assetlayer import block_of
from rafiqa.wire.tilefile import BBOX, Kept, TileFile, bbox_column, geo_schema, hash_of, stamp_of

ASSETS: Final = "assets"
SCHEMA: Final = geo_schema(
    pa.schema(
        [
            ("row", pa.int64()),
            ("id", pa.string()),
            ("geometry", pa.binary()),
            ("bbox", BBOX),
            (DEPTH, pa.float64()),
            (WIDTH, pa.float64()),
        ]
    )
)
"""``row`` counts from 0 in the layer."""
ANSWERS: Final = frozenset(
    (
        *("outcome", "open", "closed", "conditions", "codes", "area_ids", "depth"),
        *("released", "closes", "cleared", "certified_cm", "undug", "in_doubt", "hazard", "safe"),
        *("is_sign", "is_report", "is_find", "is_bombing", "ground_state", "land_state"),
    )
)
"""Columns that say something about ground: an answer, given earlier or by somebody else, is no
property of an asset, and a layer that carries one may be an answer mistaken for a layer."""
_GROUPS_AT_ONCE = 4
"""So many row groups are cut at a time: memory grows with these and not with the layer."""
Floats = npt.NDArray[np.float64]


@dataclass(slots=True)
class _Cut:
    """What has been written of one tile, and how far its footprints reach."""

    file: TileFile
    n_rows: int
    box: Floats
    width_m: float = 0.0


def survey(run: Run, part: Part) -> tuple[Sequence[Kept], Mapping[str, Any]]:
    """Returns no file, and what a city holds: its layers, its origin, and how far its ledger goes.

    It names what later parts are made from: where that changes, they are made again.
    """
    city = run.city(part)
    if part.inputs:
        _refuse_unseen(run, part)
    if not city.store:
        layers = [
            {"name": each.name, "kind": each.kind, "sha256": hash_of(Path(each.path))}
            for each in city.layers
        ]
        return (), {"origin": city.origin, "layers": layers, "head": hash_of(Path(city.ground))}
    office = run.office(city)
    try:
        origin = office.site.origin
        layers = [
            {"name": f"{at:04}", "kind": fact.kind, "sha256": fact.sha256}
            for at, fact in enumerate(_layers(office, run))
        ]
        head = head_of(office, run.as_of.known_at_us)
        return (), {"origin": [origin.lon_deg, origin.lat_deg], "layers": layers, "head": head}
    finally:
        office.store.close()


def seen_of(run: Run, city: City) -> dict[str, Any]:
    """Returns what is seen of a city from here: how far its ledger goes, or its files' hashes.

    Raises:
        RafiqaError: it cannot be read.
    """
    try:
        if not city.store:
            paths = [city.ground, *(layer.path for layer in city.layers)]
            return {"files": [hash_of(Path(path)) for path in paths]}
        office = run.office(city)
        try:
            head = office.store.head()
            return {"seq": head.seq, "hash": head.entry_hash.hex()}
        finally:
            office.store.close()
    except OSError as error:
        params: dict[str, str | int] = {"why": f"{type(error).__name__}: {error}"[:300]}
        raise RafiqaError(Fault("bulk.part.broke-off", city.name, params=params)) from error


def _refuse_unseen(run: Run, part: Part) -> None:
    """Refuses a city that is not here what it was where the run was begun; it may have grown.

    Raises:
        CorruptLedger: it is not.
    """
    city, seen = run.city(part), part.inputs
    if not city.store:
        same = seen_of(run, city) == seen
    else:
        office = run.office(city)
        try:
            entries = list(office.store.read(seen["seq"] - 1, seen["seq"])) if seen["seq"] else []
            same = [entry.entry_hash.hex() for entry in entries][:1] == [seen["hash"]]
        finally:
            office.store.close()
    if not same:
        params: dict[str, str | int] = {"city": city.name}
        raise CorruptLedger(Fault("bulk.worker.other-files", city.name, params=params))


def _layers(office: Office, run: Run) -> list[LayerRegistered]:
    register = office.recovery(run.as_of.valid_us(office), run.as_of.known_at_us)
    return [fact for kind in ASSET_KINDS for fact in register.layers_of(kind)]


def lay(run: Run, part: Part) -> tuple[Sequence[Kept], Mapping[str, Any]]:
    """Returns a file for each tile that a layer has rows in, and how far these reach.

    Raises:
        CorruptLedger: the layer's bytes are missing, or not those that are on record.
        InvalidInput: it has no columns ``id`` and ``geometry``, or some that answer for ground.
    """
    with _source(run, part) as path:
        return _laid(run, part, path)


@contextmanager
def _source(run: Run, part: Part) -> Iterator[Path]:
    city = run.city(part)
    if not city.store:
        layer = next(each for each in city.layers if each.name == part.name)
        path = Path(layer.path)
        before = stamp_of(path)
        if hash_of(path) != part.inputs["sha256"]:
            raise _changed(layer.path, part)
        yield path
        if stamp_of(path) != before:
            raise _changed(layer.path, part)
        return
    with ExitStack() as after:
        office = run.office(city)
        after.callback(office.store.close)
        found = [each for each in _layers(office, run) if each.sha256 == part.inputs["sha256"]]
        if not found:
            raise _changed(part.name, part)
        fact = found[0]
        yield after.enter_context(layer_file(office, fact))


def _changed(layer: str, part: Part) -> CorruptLedger:
    params: dict[str, str | int] = {"layer": layer, "sha256": part.inputs["sha256"]}
    return CorruptLedger(Fault("service.layer.changed", params=params))


def _laid(run: Run, part: Part, path: Path) -> tuple[Sequence[Kept], Mapping[str, Any]]:
    cuts: dict[int, _Cut] = {}
    try:
        with pq.ParquetFile(path) as file:
            asked = _columns(file.schema_arrow.names, foreign=not run.city(part).store)
            n_before = 0
            for start in range(0, file.num_row_groups, _GROUPS_AT_ONCE):
                groups = range(start, min(start + _GROUPS_AT_ONCE, file.num_row_groups))
                table = file.read_row_groups(list(groups), columns=asked)
                _cut(run, part, table, n_before, cuts)
                n_before += len(table)
        tiles = sorted(cuts)
        files = [cuts[tile].file.end() for tile in tiles]
    except BaseException:
        for cut in cuts.values():
            cut.file.drop()
        raise
    told = [
        {
            "tile": tile,
            "rows": cuts[tile].n_rows,
            "box": cuts[tile].box.tolist() if np.isfinite(cuts[tile].box).all() else None,
            "width_m": cuts[tile].width_m,
        }
        for tile in tiles
    ]
    return files, {"rows": n_before, "tiles": told}


def _columns(names: Sequence[str], *, foreign: bool) -> list[str]:
    """Returns the columns to be read; nothing else of a layer comes into an answer."""
    if not {"id", "geometry"} <= set(names):
        raise InvalidInput(Fault("bulk.layer.columns"))
    answers = [name for name in names if name.lower() in ANSWERS]
    if foreign and answers:
        params: dict[str, str | int] = {"names": ", ".join(answers)[:200]}
        raise InvalidInput(Fault("bulk.layer.answers", params=params))
    return [name for name in ("id", "geometry", DEPTH, WIDTH) if name in names]


def _cut(run: Run, part: Part, table: pa.Table, n_before: int, cuts: dict[int, _Cut]) -> None:
    """Writes each row of a table to the file of its tile."""
    block = block_of(table, (DEPTH, WIDTH))
    column = WkbColumn(block.wkb, block.starts, block.ends)
    boxes, _ = column.extents()
    tiles = tiles_of(boxes, run.plan.zoom)
    nothing = np.full(len(boxes), np.nan)
    width = block.numbers.get(WIDTH, nothing)
    rows = np.arange(n_before, n_before + len(boxes), dtype=np.int64)
    whole = pa.table(
        [
            pa.array(rows),
            table.column("id").cast(pa.string()),
            table.column("geometry").cast(pa.binary()),
            bbox_column(boxes),
            *(
                pa.array(block.numbers.get(name, nothing), from_pandas=True)
                for name in (DEPTH, WIDTH)
            ),
        ],
        schema=SCHEMA,
    )
    order = np.argsort(tiles, kind="stable")
    starts = np.flatnonzero(np.diff(tiles[order], prepend=np.iinfo(np.int64).min))
    for which in np.split(order, starts[1:]) if len(order) else ():
        tile = int(tiles[which[0]])
        cut = cuts.get(tile)
        if cut is None:
            name = tile_name(tile, run.plan.zoom)
            path = f"{ASSETS}/city={run.city(part).name}/tile={name}/{part.name}.parquet"
            none = np.array([np.inf, np.inf, -np.inf, -np.inf])
            cut = cuts[tile] = _Cut(TileFile(run.root, path, SCHEMA), 0, none)
        cut.file.write(whole.take(pa.array(which)))
        cut.n_rows += len(which)
        low, high = boxes[which, :2].min(axis=0), boxes[which, 2:].max(axis=0)
        cut.box = np.concatenate([np.minimum(cut.box[:2], low), np.maximum(cut.box[2:], high)])
        cut.width_m = max(cut.width_m, float(np.nan_to_num(width[which], nan=0).max()))
