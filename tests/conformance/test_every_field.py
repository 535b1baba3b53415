"""No field of the dictionary is lost on the way in: recorded, kept beside, or named."""

from __future__ import annotations

import csv
import json
import time
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

import openpyxl
import pytest
import shapely
import shapely.affinity

from rafiqa.dictionary import Field, dictionary
from rafiqa.service import open_office
from rafiqa.service.intakefact import FACT_KINDS
from rafiqa.service.intakelayer import LAYER_KINDS
from rafiqa.wire.assetlayer import layer_from
from tests.conformance.keeper import LAT_DEG, LON_DEG, Keeper
from tests.real.door import rafiqa
from tests.unit.wire.files import write_text

RECORDS = {
    **{kind: record for kind, (record, _) in FACT_KINDS.items()},
    **LAYER_KINDS,
}
BOX = shapely.box(LON_DEG, LAT_DEG, LON_DEG + 0.001, LAT_DEG + 0.001)
OTHER = shapely.box(LON_DEG + 0.002, LAT_DEG, LON_DEG + 0.003, LAT_DEG + 0.001)
APART = {"hazard-areas"}
"""Rows on ground of their own: the same area under two ids is told, and not taken."""
LINE = shapely.LineString([BOX.centroid, OTHER.centroid])
SHAPES = {"roads": LINE}
SYSTEM = 'crs = "EPSG:4326"\n'
NEEDED = {
    "hazard-areas": {"class": "sha"},
    "evidence": {"kind": "crater"},
    "land-parts": {
        "outcome": "cleared",
        "depth_cm": "30",
        "released_on": "2024-03-02",
        "released_by": "Authority",
    },
    "accidents": {"kind": "ordnance"},
    "projects": {"kind": "school"},
    "rubble-lots": {"volume_m3": "40"},
    "buildings": {"kind": "house"},
    "roads": {"kind": "road"},
    "works": {"kind": "pipeline"},
    "bridges": {"kind": "bridge"},
    "water": {"kind": "other"},
    "protected-sites": {},
    "population": {"residents": "4"},
    "damage": {"scale": "ems98", "as_written": "Grade 3", "observed_on": "2024-03-02"},
    "places": {"kind": "community", "name": "Town"},
}


def cell(field: Field, kind: str) -> str:
    """A value that the field takes, found again by its digits or letters alone."""
    if field.name in NEEDED[kind]:
        return NEEDED[kind][field.name]
    if field.type in {"code", "codes"}:
        return dictionary().lists[field.codelist].names[-1]
    if field.type == "boolean":
        return "true"
    if field.type == "date":
        return "2023-05-17"
    if field.type == "instant":
        return "2023-05-17T10:11:12Z"
    if field.type in {"integer", "decimal"}:
        least, most = field.limits.minimum or 0, field.limits.maximum
        return str(max(int(least), min(37, int(most if most is not None else 37))))
    if field.type in {"point", "line", "polygon", "shape"}:
        return shapely.to_wkt(OTHER if field.type != "point" else OTHER.centroid)
    return f"word-{field.name}"


def table(path: Path, kind: str) -> Path:
    """A row for each field, which says that field and no more than its kind must."""
    asked = [one for one in dictionary().records[RECORDS[kind]].fields if one.name != "geometry"]
    names = [one.name for one in asked]
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.DictWriter(stream, [*names, "wkt"])
        out.writeheader()
        for number, one in enumerate((None, *asked)):
            row = {**NEEDED[kind], "id": "r-base" if one is None else f"r-{one.name}"}
            if one is not None and one.name != "id":
                row[one.name] = cell(one, kind)
            shape = SHAPES.get(kind, BOX)
            if kind in APART:
                shape = shapely.affinity.translate(shape, 0, 0.002 * number)
            out.writerow({**row, "wkt": shapely.to_wkt(shape)})
    return path


def recorded(keeper: Keeper, kind: str) -> dict[str, dict[str, Any]]:
    """What is on record of each row: the fact or the layer's row, and when it was true."""
    office = open_office(str(keeper.store), now_us=lambda: time.time_ns() // 1_000, entropy=bytes)
    try:
        if kind in FACT_KINDS:
            return {
                item.entry_id.rpartition(":")[2]: {
                    "since": item.valid_at_us,
                    **{
                        one.name: getattr(item.fact, one.name)
                        for one in fields(cast("Any", item.fact))
                    },
                }
                for item in office.facts()
                if item.entry_id.startswith("import:")
            }
        (layer,) = office.recovery().layers_of(kind)
        ids, shapes, columns = layer_from(office.store.blob(layer.sha256) or b"")
        return {
            row_id: {
                "geometry": shapes[i],
                **{name: cells[i] for name, cells in columns.items() if cells[i] is not None},
            }
            for i, row_id in enumerate(ids)
        }
    finally:
        office.store.close()


def plain(told: dict[str, Any], kind: str) -> dict[str, Any]:
    """What is told beside the id of the row, and beside its place where each has its own."""
    place = {"shape", "grid_difference_mm2"} if kind in APART else set()
    return {
        name: value
        for name, value in told.items()
        if not str(value).startswith("r-") and name not in place
    }


@pytest.mark.parametrize("kind", sorted(RECORDS))
def test_every_field_is_recorded_kept_beside_or_named(kind: str, tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    system = write_text(tmp_path / "system.toml", SYSTEM)
    taken = keeper.take(table(tmp_path / "rows.csv", kind), kind, "--map", system)
    told = recorded(keeper, kind)
    base = plain(told["r-base"], kind)
    assert any(told["r-base"].get(name) is not None for name in ("shape", "spot", "geometry"))
    named = {one["field"] for one in (*taken.answer["refused"], *taken.answer["warnings"])}
    lost = []
    for one in dictionary().records[RECORDS[kind]].fields:
        if one.name in {"id", "geometry"} or one.name in named:
            continue
        found = plain(told[f"r-{one.name}"], kind)
        value = cell(one, kind)
        if one.name in NEEDED[kind]:
            if one.type == "date":
                continue  # asked for below, by what it changes
            ok = value.casefold() in str(found).casefold()
        elif one.type == "text":
            ok = value in str(found)
        else:
            ok = found != base
        if not ok:
            lost.append(one.name)
    assert not lost
    assert len(told) > 5


def test_a_needed_day_is_the_day_since_when_it_is_true(tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    system = write_text(tmp_path / "system.toml", SYSTEM)
    keeper.take(table(tmp_path / "rows.csv", "land-parts"), "land-parts", "--map", system)
    assert recorded(keeper, "land-parts")["r-base"]["since"] == 1_709_337_600_000_000


@pytest.mark.parametrize("shape", [LINE, shapely.MultiPoint([BOX.centroid, OTHER.centroid])])
def test_a_line_of_evidence_is_not_only_a_spot(shape: shapely.Geometry, tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    rows = f'id,kind,shape\ne,crater,"{shapely.to_wkt(shape)}"\n'
    system = write_text(tmp_path / "system.toml", SYSTEM)
    taken = keeper.take(write_text(tmp_path / "e.csv", rows), "evidence", "--map", system)
    assert (taken.answer["accepted"], taken.warned) == (1, set())
    told = recorded(keeper, "evidence")["e"]
    assert told["spot"] is not None
    kept = shapely.from_wkt(json.loads(told["extra"])["geometry_lonlat"])
    assert kept.equals_exact(shape, 1e-8)


def test_words_under_the_name_of_a_shape_are_kept(tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    rows = "id,kind,location,lon,lat\ne,crater,behind the mill,38.001,35.001\n"
    taken = keeper.take(write_text(tmp_path / "e.csv", rows), "evidence")
    assert taken.answer["accepted"] == 1
    told = recorded(keeper, "evidence")["e"]
    assert told["spot"] is not None
    assert json.loads(told["extra"]) == {"location": "behind the mill"}


# --- the access of a project ----------------------------------------------------------------


def project(path: Path, access: str, crs: str = "EPSG:4326") -> tuple[Path, Path]:
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as stream:
            rows: list[list[object]] = [
                ["id", "depth_cm", "wkt", "access"],
                ["p", 40, shapely.to_wkt(BOX), access],
            ]
            csv.writer(stream).writerows(rows)
    else:
        book = openpyxl.Workbook()
        book.active.append(["id", "depth_cm", "wkt", "access_geometry"])
        book.active.append(["p", 40, shapely.to_wkt(BOX), access])
        book.save(path)
    return path, write_text(path.with_suffix(".toml"), f'crs = "{crs}"\n')


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_gate_sees_an_access_that_stands_in_a_cell(suffix: str, tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    far = shapely.box(LON_DEG + 0.02, LAT_DEG, LON_DEG + 0.03, LAT_DEG + 0.001)
    hazard = f'id,class,wkt\nh,sha,"{shapely.to_wkt(far)}"\n'
    system = write_text(tmp_path / "system.toml", SYSTEM)
    keeper.take(write_text(tmp_path / "h.csv", hazard), "hazard-areas", "--map", system)
    road = shapely.box(LON_DEG, LAT_DEG + 0.0004, LON_DEG + 0.025, LAT_DEG + 0.0006)
    file, how = project(tmp_path / f"p.{suffix}", shapely.to_wkt(road))
    assert keeper.take(file, "projects", "--map", how).answer["accepted"] == 1
    status, told = rafiqa("gate", keeper.store, "p")
    assert (status, told["outcome"]) == (0, "closed")
    assert ["h"] in [gate["area_ids"] for gate in told["gates"] if gate["outcome"] == "closed"]


@pytest.mark.parametrize(
    ("access", "code"),
    [
        ("behind the mill", "wire.geometry.unreadable"),
        (shapely.to_wkt(LINE), "geo.shape.type"),
        ("POLYGON EMPTY", "geo.shape.empty"),
        (
            "POLYGON ((38 35, 38.001 35.001, 38.001 35, 38 35.001, 38 35))",
            "geo.shape.self-intersection",
        ),
        ("POLYGON ((200 35, 201 35, 201 36, 200 35))", "wire.place.impossible"),
        ("POLYGON ((38 35, 38.001 35, 38.001 35.001, 38 35.001))", "geo.shape.unclosed"),
    ],
)
def test_an_access_that_cannot_be_read_is_refused_by_name(
    access: str, code: str, tmp_path: Path
) -> None:
    keeper = Keeper.new(tmp_path)
    file, how = project(tmp_path / "p.csv", access)
    taken = keeper.refuse(file, "projects", "--map", how)
    assert taken.named == [(code, 2, "access")]
    (item,) = taken.new_quarantine()
    assert json.loads(item.original)["columns"]["access"] == access


def test_an_access_stands_in_the_system_of_its_row(tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    path = tmp_path / "p.csv"
    works = "POLYGON ((409000 3873000, 409050 3873000, 409050 3873050, 409000 3873000))"
    access = "POLYGON ((409050 3873000, 409060 3873000, 409060 3873010, 409050 3873000))"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["id", "wkt", "access"], ["p", works, access]])
    how = write_text(tmp_path / "m.toml", 'crs = "EPSG:32637"\n')
    assert keeper.take(path, "projects", "--map", how).answer["accepted"] == 1
    fact = recorded(keeper, "projects")["p"]
    assert fact["access"].area2_mm2 == pytest.approx(100e6, rel=2e-3)
    assert fact["shape"].area2_mm2 == pytest.approx(2500e6, rel=2e-3)


def test_an_access_may_be_a_geometry_of_geojson(tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    feature = {
        "type": "Feature",
        "properties": {"id": "p", "access_geometry": json.loads(shapely.to_geojson(OTHER))},
        "geometry": json.loads(shapely.to_geojson(BOX)),
    }
    collection = json.dumps({"type": "FeatureCollection", "features": [feature]})
    taken = keeper.take(write_text(tmp_path / "p.geojson", collection), "projects")
    assert (taken.answer["accepted"], taken.warned) == (1, set())
    fact = recorded(keeper, "projects")["p"]
    assert fact["access"].area2_mm2 == pytest.approx(fact["shape"].area2_mm2, rel=1e-3)
    wrong = collection.replace('"Polygon"', '"Triangle"', 1).replace('"p"', '"q"')
    taken = keeper.take(write_text(tmp_path / "q.geojson", wrong), "projects")
    assert (taken.status, len(taken.new_quarantine())) == (1, 1)
    assert taken.named == [("wire.geometry.unreadable", 1, "access_geometry")]
