"""Texts and reference systems as other programs write them: files made by GDAL, nothing guessed.

UTF-8, the Arabic code page of old offices, Kurdish as typed on every keyboard, a ``.cpg`` that
lies, a ``.prj`` that is not there.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from rafiqa.wire import Reading
from rafiqa.wire.mapping import mapping_of
from rafiqa.wire.parsing import parse_file
from rafiqa.wire.reading import rows_of

ARABIC = ("حقل ألغام", "منطقة مشتبه بها", "شارع المعمل")
SORANI = ("کێڵگەی مین", "ناوچەی گومانلێکراو", "ڕێگای گەڕەک")
SHAPES = [shapely.box(38 + n / 100, 35, 38 + n / 100 + 0.001, 35.001) for n in range(3)]


def shapefile(folder: Path, texts: tuple[str, ...], encoding: str, crs: str | None) -> Path:
    path = folder / "areas.shp"
    shapes = SHAPES
    if crs == "EPSG:32637":
        easts = (5e5, 5.1e5, 5.2e5)
        shapes = [shapely.box(east, 3.873e6, east + 90, 3.8731e6) for east in easts]
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(shapes, dtype=object)),
        [np.array(["a", "b", "c"], dtype=object), np.array(texts, dtype=object)],
        ["id", "name"],
        driver="ESRI Shapefile",
        geometry_type="Polygon",
        crs=crs or "EPSG:4326",
        encoding=encoding,
    )
    if crs is None:
        path.with_suffix(".prj").unlink()
    return path


def read(path: Path, **keys: object) -> Reading:
    mapping = mapping_of(dict(keys), "asked") if keys else None
    return rows_of(parse_file(path, path.parent, "hazard-areas", mapping))


def names(reading: Reading) -> tuple[object, ...]:
    return tuple(row.values["name"] for row in reading.rows)


def codes(reading: Reading) -> list[str]:
    return [fault.code for fault in reading.faults]


@pytest.mark.parametrize(
    ("texts", "encoding"), [(ARABIC, "UTF-8"), (SORANI, "UTF-8"), (ARABIC, "CP1256")]
)
def test_a_shapefile_that_says_its_encoding(
    tmp_path: Path, texts: tuple[str, ...], encoding: str
) -> None:
    path = shapefile(tmp_path, texts, encoding, "EPSG:4326")
    assert names(read(path)) == texts


@pytest.mark.parametrize("texts", [ARABIC, SORANI])
def test_a_cpg_that_lies_is_found_out(tmp_path: Path, texts: tuple[str, ...]) -> None:
    path = shapefile(tmp_path, texts, "UTF-8", "EPSG:4326")
    path.with_suffix(".cpg").write_text("1256")
    reading = read(path)
    assert reading.refused
    assert codes(reading) == ["wire.encoding.wrong"]
    assert names(read(path, encoding="utf-8")) == texts


def test_a_cpg_of_utf_8_over_the_arabic_code_page_is_found_out(tmp_path: Path) -> None:
    path = shapefile(tmp_path, ARABIC, "CP1256", "EPSG:4326")
    path.with_suffix(".cpg").write_text("UTF-8")
    assert codes(read(path)) == ["wire.encoding.wrong"]
    assert names(read(path, encoding="cp1256")) == ARABIC


def test_without_cpg_utf_8_is_recognised_and_the_rest_is_asked_about(tmp_path: Path) -> None:
    path = shapefile(tmp_path, SORANI, "UTF-8", "EPSG:4326")
    path.with_suffix(".cpg").unlink()
    reading = read(path)
    assert names(reading) == SORANI
    assert "wire.encoding.recognised" in [fault.code for fault in reading.warnings]


def test_the_system_stands_in_the_prj_or_is_asked_about(tmp_path: Path) -> None:
    (tmp_path / "grid").mkdir()
    grid = read(shapefile(tmp_path / "grid", ARABIC, "UTF-8", "EPSG:32637"))
    shape = grid.rows[0].geometry_lonlat
    assert shape is not None
    assert shape.bounds[:2] == pytest.approx((39.0, 34.999), abs=2e-3)
    bare = shapefile(tmp_path, ARABIC, "UTF-8", None)
    assert codes(read(bare)) == ["wire.crs.missing"]
    asked = read(bare, crs="EPSG:4326")
    for row, wanted in zip(asked.rows, SHAPES, strict=True):
        assert row.geometry_lonlat is not None
        assert row.geometry_lonlat.equals(wanted)


@pytest.mark.parametrize(
    ("heading", "value"),
    [
        ("جۆری ناوچە", "گومانلێکراو"),
        ("جۆري ناوچه\u200c", "گومانلێكراو"),
        ("جۆری ناوچه", "گومان\u200cلێکراو"),
    ],
)
def test_kurdish_is_one_word_on_every_keyboard(tmp_path: Path, heading: str, value: str) -> None:
    path = tmp_path / "areas.csv"
    path.write_text(f'id,{heading},wkt\nK1,{value},"{SHAPES[0].wkt}"\n', encoding="utf-8")
    mapping = {
        "crs": "EPSG:4326",
        "id": ["id"],
        "places": [{"wkt": "wkt"}],
        "fields": {"class": {"column": "جۆری ناوچە", "codes": {"گومانلێکراو": "sha"}}},
    }
    reading = read(path, **mapping)
    assert [row.values["class"] for row in reading.rows] == ["sha"]


@pytest.mark.parametrize("encoding", ["cp1256", "utf-8"])
def test_a_table_in_the_arabic_code_page(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "areas.csv"
    text = "id,name,wkt\n" + "".join(
        f'H{n},{name},"{SHAPES[n].wkt}"\n' for n, name in enumerate(ARABIC)
    )
    path.write_bytes(text.encode(encoding))
    assert names(read(path, crs="EPSG:4326", encoding=encoding)) == ARABIC
    other = "utf-8" if encoding == "cp1256" else "cp1256"
    assert codes(read(path, crs="EPSG:4326", encoding=other)) == ["wire.encoding.wrong"]
