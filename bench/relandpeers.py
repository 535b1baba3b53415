"""What others make of the same cells in the same folds: kernels in a logistic line, and boosting.

Boosting is asked in an environment of its own, which this repository does not need otherwise:

    python3 -m venv build/peers && build/peers/bin/pip install lightgbm==4.6.0 scikit-learn numpy
    RAFIQA_PEERS_PYTHON=build/peers/bin/python .venv/bin/python -m bench risk_reland

Without it its rows are left out. Both are given every number of the file's columns, as published,
and 200 trees of 31 leaves at a rate of 0.05; nothing is tuned to these folds.
"""

from __future__ import annotations

import csv
import os
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
PEERS_PYTHON = "RAFIQA_PEERS_PYTHON"
WIDTHS_CELLS = (1.5, 3.0, 6.0, 12.0)
HELD = 1.0
"""Cells of the training share that each kernel is drawn to it by."""
RIDGE = 1.0
_NOT_ASKED = frozenset({"LATITUD_Y", "LONGITUD_X", "mines_outcome", "Municipio", "geometry"})
_BOOSTED = """
import sys
import numpy as np
told = np.load(sys.argv[1])
if sys.argv[3] == "lightgbm":
    import lightgbm
    model = lightgbm.LGBMClassifier(n_estimators=200, learning_rate=0.05, num_leaves=31,
                                    random_state=7, n_jobs=1, verbosity=-1)
else:
    from sklearn.ensemble import HistGradientBoostingClassifier
    model = HistGradientBoostingClassifier(max_iter=200, learning_rate=0.05, max_leaf_nodes=31,
                                           early_stopping=False, random_state=7)
model.fit(told["x"], told["y"])
np.save(sys.argv[2], model.predict_proba(told["asked"])[:, 1])
"""
BOOSTERS = {"LightGBM, all columns": "lightgbm", "scikit-learn's boosting, all columns": "sklearn"}


@cache
def numbers(path: Path) -> Floats:
    """Returns every column of numbers of the labelled cells of a file, in its order."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if float(row["mines_outcome"]) >= 0]
    names = [name for name in rows[0] if name not in _NOT_ASKED]
    return np.array([[_number(row[name]) for name in names] for row in rows])


def _number(told: str | None) -> float:
    try:
        return float(told or "nan")
    except ValueError:
        return float("nan")


def boosted(x: Floats, y: Floats, asked: Floats, by: str = "lightgbm") -> Floats:
    """Returns what LightGBM, or scikit-learn, makes of some cells in the scratch environment."""
    with tempfile.TemporaryDirectory() as folder:
        told, out = Path(folder) / "told.npz", Path(folder) / "p.npy"
        np.savez(told, x=x, y=y, asked=asked)
        subprocess.run(
            [os.environ[PEERS_PYTHON], "-c", _BOOSTED, str(told), str(out), by],
            check=True,
            capture_output=True,
        )
        found: Floats = np.load(out)
    return found


def kernels(squares: Floats, same: npt.NDArray[np.bool_] | None, y: Floats) -> Floats:
    """Returns ``(n, 4)`` log-odds of the share of positives around, at four widths.

    Args:
        squares: ``(n, t)`` squared distances to the training cells, in cells.
        same: which of them are of a cell's own block and do not count; None where none are.
        y: ``(t,)`` what the training cells were.
    """
    share = y.mean()
    found = []
    for width in WIDTHS_CELLS:
        weight = np.exp(-squares / (2 * width**2))
        if same is not None:
            weight[same] = 0
        p = (weight @ y + HELD * share) / (weight.sum(axis=1) + HELD)
        found.append(np.log(p / (1 - p)))
    return np.stack(found, axis=1)


def logistic(x: Floats, y: Floats, asked: Floats, ridge: float = RIDGE) -> Floats:
    """Returns probabilities of a logistic line over standardised columns, by Newton steps."""
    mean, sd = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-9)
    design = np.column_stack([np.ones(len(x)), (x - mean) / sd])
    held = np.full(design.shape[1], ridge)
    held[0] = 0
    weights = np.zeros(design.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-design @ weights))
        bend = design.T @ (design * (p * (1 - p))[:, None]) + np.diag(held)
        weights = weights + np.linalg.solve(bend, design.T @ (y - p) - held * weights)
    asked_design = np.column_stack([np.ones(len(asked)), (asked - mean) / sd])
    out: Floats = 1 / (1 + np.exp(-asked_design @ weights))
    return out
