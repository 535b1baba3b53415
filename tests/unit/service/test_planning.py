"""A plan over a store: what it reads, what it refuses, and that it writes nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rafiqa.cli import main
from rafiqa.errors import InvalidInput
from rafiqa.plan.contamination import Contamination
from rafiqa.plan.pin import Pin
from rafiqa.plan.range import Range
from rafiqa.plan.team import Team
from rafiqa.recovery import ResidentAsked
from rafiqa.service import AssetShelf, Office, ask_office
from rafiqa.service.planning import PlanAsked, ask_plan
from tests.city import RESIDENT, small_city

TEAM = Team("A", frozenset({"manual"}), 100.0)
ASKED = PlanAsked([TEAM], 60)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return small_city(tmp_path_factory.mktemp("plan"))


def areas(office: Office, asked: PlanAsked) -> list[str]:
    answer = ask_plan(office, AssetShelf(), asked).answer
    return [answer.setting.sites[each.task.site].area_id for each in answer.tasks]


def test_what_is_hazard_is_planned_and_nothing_is_written(office: Office) -> None:
    before = len(office.facts())
    shown = ask_plan(office, AssetShelf(), ASKED)
    sites = {site.area_id: site for site in shown.answer.setting.sites}
    # Of H1 the half that is not released; H3 was released, and an accident reopened part of it.
    assert {"H1", "H2"} <= set(sites)
    assert "T1" not in sites
    assert sites["H1"].area_m2 == pytest.approx(5_000, rel=0.01)
    assert sites["H2"].area_m2 == pytest.approx(2_500, rel=0.01)
    assert len(office.facts()) == before
    codes = {note.code for note in shown.notes}
    assert {"plan.note.orders-only", "access.entries-assumed"} <= codes


def test_probability_and_requests_come_from_outside(office: Office) -> None:
    likely = Contamination(Range(0.8, 0.9, 1.0), "model")
    asked = replace(ASKED, contamination={"H2": likely}, n_requests={"H2": 4})
    sites = {
        site.area_id: site for site in ask_plan(office, AssetShelf(), asked).answer.setting.sites
    }
    assert sites["H2"].contamination is likely
    assert sites["H2"].n_requests == 4
    assert sites["H1"].contamination.basis == "model"


def test_residents_who_ask_and_wait_are_counted(tmp_path: Path) -> None:
    own = small_city(tmp_path)
    shape = own.register().areas["H2"].fact.shape
    middle = shape.geometry.representative_point()
    place = own.frame.mm_spot(round(middle.x), round(middle.y))
    for name in ("Q1", "Q2"):  # two readings of one place are one voice
        assert ask_office(own, RESIDENT, ResidentAsked(name, "clearance", place)).done
    sites = {each.area_id: each for each in ask_plan(own, AssetShelf(), ASKED).answer.setting.sites}
    assert sites["H2"].n_requests == 1
    own.store.close()


def test_every_decision_that_names_nothing_is_refused_at_once(office: Office) -> None:
    pins = {
        "H9": Pin("H9", "r"),
        "H1": Pin("H1", "r", team_id="Z", after=("H2", "H8")),
        "H2": Pin("H2", "r", after=("H1",)),
    }
    foreign = replace(TEAM, team_id="B", organisation_id="nobody")
    known = replace(TEAM, team_id="C", organisation_id="deminers")
    untaught = replace(known, team_id="D", skills=frozenset({"manual", "mechanical"}))
    asked = PlanAsked([TEAM, foreign, known, untaught], 0, pins)
    with pytest.raises(InvalidInput) as caught:
        ask_plan(office, AssetShelf(), asked)
    found = [(fault.code, fault.row) for fault in caught.value.faults]
    assert found == [
        ("service.plan.days", None),
        ("service.plan.pin-unknown", 1),
        ("service.plan.pin-team", 2),
        ("service.plan.pin-after", 2),
        ("service.plan.pin-circle", 2),
        ("service.plan.pin-circle", 3),
        ("land.accreditation.missing", 2),
        ("land.accreditation.method", 4),
    ]


def test_the_command_gives_the_document_that_others_read(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = str(office.store.path)  # type: ignore[attr-defined]
    teams = tmp_path / "teams.json"
    teams.write_text(json.dumps({"teams": [{"id": "A", "skills": ["manual"], "m2_per_day": 100}]}))
    pins = tmp_path / "pins.json"
    pins.write_text(json.dumps({"pins": [{"area_id": "H2", "reason": "a school", "rank": 1}]}))
    other = {"name": "twice", "teams": [{"id": "A", "skills": ["manual"], "m2_per_day": 200}]}
    what_if = tmp_path / "whatif.json"
    what_if.write_text(json.dumps({"what_ifs": [other]}))
    words = ["plan", store, "--teams", str(teams), "--days", "60"]
    answer = told(capsys, [*words, "--pin", str(pins), "--what-if", str(what_if)])
    assert answer["tasks"][0]["area_id"] == "H2"
    assert {"rank", "start", "end", "team", "reasons"} <= set(answer["tasks"][0])
    assert answer["harm_averted"] <= answer["bound"] or answer["bound"] is None
    assert [row["name"] for row in answer["what_ifs"]] == ["plan", "without-pins", "twice"]
    assert [row["text"] for row in answer["what_ifs"]][::2] == ["This plan", "twice"]
    assert told(capsys, [*words, "--lang", "ar"])["notes"][0]["text"].startswith("هذا يرتّب")
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(answer))
    assert told(capsys, [*words, "--kept", str(plan)])["bound"] is None
    assert main([*words[:-1], "0", "--json"]) == 1
    refused = json.loads(capsys.readouterr().out)["refused"]
    assert [fault["code"] for fault in refused] == ["service.plan.days"]


def told(capsys: pytest.CaptureFixture[str], words: list[str]) -> Any:
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)
