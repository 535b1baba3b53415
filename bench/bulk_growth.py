"""How a country's gates grow with its assets: time, memory and bytes, size after size."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from bench.bulk_region import EACH, POLYGONS, bulk, make_country
from bench.site import folder
from bench.table import Table

SIZES, QUICK_SIZES = (100_000, 1_000_000, 3_000_000, 10_000_000), (1_000, 3_000)
SIZES_ENV = "RAFIQA_BENCH_ASSETS"
"""Names other sizes, such as ``10000000,50000000``: what disk and time allow."""
_NOTES = (
    "The country of `bulk_region`: districts of up to a million buildings, 60 km wide each, with",
    "4,000 polygons for a million buildings, all in one city. `rafiqa bulk gate` in one process",
    "of its own for each size, one run each; zoom 12. Bytes written are of all files of the run:",
    "layers cut into tiles, ground by tile, answers, notes.",
)
_HEADER = (
    *("buildings", "polygons", "wall, s", "processor, s", "processor s per million"),
    *("peak memory, MB", "bytes read, MB", "bytes written, MB", "files"),
)


def measure(quick: bool) -> list[Table]:
    """Returns the table of a country's run, size after size."""
    named = os.environ.get(SIZES_ENV)
    sizes = tuple(map(int, named.split(","))) if named else QUICK_SIZES if quick else SIZES
    rows = []
    with folder() as place:
        for n in sizes:
            rows.append(_row(place, n))
            # Told as it comes: a size may take longer than there is time.
            print(rows[-1], file=sys.stderr, flush=True)
    return [Table("Growth with the assets", _NOTES, _HEADER, rows)]


def _row(place: Path, n: int) -> tuple[str, ...]:
    region, out = place / "country", place / "out"
    n_districts = -(-n // EACH)
    n_each = n // n_districts
    n_polygons = max(n_each * POLYGONS // EACH, 4)
    make_country(region, n_districts, n_each, n_polygons)
    n_read, _ = _size(region)
    cost = bulk(region, out, None)
    n_written, n_files = _size(out)
    shutil.rmtree(region)
    shutil.rmtree(out)
    n_assets = n_districts * n_each
    return (
        f"{n_assets:,}",
        f"{n_districts * n_polygons:,}",
        f"{cost['wall_s']:,.1f}",
        f"{cost['cpu_s']:,.1f}",
        f"{cost['cpu_s'] * 1e6 / n_assets:,.2f}",
        f"{cost['peak_memory_mb']:,.0f}",
        f"{n_read / 1e6:,.1f}",
        f"{n_written / 1e6:,.1f}",
        f"{n_files:,}",
    )


def _size(place: Path) -> tuple[int, int]:
    """Returns the bytes of all files under a place, and how many files these are."""
    sizes = [path.stat().st_size for path in place.rglob("*") if path.is_file()]
    return sum(sizes), len(sizes)
