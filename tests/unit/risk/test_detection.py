"""How well ground was searched: seeds, layers and passes, against drawing and counting."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rafiqa.risk.detection import (
    DEPTHS,
    FIELD_TRIALS,
    Belief,
    DepthFound,
    DepthLayer,
    Seeds,
    Sweep,
    chance_over,
    depths_of,
    detection,
    lowest_detection,
    seeded,
    seeds_needed,
    share_within,
)


def test_how_many_seeds_show_what() -> None:
    assert seeds_needed(0.95, 0.95) == 59
    assert seeds_needed(0.99, 0.95) == 299
    assert lowest_detection(Seeds(59, 59), 0.95) >= 0.95 > lowest_detection(Seeds(58, 58), 0.95)
    assert lowest_detection(Seeds(299, 299), 0.95) >= 0.99 > lowest_detection(Seeds(298, 298), 0.95)
    assert lowest_detection(Seeds(10, 0), 0.95) == 0.0


def test_the_lower_bound_of_a_test_is_where_it_becomes_unlikely() -> None:
    """At the bound, as many seeds or more are found in one of twenty tests: summed term by term."""
    low = lowest_detection(Seeds(60, 58), 0.95)
    tail = sum(math.comb(60, k) * low**k * (1 - low) ** (60 - k) for k in range(58, 61))
    assert tail == pytest.approx(0.05)


def test_before_a_test_field_trials_are_believed_and_not_brochures() -> None:
    before = seeded(())
    assert (before.a, before.b) == FIELD_TRIALS
    assert 0.5 <= before.mean <= 0.7
    assert seeded([Seeds(60, 58)]).mean == pytest.approx(64 / 70)


def test_sweeps_find_by_the_law_of_random_search() -> None:
    """Items thrown on ground, and strips over it at random: Koopman's law is what happens."""
    draws = np.random.default_rng(3)
    n_strips, width = 1_500, 0.001
    starts = draws.random((200, n_strips)) * (1 - width)
    items = draws.uniform(width, 1 - width, (200, 1))
    passed = ((starts <= items) & (items < starts + width)).any(axis=1).mean()
    assert Sweep(1.5).reached == pytest.approx(passed, abs=0.08)
    assert Sweep(1.5).reached == pytest.approx(1 - math.exp(-1.5))
    assert Sweep().reached == 1.0


def test_no_repetition_finds_what_is_missed_alike() -> None:
    once = chance_over(0.8, (Sweep(),), 0.05)
    often = chance_over(0.8, (Sweep(),) * 50, 0.05)
    assert once == pytest.approx(0.95 * 0.8)
    assert often == pytest.approx(0.95)
    assert chance_over(0.8, (Sweep(),) * 2, 0.0) == pytest.approx(1 - 0.2**2)


def test_a_depth_cuts_a_layer() -> None:
    layers = (DepthLayer(10, 0.5), DepthLayer(30, 0.4), DepthLayer(None, 0.1))
    told = [share_within(layers, depth_cm) for depth_cm in (0, 5, 10, 20, 30, 500)]
    assert told == pytest.approx([0, 0.25, 0.5, 0.7, 0.9, 0.9])
    assert sum(layer.share for layer in DEPTHS) == pytest.approx(1)
    assert share_within(DEPTHS, 0) > 0


def test_finds_move_the_depths_and_never_all_of_them() -> None:
    # Nothing says how much lies below all layers with an edge.
    deep = depths_of([DepthFound(80, 500)] * 20)
    assert sum(layer.share for layer in deep) == pytest.approx(1)
    assert share_within(deep, 20) == pytest.approx(0.97 * 15 / (19.4 + 20))
    assert deep[-1].share > 0


def test_finds_say_nothing_of_what_lies_below_the_depth_searched() -> None:
    """Worlds in which only what lies within the depth is found: the mean of those that fit."""
    draws = np.random.default_rng(4)
    layers = (DepthLayer(10, 0.4), DepthLayer(20, 0.3), DepthLayer(50, 0.2), DepthLayer(None, 0.1))
    shallow, deep = [DepthFound(5, 20)] * 3 + [DepthFound(15, 29)], [DepthFound(40, 60)]
    worlds = draws.dirichlet([8, 6, 4, 2], 400_000)
    above, all_but_deep = worlds[:, :2].sum(axis=1), worlds[:, :3].sum(axis=1)
    likely = worlds[:, 0] ** 3 * worlds[:, 1] / above**4 * worlds[:, 2] / all_but_deep
    expected = (worlds * likely[:, None]).sum(axis=0) / likely.sum()
    told = [each.share for each in depths_of(shallow + deep, layers)]
    assert told == pytest.approx(expected.tolist(), abs=0.002)
    below = 1 - share_within(DEPTHS, 20)
    assert 1 - share_within(depths_of([DepthFound(8, 20)] * 500), 20) == pytest.approx(below)
    assert 1 - share_within(depths_of([DepthFound(8, None)] * 500), 20) == pytest.approx(below)
    # The control: searched to the bottom, as many finds leave next to nothing below.
    assert 1 - share_within(depths_of([DepthFound(8, 500)] * 500), 20) < 0.05


def test_a_seed_of_a_stated_depth_makes_no_layer_surer_than_it_is() -> None:
    """One detector searched all layers: what is unknown of it is not averaged away over them."""
    unstated = detection((), depth_cm=20)
    one = detection((Seeds(1, 1, 300),), depth_cm=20)
    assert (one.mean, one.variance) == pytest.approx((unstated.mean, unstated.variance))


@pytest.mark.parametrize(
    "tests", [(), (Seeds(60, 58),), (Seeds(20, 19, 5), Seeds(20, 17, 15)), (Seeds(8, 0, 10),)]
)
def test_what_is_believed_of_all_layers_is_what_drawing_gives(tests: tuple[Seeds, ...]) -> None:
    """One detector: its layers are better or worse than believed together."""
    draws = np.random.default_rng(9)
    passes = (Sweep(), Sweep(0.7, 0.9))
    told = detection(tests, depth_cm=20, passes=passes, common_cause=0.03)
    weights = np.array([0.25, 0.30, 0.20]) / 0.75
    chances = []
    for layer_cm in ((0, 0), (1, 10), (11, 20)):
        own = [t for t in tests if t.depth_cm is None or layer_cm[0] <= t.depth_cm <= layer_cm[1]]
        belief = seeded(own)
        chances.append(np.sort(draws.beta(belief.a, belief.b, 200_000)))
    drawn = np.array(chances)
    found = (weights[:, None] * chance_over(drawn, passes, 0.03)).sum(axis=0)
    assert told.mean == pytest.approx(found.mean(), abs=0.002)
    # Never too sure, and no wider than need be.
    assert found.std() - 0.002 <= math.sqrt(told.variance) <= found.std() + 0.005


def test_a_distribution_is_that_of_its_moments() -> None:
    told = Belief.matching(0.7, 0.01)
    assert (told.mean, told.variance) == pytest.approx((0.7, 0.01))
    at, weights = told.nodes()
    assert float((at * weights).sum()) == pytest.approx(0.7, abs=1e-4)
    assert float(weights.sum()) == pytest.approx(1)
    # What no distribution can have is brought to where one can.
    assert Belief.matching(1.0, 0.0).mean < 1
    assert 0 < Belief.matching(0.5, 9.0).variance < 0.25
