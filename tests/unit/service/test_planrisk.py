"""What the map of evidence says of the areas of a plan, and the plan's own words for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rafiqa.errors import Fault, InvalidInput
from rafiqa.plan.contamination import Contamination
from rafiqa.plan.range import Range
from rafiqa.plan.team import Team
from rafiqa.service import AssetShelf, Office, planrisk
from rafiqa.service.planground import hazard_ground
from rafiqa.service.planning import PlanAsked, PlanShown, ask_plan
from rafiqa.service.planrisk import contamination_by_map
from rafiqa.service.question import NOW
from rafiqa.wire.planjson import plan_json
from tests.city import small_city

ASKED = PlanAsked([Team("A", frozenset({"manual"}), 100.0)], 120)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return small_city(tmp_path_factory.mktemp("planrisk"))


@pytest.fixture(scope="module")
def shown(office: Office) -> PlanShown:
    return ask_plan(office, AssetShelf(), ASKED)


def test_areas_are_ordered_by_the_map_with_its_range(office: Office, shown: PlanShown) -> None:
    says = contamination_by_map(office, AssetShelf(), hazard_ground(office, NOW), NOW)
    assert {"H1", "H2"} <= set(says.contamination)
    sites = {site.area_id: site for site in shown.answer.setting.sites}
    for area, told in says.contamination.items():
        assert sites[area].contamination == told
        p, m2 = told.p_contaminated, told.contaminated_m2
        assert m2 is not None
        assert told.basis == "model"
        assert 0 < p.low <= p.mid <= p.high < 1
        assert 0 <= m2.low <= m2.mid <= m2.high <= sites[area].area_m2 + 1e-6
    codes = [note.code for note in shown.notes]
    assert "plan.note.by-map" in codes
    assert any(code.startswith("risk.level.") for code in codes)


@pytest.mark.parametrize(("lang", "word"), [("en", "never a release"), ("ar", "وليس هذا تحريراً")])
def test_each_task_says_by_what_it_is_ordered(shown: PlanShown, lang: str, word: str) -> None:
    answer = plan_json(shown.answer, lang, shown.notes)
    task = next(each for each in answer["tasks"] if each["area_id"] == "H2")
    told = next(each for each in task["reasons"] if each["code"] == "plan.reason.contamination-map")
    assert word in told["text"]
    assert "{" not in told["text"]
    assert task["contamination"]["basis"] == "model"
    whole = answer["forecasts"][0]
    assert whole["mapped"] >= 2
    assert whole["contaminated_m2"]["low"] <= whole["contaminated_m2"]["high"]
    averted = answer["robust"]["averted"]
    assert averted["tenth"] <= averted["half"] <= averted["nine_tenths"]


def test_what_people_hand_in_goes_before_the_map(office: Office) -> None:
    own = Contamination(Range(0.1, 0.2, 0.3), "evidence")
    found = ask_plan(office, AssetShelf(), replace(ASKED, contamination={"H2": own}))
    sites = {site.area_id: site for site in found.answer.setting.sites}
    assert sites["H2"].contamination is own
    assert sites["H1"].contamination.basis == "model"


def test_where_the_map_is_refused_the_class_orders_and_the_plan_says_so(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = Fault("risk.grid.too-many-cells", "--cell-m", params={"cells": 9, "limit": 8})

    def refused(*_: object, **__: object) -> None:
        raise InvalidInput(fault)

    monkeypatch.setattr(planrisk, "ask_risk", refused)
    found = ask_plan(office, AssetShelf(), ASKED)
    assert {site.contamination.basis for site in found.answer.setting.sites} == {"class"}
    codes = [note.code for note in found.notes]
    assert {"plan.note.no-map", "risk.grid.too-many-cells"} <= set(codes)
    assert "plan.note.by-map" not in codes
    for lang in ("en", "ar"):
        assert "{" not in str(
            [each["text"] for each in plan_json(found.answer, lang, found.notes)["notes"]]
        )


def test_a_plan_by_the_map_moves_no_land(tmp_path: Path) -> None:
    own = small_city(tmp_path)
    before = [
        (face.shape.area2_mm2, state.status) for face, state in own.book().states(own.now_us())
    ]
    ask_plan(own, AssetShelf(), ASKED)
    after = [
        (face.shape.area2_mm2, state.status) for face, state in own.book().states(own.now_us())
    ]
    assert before == after
    own.store.close()
