"""Amsterdam's map of unexploded ordnance: suspected, cleared, impacts, surveys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from tests.real.door import City
from tests.real.opendata import geodesic_m2, inner_point, ogr, open_data, table, to_degrees

pytestmark = pytest.mark.shared

AMSTERDAM = (4.93, 52.38)
CLEARED = "amsterdam-uxo/gevrijwaard_gebied.csv"
SUSPECTED = "amsterdam-uxo/verdachte_gebieden.csv"

# Read by eye from each row's remark: below ground level, of the whole outline, of every item.
DEPTH_CM = {
    "GG_001A": 1450,  # tot 14,5 meter -mv
    "GG_001B": 1450,  # 10 meter heizone tot 14,5 meter -mv: the zone is 10 m wide, not deep
    "GG_001C": 1450,
    "GG_006": 500,  # tot 5 meter -mv
    "GG_016A": 400,  # tot 4 meter -mv
    "GG_016B": 1500,  # tot 15 meter -mv
}
NO_DEPTH = {5, 6, 11}  # "tot vaargeul" and twice "onbekend"
FROM_SEA_LEVEL = {7, 8, 10, 12, 13, 14, 16, 17}  # "- NAP": not a depth below the ground there
UP_TO_A_CALIBRE = {7, 8, 14, 18}  # "tot en met 250 lbs", "... 500 lbs"
OBJECTS_LEFT = {15}  # "minus verdachte objecten"
EVERY_ROW = set(range(2, 21))


def outlines(name: str) -> dict[str, BaseGeometry]:
    return {row["Kenmerk"]: to_degrees(shapely.from_wkt(row["WKT"])) for row in table(name)}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """The land alone; its tests add projects and no signs."""
    return land_of(tmp_path_factory.mktemp("amsterdam"))


def land_of(folder: Path) -> City:
    made = City.new(folder / "city.rafiqa", *AMSTERDAM)
    suspected = made.take(open_data(SUSPECTED), "hazard-areas", "amsterdam-hazard-areas")
    assert suspected.counts == (4, 0)
    cleared = made.take(open_data(CLEARED), "land-parts", "amsterdam-land-parts")
    assert cleared.counts == (6, 13)
    return made


def test_every_cleared_part_has_the_depth_its_text_says(city: City) -> None:
    for name, outline in outlines(CLEARED).items():
        told = city.at(inner_point(outline))
        if name in DEPTH_CM:
            found = (told["state"], told["depth_cm"], told["parts"])
            assert found == ("cleared", DEPTH_CM[name], [name])
            assert "land.point.transferred" in {reason["code"] for reason in told["reasons"]}
        else:
            assert (told["state"], told["depth_cm"]) == ("unrecorded", None), name


def test_nothing_is_released_that_the_map_does_not_say_is(tmp_path: Path) -> None:
    told = City.new(tmp_path / "again.rafiqa", *AMSTERDAM).take(
        open_data(CLEARED), "land-parts", "amsterdam-land-parts"
    )
    assert told.status == 0
    refused = told.refused()
    limited = UP_TO_A_CALIBRE | OBJECTS_LEFT
    assert set(refused) == {"dictionary.field.missing", "dictionary.field.missing-when"}
    assert set(refused["dictionary.field.missing"]) == limited
    assert set(refused["dictionary.field.missing-when"]) == (NO_DEPTH | FROM_SEA_LEVEL) - limited
    warned = {code: set(rows) for code, rows in told.warned().items() if None not in rows}
    assert warned == {
        "wire.depth.missing": NO_DEPTH,
        "wire.depth.datum": FROM_SEA_LEVEL,
        "wire.release.items-limited": UP_TO_A_CALIBRE,
        "wire.release.objects-left": OBJECTS_LEFT,
    }
    taken = EVERY_ROW - limited - NO_DEPTH - FROM_SEA_LEVEL
    rows = table(CLEARED)
    assert {rows[line - 2]["Kenmerk"] for line in taken} == set(DEPTH_CM)


def test_what_was_refused_is_kept_as_it_came(city: City) -> None:
    kept = list(city.office().store.quarantined())
    assert {item.row for item in kept} == NO_DEPTH | FROM_SEA_LEVEL | UP_TO_A_CALIBRE | OBJECTS_LEFT
    rows = table(CLEARED)
    for item in kept:
        source = rows[(item.row or 0) - 2]
        columns = json.loads(item.original)["columns"]
        assert columns["Kenmerk"] == source["Kenmerk"]
        assert columns["Opmerkinge"] == source["Opmerkinge"]


def test_a_hole_in_a_cleared_part_is_not_cleared(city: City) -> None:
    holes = [
        shapely.Polygon(ring)
        for part in shapely.get_parts(outlines(CLEARED)["GG_001A"])
        for ring in part.interiors
    ]
    assert len(holes) == 1
    assert city.at(inner_point(holes[0]))["state"] == "unrecorded"


def test_suspected_areas_are_suspected_and_nothing_more(city: City) -> None:
    areas = city.facts("areas")
    for name, outline in outlines(SUSPECTED).items():
        told = city.at(inner_point(outline))
        assert (told["state"], told["depth_cm"], told["areas"]) == ("sha", None, [name])
        fact = areas[name]
        assert fact.class_ == "sha"
        assert fact.shape.area2_mm2 / 2e6 == pytest.approx(geodesic_m2(outline), rel=1e-3)
    stored = {row["Kenmerk"]: float(row["SHAPE_Area"]) for row in table(SUSPECTED)}
    reported = {name: float(areas[name].area_reported_m2 or 0) for name in stored}
    assert reported == pytest.approx(stored, rel=1e-9)


def test_the_account_says_the_areas_of_the_map(city: City) -> None:
    cleared = geodesic_m2(
        shapely.union_all([shape for name, shape in outlines(CLEARED).items() if name in DEPTH_CM])
    )
    suspected = geodesic_m2(shapely.union_all(list(outlines(SUSPECTED).values())))
    classes = city.account()["classes"]
    assert classes["sha"]["closing_m2"] == pytest.approx(suspected, rel=1e-3)
    assert classes["sha"]["cleared_m2"] == pytest.approx(cleared, rel=1e-3)
    assert classes["sha"]["new_m2"] == pytest.approx(suspected + cleared, rel=1e-3)
    assert set(classes["cha"].values()) == {0}
    # The figures themselves, so that a change of the last per mille is seen too.
    assert (round(suspected), round(cleared)) == (191_292, 14_472)


def projects(depth_cm_of: dict[str, tuple[str, int]], to: Path) -> Path:
    """Writes a project for each name: a square well inside a part or area, and how deep it goes."""
    all_outlines = {**outlines(CLEARED), **outlines(SUSPECTED)}
    made = []
    for project, (name, depth_cm) in depth_cm_of.items():
        largest = max(shapely.get_parts(all_outlines[name]), key=shapely.area)
        spot = shapely.point_on_surface(largest)
        half_deg = largest.exterior.distance(spot) / 4
        square = spot.buffer(half_deg, cap_style="square")
        properties = {"id": project, "name": project, "kind": "building", "depth_cm": depth_cm}
        shape = json.loads(shapely.to_geojson(square))
        made.append({"type": "Feature", "properties": properties, "geometry": shape})
    to.write_text(json.dumps({"type": "FeatureCollection", "features": made}), encoding="utf-8")
    return to


def test_a_project_dug_deeper_than_a_cleared_part_is_closed(city: City, tmp_path: Path) -> None:
    file = projects(
        {
            "to-its-depth": ("GG_006", 500),
            "deeper": ("GG_006", 501),
            "on-suspected": ("VGA_400712A", 0),
            "on-refused-release": ("GG_012", 100),
            "on-sea-level-release": ("GG_007", 100),
        },
        tmp_path / "projects.geojson",
    )
    assert city.take(file, "projects").counts == (5, 0)
    assert city.gate("to-its-depth")["outcome"] == "open"
    deeper = city.gate("deeper")
    assert deeper["outcome"] == "closed"
    closed = [gate for gate in deeper["gates"] if gate["outcome"] == "closed"]
    assert [(gate["gate"], gate["code"]) for gate in closed] == [("G9", "gate.depth.insufficient")]
    assert closed[0]["area_ids"] == ["GG_006"]
    assert closed[0]["params"] == {"depth_cm": 501, "certified_cm": 500, "parts": "GG_006"}
    suspected = city.gate("on-suspected")
    assert suspected["outcome"] == "closed"
    named = [gate["area_ids"] for gate in suspected["gates"] if gate["code"] == "gate.area.hazard"]
    assert named == [["VGA_400712A"]]
    for project in ("on-refused-release", "on-sea-level-release"):
        told = city.gate(project)
        assert told["outcome"] == "conditions"
        assert "gate.area.unrecorded" in {gate["code"] for gate in told["gates"]}


def test_sending_a_file_again_stores_nothing(city: City) -> None:
    before, kept = city.entries(), city.quarantine()
    again = city.take(open_data(CLEARED), "land-parts", "amsterdam-land-parts")
    assert (again.answer["accepted"], again.answer["already"]) == (6, 6)
    assert (city.entries(), city.quarantine()) == (before, kept)


def test_impacts_and_surveys_are_evidence_and_move_no_land(tmp_path: Path) -> None:
    city = land_of(tmp_path)
    file = projects({"to-its-depth": ("GG_006", 500)}, tmp_path / "projects.geojson")
    assert city.take(file, "projects").counts == (1, 0)
    assert city.gate("to-its-depth")["outcome"] == "open"
    before = city.account()["classes"]
    impacts = city.take(open_data("amsterdam-uxo/inslagen.csv"), "evidence", "amsterdam-evidence")
    surveys = city.take(
        open_data("amsterdam-uxo/reeds_uitgevoerd_ce_onderzoek.csv"),
        "evidence",
        "amsterdam-evidence",
    )
    assert (impacts.counts, surveys.counts) == ((27, 0), (9, 0))
    assert surveys.warned()["wire.geometry.duplicate"] == [3]
    facts = city.facts("evidence")
    source = table("amsterdam-uxo/inslagen.csv")
    for row in source:
        fact, point = facts[row["Kenmerk"]], to_degrees(shapely.from_wkt(row["WKT"]))
        assert (fact.kind, fact.accuracy_m) == ("crater", 5)
        assert fact.spot.lon_deg == pytest.approx(shapely.get_x(point), abs=1e-7)
        assert fact.spot.lat_deg == pytest.approx(shapely.get_y(point), abs=1e-7)
    plots = [row for row in source if row["Intekening"] == "Bomb plot"]
    assert {facts[row["Kenmerk"]].source_kind for row in plots} == {"former_record"}
    assert len(plots) == 4
    assert len(facts) == 27 + 9
    assert city.account()["classes"] == before
    # What came onto the record after a release is for a person to answer.
    told = city.gate("to-its-depth")
    assert told["outcome"] == "conditions"
    assert "gate.reopening.witness-unanswered" in {gate["code"] for gate in told["gates"]}


def test_the_shapefiles_say_the_same_through_their_bare_prj(tmp_path: Path) -> None:
    city = City.new(tmp_path / "shp.rafiqa", *AMSTERDAM)
    names = {
        "Verdachte_gebieden_test.shp": ("hazard-areas", (6, 0)),
        "Gevrijwaard_gebied_test.shp": ("land-parts", (0, 1)),
        "Inslagen_ea_test.shp": ("evidence", (5, 0)),
        "Reeds_uitgevoerde_CE_onderzoeken_test.shp": ("evidence", (1, 0)),
    }
    for name, (kind, counts) in names.items():
        told = city.take(open_data(f"amsterdam-uxo/{name}"), kind, f"amsterdam-{kind}")
        assert told.counts == counts
        assert "wire.crs.from-mapping" in told.warned()
        if name.startswith("Verdachte"):
            assert told.warned()["wire.row.read"] == [1, 2]  # "4 bekende blindgangers"
    shapes, columns = ogr("amsterdam-uxo/Verdachte_gebieden_test.shp")
    suspected = geodesic_m2(shapely.union_all([to_degrees(shape) for shape in shapes]))
    sha = city.account()["classes"]["sha"]
    assert sha["closing_m2"] == pytest.approx(suspected, rel=1e-3)
    assert sha["cleared_m2"] == 0
    wanted = {f"A00{n}" for n in (3, 4, 5)}
    assert set(columns["Kenmerk"]) == wanted
    assert {name.split("/")[0] for name in city.facts("areas")} == wanted
    notes = "".join(fact.extra or "" for fact in city.facts("evidence").values())
    assert "geïnterpreteerd" in notes
    assert "Ã" not in notes
