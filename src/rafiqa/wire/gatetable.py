"""The gate of everything as a Parquet table, for people who count elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


@dataclass(slots=True)
class GateRows:
    """Columns of the same length: one row for each asset and project."""

    ids: list[str] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
    outcome: list[str] = field(default_factory=list)
    codes: list[list[str]] = field(default_factory=list)
    area_ids: list[list[str]] = field(default_factory=list)


def write_gate_table(rows: GateRows, path: Path) -> None:
    """Writes the rows as Parquet: id, kind, outcome, codes, area_ids."""
    table = pa.table(
        {
            "id": pa.array(rows.ids, pa.string()),
            "kind": pa.array(rows.kind, pa.string()),
            "outcome": pa.array(rows.outcome, pa.string()),
            "codes": pa.array(rows.codes, pa.list_(pa.string())),
            "area_ids": pa.array(rows.area_ids, pa.list_(pa.string())),
        }
    )
    pq.write_table(table, path, compression="zstd")
