"""The land as the desk sees it: states, figures that add up, parts, gates, words."""

from __future__ import annotations

from urllib.parse import quote

import pytest
import shapely
from shapely.geometry import shape as geometry_of
from starlette.applications import Starlette

from rafiqa.land import StructureRegistered, Unit
from rafiqa.recovery import DamageAssessed
from rafiqa.service import Office, assess_damage, register_structure
from tests.city import FIRST, box, spot
from tests.unit.api.client import Client


def at(client: Client, city: Office, x_m: float, y_m: float) -> dict[str, object]:
    place = spot(city, x_m, y_m)
    answer: dict[str, object] = client.get(
        f"/api/at?lon={place.lon_deg}&lat={place.lat_deg}"
    ).json()
    return answer


@pytest.mark.parametrize(
    ("x_m", "y_m", "state", "depth_cm", "reopened", "areas"),
    [
        (10, 50, "cleared", 30, False, ["H1"]),
        (55, 10, "cha", None, False, ["H1"]),
        (80, 50, "cha", None, False, ["H1"]),
        (225, 25, "sha", None, False, ["H2"]),
        (30, 230, "cha", None, True, ["H3"]),
        (320, 20, "cleared", 50, False, ["T1"]),
        (150, 150, "unrecorded", None, False, []),
    ],
)
def test_a_point_is_what_the_ledger_makes_it(
    x_m: float,
    y_m: float,
    state: str,
    depth_cm: int | None,
    reopened: bool,
    areas: list[str],
    city: Office,
    anybody: Client,
) -> None:
    told = at(anybody, city, x_m, y_m)
    assert (told["state"], told["depth_cm"], told["reopened"]) == (state, depth_cm, reopened)
    assert told["areas"] == areas
    assert told["headline"]
    assert told["reasons"]


def test_a_point_names_what_stands_and_is_planned_there(city: Office, anybody: Client) -> None:
    told = at(anybody, city, 7, 12)
    assert told["projects"] == ["J-open"]
    assets = at(anybody, city, 4, 12)["assets"]
    assert isinstance(assets, list)
    assert [asset["kind"] for asset in assets] == ["house"]


def test_layers_are_apart_and_add_up(anybody: Client) -> None:
    hazards = anybody.get("/api/map/hazards").json()["features"]
    parts = anybody.get("/api/map/parts").json()["features"]
    shapes = [geometry_of(each["geometry"]) for each in (*hazards, *parts)]
    assert all(shape.is_valid for shape in shapes)
    for index, shape in enumerate(shapes):
        for other in shapes[index + 1 :]:
            assert shape.intersection(other).area < 1e-14
    for area in anybody.get("/api/areas").json()["areas"]:
        own = [
            each["properties"]
            for each in hazards
            if each["properties"]["area_id"] == area["area_id"]
        ]
        assert sum(each["area_m2"] for each in own) == pytest.approx(area["open_m2"])
    outcomes = {each["properties"]["part_id"]: each["properties"]["outcome"] for each in parts}
    assert outcomes == {"P1": "cleared", "T1": "cleared"}
    left = anybody.get("/api/map/notcleared").json()["features"]
    assert [each["properties"]["part_id"] for each in left] == ["P2"]


def test_shells_go_counter_clockwise(anybody: Client) -> None:
    for each in anybody.get("/api/map/hazards").json()["features"]:
        for polygon in shapely.get_parts(geometry_of(each["geometry"])):
            assert polygon.exterior.is_ccw


@pytest.mark.parametrize("area_id", ["H1", "H2", "H3", "T1"])
def test_figures_add_up(area_id: str, anybody: Client, staff: Client) -> None:
    for client in (anybody, staff):
        area = client.get(f"/api/areas/{area_id}").json()
        figures = area["figures"]
        by_outcome = [
            figures[f"{name}_m2"]
            for name in ("open", "not_cleared", "cancelled", "reduced", "cleared")
        ]
        assert sum(by_outcome) == pytest.approx(figures["computed_m2"])
        assert figures["computed_m2"] == pytest.approx(figures["registered_m2"])


def test_an_area_tells_its_figures_and_parts(staff: Client) -> None:
    area = staff.get("/api/areas/H1").json()
    assert (area["name"], area["class"], area["validation"]) == ("Mill quarter", "cha", "approved")
    assert area["figures"]["cleared_m2"] == 5_000
    assert area["figures"]["not_cleared_m2"] == 200
    assert area["figures"]["reported_m2"] == 10_500
    parts = {part["part_id"]: part for part in area["parts"]}
    assert (parts["P1"]["outcome"], parts["P1"]["depth_cm"], parts["P1"]["area_m2"]) == (
        "cleared",
        30,
        5_000,
    )
    assert parts["P1"]["since"]
    assert parts["P2"]["outcome"] == "not_cleared"
    releases = {each["release_id"]: each for each in area["releases"]}
    assert releases["R1"]["state"] == "accepted"
    assert (releases["R1"]["proposed_by"], releases["R1"]["accepted_by"]) == (
        "canary-person-first",
        "canary-person-second",
    )
    assert (releases["R2"]["state"], releases["R2"]["accepted_by"]) == ("proposed", None)


def test_a_reopened_part_is_never_shown_as_cleared(anybody: Client) -> None:
    area = anybody.get("/api/areas/H3").json()
    assert area["class"] == "cha"
    assert [(part["outcome"], part["depth_cm"], part["since"]) for part in area["parts"]] == [
        ("reopened", None, None)
    ]
    assert "land.point.reopened" in [reason["code"] for reason in area["reasons"]]


@pytest.mark.parametrize(
    ("project_id", "outcome", "code"),
    [
        ("J-open", "open", "gate.area.released"),
        ("J-deep", "closed", "gate.depth.insufficient"),
        ("J-off", "conditions", "gate.area.unrecorded"),
        ("J-school", "closed", "gate.reopening.reopened"),
        ("J-lost", "closed", "gate.registration.shape-missing"),
    ],
)
def test_a_project_names_every_gate(
    project_id: str, outcome: str, code: str, anybody: Client
) -> None:
    project = anybody.get(f"/api/projects/{project_id}").json()
    assert project["gate"]["outcome"] == outcome
    assert code in [gate["code"] for gate in project["gate"]["gates"]]
    briefs = {each["project_id"]: each for each in anybody.get("/api/projects").json()["projects"]}
    assert briefs[project_id]["outcome"] == outcome
    assert project["history"][-1]["kind"]


def test_a_project_shows_its_buildings_and_the_story_of_its_land(anybody: Client) -> None:
    project = anybody.get("/api/projects/J-deep").json()
    assert [asset["asset_id"] for asset in project["assets"]] == ["b1"]
    kinds = [item["kind"] for item in project["history"]]
    assert "release.accepted" in kinds
    assert "project.registered" in kinds


def test_names_and_words_follow_the_language(anybody: Client) -> None:
    english, arabic = (
        anybody.get(f"/api/projects/J-open?lang={lang}").json() for lang in ("en", "ar")
    )
    assert (english["name"], arabic["name"]) == ("Well", "بئر")
    titles = [item["title"] for item in arabic["history"]]
    assert not set(titles) & {item["title"] for item in english["history"]}


def test_history_is_in_words(staff: Client) -> None:
    history = staff.get("/api/areas/H1").json()["history"]
    assert [item["seq"] for item in history] == sorted(item["seq"] for item in history)
    for item in history:
        assert not item["title"].startswith("fact.")
        assert "{" not in item["text"]
    reported = next(item for item in history if item["kind"] == "work.reported")
    assert "deminers" in reported["text"]
    assert reported["actor"] == "canary-person-operator"
    failed = next(
        i for i in staff.get("/api/areas/H2").json()["history"] if i["kind"] == "work.inspected"
    )
    assert "canary-words-of-an-inspector" in failed["text"]


def test_search_finds_in_either_script(anybody: Client) -> None:
    def found(query: str) -> list[tuple[str, str]]:
        results = anybody.get(f"/api/search?q={query}").json()["results"]
        return [(each["kind"], each["id"]) for each in results]

    assert found("MILL")[0] == ("area", "H1")
    assert found("h2")[0] == ("area", "H2")
    assert ("project", "J-open") in found("بِئْر")
    assert ("asset", "b12") in found("مبني b12")
    assert found("no such thing") == []
    assert len(found("buildings")) == 20


def test_the_site_reaches_as_far_as_its_land(anybody: Client, staff: Client) -> None:
    site = anybody.get("/api/site").json()
    west, south, east, north = site["bbox_lonlat"]
    assert west < 39.01 < east
    assert south <= 35.95 < north
    assert site["counts"]["areas"] == 3
    assert "reports" not in site["counts"]
    assert staff.get("/api/site").json()["counts"]["reports"] == 2
    kinds = {mark["kind"] for mark in site["marks"]}
    assert kinds == {"release", "transfer", "accident", "reopening"}
    assert "failed_inspection" in {mark["kind"] for mark in staff.get("/api/site").json()["marks"]}


def test_the_account_balances(anybody: Client) -> None:
    account = anybody.get("/api/account").json()
    assert account["balance_error_m2"] == 0
    assert account["classes"]["cha"]["reopened_m2"] == 3_600
    assert account["released_standing_m2"]["cleared"] == 5_000 + 1_600
    for name in ("source", "as_of", "method", "boundary"):
        assert account[name]


def test_search_forgives_spelling_and_finds_codes_for_whom_they_are(
    anybody: Client, staff: Client
) -> None:
    def found(client: Client, query: str) -> list[dict[str, str]]:
        results: list[dict[str, str]] = client.get(f"/api/search?q={quote(query)}").json()[
            "results"
        ]
        return results

    assert {each["id"] for each in found(anybody, "بـئْـر")} == {"J-open"}
    assert found(anybody, "quarter MILL")[0]["selected"] == "area:H1"
    assert found(anybody, "h 1") == found(anybody, "h-1") != []
    kinds = {each["kind"]: each for each in found(staff, "T-1")}
    assert kinds["task"]["selected"] == "area:H1"
    assert "task" not in {each["kind"] for each in found(anybody, "T-1")}
    item = next(each for each in found(staff, "E1") if each["kind"] == "evidence")
    assert item["selected"].startswith("spot:39.0")
    assert {each["kind"] for each in found(anybody, "E1")} <= {"area", "asset"}
    report = found(staff, "report")
    assert not [each for each in found(anybody, "report") if each["kind"] == "report"]
    assert all(each["kind"] != "report" or each["id"] for each in report)


def test_structures_tell_units_left_and_damage_each_source(
    own_app: Starlette, own_city: Office
) -> None:
    units = tuple(Unit(f"S1.f{level}", "storey", level) for level in range(2))
    house = StructureRegistered("S1", "building", box(600, 600, 612, 610), units, "House")
    assert register_structure(own_city, FIRST, house).done
    for number, source in enumerate(("sat one", "sat two")):
        fact = DamageAssessed(
            f"D{number}", "ems98", "Grade 3", "grade_3", asset_id="b1", source=source
        )
        acted = assess_damage(own_city, FIRST, fact)
        assert acted.done, acted.reasons
    client = Client(own_app)
    drawn = client.get("/api/map/structures").json()["features"]
    ours = next(each["properties"] for each in drawn if each["properties"]["structure_id"] == "S1")
    # The ground beneath is a unit, too.
    assert (ours["units"], ours["units_left"]) in {(2, 2), (3, 3)}
    damage = client.get("/api/map/damage?lang=en").json()["features"]
    told = [each["properties"] for each in damage if each["properties"]["asset_id"] == "b1"]
    assert [each["nth"] for each in told] == [0, 1]
    assert len({each["assessment_id"] for each in told}) == 2
    assert all(each["says"] for each in told)


def test_the_sliders_step_over_what_became_known(anybody: Client) -> None:
    site = anybody.get("/api/site").json()
    days = site["known_days"]
    assert days == sorted(days)
    early = anybody.get(f"/api/site?known_at={days[0]}").json()
    assert early["known_days"] == days, "what was known later can be stepped to from before"
