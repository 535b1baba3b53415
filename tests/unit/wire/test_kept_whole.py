"""Nothing of a refused row is lost, and no row is passed over: what the quarantine keeps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rafiqa.wire import Reading
from rafiqa.wire.mapping import mapping_of
from rafiqa.wire.parsing import parse_file
from rafiqa.wire.reading import rows_of

WKT = '"POLYGON ((39 35, 39.01 35, 39.01 35.01, 39 35))"'
RING = [[39, 35], [39.01, 35], [39.01, 35.01], [39, 35]]
SHAPE = {"type": "Polygon", "coordinates": [RING]}


def read(path: Path, text: str, **keys: Any) -> Reading:
    path.write_text(text, encoding="utf-8")
    mapping = mapping_of({"crs": "EPSG:4326", **keys}, "test")
    return rows_of(parse_file(path, path.parent, "hazard-areas", mapping))


def lines(first: int, count: int) -> list[str]:
    return [f"h{number},cha,{WKT}" for number in range(first, first + count)]


def test_a_note_that_looks_like_a_hashtag_takes_no_row_with_it(tmp_path: Path) -> None:
    text = "\n".join(["id,class,wkt", *lines(0, 5), "#urgent,,", *lines(5, 3)])
    reading = read(tmp_path / "a.csv", text)
    assert len(reading.rows) == 8
    assert [bad.number for bad in reading.bad] == [7]


def test_rows_above_late_hashtags_are_asked_about(tmp_path: Path) -> None:
    tags = "#loc+id,#status,#geo+wkt"
    late = "\n".join(["id,class,wkt", *lines(0, 3), tags, *lines(3, 2)])
    assert [fault.code for fault in read(tmp_path / "a.csv", late).faults] == [
        "wire.table.tags-late"
    ]
    titled = "\n".join(["Hazards of 2019,,", "id,class,wkt", tags, *lines(0, 2)])
    assert len(read(tmp_path / "b.csv", titled).rows) == 2


def test_a_header_row_is_counted_as_a_person_counts(tmp_path: Path) -> None:
    text = "\n".join(["Hazards,,", "", "id,class,wkt", *lines(0, 2)])
    assert len(read(tmp_path / "a.csv", text, header_row=3).rows) == 2


@pytest.mark.parametrize("n_more", [2, 400])
def test_a_row_with_too_many_cells_is_kept_with_all_of_them(tmp_path: Path, n_more: int) -> None:
    more = ",".join(f"word {number}" for number in range(n_more))
    text = "\n".join(
        ["id,class,wkt,note", f"h0,cha,{WKT},near the school,{more}", f"h1,cha,{WKT},"]
    )
    reading = read(tmp_path / "a.csv", text)
    assert (len(reading.rows), len(reading.bad)) == (1, 1)
    kept = reading.bad[0].original.decode()
    assert all(f"word {number}" in kept for number in range(n_more))


@pytest.mark.parametrize(
    "feature",
    [
        {"type": "feature", "properties": {"id": "mine-9"}, "geometry": SHAPE},
        {"type": "Feature", "properties": ["mine-9"], "geometry": SHAPE},
        {"type": "Feature", "properties": {"note": "mine-9" + "x" * (1 << 20)}, "geometry": SHAPE},
        "mine-9 by the well",
    ],
)
def test_a_feature_that_is_none_is_kept_as_it_came(tmp_path: Path, feature: object) -> None:
    good = {"type": "Feature", "properties": {"id": "h0", "class": "cha"}, "geometry": SHAPE}
    text = json.dumps({"type": "FeatureCollection", "features": [good, feature]})
    reading = read(tmp_path / "a.geojson", text)
    assert (len(reading.rows), len(reading.bad)) == (1, 1)
    kept = reading.bad[0].original.decode()
    assert "mine-9" in kept
    assert isinstance(feature, str) or "39.01" in kept
