"""Bad files through the command: named with code and place, kept aside, the ledger untouched.

``Keeper.refuse`` holds for every case that the command exits with 1, takes nothing in, has words
and a next step for each refusal, keeps the original, leaves the head where it was, and that the
whole check finds the store intact.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from tests.conformance.extract import Way, write_extract
from tests.conformance.keeper import LAT_DEG, LON_DEG, Keeper
from tests.conformance.table import Cell, Table
from tests.unit.wire.files import write_text, write_zip

FORMATS = ("geojson", "gpkg", "shp", "zip", "kml", "csv", "xlsx", "parquet")
Named = list[tuple[str, int | None, str | None]]
BOX = shapely.box(LON_DEG, LAT_DEG, LON_DEG + 0.001, LAT_DEG + 0.001)
POINT = BOX.centroid


def table(*shapes: BaseGeometry, crs: str | None = "EPSG:4326", **columns: list[Cell]) -> Table:
    count = len(shapes)
    base: dict[str, list[Cell]] = {"id": [f"r{i}" for i in range(count)]}
    return Table({**base, "class": ["sha"] * count, **columns}, list(shapes), crs)


def evidence(*shapes: BaseGeometry, **columns: list[Cell]) -> Table:
    count = len(shapes)
    base: dict[str, list[Cell]] = {"id": [f"r{i}" for i in range(count)]}
    return Table({**base, "kind": ["crater"] * count, **columns}, list(shapes))


def by_hand(rows: Table, path: Path) -> Path:
    """Writes KML in plain text, which GDAL refuses to write wrong; the rest by GDAL."""
    if path.suffix != ".kml":
        return rows.write(path)
    marks = []
    for place, shape in enumerate(rows.shapes):
        corners = " ".join(f"{x},{y}" for x, y in shapely.get_coordinates(shape).tolist())
        data = "".join(
            f'<Data name="{name}"><value>{cells[place]}</value></Data>'
            for name, cells in rows.columns.items()
        )
        marks.append(
            f"<Placemark><ExtendedData>{data}</ExtendedData><Polygon><outerBoundaryIs><LinearRing>"
            f"<coordinates>{corners}</coordinates>"
            "</LinearRing></outerBoundaryIs></Polygon></Placemark>"
        )
    document = f"<Document>{''.join(marks)}</Document>"
    return write_text(path, f'<kml xmlns="http://www.opengis.net/kml/2.2">{document}</kml>')


@pytest.fixture(scope="module")
def keeper(tmp_path_factory: pytest.TempPathFactory) -> Keeper:
    return Keeper.new(tmp_path_factory.mktemp("city"))


@pytest.fixture
def lonlat(tmp_path: Path) -> tuple[str, Path]:
    return "--map", write_text(tmp_path / "lonlat.toml", 'crs = "EPSG:4326"\n')


def row_of(format_name: str, place: int = 0) -> int:
    """The number of a data row as a person counts: below a header in tables."""
    return place + (2 if format_name in {"csv", "xlsx"} else 1)


def column_of(format_name: str) -> str:
    return "wkt" if format_name in {"csv", "xlsx"} else "geometry"


# --- truncated ---------------------------------------------------------------------------


def extract(path: Path) -> Path:
    places = [(x, y) for x, y in BOX.exterior.coords]
    return write_extract(path, [Way(1, places, {"building": "house"})])


TRUNCATED = {
    "geojson": ("wire.json.syntax", None),
    "gpkg": ("wire.gpkg.truncated", None),
    "shp": ("wire.shp.truncated", None),
    "zip": ("wire.archive.broken", None),
    "kml": ("wire.xml.syntax", None),
    "gpx": ("wire.xml.syntax", None),
    "csv": ("wire.table.ragged", 2),
    "xlsx": ("wire.archive.broken", None),
    "parquet": ("wire.parquet.broken", None),
    "osm.pbf": ("wire.osm.truncated", None),
}


@pytest.mark.parametrize("format_name", TRUNCATED)
def test_a_file_that_is_cut_off(format_name: str, keeper: Keeper, tmp_path: Path) -> None:
    path = tmp_path / f"a.{format_name}"
    if format_name == "osm.pbf":
        extract(path)
    else:
        evidence(POINT, name=["x"], note=["y"]).write(path)
    data = path.read_bytes()
    at = data.index(b"crater") if format_name == "csv" else len(data) * 3 // 4
    path.write_bytes(data[:at])
    kind = "buildings" if format_name == "osm.pbf" else "evidence"
    taken = keeper.refuse(path, kind)
    code, row = TRUNCATED[format_name]
    assert [(one, number) for one, number, _ in taken.named] == [(code, row)]
    (kept,) = taken.new_quarantine()
    if format_name == "shp":
        with zipfile.ZipFile(io.BytesIO(kept.original)) as archive:
            assert {name: archive.read(name) for name in archive.namelist()} == {
                part.name: part.read_bytes() for part in tmp_path.iterdir() if part.stem == "a"
            }
    else:
        assert row is not None or kept.original == path.read_bytes()


# --- wrong encoding -----------------------------------------------------------------------


@pytest.mark.parametrize("format_name", ["geojson", "csv", "kml", "gpx", "shp", "zip"])
def test_text_in_another_encoding(format_name: str, keeper: Keeper, tmp_path: Path) -> None:
    path = evidence(POINT, name=["منطقة"]).write(tmp_path / f"a.{format_name}")
    arabic, older = "منطقة".encode(), "منطقة     ".encode("cp1256")
    if format_name == "zip":
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        write_zip(path, {name: data.replace(arabic, older) for name, data in members.items()})
    else:
        part = path.with_suffix(".dbf") if format_name == "shp" else path
        part.write_bytes(part.read_bytes().replace(arabic, older))
    taken = keeper.refuse(path, "evidence")
    expected = "wire.xml.syntax" if format_name in {"kml", "gpx"} else "wire.encoding.wrong"
    assert taken.codes == {expected}
    assert taken.named[0][2]


def test_a_table_in_utf_16(keeper: Keeper, tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "id,kind,lon,lat\na,crater,38,35\n", "utf-16")
    assert keeper.refuse(path, "evidence").named == [("wire.encoding.wrong", None, "line 1")]


# --- reference systems --------------------------------------------------------------------


@pytest.mark.parametrize("format_name", ["csv", "xlsx", "shp", "zip", "parquet", "gpkg"])
def test_no_reference_system(format_name: str, keeper: Keeper, tmp_path: Path) -> None:
    rows = Table({"id": ["a"], "class": ["sha"]}, [BOX], None, {"crs": None})
    path = rows.write(tmp_path / f"a.{format_name}")
    taken = keeper.refuse(path, "hazard-areas")
    assert taken.codes == {"wire.crs.missing"}


METRES = shapely.box(500_000, 3_900_000, 500_100, 3_900_100)


@pytest.mark.parametrize("format_name", FORMATS)
def test_metres_that_call_themselves_degrees(
    format_name: str, keeper: Keeper, lonlat: tuple[str, Path], tmp_path: Path
) -> None:
    path = by_hand(table(METRES), tmp_path / f"a.{format_name}")
    taken = keeper.refuse(path, "hazard-areas", *lonlat)
    assert taken.codes == {"wire.crs.wrong"}


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_neighbouring_zone_lies_out_of_reach(
    format_name: str, keeper: Keeper, tmp_path: Path
) -> None:
    path = table(METRES, crs="EPSG:32640").write(tmp_path / f"a.{format_name}")
    if format_name in {"geojson", "kml", "csv", "xlsx", "parquet"}:
        # These take lon/lat, or what the mapping says.
        far = shapely.box(57.0, 35.2, 57.001, 35.201)
        path = table(far).write(tmp_path / f"a.{format_name}")
    system = write_text(tmp_path / "system.toml", 'crs = "EPSG:4326"\n')
    taken = keeper.refuse(path, "hazard-areas", "--map", system)
    assert taken.named == [("wire.place.outside", row_of(format_name), "geometry")]


@pytest.mark.parametrize("format_name", FORMATS)
def test_swapped_axes_are_asked_about(
    format_name: str, keeper: Keeper, lonlat: tuple[str, Path], tmp_path: Path
) -> None:
    swapped = shapely.transform(BOX, lambda xy: xy[:, ::-1])
    path = table(swapped).write(tmp_path / f"a.{format_name}")
    taken = keeper.refuse(path, "hazard-areas", *lonlat)
    assert taken.named == [("wire.axes.swapped", None, "geometry")]


# --- numbers that are none ----------------------------------------------------------------


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_json_without_a_number(word: str, keeper: Keeper, tmp_path: Path) -> None:
    path = table(BOX).write(tmp_path / "a.geojson")
    text = path.read_text(encoding="utf-8")
    assert "35.001" in text
    path.write_text(text.replace("35.001", word, 1), encoding="utf-8")
    taken = keeper.refuse(path, "hazard-areas")
    row, code = (1, "geo.shape.not-finite") if word == "1e999" else (None, "wire.json.not-finite")
    assert [(one, number) for one, number, _ in taken.named] == [(code, row)]


@pytest.mark.parametrize("format_name", ["csv", "xlsx"])
def test_tables_without_a_number(format_name: str, keeper: Keeper, tmp_path: Path) -> None:
    rows = evidence(POINT)
    rows.columns["lon"] = ["NaN"]
    rows.columns["lat"] = [35.0]
    plain = Table(rows.columns, [BOX])
    path = plain.write(tmp_path / f"a.{format_name}")
    drop = write_text(tmp_path / "m.toml", 'places = [{ lon = "lon", lat = "lat" }]\n')
    taken = keeper.refuse(path, "evidence", "--map", drop)
    assert taken.named == [("wire.geometry.not-number", 2, "lon")]


def _forget(path: Path, value: float) -> None:
    """Puts NaN where a file's shapes hold a value: GDAL does not write it."""
    old, new = struct.pack("<d", value), struct.pack("<d", float("nan"))
    if path.suffix == ".csv":
        old, new = str(value).encode(), b"nan"
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        assert old in members["layer.shp"]
        write_zip(path, {name: data.replace(old, new) for name, data in members.items()})
        return
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))


@pytest.mark.parametrize("format_name", ["gpkg", "shp", "zip", "parquet", "csv"])
def test_shapes_without_a_number(
    format_name: str, keeper: Keeper, lonlat: tuple[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / f"a.{format_name}"
    if format_name == "parquet":
        with np.errstate(invalid="ignore"):
            hollow = shapely.transform(BOX, lambda xy: np.where(xy == 35.001, np.nan, xy))
        table(hollow).write(path)
    else:
        table(BOX).write(path)
        _forget(path, LAT_DEG + 0.001)
    taken = keeper.refuse(path, "hazard-areas", *lonlat)
    assert taken.named == [("geo.shape.not-finite", row_of(format_name), "geometry")]


# --- what stands twice --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("class", '{"id": "a", "class": "cha", "class": "cleared"}'),
        ("id", '{"id": "a", "id": "b", "class": "sha"}'),
    ],
)
def test_doubled_keys(place: str, text: str, keeper: Keeper, tmp_path: Path) -> None:
    shape = shapely.to_geojson(BOX)
    feature = f'{{"type": "Feature", "properties": {text}, "geometry": {shape}}}'
    path = write_text(
        tmp_path / "a.geojson", f'{{"type": "FeatureCollection", "features": [{feature}]}}'
    )
    taken = keeper.refuse(path, "hazard-areas")
    assert taken.named == [("wire.json.duplicate-key", None, place)]


def test_doubled_keys_of_a_json_table(keeper: Keeper, tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.json", '[{"id": "a", "name": "x", "name": "y"}]')
    assert keeper.refuse(path, "places").named == [("wire.json.duplicate-key", None, "name")]


@pytest.mark.parametrize("format_name", ["csv", "xlsx"])
def test_doubled_columns(format_name: str, keeper: Keeper, tmp_path: Path) -> None:
    path = tmp_path / f"a.{format_name}"
    if format_name == "csv":
        write_text(path, "id,class,class\na,cha,cleared\n")
    else:
        book = openpyxl.Workbook()
        book.active.append(["id", "class", "class"])
        book.active.append(["a", "cha", "cleared"])
        book.save(path)
    taken = keeper.refuse(path, "hazard-areas")
    assert taken.named == [("wire.table.duplicate-column", None, "class")]


@pytest.mark.parametrize("format_name", FORMATS)
def test_one_id_twice_in_a_file(format_name: str, lonlat: tuple[str, Path], tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    other = shapely.affinity.translate(BOX, 0.01)
    rows = table(BOX, other, id=["same", "same"], name=["first", "second"])
    path = rows.write(tmp_path / f"a.{format_name}")
    taken = keeper.take(path, "hazard-areas", *lonlat)
    assert (taken.status, taken.answer["accepted"], taken.answer["quarantined"]) == (0, 1, 1)
    assert taken.named == [("wire.id.duplicate", row_of(format_name, 1), "id")]
    (kept,) = taken.new_quarantine()
    assert (kept.row, b"second" in kept.original) == (row_of(format_name, 1), True)
    # The site, the area, and which rows the import brought.
    assert keeper.intact() == 3


# --- shapes -------------------------------------------------------------------------------

BOW_TIE = shapely.Polygon([(38, 35), (38.001, 35.001), (38.001, 35), (38, 35.001), (38, 35)])


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("kind", ["hazard-areas", "buildings"])
def test_a_bow_tie(
    kind: str, format_name: str, keeper: Keeper, lonlat: tuple[str, Path], tmp_path: Path
) -> None:
    path = by_hand(table(BOW_TIE), tmp_path / f"a.{format_name}")
    taken = keeper.refuse(path, kind, *lonlat)
    assert taken.named == [("geo.shape.self-intersection", row_of(format_name), "geometry")]
    assert "38.0005" in taken.answer["refused"][0]["detail"]


@pytest.mark.parametrize("format_name", FORMATS)
def test_an_empty_shape(
    format_name: str, keeper: Keeper, lonlat: tuple[str, Path], tmp_path: Path
) -> None:
    path = by_hand(table(shapely.Polygon()), tmp_path / f"a.{format_name}")
    taken = keeper.refuse(path, "hazard-areas", *lonlat)
    ((code, row, field),) = taken.named
    assert code in {"geo.shape.empty", "wire.geometry.missing"}
    assert (row, field) == (row_of(format_name), "geometry")


@pytest.mark.parametrize("kind", ["hazard-areas", "land-parts", "projects", "buildings"])
def test_a_row_without_a_shape(kind: str, keeper: Keeper, tmp_path: Path) -> None:
    header = "id,class,outcome,depth_cm,kind\n"
    path = write_text(tmp_path / "a.csv", f"{header}a,sha,cleared,30,school\n")
    assert keeper.refuse(path, kind).named == [("wire.geometry.missing", 2, "geometry")]


@pytest.mark.parametrize("told", [("unit", "left flat"), ("unit_kind", "roof"), ("storey", "0")])
def test_a_release_of_a_unit_is_no_release_of_its_ground(
    told: tuple[str, str], keeper: Keeper, lonlat: tuple[str, Path], tmp_path: Path
) -> None:
    name, value = told
    header = f"id,outcome,depth_cm,reason,wkt,{name}\n"
    wkt = shapely.to_wkt(BOX)
    path = write_text(tmp_path / "a.csv", f'{header}a,cleared,30,,"{wkt}",{value}\n')
    refused = keeper.refuse(path, "land-parts", *lonlat)
    assert refused.named == [("land.part.unit-not-taken-over", 2, name)]
    # What was not cleared keeps the ground hazard, and is not turned away.
    left = write_text(
        tmp_path / "b.csv", f'{header}b-{name},not_cleared,,unstable,"{wkt}",{value}\n'
    )
    assert keeper.take(left, "land-parts", *lonlat).answer["accepted"] == 1


# --- spreadsheets -------------------------------------------------------------------------


def workbook(path: Path, rows: list[list[object]], merge: str | None = None) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if merge:
        book.active.merge_cells(merge)
    book.save(path)
    return path


HEADER: list[object] = ["id", "kind", "lon", "lat"]


def test_a_formula_without_its_value(keeper: Keeper, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADER, ["a", "crater", "=B9+1", 35]])
    taken = keeper.refuse(path, "evidence")
    assert taken.named == [("wire.xlsx.formula-uncached", 2, "lon")]


def test_a_formula_where_the_mapping_refuses_them(keeper: Keeper, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADER, ["a", "crater", "=37+1", 35]])
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    # How an empty cell is written hangs on which XML writer openpyxl finds.
    members[sheet] = re.sub(rb"</f><v ?/>|</f><v></v>", b"</f><v>38</v>", members[sheet])
    assert b"<v>38</v>" in members[sheet]
    write_zip(path, members)
    refusing = write_text(tmp_path / "m.toml", 'formulas = "refuse"\n')
    taken = keeper.refuse(path, "evidence", "--map", refusing)
    assert taken.named == [("wire.xlsx.formula", None, "lon")]
    told = keeper.take(path, "evidence", "--dry-run")
    assert (told.answer["accepted"], told.warned) == (1, {"wire.xlsx.formula"})


def test_merged_cells(keeper: Keeper, tmp_path: Path) -> None:
    rows: list[list[object]] = [HEADER, ["a", "crater", 38, 35], ["b", "crater", None, 35]]
    path = workbook(tmp_path / "a.xlsx", rows, merge="C2:C3")
    taken = keeper.refuse(path, "evidence")
    assert {("wire.xlsx.merged", 2, "C2:C3"), ("wire.xlsx.merged", 3, "C2:C3")} <= set(taken.named)


# --- dates --------------------------------------------------------------------------------

DATES = {
    "1899-12-30": "dictionary.date.sentinel",
    "1899-11-30": "dictionary.date.sentinel",
    "2099-01-01": "dictionary.date.future",
}


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("day", DATES)
def test_dates_that_are_none(day: str, format_name: str, keeper: Keeper, tmp_path: Path) -> None:
    path = evidence(POINT, date_seen=[day]).write(tmp_path / f"a.{format_name}")
    named = write_text(
        tmp_path / "m.toml",
        '[fields]\nid = "id"\nkind = "kind"\nobserved_on = "date_seen"\n',
    )
    taken = keeper.refuse(path, "evidence", "--map", named)
    assert taken.named == [(DATES[day], row_of(format_name), "observed_on")]


@pytest.mark.parametrize("format_name", ["gpkg", "xlsx"])
def test_dates_of_a_date_column(format_name: str, keeper: Keeper, tmp_path: Path) -> None:
    path = tmp_path / f"a.{format_name}"
    if format_name == "xlsx":
        seen = np.datetime64("2099-01-01").astype(object)
        workbook(path, [[*HEADER, "observed_on"], ["a", "crater", 38, 35, seen]])
    else:
        columns = [
            np.array(["a"], dtype=object),
            np.array(["crater"], dtype=object),
            np.array(["2099-01-01"], dtype="datetime64[D]"),
        ]
        pyogrio.raw.write(
            path,
            shapely.to_wkb(np.array([POINT])),
            columns,
            ["id", "kind", "observed_on"],
            geometry_type="Point",
            crs="EPSG:4326",
            driver="GPKG",
        )
    taken = keeper.refuse(path, "evidence")
    assert taken.named == [("dictionary.date.future", row_of(format_name), "observed_on")]


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        ("land-parts", {"outcome": "cleared", "depth_cm": 30, "released_on": "2099-01-01"}),
        ("accidents", {"kind": "ordnance", "happened_on": "2099-01-01"}),
        ("damage", {"scale": "ems98", "as_written": "3", "observed_on": "2099-01-01"}),
        ("population", {"residents": 4, "counted_on": "2099-01-01"}),
        ("places", {"name": "x", "valid_from_on": "1899-12-30"}),
        ("projects", {"kind": "school", "planned_on": "2199-01-01"}),
        ("buildings", {"kind": "house", "recorded_on": "2099-01-01"}),
    ],
)
def test_every_kind_asks_about_its_dates(
    kind: str, columns: dict[str, Cell], keeper: Keeper, tmp_path: Path
) -> None:
    shape = POINT if kind == "accidents" else BOX
    rows = Table({"id": ["a"], **{name: [cell] for name, cell in columns.items()}}, [shape])
    path = rows.write(tmp_path / "a.geojson")
    taken = keeper.refuse(path, kind)
    code = "dictionary.date.sentinel" if kind == "places" else "dictionary.date.future"
    assert taken.named == [(code, 1, list(columns)[-1])]
