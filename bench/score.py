"""Scores of probabilities against what was so, and differences of two with their intervals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Score = Callable[[Floats, Floats], float]


def auc(y: Floats, p: Floats) -> float:
    """Returns the share of pairs of one positive and one negative that are in order."""
    order = np.argsort(p, kind="stable")
    ranks = np.empty(len(p))
    ranks[order] = np.arange(1, len(p) + 1)
    _, group, size = np.unique(p, return_inverse=True, return_counts=True)
    ranks = (np.bincount(group, ranks) / size)[group]
    n_yes = float(y.sum())
    n_no = len(y) - n_yes
    if n_yes == 0 or n_no == 0:
        return float("nan")
    return float((ranks[y == 1].sum() - n_yes * (n_yes + 1) / 2) / (n_yes * n_no))


def average_precision(y: Floats, p: Floats) -> float:
    """Returns the mean precision at each positive."""
    yes = y[np.argsort(-p, kind="stable")]
    return float((np.cumsum(yes) / np.arange(1, len(yes) + 1))[yes == 1].mean())


def log_loss(y: Floats, p: Floats) -> float:
    """Returns minus the mean logarithm of the probability of what was so."""
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return float(-np.where(y == 1, np.log(p), np.log1p(-p)).mean())


def calibration_error(y: Floats, p: Floats) -> float:
    """Returns the mean distance of promised and found, in ten groups of like promise."""
    groups = np.array_split(np.argsort(p, kind="stable"), 10)
    return float(sum(abs(y[at].mean() - p[at].mean()) * len(at) for at in groups) / len(y))


def caught(y: Floats, p: Floats, share: float) -> float:
    """Returns the share of positives in the highest share of cells; ties are shared out."""
    n = share * len(y)
    at = len(y) - 1 - min(int(n), len(y) - 1)
    last = np.partition(p, at)[at]
    above, tied = p > last, p == last
    rest = (n - above.sum()) / max(int(tied.sum()), 1)
    return float((y[above].sum() + rest * y[tied].sum()) / y.sum())


def bootstrap(
    score: Score, y: Floats, ours: Floats, theirs: Floats, block: Ints, seed: int, n: int = 300
) -> tuple[float, float, float]:
    """Returns ours less theirs, and its 95 % interval over blocks drawn with replacement."""
    draw = np.random.default_rng(seed)
    members = [np.flatnonzero(block == each) for each in np.unique(block)]
    found = []
    for _ in range(n):
        at = np.concatenate([members[k] for k in draw.integers(0, len(members), len(members))])
        found.append(score(y[at], ours[at]) - score(y[at], theirs[at]))
    low, high = np.nanquantile(found, [0.025, 0.975])
    return score(y, ours) - score(y, theirs), float(low), float(high)
