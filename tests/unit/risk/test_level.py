"""Whether as much is found as was expected: of all works, of each year's, and of each area's."""

from __future__ import annotations

import pytest

from rafiqa.geo import SiteFrame
from rafiqa.land import OrdnanceFound, Recorded, WorkReported
from rafiqa.land.book import fold
from rafiqa.locale import languages
from rafiqa.risk import Asking, RiskMap, risk_map
from rafiqa.wire.riskjson import lines_of, map_json
from tests.unit.land.story import OPERATOR, SPOT, box, part

FRAME = SiteFrame(SPOT.lon_deg, SPOT.lat_deg)
IN_2024_US, IN_2025_US = 1_718_000_000_000_000, 1_750_000_000_000_000


def worked(seq: int, area_id: str, at_us: int, west_m: int, finds: int) -> Recorded:
    """A square of 100 m that was cleared, with so many finds in cells of their own."""
    shape = box(west_m, 0, west_m + 100, 100)
    found = tuple(
        OrdnanceFound("mortar", FRAME.mm_spot(west_m * 1_000 + 25_000, 25_000 + 50_000 * at), 10)
        for at in range(finds)
    )
    parts = (part(f"P{seq}", "cleared", shape, 20),)
    work = WorkReported(f"W{seq}", area_id, "deminers", parts, finds=found, finds_complete=True)
    return Recorded(seq, f"entry-{seq}", at_us, at_us, OPERATOR, work)


@pytest.fixture(scope="module")
def found() -> RiskMap:
    facts = [
        worked(1, "A1", IN_2024_US, 0, 2),
        worked(2, "A2", IN_2025_US, 300, 0),
        worked(3, "A3", IN_2025_US, 600, 1),
    ]
    asked = Asking(cell_m=50, n_draws=16)
    return risk_map(facts, fold(facts), FRAME, 2 * IN_2025_US, asking=asked)


def test_each_year_and_each_area_is_held_to_its_own_results(found: RiskMap) -> None:
    years = {each.name: each.check for each in found.years}
    areas = {each.name: each.check for each in found.areas}
    assert {name: (check.n, check.found) for name, check in years.items()} == {
        "2024": (4, 2),
        "2025": (8, 1),
    }
    assert {name: (check.n, check.found) for name, check in areas.items()} == {
        "A1": (4, 2),
        "A2": (4, 0),
        "A3": (4, 1),
    }
    for parts in (years, areas):
        expected = sum(check.expected for check in parts.values())
        assert expected == pytest.approx(found.check.expected)
    # What was found itself is left out of what was expected, so that years can be told apart.
    assert years["2024"].ratio > found.check.ratio > years["2025"].ratio
    assert areas["A2"].ratio < 1


@pytest.mark.parametrize("lang", languages())
def test_years_are_told_and_of_areas_those_that_leave_the_level(found: RiskMap, lang: str) -> None:
    answer = map_json(found, lang)
    told = answer["calibration"]
    lines = [line.strip() for line in lines_of(
        {**answer, "calibration": told}, lang)]  # fmt: skip
    assert [each["text"] in lines for each in told["years"]] == [True, True]
    for each in told["areas"]:
        assert (each["text"] in lines) is not each["holds"]
        assert each["area_id"] in each["text"]
        assert "{" not in each["text"]
