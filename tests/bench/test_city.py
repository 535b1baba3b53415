"""The contaminated cities of known truth, one made as the model assumes and one otherwise."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
try:
    from bench.risk_city import CELLS_A_STEP, CITIES, ELSEWHERE, Level, before, misused
    from bench.score import auc, log_loss
finally:
    sys.path.remove(str(ROOT))

SEED = 300
"""Of towns that no bench measures, and none learns from."""
OURS, OTHERS = Level(), Level(total_kept=True, elsewhere=True)


@pytest.mark.parametrize("make", CITIES.values(), ids=list(CITIES))
def test_truth_is_found_where_it_is_foretold_in_both_cities(make) -> None:
    city = make(SEED)
    assert SEED not in ELSEWHERE
    held = city.items > 0
    foretold = before(city, SEED, OURS)
    assert auc(held.astype(float), foretold) > 0.6
    chosen = np.argsort(-foretold)[: 4 * CELLS_A_STEP]
    # A tenth of the ground: work at random would find a tenth.
    assert held[chosen].sum() > 0.15 * held.sum()
    # The level of other towns changes how much, and leaves where.
    other = before(city, SEED, OTHERS)
    assert auc(held.astype(float), other) == pytest.approx(
        auc(held.astype(float), foretold), abs=0.02
    )
    assert abs(np.log(held.sum() / other.sum())) < abs(np.log(held.sum() / foretold.sum()))
    assert log_loss(held.astype(float), other) < log_loss(held.astype(float), foretold)


def test_no_misuse_of_words_passes() -> None:
    rows = misused().rows
    assert len(rows) == 4
    assert [row[-1] for row in rows] == ["yes"] * 4
