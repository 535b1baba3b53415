"""A whole map of evidence that is bad in every way it may be: an answer with its width."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from rafiqa.geo import SiteFrame, Spot
from rafiqa.land import Actor, EvidenceRecorded, Recorded
from rafiqa.land.book import fold
from rafiqa.risk import Asking, RiskMap, risk_map

FRAME = SiteFrame(38.55, 34.9)
NOBODY = fold([])
OFFICE = Actor("p", "office", "authority")
ASKED = Asking(cell_m=50, range_m=100.0, n_draws=16)
N_COPIES = 10_000


def at(x_m: float, y_m: float) -> Spot:
    return FRAME.mm_spot(round(x_m * 1_000), round(y_m * 1_000))


def said(
    n: int, spot: Spot, kind: str = "statement", source: str = "who was there", by: str = "office"
) -> Recorded:
    actor = Actor("p", by, "authority")
    fact = EvidenceRecorded(f"E{n}", kind, "verbal", spot=spot, source=source)
    return Recorded(n, f"entry-{n}", 10, 10, actor, fact)


def told(facts: Sequence[Recorded], asked: Asking = ASKED) -> RiskMap:
    found = risk_map(facts, NOBODY, FRAME, 20, asking=asked)
    assert np.isfinite(found.p).all()
    assert ((found.low > 0) & (found.low < found.p) & (found.p < found.high)).all()
    assert (found.high < 1).all()
    # Whatever is said, each place's figure is the sum that is printed for it.
    for row in (0, len(found.cells) // 2, int(found.p.argmax())):
        odds = float(np.log(found.p[row]) - np.log1p(-found.p[row]))
        assert found.reckoning(row).log_odds == pytest.approx(odds, abs=1e-6)
    return found


def p_at(found: RiskMap, x_m: float, y_m: float) -> float:
    row = found.row_at(x_m * 1_000, y_m * 1_000)
    assert row is not None
    return float(found.p[row])


# Far corners keep the grid the same whatever lies between.
CORNERS = [said(1, at(-400, -400), source="a"), said(2, at(400, 400), source="b", by="other")]


def test_zero_evidence_is_an_answer_as_wide_as_what_is_not_known() -> None:
    found = told([])
    assert found.prior_only.all()
    assert (found.high > 4 * found.low).all()
    assert (found.n_sayings, found.counted, found.check.n) == (0, (), 0)


def test_one_cell_is_answered() -> None:
    found = told([said(1, at(1, 1))], Asking(cell_m=10_000, range_m=1.0, n_draws=16))
    known = found.cells[~found.prior_only]
    assert len(known) >= 1
    assert p_at(found, 1, 1) == found.p.max()


def test_every_cell_positive_is_likely_everywhere_and_certain_nowhere() -> None:
    places = [(x, y) for x in range(-225, 250, 50) for y in range(-225, 250, 50)]
    facts = [
        said(n, at(x, y), "eo_seen", f"witness {n}", f"office {n}")
        for n, (x, y) in enumerate(places, 1)
    ]
    found = told(facts)
    told_of = [p_at(found, x, y) for x, y in places]
    assert min(told_of) > 0.8
    assert max(told_of) < 1


def test_contradictory_sources_leave_a_figure_between_them_and_say_both() -> None:
    word = said(3, at(25, 25), "eo_seen", "one", "ngo")
    other = said(4, at(25, 25), "contrary_use", "two", "village")
    by_one, by_other, by_both = (
        told([*CORNERS, *each]) for each in ([word], [other], [word, other])
    )
    between = p_at(by_both, 25, 25)
    assert p_at(by_other, 25, 25) < between < p_at(by_one, 25, 25)
    row = by_both.row_at(25_000, 25_000)
    assert row is not None
    named = {term.counted.said.source_id: term for term in by_both.reckoning(row).terms
             if term.counted is not None and term.what == "here"}  # fmt: skip
    assert {"E3", "E4"} <= set(named)
    assert named["E4"].log_odds < 0 < named["E3"].log_odds


def test_ten_thousand_copies_of_one_report_are_one() -> None:
    one = told([*CORNERS, said(3, at(25, 25))])
    copies = [said(n, at(25, 25)) for n in range(3, 3 + N_COPIES)]
    many = told([*CORNERS, *copies])
    assert (many.p == one.p).all()
    assert many.n_sayings == one.n_sayings + N_COPIES - 1
    assert len(many.counted) == len(one.counted)
    assert max(each.n_copies for each in many.counted) == N_COPIES - 1


def test_a_flood_against_hides_nothing_that_was_seen() -> None:
    seen = said(3, at(25, 25), "eo_seen", "one", "ngo")
    before, nothing = told([*CORNERS, seen]), told([*CORNERS, said(4, at(300, -300))])
    # Two hundred made-up organisations deny it, each with words of its own.
    flood = [
        said(n, at(25, 25), "contrary_use", f"voice {n}", f"made up {n}") for n in range(10, 210)
    ]
    after = told([*CORNERS, seen, *flood])
    floor = 1 / (1 + np.exp(-(np.log(p_at(before, 25, 25) / (1 - p_at(before, 25, 25))) - 3.5)))
    assert floor <= p_at(after, 25, 25) < p_at(before, 25, 25)
    # It draws nothing far off down by more than a little.
    assert p_at(after, -375, -375) > 0.9 * p_at(before, -375, -375)
    assert p_at(nothing, 25, 25) > 0


def test_islands_far_apart_do_not_speak_for_the_ground_between() -> None:
    found = told([said(1, at(-2_000, 25)), said(2, at(2_000, 25), "contrary_use", "b", "other")])
    row = found.row_at(0, 25_000)
    assert row is not None
    assert found.prior_only[row]
    empty = told([])
    assert p_at(found, 0, 25) == pytest.approx(float(empty.p.mean()), rel=0.02)
