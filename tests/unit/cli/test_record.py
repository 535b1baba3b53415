"""Papers of works by command, and how the gate tells them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from rafiqa.cli import main
from tests.unit.cli.conftest import ORIGIN, Run

RING = [[38.55, 34.9], [38.5502, 34.9], [38.5502, 34.9002], [38.55, 34.9002], [38.55, 34.9]]
NOTE = {"works_id": "J1", "power": "live", "gas": "none", "water": "cut", "voids": "no"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one project on ground released to 50 cm, to be copied."""
    path = tmp_path_factory.mktemp("papers") / "city.rafiqa"
    assert main(["new", str(path), "--name", "Old Town", *ORIGIN]) == 0
    part = {"id": "P1", "outcome": "cleared", "depth_cm": 50, "released_on": "2026-01-01"}
    _import(path, "land-parts", {**part, "method": "manual", "surface": "soil"})
    _import(path, "projects", {"id": "J1", "name": "School", "kind": "school", "depth_cm": 20})
    return path


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Path:
    """That store, of one test's own."""
    shutil.copytree(made.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / made.name


def _import(store: Path, kind: str, properties: dict[str, Any]) -> None:
    shape = {"type": "Polygon", "coordinates": [RING]}
    row = {"type": "Feature", "properties": properties, "geometry": shape}
    file = store.with_name(f"{kind}.geojson")
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [row]}))
    assert main(["import", str(store), str(file), "--as", kind]) == 0


def _file(store: Path, told: object) -> Path:
    file = store.with_name("paper.json")
    file.write_text(json.dumps(told))
    return file


def test_a_bare_project_stays_open_and_says_what_was_not_asked(run: Run, store: Path) -> None:
    answer = run("gate", store, "J1", "--json").answer
    assert answer["outcome"] == "open"
    assert [gate["gate"] for gate in answer["gates"]] == ["G0", "G3", "G9", "G10"]
    assert [each["gate"] for each in answer["not_asked"]] == [
        *("G1", "G2", "G4", "G5", "G6", "G7", "G8", "G11")
    ]
    assert all(each["detail"] != each["code"] for each in answer["not_asked"])


def test_a_paper_is_recorded_and_the_gate_tells_it(run: Run, store: Path) -> None:
    done = run("record", store, "utility_note", _file(store, NOTE), "--json")
    assert done.status == 0
    answer = run("gate", store, "J1", "--json").answer
    (live,) = [gate for gate in answer["gates"] if gate["outcome"] == "closed"]
    assert (live["code"], live["fact_ids"]) == ("gate.utilities.live", done.answer["entries"])
    assert live["detail"] == "Live on the site: Electricity."
    assert set(live) >= {"gate", "outcome", "code", "detail", "area_ids", "who", "until"}
    missing = [gate for gate in answer["gates"] if gate["code"] == "gate.rating.missing"]
    assert missing[0]["who"] == "surveyor"


def test_the_gate_prints_whom_a_condition_binds_and_until_when(run: Run, store: Path) -> None:
    team = {"works_id": "J1", "organisation_id": "eod-unit", "team": "T4"}
    rating = {"works_id": "J1", "trained": True, "item_seen": "yes", "plan": "by hand"}
    support = _file(store, {**team, "until_on": "2999-01-01"})
    assert run("record", store, "eod_support", support).status == 0
    assert run("record", store, "site_rating", _file(store, rating)).status == 0
    lines = run("gate", store, "J1").out.splitlines()
    at = next(row for row, line in enumerate(lines) if "rated high" in line)
    assert lines[at + 1].strip().startswith("eod-unit, until 2")
    assert "Ordnance seen here or within 100 m?" in lines[at]
    told = run("gate", store, "J1", "--lang", "ar").out
    assert "gate." not in told
    assert "item_seen" not in told


def test_the_same_paper_of_a_day_is_one_and_of_now_is_another(run: Run, store: Path) -> None:
    file = _file(store, [NOTE, {**NOTE, "gas": "cut"}])
    when = ("--valid-at", "2026-02-01", "--json")
    once, again = (run("record", store, "utility_note", file, *when).answer for _ in range(2))
    assert once == again
    assert len(once["entries"]) == 2
    first, second = (run("record", store, "utility_note", file, "--json").answer for _ in range(2))
    assert not set(first["entries"]) & set(second["entries"])


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({**NOTE, "gas": "off"}, "dictionary.code.unknown"),
        ({**NOTE, "colour": "red"}, "service.site.field-unknown"),
        ({**NOTE, "works_id": "J9"}, "service.site.works-unknown"),
    ],
)
def test_a_bad_row_is_named_and_kept_and_the_rest_goes_on(
    run: Run, store: Path, bad: object, code: str
) -> None:
    mixed = run("record", store, "utility_note", _file(store, [bad, NOTE]), "--json")
    assert (mixed.status, len(mixed.answer["entries"]), mixed.answer["quarantined"]) == (0, 1, 1)
    (fault,) = mixed.answer["refused"]
    assert (fault["code"], fault["row"]) == (code, 1)
    assert fault["next"]
    kept = run("quarantine", store, "--json").answer["items"]
    assert [(item["row"], item["faults"][0]["code"]) for item in kept] == [(1, code)]
    entries = run("check", store, "--json").answer["entries"]
    alone = run("record", store, "utility_note", _file(store, bad), "--json")
    assert (alone.status, alone.codes) == (1, [code])
    assert run("check", store, "--json").answer["entries"] == entries


@pytest.mark.parametrize("told", [[], "text"])
def test_a_file_of_no_papers_is_refused(run: Run, store: Path, told: object) -> None:
    refused = run("record", store, "utility_note", _file(store, told), "--json")
    assert (refused.status, refused.codes) == (1, ["cli.record.file"])


def test_a_find_is_taken_whatever_is_wrong_with_its_form(run: Run, store: Path) -> None:
    told = [{"works_id": "J1", "lay_in": "in a wall", "lat_deg": 91, "colour": "green"}, {}]
    taken = run("record", store, "chance_find", _file(store, told), "--json")
    # The find, the reopening of the works' ground, and the one of which nothing is known.
    assert (taken.status, len(taken.answer["entries"]), taken.answer["refused"]) == (0, 3, [])
    assert all(warning["next"] for warning in taken.answer["warnings"])
    closed = [
        gate["code"]
        for gate in run("gate", store, "J1", "--json").answer["gates"]
        if gate["outcome"] == "closed"
    ]
    assert {"gate.rubble.find-open", "gate.reopening.reopened"} <= set(closed)


def test_a_file_that_is_not_there_is_refused(run: Run, store: Path) -> None:
    refused = run("record", store, "utility_note", store.with_name("none.json"), "--json")
    assert (refused.status, refused.codes) == (1, ["cli.record.file"])


def test_an_imported_sheet_is_read_whole(run: Run, store: Path) -> None:
    sheet = {"works_method": "by_hand", "workers": 4, "volume_m3": 12, "funder": "fund"}
    stated = {"hlp_status": "disputed", "gas": "live", "hazmat": "fuel", "protected": "heritage"}
    row = {"id": "J2", "name": "Hall", "kind": "demolition", "depth_cm": 0, **sheet, **stated}
    _import(store, "projects", row)
    gates = run("gate", store, "J2", "--json").answer["gates"]
    closed = [gate["code"] for gate in gates if gate["outcome"] == "closed"]
    assert closed == [
        "gate.registration.protected",
        "gate.rights.disputed",
        "gate.utilities.live",
        "gate.structure.no-building",
        "gate.materials.no-plan",
    ]


def test_the_log_of_finds_tells_all_and_what_was_answered(run: Run, store: Path) -> None:
    found = [
        {"works_id": "J1", "find_id": "F1", "lay_in": "rubble", "category": "mortar"},
        {"works_id": "J-typo", "find_id": "F2", "lay_in": "ground"},
    ]
    engineer = ("--person", "eng", "--role", "engineer")
    assert run("record", store, "chance_find", _file(store, found), *engineer).status == 0
    note = {"works_id": "J1", "find_id": "F1", "may_go_on": True, "note": "taken away"}
    operator = ("--person", "op", "--role", "operator")
    assert run("record", store, "find_answer", _file(store, note), *operator).status == 0
    log = run("papers", store, "--finds", "--json").answer["finds"]
    assert [(each["find_id"], each["open"], each["works_known"]) for each in log] == [
        ("F1", False, True),
        ("F2", True, False),
    ]
    assert [each["note"] for each in log[0]["answers"]] == ["taken away"]
    told = run("papers", store, "--finds", "--open", "--lang", "ar").out
    assert "F2" in told
    assert "F1" not in told
    assert run("papers", store).status == 2


def test_the_papers_of_works_are_listed_with_what_was_replaced(run: Run, store: Path) -> None:
    file = _file(store, [NOTE, {**NOTE, "power": "cut"}])
    assert run("record", store, "utility_note", file).status == 0
    papers = run("papers", store, "J1", "--json").answer["papers"]
    assert [(each["kind"], each["stands"]) for each in papers] == [
        ("utility_note", False),
        ("utility_note", True),
    ]
    assert papers[0]["said"].startswith("Electricity: Live")
    assert run("papers", store, "J9", "--json").codes == ["service.project.unknown"]


def test_a_rubble_lot_comes_as_a_file_and_is_stopped_by_command(run: Run, store: Path) -> None:
    sheet = {"volume_m3": 12.5, "works_method": "by_hand", "hazmat": "fuel", "trucks": 3}
    _import(store, "rubble-lots", {"id": "L1", "name": "Heap", **sheet})

    def closed() -> list[str]:
        gates = run("gate", store, "L1", "--json").answer["gates"]
        return [gate["code"] for gate in gates if gate["outcome"] == "closed"]

    assert closed() == ["gate.materials.no-plan"]
    assert run("lot", store, "L1", "--state", "stopped", "--note", "a fuze").status == 0
    assert "gate.rubble.stopped" in closed()
    assert run("lot", store, "L1", "--state", "removing").status == 0
    assert "gate.rubble.stopped" not in closed()
    assert run("lot", store, "L9", "--state", "stopped", "--json").codes == [
        "service.rubble.unknown"
    ]
