"""What the benches of rows reckon with: the outlook of a clearing, and the fit of the terms."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from tests.unit.risk.test_minerow import row

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
try:
    from bench.minefields import straight
    from bench.rowfit import fitted, reliability, told_of
    from bench.rowoutlook import outlook
finally:
    sys.path.remove(str(ROOT))


def test_the_outlook_looks_around_one_find_ahead_of_three_and_learns_from_misses() -> None:
    at = np.stack(np.meshgrid(np.arange(-20, 41.0), np.arange(-20, 21.0)), axis=-1).reshape(-1, 2)
    one = outlook(row(1), at, 0.001)
    away = np.hypot(*(at - row(1)[0]).T)
    foretold = one.at(np.zeros(1))
    assert foretold[np.abs(away - 4) < 1].mean() > 5 * foretold[away > 15].mean()
    three = outlook(row(3, 0.0), at, 0.001)
    held = np.zeros(len(three.share))
    best = three.at(held).argmax()
    assert min(np.hypot(*(at[best] - end)) for end in ([15, 0], [-5, 0])) < 1.5
    assert three.at(held + three.density[:, best])[best] < 1 / 0.9
    missed = three.density @ (np.hypot(*(at - at[best]).T) < 3)
    elsewhere = np.hypot(*(at - at[best]).T) > 6
    assert three.at(missed)[elsewhere].sum() > three.at(held)[elsewhere].sum()


def test_the_fit_finds_the_terms_that_drew_what_was_so() -> None:
    draw = np.random.default_rng(3)
    told, terms = draw.normal(0, 1, (20_000, 2)), np.array([-1.0, 2.0, 0.5])
    p = 1 / (1 + np.exp(-(terms[0] + told @ terms[1:])))
    np.testing.assert_allclose(fitted(told, draw.random(len(p)) < p), terms, atol=0.1)
    field = straight(1_000)
    assert told_of(field).shape == (len(field.places_m), 4)


def test_places_are_counted_once_each_by_what_was_foretold() -> None:
    rows = reliability([(0.1, 0.0), (0.19, 1.0), (0.2, 1.0), (1.0, 1.0)])
    assert [n for _, n, _, _ in rows] == [2, 1, 0, 0, 1]
    assert rows[0][2] == pytest.approx(0.145)
    assert rows[0][3] == 0.5
