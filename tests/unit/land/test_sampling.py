"""What a sample proves, against counting every case and against the study's worked figures."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rafiqa.land.sampling import (
    accept_curve,
    accept_probability,
    accept_probability_of_units,
    implied_confidence,
    items_left,
    needed_share,
    needed_units,
    proof,
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


# From the study (science.md 6.5): the smallest sample of 1,000 units at 95 %.
@pytest.mark.parametrize(
    ("tolerated", "detection", "needed"),
    [
        (0, 1, 950),
        (1, 1, 777),
        (2, 1, 631),
        (5, 1, 393),
        (10, 1, 238),
        (20, 1, 132),
        (50, 1, 56),
        (0, Fraction(9, 10), None),
        (1, Fraction(9, 10), 863),
        (5, Fraction(9, 10), 436),
        (1, Fraction(8, 10), 971),
        (50, Fraction(8, 10), 70),
    ],
)
def test_the_smallest_sample_of_units(
    tolerated: int, detection: Fraction | int, needed: int | None
) -> None:
    assert needed_units(1_000, tolerated, detection, Fraction(95, 100)) == needed


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
    assert found.reached == (found.confidence >= confidence - 1e-9)


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


def test_items_left() -> None:
    assert items_left(100, 0.96, 0.0, 0.9) == pytest.approx(4.0)
    assert items_left(100, 0.96, 0.1, 0.9) == pytest.approx(3.64)
    assert items_left(100, 1.0, 0.1, 0.9) == 0.0
