"""What is judged of an area's cleared parts: from the record, and no figure where it is silent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from shapely import Point

from rafiqa.geo import SiteFrame, Spot
from rafiqa.land import (
    AccidentRecorded,
    LandReopened,
    LotInspected,
    OrdnanceFound,
    QaVisited,
    WorkReported,
)
from rafiqa.risk.detection import DepthFound, Seeds, depths_of, detection, share_within
from rafiqa.risk.judgement import DEFAULT, AreaJudged, Assumptions, judged
from rafiqa.risk.residual import UNKNOWN, Searched, left_in
from tests.unit.land.qualitystory import FIELD, released
from tests.unit.land.story import FIRST, INSPECTOR, OPERATOR, SPOT, Story, box, part

FRAME = SiteFrame(SPOT.lon_deg, SPOT.lat_deg)
WEST, EAST = box(0, 0, 25, 100), box(25, 0, 100, 100)


def at(x_m: float, y_m: float) -> Spot:
    return FRAME.mm_spot(x_m * 1_000, y_m * 1_000)


FINDS = (
    OrdnanceFound("mortar", at(5, 5), 8, count=2),
    OrdnanceFound("mortar", at(60, 40), 18),
    # Off every part: it counts in the nearest.
    OrdnanceFound("mortar", at(-3, 50), None),
)
WORK = WorkReported(
    "W1",
    "A1",
    "deminers",
    (part("P1", "cleared", WEST, 20), part("P2", "cleared", EAST, 20)),
    "J1",
    FINDS,
    person_ids=("gus",),
    finds_complete=True,
)
ONE = replace(WORK, parts=(part("P1", "cleared", FIELD, 20),), finds=())


def told(story: Story, at_us: int = 50, assumed: Assumptions = DEFAULT) -> AreaJudged:
    return judged(story.book(), FRAME, "A1", at_us, assumed)


def test_the_figures_are_those_of_what_is_on_record() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.tell(2, OPERATOR, WORK)
    found = told(story)
    layers = depths_of([DepthFound(each, 20) for each in (8, 8, 18)])
    within = share_within(layers, 20)
    searched = [Searched(0.25, 3, within), Searched(0.75, 1, within)]
    singles, total = left_in(searched, detection(depth_cm=20, layers=layers), UNKNOWN)
    assert [each.part_id for each in found.parts] == ["P1", "P2"]
    assert [each.found for each in found.parts] == [3, 1]
    assert [each.left for each in found.parts] == singles
    assert found.total == total
    assert [each.released for each in found.parts] == [False, False]
    assert {each.code for each in found.reasons} == {
        "risk.residual.releases-nothing",
        "risk.residual.no-seeds",
        "risk.residual.density-unknown",
        "risk.residual.depths-assumed",
    }


def test_seeds_of_a_visit_count_from_its_day_and_for_whom_they_were_laid() -> None:
    story = released(ONE)
    seeds = QaVisited(
        "V1", "deminers", "quality", "lanes", None, "W1", seeds_laid=60, seeds_found=58
    )
    story.tell(20, INSPECTOR, seeds)
    story.tell(20, INSPECTOR, replace(seeds, visit_id="V2", organisation_id="others"))
    story.tell(20, INSPECTOR, replace(seeds, visit_id="V3", work_id="W9"))
    before, after = told(story, 19), told(story, 20)
    assert (before.seeds_laid, after.seeds_laid, after.seeds_found) == (0, 60, 58)
    assert before.total
    assert after.total
    assert after.total.upper < before.total.upper
    assert "risk.residual.no-seeds" not in {each.code for each in after.reasons}
    # Said on the command line they weigh the same.
    stated = told(story, 19, Assumptions(seeds=(Seeds(60, 58),)))
    assert stated.total == after.total


def test_an_inspection_counts_where_it_says_how_much_and_how_well_it_looked() -> None:
    story = released(ONE)
    lot = LotInspected("L1", "quality", True, 1, 8, ("P1",), inspected_share=Decimal("0.5"))
    story.tell(20, INSPECTOR, lot)
    unstated = told(story)
    story.tell(21, INSPECTOR, replace(lot, lot_id="L2", detection=Decimal("0.9")))
    looked = told(story)
    assert unstated.total
    assert looked.total
    assert unstated.total == told(released(ONE)).total
    assert looked.total.p_none > unstated.total.p_none
    assert looked.total.expected < unstated.total.expected


SILENT = {
    "risk.residual.finds-unlisted": replace(ONE, finds_complete=None),
    "risk.residual.from-below": replace(
        ONE, parts=(replace(part("P1", "cleared", FIELD, 40), depth_from_cm=20),)
    ),
    "risk.residual.depth-unknown": replace(
        ONE, parts=(replace(part("P1", "cleared", FIELD), depth_cm=None),)
    ),
}


@pytest.mark.parametrize("code", SILENT)
def test_what_nobody_wrote_down_gives_no_figure(code: str) -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.tell(2, OPERATOR, SILENT[code])
    found = told(story)
    assert [each.code for each in found.parts[0].against] == [code]
    assert (found.parts[0].left, found.total) == (None, None)


def test_what_failed_or_is_hazard_again_gives_no_figure() -> None:
    failed = Story()
    failed.area(1, "A1", FIELD)
    failed.tell(2, OPERATOR, ONE)
    failed.inspect(3, "W1", passed=False)
    assert [each.code for each in told(failed).parts[0].against] == ["risk.residual.check-failed"]
    found = released(ONE)
    lot = LotInspected("L1", "quality", True, 1, 8, ("P1",), items_found=1)
    found.tell(20, INSPECTOR, lot)
    codes = {each.code for each in told(found).parts[0].against}
    assert codes == {"risk.residual.check-failed", "risk.residual.reopened"}
    reopened = released(ONE)
    assert told(reopened).parts[0].released
    reopened.tell(20, FIRST, LandReopened("O1", FIELD, "missed_item", area_id="A1"))
    assert told(reopened, 19).parts[0].left is not None
    again = told(reopened, 20).parts[0]
    assert [each.code for each in again.against] == ["risk.residual.reopened"]
    assert (again.left, again.released) == (None, False)


def test_each_find_counts_in_its_own_part_and_on_an_edge_in_the_first() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    grounds = [box(10 * n, 0, 10 * n + 10, 100) for n in range(10)]
    parts = tuple(part(f"P{n}", "cleared", each, 20) for n, each in enumerate(grounds))
    finds = [OrdnanceFound("mortar", at(10 * n + 5, 50), 8, count=n) for n in range(1, 10)]
    edge = OrdnanceFound("mortar", FRAME.mm_spot(20_000, 50_000), 8)
    on_edge = box(10, 0, 20, 100), box(20, 0, 30, 100)
    exact = min(on_edge, key=lambda each: each.geometry.distance(Point(FRAME.spot_mm(edge.spot))))
    story.tell(2, OPERATOR, replace(WORK, parts=parts, finds=(*finds, edge)))
    found = told(story)
    expected = [*range(10)]
    expected[1 if exact == on_edge[0] else 2] += 1
    assert [each.found for each in found.parts] == expected
    assert found.total
    left = sum(each.left.expected for each in found.parts if each.left)
    assert found.total.expected == pytest.approx(left)


def test_what_happened_since_the_work_gives_no_figure_before_any_release() -> None:
    def after(at_us: int, fact: object) -> list[str]:
        story = Story()
        story.area(1, "A1", FIELD)
        story.tell(3, OPERATOR, WORK)
        story.tell(at_us, FIRST, fact)
        return [each.part_id for each in told(story).parts if each.left is None and each.against]

    hurt = AccidentRecorded("X1", "detonation", at(5, 5), injured=1)
    assert after(4, hurt) == ["P1"]
    assert after(4, LandReopened("O1", EAST, "missed_item")) == ["P2"]
    # What was before the work is what it was done for; what is beside the ground is beside it.
    assert after(2, hurt) == []
    assert after(4, replace(hurt, spot=at(-30, 5))) == []


def test_an_area_without_cleared_parts_says_so() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    found = told(story)
    assert (found.parts, found.total) == ((), None)
    assert "risk.residual.nothing-cleared" in {each.code for each in found.reasons}
