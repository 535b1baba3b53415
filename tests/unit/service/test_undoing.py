"""Undo of an import: who may, what stays, what is told, and the corrected file afterwards."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import shapely

from rafiqa.geo import GridShape
from rafiqa.land import (
    Actor,
    AreaRecorded,
    EvidenceRecorded,
    RecordWithdrawn,
    ReleaseTransferred,
)
from rafiqa.recovery import ProjectRegistered
from rafiqa.service import Office, Saying
from rafiqa.service.importing import import_file
from rafiqa.service.intake import IntakeOrder, IntakeReport
from rafiqa.service.undoing import Undone, UndoOrder, undo_import
from tests.property.test_undo import alike, brought_in, hazard, says, undo
from tests.unit.service.ground import FIRST, INFORMATION, ORIGIN, SECOND, new_office, square


def taken(office: Office, path: Path, shapes: dict[str, GridShape]) -> IntakeReport:
    features = [
        {
            "type": "Feature",
            "properties": {"id": area_id, "class": "cha"},
            "geometry": shapely.geometry.mapping(office.frame.to_lonlat(shape).geometry),
        }
        for area_id, shape in shapes.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return import_file(office, FIRST, IntakeOrder(path, "hazard-areas"))


A, B = square(0, 0), square(300, 0)


def reasons(undone: Undone) -> list[str]:
    return [reason.code for _, each in undone.staying for reason in each]


@pytest.fixture
def office() -> Office:
    return new_office()


@pytest.mark.parametrize(
    ("actor", "second", "note", "code"),
    [
        (FIRST, None, "wrong", "land.withdrawal.unconfirmed"),
        (FIRST, INFORMATION, "wrong", "land.withdrawal.unconfirmed"),
        (FIRST, FIRST, "wrong", "land.withdrawal.same-person"),
        (FIRST, SECOND, " ", "land.withdrawal.note-missing"),
        (INFORMATION, SECOND, "wrong", "service.permit.denied"),
    ],
)
def test_an_undo_takes_two_persons_of_the_authority_and_a_reason(
    office: Office, actor: Actor, second: Actor | None, note: str, code: str
) -> None:
    import_id = brought_in(office, {"H1": A})
    undone = undo_import(office, actor, UndoOrder(import_id, note, second))
    assert code in [reason.code for reason in undone.acted.reasons]
    assert "H1" in office.register().areas


def test_a_withdrawal_that_breaks_a_rule_is_without_effect_on_record_too(office: Office) -> None:
    import_id = brought_in(office, {"H1": A})
    entry = "import:hazard-areas:H1"
    alone = RecordWithdrawn(entry, import_id, "area", "H1", "wrong", FIRST)
    office.say(FIRST, [Saying("forged", "H1", office.now_us(), alone)])
    assert "H1" in office.register().areas
    void = office.register().without_effect
    assert [item.recorded.entry_id for item in void] == ["forged"]
    assert void[0].reasons[0].code == "land.withdrawal.same-person"
    unknown = RecordWithdrawn("nothing", import_id, "area", "H1", "wrong", SECOND)
    office.say(FIRST, [Saying("astray", "H1", office.now_us(), unknown)])
    assert "H1" in office.register().areas
    codes = [item.reasons[0].code for item in office.register().without_effect]
    assert codes == ["land.withdrawal.same-person", "land.withdrawal.unknown"]


def test_the_corrected_file_goes_in_under_the_same_ids(office: Office, tmp_path: Path) -> None:
    first = taken(office, tmp_path / "wrong.geojson", {"H1": A, "H2": B})
    assert len(undo(office, first.import_id).taken_back) == 2
    assert hazard(office) == {}
    second = taken(office, tmp_path / "right.geojson", {"H1": square(0, 300), "H2": B})
    assert (second.accepted, second.quarantined) == (2, 0)
    assert second.import_id != first.import_id
    assert office.register().areas["H1"].fact.shape == square(0, 300)
    assert undo(office, first.import_id).already == [
        "import:hazard-areas:H1",
        "import:hazard-areas:H2",
    ]
    assert undo(office, second.import_id).taken_back[0] == "import:hazard-areas:H1~2"


def test_a_row_sent_twice_belongs_to_the_import_that_brought_it(
    office: Office, tmp_path: Path
) -> None:
    taken(office, tmp_path / "a.geojson", {"H1": A})
    again = taken(office, tmp_path / "more.geojson", {"H1": A, "H2": B})
    assert undo(office, again.import_id).taken_back == ["import:hazard-areas:H2"]
    assert "H1" in office.register().areas


def test_a_row_that_another_file_says_too_stays_until_both_are_wrong(
    office: Office, tmp_path: Path
) -> None:
    first = taken(office, tmp_path / "a.geojson", {"H1": A, "H2": B})
    again = taken(office, tmp_path / "b.geojson", {"H1": A})
    assert (again.already, again.import_id) == (1, "")
    other = taken(office, tmp_path / "c.geojson", {"H1": A, "H3": square(600, 0)})
    n_facts = len(office.facts())
    assert taken(office, tmp_path / "a.geojson", {"H1": A, "H2": B}).already == 2
    assert taken(office, tmp_path / "b.geojson", {"H1": A}).quarantined == 0
    assert len(office.facts()) == n_facts
    undone = undo(office, first.import_id)
    assert undone.taken_back == ["import:hazard-areas:H2"]
    assert reasons(undone) == ["service.undo.said-again"]
    assert set(office.register().areas) == {"H1", "H3"}
    assert undo(office, other.import_id).taken_back == ["import:hazard-areas:H3"]
    # An import that was taken back whole says nothing any more; one that brought nothing is named.
    (told,) = undo(office, first.import_id).staying
    also = frozenset(str(told[1][0].params["imports"]).split(", "))
    assert len(also) == 1
    order = UndoOrder(first.import_id, "wrong", SECOND, also=also)
    assert undo_import(office, FIRST, order).taken_back == ["import:hazard-areas:H1"]
    assert hazard(office) == {}


def test_what_others_built_on_stays_and_is_told(office: Office) -> None:
    import_id = brought_in(office, {"H1": A, "H2": B})
    seen = EvidenceRecorded("E1", "eo_seen", "visual", ORIGIN, area_id="H1")
    says(office, seen)
    undone = undo(office, import_id)
    assert undone.taken_back == ["import:hazard-areas:H2"]
    assert reasons(undone)[0] == "land.withdrawal.built-on"
    assert set(office.register().areas) == {"H1"}


def test_a_row_that_was_spared_for_it_keeps_it(office: Office, tmp_path: Path) -> None:
    report = taken(office, tmp_path / "a.geojson", {"H1": A})
    other = taken(office, tmp_path / "b.geojson", {"K1": A})
    assert [fault.code for fault in other.refused] == ["land.area.shape-twice"]
    undone = undo(office, report.import_id)
    assert reasons(undone) == ["service.undo.spared"]
    assert "H1" in office.register().areas


def test_a_dry_run_changes_nothing(office: Office) -> None:
    import_id = brought_in(office, {"H1": A})
    n_facts, was = len(office.facts()), hazard(office)
    order = UndoOrder(import_id, "wrong", SECOND, dry_run=True)
    assert undo_import(office, FIRST, order).taken_back == ["import:hazard-areas:H1"]
    assert len(office.facts()) == n_facts
    assert alike(hazard(office), was)


def test_an_area_that_others_recorded_stands_by_itself(office: Office) -> None:
    import_id = brought_in(office, {"H1": A})
    says(office, AreaRecorded("OWN", "sha", square(50, 0)))
    undo(office, import_id)
    assert set(office.register().areas) == {"OWN"}
    assert list(hazard(office)) == ["sha"]


def told(office: Office, path: Path, kind: str, lines: str) -> IntakeReport:
    path.write_text(lines)
    return import_file(office, FIRST, IntakeOrder(path, kind))


def signs(office: Office, known_us: int | None = None) -> list[tuple[str, str]]:
    book = office.book() if known_us is None else office.book(known_us)
    around = square(-500, -500, 1000).geometry
    near = book.witnesses.near(around, office.now_us())
    return sorted((sign.witness.kind, sign.witness.witness_id) for sign in near)


def place(east_deg: float = 0.0) -> str:
    return f"{float(ORIGIN.lon_deg) + east_deg},{float(ORIGIN.lat_deg)}"


def test_evidence_and_accidents_are_taken_back_by_two_of_the_authority(
    office: Office, tmp_path: Path
) -> None:
    seen = "id,kind,evidence_source,lon,lat\n"
    first = told(
        office,
        tmp_path / "seen.csv",
        "evidence",
        f"{seen}E1,eo_seen,visual,{place()}\nE2,crater,visual,{place()}\n",
    )
    hurt = told(
        office, tmp_path / "hurt.csv", "accidents", f"id,kind,lon,lat\nX1,ordnance,{place()}\n"
    )
    says(office, AreaRecorded("OWN", "sha", B, None, ("E2",)))
    was, known_us = signs(office), office.now_us()
    assert was == [("accident", "X1"), ("evidence", "E1"), ("evidence", "E2")]
    undone = undo(office, first.import_id)
    assert undone.taken_back == ["import:evidence:E1"]
    assert set(reasons(undone)) == {"land.withdrawal.built-on"}
    assert undo(office, hurt.import_id).taken_back == ["import:accidents:X1"]
    assert signs(office) == [("evidence", "E2")]
    assert "E1" not in office.register().evidence
    assert signs(office, known_us) == was
    # The corrected files speak under the same ids, of the places that they name.
    told(office, tmp_path / "seen2.csv", "evidence", f"{seen}E1,eo_seen,visual,{place(0.001)}\n")
    told(
        office,
        tmp_path / "hurt2.csv",
        "accidents",
        f"id,kind,lon,lat\nX1,ordnance,{place(0.001)}\n",
    )
    assert signs(office) == was


def test_a_sign_speaks_while_its_withdrawal_breaks_a_rule(office: Office, tmp_path: Path) -> None:
    seen = f"id,kind,evidence_source,lon,lat\nE1,eo_seen,visual,{place()}\n"
    hurt = f"id,kind,lon,lat\nX1,ordnance,{place()}\n"
    told(office, tmp_path / "seen.csv", "evidence", seen)
    told(office, tmp_path / "hurt.csv", "accidents", hurt)
    was = signs(office)
    assert was == [("accident", "X1"), ("evidence", "E1")]
    alone = RecordWithdrawn("import:evidence:E1", "i", "evidence", "E1", "wrong", FIRST)
    none = RecordWithdrawn("import:accidents:X1", "i", "accident", "X1", "wrong", None)
    office.say(FIRST, [Saying("f1", "E1", office.now_us(), alone)])
    office.say(FIRST, [Saying("f2", "X1", office.now_us(), none)])
    assert signs(office) == was
    both = RecordWithdrawn("import:evidence:E1", "i", "evidence", "E1", "wrong", SECOND)
    office.say(FIRST, [Saying("f3", "E1", office.now_us(), both)])
    assert signs(office) == [("accident", "X1")]


def test_an_accident_that_reopened_land_stays_and_so_does_the_reopening(
    office: Office, tmp_path: Path
) -> None:
    ground = square(-50, -50)
    area = AreaRecorded("OWN", "cha", ground)
    release = ReleaseTransferred("P1", "cleared", ground, "authority", "s", "OWN", 50)
    office.say(FIRST, [Saying("area", "OWN", 1, area), Saying("release", "P1", 2, release)])
    assert hazard(office) == {}
    lines = f"id,kind,happened_on,lon,lat\nX1,ordnance,2020-01-01,{place()}\n"
    hurt = told(office, tmp_path / "hurt.csv", "accidents", lines)
    was = hazard(office)
    assert was
    undone = undo(office, hurt.import_id)
    assert undone.taken_back == []
    assert reasons(undone) == ["land.withdrawal.built-on", "service.undo.stays"]
    assert alike(hazard(office), was)
    assert signs(office) == [("accident", "X1")]


def test_an_area_goes_once_the_evidence_of_it_is_taken_back(office: Office, tmp_path: Path) -> None:
    import_id = brought_in(office, {"H1": A})
    lines = f"id,kind,evidence_source,area_id,lon,lat\nE1,eo_seen,visual,H1,{place()}\n"
    seen = told(office, tmp_path / "seen.csv", "evidence", lines)
    assert undo(office, import_id).taken_back == []
    assert undo(office, seen.import_id).taken_back == ["import:evidence:E1"]
    assert undo(office, import_id).taken_back == ["import:hazard-areas:H1"]
    assert hazard(office) == {}


def test_a_project_is_put_back_to_what_stood_before_the_import(
    office: Office, tmp_path: Path
) -> None:
    before = ProjectRegistered("P1", "School", "repair", A, 40)
    office.say(FIRST, [Saying("own", "P1", 1, before)])
    shape = shapely.to_wkt(office.frame.to_lonlat(B).geometry)
    lines = f'id,name,depth_cm,recorded_on,wkt\nP1,Wrong,900,2020-01-01,"{shape}"\n'
    lines += f'P2,New,50,2020-01-01,"{shape}"\n'
    mapping = tmp_path / "m.toml"
    mapping.write_text('name = "m"\ncrs = "OGC:CRS84"\n')
    path = tmp_path / "p.csv"
    path.write_text(lines)
    report = import_file(office, FIRST, IntakeOrder(path, "projects", str(mapping)))
    works = office.recovery().works("P1")
    assert works is not None
    assert works.depth_cm == 900
    undone = undo(office, report.import_id)
    assert undone.taken_back == ["import:projects:P1"]
    assert reasons(undone) == ["service.undo.nothing-before"]
    assert office.recovery().works("P1") == before
    assert undo(office, report.import_id).already == ["import:projects:P1"]
    assert not office.register().without_effect
    path.write_text(lines.replace("900", "60"))
    again = import_file(office, FIRST, IntakeOrder(path, "projects", str(mapping)))
    assert again.accepted == 1
    says(office, ProjectRegistered("P1", "School", "repair", A, 30))
    assert reasons(undo(office, again.import_id)) == ["land.withdrawal.built-on"]
