"""A boundary read from a file: the union of its polygons, or why it cannot be one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rafiqa.errors import InvalidInput, NotFound
from rafiqa.service import Office, ask_account
from rafiqa.service.boundary import read_boundary
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.ground import square


def ring(office: Office, x_m: int, y_m: int, size_m: int) -> Any:
    outline = office.frame.to_lonlat(square(x_m, y_m, size_m)).geometry
    return json.loads(json.dumps(outline.__geo_interface__))


def write(path: Path, *geometries: Any) -> str:
    features = [
        {"type": "Feature", "geometry": each, "properties": {"id": f"B{number}"}}
        for number, each in enumerate(geometries)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return str(path)


def test_the_polygons_of_a_file_are_one_boundary(at_stage: OfficeAt, tmp_path: Path) -> None:
    office = at_stage("area")
    name = write(tmp_path / "b.geojson", ring(office, 0, 0, 60), ring(office, 50, 50, 60))
    boundary = read_boundary(office, name)
    # 60 × 60 twice, less the 10 × 10 that both cover; but for a corner's rounding.
    assert boundary.area_m2 == pytest.approx(7_100, abs=0.5)
    inside = ask_account(office, boundary=boundary).classes["cha"].closing / 2_000_000
    # Of A1, 100 × 100: 3,600, and of the second 50 × 50 less the 100 in both.
    assert inside == pytest.approx(6_000, abs=0.5)


def test_no_file_and_no_polygon(at_stage: OfficeAt, tmp_path: Path) -> None:
    office = at_stage("area")
    with pytest.raises(NotFound, match=r"service\.import\.no-file"):
        read_boundary(office, str(tmp_path / "none.geojson"))
    with pytest.raises(InvalidInput, match=r"service\.boundary\.none|wire\."):
        read_boundary(office, write(tmp_path / "empty.geojson"))


@pytest.mark.parametrize(
    "bad",
    [
        {"type": "Polygon", "coordinates": [[[38, 34], [39, 35], [39, 34], [38, 35], [38, 34]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
    ],
)
def test_one_bad_polygon_refuses_the_boundary(
    at_stage: OfficeAt, tmp_path: Path, bad: dict[str, Any]
) -> None:
    office = at_stage("area")
    name = write(tmp_path / "bad.geojson", ring(office, 0, 0, 60), bad)
    with pytest.raises(InvalidInput) as refused:
        read_boundary(office, name)
    assert any(fault.row == 2 for fault in refused.value.faults)
