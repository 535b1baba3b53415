"""The gate of one tile: what stands there against the ground that was laid for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from rafiqa.bulk import Window, WkbColumn, tile_name, window_of
from rafiqa.errors import CorruptLedger, Fault
from rafiqa.geo import SiteFrame
from rafiqa.service.assets import DEPTH, WIDTH
from rafiqa.service.gateall import Faces, GateCount
from rafiqa.service.regionground import GATE, read_ground
from rafiqa.service.regionpart import Part, Run
from rafiqa.wire.assetlayer import block_of
from rafiqa.wire.gatetable import SCHEMA as GATE_SCHEMA
from rafiqa.wire.gatetable import batch_of
from rafiqa.wire.tilefile import BBOX, Kept, TileFile, geo_schema, is_whole

SCHEMA: Final = geo_schema(
    pa.schema(
        [
            ("layer", pa.dictionary(pa.int32(), pa.string())),
            ("row", pa.int64()),
            *GATE_SCHEMA,
            ("bbox", BBOX),
            ("geometry", pa.binary()),
        ]
    )
)
"""The columns of ``rafiqa gate --all``, the layer and its row that each asset is, and its place."""


def gate_tile(run: Run, part: Part) -> tuple[Sequence[Kept], Mapping[str, Any]]:
    """Returns the table of a tile's assets, layer after layer, and how many have which outcome.

    Raises:
        CorruptLedger: what it is made from is not what was laid for it.
    """
    inputs = part.inputs
    name = tile_name(inputs["tile"], run.plan.zoom)
    ground, faces = read_ground(run.root / _whole(run, inputs["ground"]).path)
    window = window_of(ground, SiteFrame(*inputs["origin"]))
    path = f"{GATE}/city={run.city(part).name}/tile={name}.parquet"
    # A row's number is another in each, as its id is.
    out = TileFile(run.root, path, SCHEMA, ("id", "geometry", "row"))
    count = GateCount()
    try:
        for layer in inputs["layers"]:
            count = _layer(run, layer, window, faces, out, count)
    except BaseException:
        out.drop()
        raise
    return [out.end()], {
        "n": count.n,
        "counts": [count.n_open, count.n_conditions, count.n_closed],
    }


def _layer(
    run: Run,
    layer: Mapping[str, Any],
    window: Window,
    faces: Faces,
    out: TileFile,
    count: GateCount,
) -> GateCount:
    kind = layer["kind"]
    with pq.ParquetFile(run.root / _whole(run, layer["file"]).path) as file:
        # Group by group: what is in memory does not grow with the tile.
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            block = block_of(table, (DEPTH, WIDTH))
            column = WkbColumn(block.wkb, block.starts, block.ends, block.numbers[WIDTH])
            told = faces.block(block.ids, kind, window.rule(column, block.numbers[DEPTH]))
            count = count.plus(told)
            names = pa.DictionaryArray.from_arrays(
                pa.array([0] * len(table), pa.int32()), pa.array([layer["name"]], pa.string())
            )
            rows = [table.column(name) for name in ("row", "bbox", "geometry")]
            batch = batch_of(told)
            columns = [names, rows[0], *batch.columns, *rows[1:]]
            out.write(pa.table(columns, schema=SCHEMA))
    return count


def _whole(run: Run, item: Mapping[str, Any]) -> Kept:
    """Returns a file that a part is made from, which is what its note names.

    Raises:
        CorruptLedger: it is missing or something else.
    """
    kept = Kept.of_json(item)
    if not is_whole(run.root, kept):
        raise CorruptLedger(Fault("bulk.part.changed", kept.path, params={"file": kept.path}))
    return kept
