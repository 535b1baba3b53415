"""What a sample proves, against counting every case and against the study's worked figures."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from itertools import combinations, pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rafiqa.land import accept_probability
from rafiqa.risk.acceptance import (
    accept_curve,
    accept_probability_of_units,
    after_pass,
    implied_confidence,
    least_bad,
    needed_share,
    needed_units,
    proof,
    unit_proof,
)

SHARES = st.floats(0.01, 1.0)
TENTHS = st.integers(1, 10).map(lambda tenths: Fraction(tenths, 10))


@given(st.integers(1, 4), TENTHS, TENTHS)
def test_the_chance_to_pass_is_that_of_every_case(
    missed: int, share: Fraction, detection: Fraction
) -> None:
    """Each item is looked at or not, and seen or not: the cases in which none is seen."""
    total = Fraction(0)
    for case in product((True, False), repeat=2 * missed):
        looked, seen = case[:missed], case[missed:]
        chance = Fraction(1)
        for one, other in zip(looked, seen, strict=True):
            chance *= share if one else 1 - share
            chance *= detection if other else 1 - detection
        if not any(one and other for one, other in zip(looked, seen, strict=True)):
            total += chance
    assert accept_probability(missed, float(share), float(detection)) == pytest.approx(float(total))


def test_the_chance_to_pass_is_what_happens() -> None:
    """20,000 lots with five missed items, a tenth inspected at 0.9: six in ten pass."""
    draws = np.random.default_rng(7).random((2, 20_000, 5))
    found = (draws[0] < 0.10) & (draws[1] < 0.9)
    passed = 1 - found.any(axis=1).mean()
    assert accept_probability(5, 0.10, 0.9) == pytest.approx(0.624, abs=0.001)
    assert passed == pytest.approx(accept_probability(5, 0.10, 0.9), abs=0.015)


@given(
    st.integers(1, 7).flatmap(
        lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(0, n))
    ),
    TENTHS,
)
def test_units_without_replacement_are_counted_one_by_one(
    lot: tuple[int, int, int], detection: Fraction
) -> None:
    n_units, n_bad, n_inspected = lot
    samples = list(combinations(range(n_units), n_inspected))
    chances = [(1 - detection) ** sum(unit < n_bad for unit in sample) for sample in samples]
    expected = sum(chances, Fraction(0)) / len(samples)
    assert accept_probability_of_units(n_units, n_bad, n_inspected, detection) == expected


# The study's table (science.md 6.5), whole: the smallest sample of 1,000 units at 95 %.
TOLERATED = (0, 1, 2, 5, 10, 20, 50)
TABLE = {
    Fraction(1): (950, 777, 631, 393, 238, 132, 56),
    Fraction(9, 10): (None, 863, 702, 436, 264, 147, 62),
    Fraction(8, 10): (None, 971, 790, 491, 297, 165, 70),
}


@pytest.mark.parametrize("detection", TABLE)
def test_the_smallest_sample_of_units(detection: Fraction) -> None:
    told = tuple(needed_units(1_000, most, detection, Fraction(95, 100)) for most in TOLERATED)
    assert told == TABLE[detection]


@pytest.mark.parametrize(
    ("n_units", "n_bad", "needed"),
    [(1_000, 10, 258), (1_000, 50, 57), (10_000, 100, 294), (500, 50, 28)],
)
def test_compliance_sampling(n_units: int, n_bad: int, needed: int) -> None:
    """As the Visual Sample Plan has it: at 95 %, at least 99, 95, 99 and 90 % of units are good."""
    assert needed_units(n_units, n_bad - 1, 1, Fraction(95, 100)) == needed


def test_a_sample_of_a_million_units_is_exact_still() -> None:
    needed = needed_units(1_000_000, 299, Fraction(9, 10), Fraction(95, 100))
    assert needed is not None
    at = accept_probability_of_units(1_000_000, 300, needed, Fraction(9, 10))
    fewer = accept_probability_of_units(1_000_000, 300, needed - 1, Fraction(9, 10))
    assert at <= Fraction(5, 100) < fewer


# --- items that lie together


@pytest.mark.parametrize("together", [1, 2, 3, 7])
def test_no_clustering_within_the_bound_passes_more_often_than_said(together: int) -> None:
    """No way to crowd the items into units passes more often than the one planned for."""
    n_units, tolerated, detection = 60, 6, Fraction(9, 10)
    found = unit_proof(
        n_units,
        tolerated=tolerated,
        together=together,
        detection=detection,
        confidence=Fraction(95, 100),
    )
    assert found.reached or found.n_inspected == n_units
    passes = [
        accept_probability_of_units(n_units, n_bad, found.n_inspected, detection)
        for n_bad in range(least_bad(tolerated + 1, together), tolerated + 2)
    ]
    assert passes == sorted(passes, reverse=True)
    assert all(chance <= 1 - found.confidence for chance in passes)
    assert not found.reached or max(passes) <= Fraction(5, 100)


def test_where_nobody_knows_how_items_lie_together_it_is_refused() -> None:
    asked = partial(
        unit_proof, 1_000, tolerated=9, detection=Fraction(9, 10), confidence=Fraction(95, 100)
    )
    unknown = asked(together=None)
    assert (unknown.reached, unknown.n_bad_least, unknown.n_inspected) == (False, 1, 1_000)
    assert unknown.confidence == Fraction(9, 10)
    apart = asked(together=1)
    assert (apart.reached, apart.n_inspected) == (True, 287)
    fewer = asked(together=1, n_inspected=286)
    assert not fewer.reached


def test_the_chance_of_clustered_lots_to_pass_is_what_happens() -> None:
    """Clusters thrown on a grid of quadrats: a lot of more than ten items passes 5 % or less."""
    draws = np.random.default_rng(11)
    found = unit_proof(
        400, tolerated=10, together=4, detection=Fraction(9, 10), confidence=Fraction(95, 100)
    )
    n_lots, passed, naive = 2_000, 0, 0
    independent = needed_share(11, 0.9, 0.95)
    assert independent is not None
    for _ in range(n_lots):
        # Eleven items in the fewest quadrats: four, four and three.
        bad = draws.choice(400, 3, replace=False)
        order = draws.permutation(400)
        seen = draws.random(3) < 0.9
        passed += not (np.isin(bad, order[: found.n_inspected]) & seen).any()
        naive += not (np.isin(bad, order[: round(400 * independent)]) & seen).any()
    assert passed / n_lots <= 0.05 + 3 * (0.05 * 0.95 / n_lots) ** 0.5
    # The control: planned as if they lay apart, such lots pass far more often than 5 %.
    assert naive / n_lots > 0.2


# --- the other number


def test_what_is_believed_after_a_pass_is_counted() -> None:
    """Items are Poisson of an exponential mean, and lots with an item found are put aside."""
    draws = np.random.default_rng(5)
    items = draws.poisson(draws.exponential(3.0, 60_000))
    left = items[draws.binomial(items, 0.4 * 0.9) == 0]
    told = after_pass(3.0, 2, 0.4, 0.9)
    assert told.p_none == pytest.approx((left == 0).mean(), abs=0.01)
    assert told.p_at_most == pytest.approx((left <= 2).mean(), abs=0.01)
    assert told.expected == pytest.approx(left.mean(), abs=0.06)


@given(st.integers(1, 30), SHARES, st.floats(0.01, 0.999))
def test_the_needed_share_gives_just_the_confidence(
    missed: int, detection: float, confidence: float
) -> None:
    share = needed_share(missed, detection, confidence)
    if share is None:
        assert implied_confidence(missed, 1.0, detection) < confidence
    else:
        assert implied_confidence(missed, share, detection) == pytest.approx(confidence)
        assert implied_confidence(missed, share * 0.99, detection) < confidence


@given(st.integers(0, 20), SHARES, st.floats(0.01, 1.0), st.none() | SHARES)
def test_a_proof_never_claims_more_than_its_share_gives(
    tolerated: int, detection: float, confidence: float, share: float | None
) -> None:
    found = proof(tolerated=tolerated, detection=detection, confidence=confidence, share=share)
    assert 0 < found.share <= 1
    assert found.share == share or share is None
    assert found.confidence == implied_confidence(tolerated + 1, found.share, detection)
    if found.reached:
        assert found.confidence >= confidence - 1e-9
    else:
        assert found.confidence < confidence


def test_certainty_takes_the_whole_and_a_perfect_detector() -> None:
    assert needed_share(1, 1.0, 0.95) == pytest.approx(0.95)
    assert needed_share(1, 0.9, 0.95) is None
    assert needed_share(1, 0.9, 0.9) == pytest.approx(1.0)
    assert needed_share(1, 1.0, 1.0) == 1.0
    whole = proof(tolerated=0, detection=0.9, confidence=0.95)
    assert (whole.share, whole.reached) == (1.0, False)
    assert whole.confidence == pytest.approx(0.9)


@given(SHARES, SHARES)
def test_more_missed_items_pass_more_rarely(share: float, detection: float) -> None:
    curve = list(accept_curve(10, share, detection))
    assert all(later <= earlier for earlier, later in pairwise(curve))
    assert curve[0] == pytest.approx(1 - share * detection)


@pytest.mark.parametrize("together", [1, 4, 50, None])
def test_no_crowding_makes_more_believed_of_a_lot_than_is_told(together: int | None) -> None:
    """Items lie alone, or by any number within the bound: what is told is never the kinder."""
    draws = np.random.default_rng(6)
    told = after_pass(8.0, 5, 0.5, 0.9, together)
    for crowd in (1, 2, 3, 4, 6, 50):
        if together is not None and crowd > together:
            continue
        places = draws.poisson(draws.exponential(8.0 / crowd, 60_000))
        left = crowd * places[draws.binomial(places, 0.5 * 0.9) == 0]
        assert told.p_at_most <= (left <= 5).mean() + 0.01, crowd
        assert told.p_none <= (left == 0).mean() + 0.01, crowd
        assert told.expected >= 0.94 * left.mean(), crowd
    # The control: as if all lay together by fifty, an empty lot would be as good as proved.
    if together in {50, None}:
        by_fifty = (50 / 8 + 0.45) / (50 / 8 + 1)
        assert told.p_at_most < 0.85 < by_fifty


def test_certainty_is_not_had_for_almost() -> None:
    almost = proof(tolerated=0, detection=1 - 1e-10, confidence=1.0)
    assert not almost.reached
    assert proof(tolerated=0, detection=1.0, confidence=1.0).reached


@pytest.mark.parametrize("thought", [1e-320, 1e-30, 1e24])
def test_the_other_number_is_one_for_any_guess(thought: float) -> None:
    told = after_pass(thought, 0, 0.5, 0.9)
    assert 0 <= told.p_none == told.p_at_most <= 1
    assert told.expected >= 0
