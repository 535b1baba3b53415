"""Rows among finds: probabilities hold, and scatter alone shows a row as seldom as is said."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from rafiqa.risk import mine_rows

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
try:
    from bench.minefields import Minefield, scattered, straight
    from bench.risk_rows import places_told
finally:
    sys.path.remove(str(ROOT))

SEEDS = range(2_000, 2_040)


def finds_told(fields: list[Minefield]) -> tuple[float, float]:
    """Returns what was foretold of all finds, and what was so, per find."""
    p = np.concatenate([mine_rows(field.places_m).p_in_row for field in fields])
    so = np.concatenate([field.in_row for field in fields])
    return float(p.mean()), float(so.mean())


@pytest.mark.slow
def test_scatter_alone_seldom_shows_a_row() -> None:
    shown = sum(bool(mine_rows(scattered(seed, 40).places_m).rows) for seed in range(900, 1_020))
    # One in fifty would be told apart from this by 120 fields; a row in each of ten would be seen.
    assert shown <= 6


@pytest.mark.slow
def test_as_many_finds_lie_in_rows_as_are_foretold() -> None:
    foretold, so = finds_told([straight(seed) for seed in SEEDS])
    assert foretold == pytest.approx(so, abs=0.1)


@pytest.mark.slow
def test_places_hold_a_mine_about_as_often_as_is_foretold() -> None:
    told = np.array([each for seed in SEEDS for each in places_told(straight(seed), seed)])
    open_ = told[told[:, 0] > 0.3]
    assert len(open_) > 40
    assert open_[:, 1].mean() == pytest.approx(open_[:, 0].mean(), abs=0.2)
