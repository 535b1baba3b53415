"""Undo of an import: who may, what stays, what is told, and the corrected file afterwards."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import shapely

from rafiqa.geo import GridShape
from rafiqa.land import Actor, AreaRecorded, EvidenceRecorded, RecordWithdrawn
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
