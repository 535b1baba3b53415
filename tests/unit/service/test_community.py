"""What communities tell: kept, corrected, taken back; what speaks of hazard is never lost in it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rafiqa.cli import main
from rafiqa.errors import Fault, InvalidInput, StoreError
from rafiqa.land import (
    CommunitySurveyed,
    ResidentReported,
    SurveyWithdrawn,
    impact_band,
    impact_points,
)
from rafiqa.service import Office
from rafiqa.service.act import Stamp
from rafiqa.service.community import (
    newest_surveys,
    record_survey,
    surveys_on_record,
    tells_hazard,
    withdraw_survey,
)
from rafiqa.service.identitybook import identities
from rafiqa.service.importpersons import PERSONS_APART
from rafiqa.service.intakekept import kept_items, told_original
from rafiqa.service.paperfile import take_papers
from rafiqa.service.peoplerecord import told_record
from rafiqa.service.vaulting import erase_identity
from rafiqa.store import Quarantined
from rafiqa.store.vault import Vault
from rafiqa.wire.factcode import fact_bytes
from tests.unit.service.ground import FIRST, INSPECTOR, OPERATOR, office_at
from tests.unit.service.safes import safe_at

SURVEY: dict[str, Any] = {
    "id": "C1",
    "surveyed_on": "2026-02-03",
    "community": "Mill",
    "contaminated": "yes",
    "ordnance": ["ap_mine", "uxo"],
    "blockages": ["housing", "agriculture", "none"],
    "victims": 3,
    "residents": 1200,
    "priorities": ["agriculture"],
    "coping": ["go_in"],
}


def surveyed(**changed: Any) -> CommunitySurveyed:
    fact, _ = told_record("community_impact", SURVEY | changed, "askers")
    assert isinstance(fact, CommunitySurveyed)
    return fact


def signs(office: Office) -> dict[str, ResidentReported]:
    return {
        name: record.fact
        for name, record in office.register().reports.items()
        if isinstance(record.fact, ResidentReported)
    }


def test_a_survey_stands_as_told_and_its_hazard_goes_to_triage_in_the_same_breath() -> None:
    office = office_at("area")
    fact = surveyed(geometry="34.9 38.55", accuracy_m=400)
    acted = record_survey(office, OPERATOR, fact, Stamp(entry_id="survey-1"))
    assert acted.done, acted.reasons
    assert acted.entry_ids == ("survey-1", "survey-1.sign")
    assert [told for _, told in surveys_on_record(office)] == [fact]
    (sign,) = signs(office).values()
    assert (sign.spot, sign.accuracy_m, sign.triage) == (fact.spot, 400, "untriaged")
    assert (sign.seen, sign.place, sign.text) == ("mine", "Mill", None)
    again = record_survey(office, OPERATOR, fact, Stamp(entry_id="survey-1"))
    assert again.done
    assert again.already
    other = record_survey(office, OPERATOR, replace(fact, victims=9), Stamp(entry_id="survey-2"))
    assert [each.code for each in other.reasons] == ["service.survey.id-twice"]


def test_a_survey_without_a_place_to_draw_waits_in_words() -> None:
    office = office_at("area")
    assert record_survey(office, OPERATOR, surveyed()).done
    (sign,) = signs(office).values()
    assert (sign.spot, sign.place, sign.geo_precision) == (None, "Mill", "community")
    nowhere = record_survey(office, OPERATOR, surveyed(id="C2", community=""))
    assert [each.code for each in nowhere.reasons] == ["service.survey.no-place"]


def test_a_survey_lowers_nothing_and_says_of_no_ground_that_it_was_searched() -> None:
    office = office_at("released")
    before = [(face.shape, state) for face, state in office.book().states(office.now_us())]
    assert before
    n_lowers = len(office.register().lowers)
    none = surveyed(
        contaminated="no", ordnance=[], blockages=["none"], victims=0, geometry="34.9 38.55"
    )
    assert record_survey(office, OPERATOR, none).done
    assert signs(office) == {}
    after = [(face.shape, state) for face, state in office.book().states(office.now_us())]
    assert after == before
    assert len(office.register().lowers) == n_lowers


@pytest.mark.parametrize(
    ("changed", "hazard"),
    [
        ({}, False),
        ({"contaminated": "unknown"}, True),
        ({"contaminated": "yes"}, True),
        ({"ordnance": ["uxo"]}, True),
        ({"blockages": ["water"]}, True),
        ({"blocked_uses": ["school"]}, True),
        ({"victims": 1}, True),
        ({"extent": "one_spot"}, True),
        ({"marked_local": "yes"}, True),
        ({"residents": 3, "left": 2}, False),
    ],
)
def test_whatever_speaks_of_ordnance_is_hazard_reviewed_or_not(
    changed: dict[str, Any], hazard: bool
) -> None:
    none = {"contaminated": "no", "ordnance": [], "blockages": ["none"], "victims": 0}
    told = none | changed
    assert surveyed(**told).tells_hazard == hazard
    answers = {
        name: " ".join(value) if isinstance(value, list) else str(value)
        for name, value in told.items()
    }
    assert tells_hazard(answers) == hazard


def test_a_correction_stands_for_the_first_and_a_withdrawal_takes_no_hazard_away() -> None:
    office = office_at("area")
    assert record_survey(office, OPERATOR, surveyed()).done
    fixed = surveyed(id="C2", corrects="C1", victims=5)
    stranger = record_survey(office, INSPECTOR, fixed)
    assert "service.survey.not-yours" in {each.code for each in stranger.reasons}
    assert record_survey(office, FIRST, fixed).done
    assert [told.survey_id for _, told in surveys_on_record(office)] == ["C2"]
    assert set(signs(office)) == {"C1.sign"}, "of the same place nobody is asked twice"
    third = record_survey(office, FIRST, surveyed(id="C3", corrects="C1"))
    assert [each.code for each in third.reasons] == ["service.survey.corrected"]
    assert withdraw_survey(office, FIRST, SurveyWithdrawn("C2", "wrong_place")).done
    assert [told.survey_id for _, told in surveys_on_record(office)] == ["C1"]
    assert set(signs(office)) == {"C1.sign"}
    twice = withdraw_survey(office, FIRST, SurveyWithdrawn("C2", "wrong_place"))
    assert [each.code for each in twice.reasons] == ["service.survey.withdrawn"]
    unknown = withdraw_survey(office, FIRST, SurveyWithdrawn("C9", "wrong_place"))
    assert [each.code for each in unknown.reasons] == ["service.survey.unknown"]


def test_the_newest_of_each_organisation_stands_and_two_are_two() -> None:
    office = office_at("area")
    for number, (who, day) in enumerate((("a", 3), ("a", 1), ("b", 2))):
        fact, at_us = told_record(
            "community_impact",
            SURVEY | {"id": f"C{number}", "surveyed_on": f"2026-02-0{day}", "victims": number},
            who,
        )
        assert record_survey(office, FIRST, fact, Stamp(at_us)).done
    assert [told.survey_id for _, told in newest_surveys(office)] == ["C0", "C2"]


def test_points_are_those_of_the_landmine_impact_surveys() -> None:
    # Mines, other ordnance, two kinds of blockage, three victims at two points each.
    assert impact_points(surveyed()) == 1 + 1 + 2 + 6
    assert impact_band(impact_points(surveyed())) == "medium"
    unnamed = surveyed(ordnance=[], blockages=[], victims=0, contaminated="unknown")
    assert impact_points(unnamed) == 1
    nothing = surveyed(ordnance=[], blockages=["none"], victims=0, contaminated="no")
    assert impact_band(impact_points(nothing)) == "untold"


@given(
    st.sampled_from(["yes", "no", "unknown"]),
    st.sets(st.sampled_from(["ap_mine", "uxo", "mortar", "unknown"])),
    st.sets(st.sampled_from(["housing", "water", "access", "none"])),
    st.integers(0, 50),
)
def test_more_told_is_never_fewer_points_and_points_are_always_hazard(
    contaminated: str, ordnance: set[str], blockages: set[str], victims: int
) -> None:
    fact = CommunitySurveyed(
        *("C1", "askers", contaminated, "Mill"),
        ordnance=tuple(ordnance),
        blockages=tuple(blockages),
        victims=victims,
    )
    points = impact_points(fact)
    assert points == 0 or fact.tells_hazard
    assert impact_points(replace(fact, victims=victims + 1)) > points
    assert impact_points(replace(fact, blockages=(*blockages, "community"))) > points
    assert impact_points(replace(fact, contaminated="yes")) >= points


def test_free_words_go_into_the_vault_and_nowhere_else(tmp_path: Path) -> None:
    words = {"note": "qanary-note", "clearance_note": "qanary-clearance", "eore_by": "qanary-by"}
    with safe_at(tmp_path) as safe:
        taken = take_papers(safe.office, FIRST, "community_impact", [SURVEY | words], "f.json")
        assert taken.refused == []
        assert taken.warnings == []
        assert b"qanary" not in safe.ledger()
        (story,) = identities(safe.office).values()
        assert story.fact.record_id == "C1"
        again = take_papers(safe.office, FIRST, "community_impact", [SURVEY | words], "f.json")
        assert again.refused == []
        assert len(identities(safe.office)) == 1


def words_apart(office: Office) -> list[Quarantined]:
    """What the vault did not take of surveys and lies in the quarantine."""
    kept = office.store.quarantined()
    return [item for item in kept if item.quarantine_id.startswith(PERSONS_APART)]


def test_without_a_vault_the_words_lie_in_the_quarantine_and_that_is_told() -> None:
    office = office_at("area")
    rows = [SURVEY | {"note": "qanary-note", "eore_by": "qanary-by"}]
    taken = take_papers(office, FIRST, "community_impact", rows, "f.json")
    assert [each.code for each in taken.warnings] == ["service.survey.words-apart"]
    assert len(surveys_on_record(office)) == 1
    assert not any(b"qanary" in fact_bytes(each.fact) for each in office.facts())
    (item,) = words_apart(office)
    assert json.loads(item.original)["fields"] == {"note": "qanary-note", "eore_by": "qanary-by"}
    assert b"qanary" not in repr((item.faults, item.file_name, item.quarantine_id)).encode()
    take_papers(office, FIRST, "community_impact", rows, "f.json")
    assert len(words_apart(office)) == 1, "sent again they are kept once"


def test_words_that_lie_apart_are_read_by_their_own_organisation_alone() -> None:
    office = office_at("area")
    rows = [SURVEY | {"note": "qanary-note"}]
    take_papers(office, FIRST, "community_impact", rows, "f.json")
    (kept,) = kept_items(office)
    assert b"qanary" in told_original(office, kept, FIRST.organisation_id)[1]
    others = told_original(office, kept, "somebody else")[1]
    assert b"qanary" not in others
    assert b"note" in others


def test_words_that_were_erased_come_back_into_no_quarantine(tmp_path: Path) -> None:
    rows = [SURVEY | {"note": "qanary-note"}]
    with safe_at(tmp_path) as safe:
        take_papers(safe.office, FIRST, "community_impact", rows, "f.json")
        (name,) = identities(safe.office)
        assert erase_identity(safe.office, FIRST, name, "asked_by_person").done
        assert safe.office.vault is not None
        safe.office.vault.close()
        safe.path.rename(tmp_path / "away")
        again = take_papers(safe.office, FIRST, "community_impact", rows, "f.json")
        assert [each.code for each in again.warnings] == ["service.survey.words-left"]
        assert words_apart(safe.office) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"geometry": "somewhere"}, "service.people.no-point"),
        (
            {"geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}},
            "service.people.no-point",
        ),
        ({"attachments": "a.jpg"}, "service.site.field-unknown"),
        ({"contaminated": "perhaps"}, "dictionary.code.unknown"),
    ],
)
def test_what_is_no_survey_is_refused(changed: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        told_record("community_impact", SURVEY | changed, "askers")
    assert code in {fault.code for fault in refused.value.faults}


def test_the_command_puts_a_survey_on_record_and_takes_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "s", "--name", "South", "--lon", "38.55", "--lat", "34.9"]) == 0
    place = {"type": "Point", "coordinates": [38.55, 34.9]}
    Path("c.json").write_text(json.dumps(SURVEY | {"geometry": place}))
    assert main(["record", "s", "community_impact", "c.json", "--json"]) == 0
    gone = {"survey_id": "C1", "cause": "not_held", "withdrawn_on": "2026-02-09"}
    Path("w.json").write_text(json.dumps(gone))
    assert main(["record", "s", "survey_withdrawal", "w.json", "--json"]) == 0
    assert "entries" in capsys.readouterr().out


@pytest.mark.parametrize("error", [StoreError(Fault("store.full")), OSError(28, "no room")])
def test_a_vault_whose_disk_fails_loses_neither_survey_nor_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    rows = [SURVEY | {"note": "qanary-note"}]
    with safe_at(tmp_path) as safe:
        with monkeypatch.context() as patched:
            patched.setattr(Vault, "keep", fails)
            taken = take_papers(safe.office, FIRST, "community_impact", rows, "f.json")
        assert [each.code for each in taken.warnings] == ["service.survey.words-apart"]
        assert taken.refused == []
        assert "C1.sign" in safe.office.register().reports
        assert b"qanary" not in safe.ledger()
        assert len(words_apart(safe.office)) == 1
        again = take_papers(safe.office, FIRST, "community_impact", rows, "f.json")
        assert again.warnings == []
        assert len(identities(safe.office)) == 1
