"""Import: rows per second of each format, against plain reading of the same file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pyarrow.parquet as pq
import pyogrio
from python_calamine import CalamineWorkbook

from bench.material import ORIGIN, Material, buildings, evidence, hazard_areas, write
from bench.site import AUTHORITY, folder, fresh_office
from bench.table import Table
from bench.timing import Timing, in_turn, milliseconds, repeated, share
from rafiqa.geo import Spot
from rafiqa.service.importing import import_file
from rafiqa.service.intake import IntakeOrder
from rafiqa.wire import load_mapping, read_columns, read_file

ROWS, QUICK_ROWS = 20_000, 40
REPEATS = 5
_TOWN = Spot.of(13.26, 53.557)
_FORMATS = {
    "evidence": ("geojson", "gpkg", "shp", "kml", "csv", "xlsx", "parquet"),
    "hazard-areas": ("geojson", "gpkg", "shp", "kml", "csv", "parquet"),
    "buildings": ("geojson", "gpkg", "shp", "kml", "csv", "parquet"),
}
_QUICK_FORMATS = ("geojson", "csv")
_DEGREES = 'name = "degrees"\ncrs = "EPSG:4326"\n'
"""What a person adds for a table of WKT, which cannot say its reference system."""
_MAKERS: dict[str, Callable[[int], Material]] = {
    "evidence": evidence,
    "hazard-areas": hazard_areas,
    "buildings": buildings,
}
_NOTES = (
    "`plain` reads the same file into WKB and columns, unchecked: `pyogrio.raw.read`; pyarrow for",
    "GeoParquet; python-calamine for XLSX. `read` is `read_file` (`read_columns` for buildings):",
    "a worker process under limits, shapes and places judged, values taken over row by row.",
    "`import` is `import_file` into a fresh store: read, checked against the dictionary, put on",
    "the grid, sealed into the ledger in groups of 500, and taken into the office's facts;",
    "buildings are one entry and one block of columns. Ratios are times over the plain reading's;",
    "`less one row` is `read` less what a file of one row takes.",
)
_HEADER = (
    *("file", "rows", "plain, rows/s", "read, rows/s", "import, rows/s"),
    *("read ÷ plain", "less one row", "import ÷ plain", "import ms/1,000 rows", "import spread"),
)


@dataclass(frozen=True, slots=True)
class _File:
    """A file to be taken in, where, as what, and how its peer reads it."""

    path: Path
    kind: str
    origin: Spot
    plain: Callable[[], object]
    mapping: str | None = None

    def read(self) -> int:
        """Returns the rows read, without the ledger."""
        mapping = load_mapping(self.mapping) if self.mapping else None
        if self.kind == "buildings":
            columns = read_columns(self.path, self.kind, mapping, site=self.origin)
            return len(columns.numbers)
        return len(read_file(self.path, kind=self.kind, mapping=mapping, site=self.origin).rows)


def measure(quick: bool) -> list[Table]:
    """Returns the table of import speed."""
    n_rows, n_repeats = (QUICK_ROWS, 1) if quick else (ROWS, REPEATS)
    with folder() as place:
        start = repeated(file_of_one_row(place), n_repeats)
        rows = [_row(file, place, n_repeats, start) for file in _files(place, n_rows, quick=quick)]
    told = f"A file of one row takes {milliseconds(start.median_s)} ms ({start.spread})."
    notes = (*_NOTES, told, f"Medians of {n_repeats} repeats, in turn; files in the page cache.")
    return [Table("Import against plain reading of the same file", notes, _HEADER, rows)]


def file_of_one_row(place: Path) -> Callable[[], object]:
    (place / "one").mkdir()
    path = write(evidence(1), "csv", place / "one")
    return lambda: read_file(path, kind="evidence", site=ORIGIN)


def _files(place: Path, n_rows: int, *, quick: bool) -> Iterator[_File]:
    degrees = place / "degrees.toml"
    degrees.write_text(_DEGREES, encoding="utf-8")
    for kind, formats in _FORMATS.items():
        material = _MAKERS[kind](n_rows)
        for format_name in _QUICK_FORMATS if quick else formats:
            path = write(material, format_name, place)
            mapping = str(degrees) if format_name == "csv" else None
            yield _File(path, kind, ORIGIN, _plain(path), mapping)
    town = _shared() / "osm-neubrandenburg" / "neubrandenburg.nouser.osm.pbf"
    if town.is_file() and not quick:
        yield _File(town, "buildings", _TOWN, lambda: _read_town(town))


def _shared() -> Path:
    beside = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
    return Path(os.environ.get("RAFIQA_SHARED_DATA", beside))


def _plain(path: Path) -> Callable[[], object]:
    if path.suffix == ".parquet":
        return lambda: pq.read_table(path)
    if path.suffix == ".xlsx":
        return lambda: CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    if path.suffix == ".csv":
        columns = {"X_POSSIBLE_NAMES": "lon", "Y_POSSIBLE_NAMES": "lat"}
        return lambda: pyogrio.raw.read(path, GEOM_POSSIBLE_NAMES="wkt", **columns)
    return lambda: pyogrio.raw.read(path)


def _read_town(path: Path) -> object:
    return pyogrio.raw.read(path, layer="multipolygons", where="building IS NOT NULL")


def _row(file: _File, place: Path, n_repeats: int, start: Timing) -> tuple[str, ...]:
    stores = (place / f"{file.path.name}-{number}.rafiqa" for number in count())

    def take_in() -> int:
        with fresh_office(next(stores), file.origin) as office:
            report = import_file(office, AUTHORITY, IntakeOrder(file.path, file.kind, file.mapping))
        return report.accepted

    n_rows = take_in()
    if not 0 < n_rows <= file.read():
        raise RuntimeError(f"{file.path.name}: {n_rows} rows accepted")
    plain, read, whole = in_turn([file.plain, file.read, take_in], n_repeats)
    speeds = (f"{n_rows / timing.median_s:,.0f}" for timing in (plain, read, whole))
    return (
        f"{file.kind}, {file.path.suffix[1:] if 'pbf' not in file.path.name else 'osm.pbf'}",
        f"{n_rows:,}",
        *speeds,
        share(read.median_s, plain.median_s),
        share(max(read.median_s - start.median_s, 0.0), plain.median_s),
        share(whole.median_s, plain.median_s),
        milliseconds(whole.median_s / n_rows * 1_000),
        whole.spread,
    )
