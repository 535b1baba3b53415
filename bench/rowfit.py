"""What the probabilities of rows were fitted by, and how well places foretold come true.

``python -m bench.rowfit`` fits the terms of ``rafiqa.risk.minerow`` anew by logistic regression to
fields of known truth, prints them beside those in use, and of the places where rows are said to go
on how many held a mine. It writes nothing: whoever changes a term copies it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bench.minefields import Minefield, scattered, straight, winding
from bench.risk_rows import places_told
from rafiqa.risk import expit
from rafiqa.risk.minerow import COEFFICIENTS, ODDS_LEAST, features
from rafiqa.risk.rowlink import chains_of, links_of

Floats = npt.NDArray[np.float64]
FIRST, N_FIELDS = 1_000, 60
"""The seeds that terms are fitted on: none of them is measured by any bench."""
ROUNDS = 50
LEVELS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
NAMES = ("constant", "weight of its chains", "density", "neighbours in a row", "row seen")


def fields_of(n: int) -> list[Minefield]:
    """Returns so many fields of each make, and of scatter alone."""
    seeds = range(FIRST, FIRST + n)
    return [make(seed) for make in (straight, winding, scattered) for seed in seeds]


def told_of(field: Minefield) -> Floats:
    """Returns ``(n, 4)`` of each item of a field what speaks for a row."""
    links = links_of(field.places_m)
    chains = chains_of(links, ODDS_LEAST)
    return features(links, [list(each.places) for each in chains])


def fitted(told: Floats, so: npt.NDArray[np.bool_]) -> Floats:
    """Returns the terms of a logistic regression, the constant first; by Newton's method.

    Args:
        told: ``(n, k)`` what speaks for each.
        so: ``(n,)`` what was true.
    """
    given = np.column_stack([np.ones(len(told)), told])
    terms = np.zeros(given.shape[1])
    for _ in range(ROUNDS):
        p = expit(given @ terms)
        # A little is added so that what parts all fields without error has an answer, too.
        slope = given.T @ (so - p) - 1e-6 * terms
        bend = (given.T * (p * (1 - p))) @ given + 1e-6 * np.eye(len(terms))
        step = np.linalg.solve(bend, slope)
        terms = terms + step
        if np.abs(step).max() < 1e-9:
            break
    return terms


def reliability(told: Iterable[tuple[float, float]]) -> list[tuple[str, int, float, float]]:
    """Returns for each level: its name, how many were foretold so, the mean, and what was so."""
    p, so = np.array(list(told), dtype=float).reshape(-1, 2).T
    rows = []
    for low, high in pairwise(LEVELS):
        of = (p >= low) & ((p < high) | (high == LEVELS[-1]))
        n = int(of.sum())
        means = (float(p[of].mean()), float(so[of].mean())) if n else (float("nan"),) * 2
        rows.append((f"{low:.1f} to {high:.1f}", n, *means))
    return rows


def main(arguments: Sequence[str] | None = None) -> None:
    """Fits and prints."""
    parser = argparse.ArgumentParser(prog="python -m bench.rowfit", description=__doc__)
    parser.add_argument("--fields", type=int, default=N_FIELDS, help="of each make")
    fields = fields_of(parser.parse_args(arguments).fields)
    told = np.concatenate([told_of(field) for field in fields])
    terms = fitted(told, np.concatenate([field.in_row for field in fields]))
    print(f"{'term':24}{'fitted':>10}{'in use':>10}")
    for name, new, used in zip(NAMES, terms, COEFFICIENTS, strict=True):
        print(f"{name:24}{new:10.2f}{used:10.2f}")
    places = [each for seed, field in enumerate(fields) for each in places_told(field, seed)]
    print(f"\n{'places foretold':24}{'n':>6}{'foretold':>10}{'so':>10}")
    for level, n, mean, so in reliability(places):
        print(f"{level:24}{n:6}{mean:10.3f}{so:10.3f}")


if __name__ == "__main__":
    main()
