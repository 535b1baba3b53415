"""Risk education on record, and the report of people harmed and people warned."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rafiqa.cli import main
from rafiqa.errors import InvalidInput
from rafiqa.land import AccidentInquired, AccidentRecorded, AssistanceNoted, EoreSessionHeld
from rafiqa.land.reporttable import NOT_RECORDED, Figure, Report
from rafiqa.service import AssetShelf, Office, record_accident
from rafiqa.service.education import record_session, sessions_on_record
from rafiqa.service.inquiry import note_assistance, record_inquiry
from rafiqa.service.peoplerecord import told_record
from rafiqa.service.reportbasis import ReportAsked
from rafiqa.service.reporting import ask_report
from tests.unit.service.ground import FIRST, INSPECTOR, OPERATOR, office_at, spot_in

SESSION: dict[str, Any] = {
    "id": "S1",
    "reach": "direct",
    "activity": "school_session",
    "sessions": 2,
    "held_on": "2026-02-03",
    "girls_5_12": 30,
    "boys_5_12": 3,
    "community": "Mill",
}


def report_of(office: Office) -> Report:
    return ask_report(office, AssetShelf(), ReportAsked("people", None, None, None))


def figures(report: Report, table: str, column: str) -> list[Any]:
    found = next(each for each in report.tables if each.name == table)
    return [cell.value if isinstance(cell, Figure) else cell for cell in found.column(column)]


def test_a_session_is_counted_by_sex_and_age_and_few_are_not_told() -> None:
    office = office_at("area")
    fact, _ = told_record("eore_session", SESSION, "warners")
    assert fact.organisation_id == "warners"
    acted = record_session(office, OPERATOR, fact)
    assert acted.done, acted.reasons
    report = report_of(office)
    assert figures(report, "education", "sessions") == [2]
    assert figures(report, "education", "girls_5_12") == [30]
    assert figures(report, "education", "boys_5_12") == [None]
    assert figures(report, "education", "women_18_plus") == [None]
    # Nowhere a sum of all from which the three withheld would follow.
    told = [cell.value for table in report.tables for cell in table.figures()]
    assert 33 not in told


def test_an_id_is_one_session_and_some_are_no_more_than_all() -> None:
    office = office_at("area")
    fact, _ = told_record("eore_session", SESSION, "warners")
    assert record_session(office, OPERATOR, fact).done
    other = record_session(office, OPERATOR, replace(fact, sessions=9))
    assert [each.code for each in other.reasons] == ["service.education.id-twice"]
    many = record_session(office, OPERATOR, replace(fact, session_id="S2", first_time=34))
    assert [each.code for each in many.reasons] == ["service.education.more-than-counted"]
    assert len(list(sessions_on_record(office))) == 1


@pytest.mark.parametrize(
    "changed", [{"girls_5_12": -1}, {"activity": "none"}, {"held_on": None}, {"names": "Amal"}]
)
def test_what_the_dictionary_does_not_have_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        told_record("eore_session", SESSION | changed, "warners")


def test_two_sources_are_two_rows_and_a_small_one_is_not_given_away() -> None:
    office = office_at("area")
    for number, (source, killed) in enumerate([("hospital", 7), ("survey", 6)]):
        fact = AccidentRecorded(
            f"X{number}", "ordnance", spot_in(office, 500, 500), killed=killed, source=source
        )
        assert record_accident(office, FIRST, fact).done
    report = report_of(office)
    table = next(each for each in report.tables if each.name == "casualties_by_source")
    assert figures(report, "casualties_by_source", "killed") == [7, 6]
    assert table.total is None
    small = AccidentRecorded("X9", "ordnance", spot_in(office, 600, 500), killed=2, source="radio")
    assert record_accident(office, FIRST, small).done
    # The total by kind is told beside it; less two known sources it would tell of the two.
    assert figures(report_of(office), "casualties_by_source", "killed") == [None, None, None]


def test_a_small_count_of_one_kind_is_not_given_away_by_its_source() -> None:
    office = office_at("area")
    for number, (kind, killed) in enumerate([("ordnance", 7), ("works", 3)]):
        fact = AccidentRecorded(f"X{number}", kind, spot_in(office, 500, 500), killed=killed)
        acted = record_accident(office, FIRST, fact)
        assert acted.done, acted.reasons
    report = report_of(office)
    assert figures(report, "accidents", "killed") == [7, None]
    # One source of both would be ten: less the seven, the three.
    assert figures(report, "casualties_by_source", "killed") == [None]
    accidents = next(each for each in report.tables if each.name == "accidents")
    assert accidents.total is not None
    assert 10 not in [getattr(cell, "value", None) for cell in accidents.total]


def test_sessions_come_from_a_file_and_a_bad_row_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "s", "--name", "S", "--lon", "38.55", "--lat", "34.9"]) == 0
    rows = [SESSION, {**SESSION, "id": "S2", "activity": "none"}]
    Path("eore.json").write_text(json.dumps(rows))
    capsys.readouterr()
    assert main(["record", "s", "eore_session", "eore.json", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (len(answer["entries"]), answer["quarantined"]) == (1, 1)
    assert main(["record", "s", "eore_session", "eore.json", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["entries"] == answer["entries"]


def test_nobody_s_name_has_a_place_in_a_session() -> None:
    names = set(EoreSessionHeld.__dataclass_fields__)
    assert not {each for each in names if "name" in each or "person" in each}


def test_an_inquiry_is_of_an_accident_and_an_investigation_is_by_others() -> None:
    office = office_at("released")
    hit = AccidentRecorded("X1", "ordnance", spot_in(office, 50, 50), killed=1)
    assert record_accident(office, OPERATOR, hit).done
    step = AccidentInquired("X1", "detailed_report", OPERATOR.organisation_id, area_id="A1")
    assert record_inquiry(office, OPERATOR, step).done
    for area_id in ("A1", None):
        looked = replace(step, step="investigation", area_id=area_id)
        own = record_inquiry(office, OPERATOR, looked)
        assert [each.code for each in own.reasons] == ["service.inquiry.not-independent"]
    told = replace(step, step="investigation", organisation_id=INSPECTOR.organisation_id)
    assert record_inquiry(office, INSPECTOR, replace(told, lessons="Mark the edge.")).done
    unknown = replace(told, accident_id="X9", area_id="A9", reopening_id="R9")
    assert {each.code for each in record_inquiry(office, INSPECTOR, unknown).reasons} == {
        "service.inquiry.no-accident",
        "land.area.unknown",
        "service.inquiry.no-reopening",
    }
    table = next(each for each in report_of(office).tables if each.name == "inquiries")
    (row,) = table.rows
    cells = dict(zip([column.name for column in table.columns], row, strict=True))
    assert cells["lessons_shared"] == NOT_RECORDED
    assert cells["investigation"] != NOT_RECORDED
    # The accident reopened released ground as it was recorded, and the row says by which.
    assert cells["reopening"] != NOT_RECORDED


def test_nobody_becomes_independent_by_naming_no_area() -> None:
    """Whoever told of it, the areas at its place say whose work it was on."""
    office = office_at("released")
    hit = AccidentRecorded("X1", "ordnance", spot_in(office, 50, 50), killed=1)
    assert record_accident(office, FIRST, hit).done
    worker = OPERATOR.organisation_id
    for actor, organisation in ((OPERATOR, "others"), (FIRST, worker)):
        looked = record_inquiry(
            office, actor, AccidentInquired("X1", "investigation", organisation)
        )
        assert [each.code for each in looked.reasons] == ["service.inquiry.not-independent"]
    others = AccidentInquired("X1", "investigation", INSPECTOR.organisation_id)
    assert record_inquiry(office, INSPECTOR, others).done


def test_help_asks_for_consent_and_names_a_pseudonym_alone() -> None:
    office = office_at("area")
    step = AssistanceNoted("H1", "p-0017", "prosthesis", "referred", "yes")
    assert note_assistance(office, FIRST, step).done
    for changed, code in (
        ({"consent": "unknown"}, "service.assistance.consent"),
        ({"consent": "no", "state": "begun"}, "service.assistance.consent"),
        ({"person_ref": "Amal Haddad"}, "service.assistance.pseudonym"),
        ({"person_ref": "Amal"}, "service.assistance.pseudonym"),
        ({"accident_id": "X9"}, "service.inquiry.no-accident"),
        ({"assistance_id": "Amal Haddad"}, "service.assistance.id"),
        ({"assistance_id": "Amal"}, "service.assistance.id"),
        ({"assistance_id": "a1" * 40}, "service.assistance.id"),
    ):
        told = {"assistance_id": "H2", **changed}
        refused = note_assistance(office, FIRST, replace(step, **told))
        assert [each.code for each in refused.reasons] == [code], changed
    for number in range(6):
        named = replace(step, assistance_id=f"B{number}", person_ref=f"q-{number:04}")
        assert note_assistance(office, FIRST, replace(named, service="cash")).done
    again = replace(step, assistance_id="B9", person_ref="q-0001", service="cash", state="ended")
    assert note_assistance(office, FIRST, again).done
    report = report_of(office)
    # Sorted by service: cash, prosthesis. One person counts once, by the last word.
    assert figures(report, "assistance", "assistance_referred") == [5, None]
    assert figures(report, "assistance", "assistance_ended") == [None, 0]
    assert "p-0017" not in repr(report)
    assert "q-0001" not in repr(report)


def test_a_name_where_a_pseudonym_belongs_is_kept_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "s"
    at = ["--name", "S", "--lon", "38.55", "--lat", "34.9"]
    assert main(["new", str(path), *at]) == 0
    row = {
        "id": "H1",
        "person_ref": "Amal-canary",
        "service": "cash",
        "state": "referred",
        "consent": "yes",
        "noted_on": "2026-02-03",
    }
    file = tmp_path / "help.json"
    named = {**row, "person_ref": "p-0018", "id": "canary the third"}
    bad = [row, {**row, "person_ref": "canary the second", "id": "H2"}, named]
    file.write_text(json.dumps(bad))
    assert main(["record", str(path), "assistance", str(file)]) == 1
    for kept in tmp_path.glob("s*"):
        if kept.is_file():
            assert b"canary" not in kept.read_bytes(), kept
    file.write_text(json.dumps({**row, "person_ref": "p-0017"}))
    assert main(["record", str(path), "assistance", str(file)]) == 0
    assert any(b"p-0017" in each.read_bytes() for each in tmp_path.glob("s*") if each.is_file())
