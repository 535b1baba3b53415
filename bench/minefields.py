"""Mine rows of known truth, made in two ways: as `risk/minerow.py` assumes and otherwise.

Every field is drawn from a seed that is passed in. No field is a record of a place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Draw = np.random.Generator


@dataclass(frozen=True, slots=True, eq=False)
class Minefield:
    """What lies where.

    Attributes:
        places_m: ``(n, 2)`` places, in drawn order.
        in_row: ``(n,)`` whether each was laid in a row.
        empty_m: ``(g, 2)`` places of rows where nothing lies: gone off, moved, or never laid.
        size_m: width and height of the field.
    """

    places_m: Floats
    in_row: Bools
    empty_m: Floats
    size_m: tuple[float, float]


def _mixed(
    rows: list[Floats], scatter: Floats, size_m: tuple[float, float], gone: float, draw: Draw
) -> Minefield:
    laid = np.concatenate(rows) if rows else np.zeros((0, 2))
    inside = ((laid >= 0) & (laid <= np.array(size_m))).all(axis=1)
    laid = laid[inside]
    lost = draw.random(len(laid)) < gone
    places = np.concatenate([laid[~lost], scatter])
    in_row = np.arange(len(places)) < (~lost).sum()
    order = draw.permutation(len(places))
    return Minefield(places[order], in_row[order], laid[lost], size_m)


def _scatter(n: int, size_m: tuple[float, float], draw: Draw) -> Floats:
    places: Floats = draw.random((n, 2)) * np.array(size_m)
    return places


def straight(seed: int, size_m: tuple[float, float] = (120.0, 80.0)) -> Minefield:
    """Returns a field of two to four parallel straight rows, evenly spaced, with gaps."""
    draw = np.random.default_rng([11, seed])
    angle, spacing = draw.uniform(0, np.pi), draw.uniform(3, 7)
    apart, n_rows = draw.uniform(7, 14), int(draw.integers(2, 5))
    on, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    middle = np.array(size_m) / 2 + draw.uniform(-12, 12, 2)
    rows = []
    for at in range(n_rows):
        n = int(draw.integers(10, 19))
        steps = (np.arange(n) - n / 2) * spacing + draw.uniform(0, spacing)
        begin = middle + (at - (n_rows - 1) / 2) * apart * across
        rows.append(begin + steps[:, None] * on + draw.normal(0, 0.06 * spacing, (n, 2)))
    scatter = _scatter(int(draw.poisson(8)), size_m, draw)
    return _mixed(rows, scatter, size_m, draw.uniform(0.05, 0.2), draw)


def winding(seed: int, size_m: tuple[float, float] = (120.0, 80.0)) -> Minefield:
    """Returns a field made on other assumptions: rows that bend or go zig-zag, unevenly spaced.

    Steps are gamma and not normal; gaps come in runs and not one by one; each row has its own
    spacing; scatter lies in clumps.
    """
    draw = np.random.default_rng([12, seed])
    rows: list[Floats] = []
    lost: list[Floats] = []
    for _ in range(int(draw.integers(2, 4))):
        at, heading = draw.uniform(0.2, 0.8, 2) * np.array(size_m), draw.uniform(0, 2 * np.pi)
        spacing, bend = draw.uniform(3, 8), draw.normal(0, 0.09)
        zigzag = draw.random() < 0.4
        places = []
        for number in range(int(draw.integers(12, 24))):
            places.append(at + draw.normal(0, 0.3, 2))
            if zigzag and number % 5 == 4:
                heading += (1 if number % 10 == 4 else -1) * 1.2
            heading += 0 if zigzag else bend
            at = at + draw.gamma(16, spacing / 16) * np.array([np.cos(heading), np.sin(heading)])
        row = np.array(places)
        row = row[((row >= 0) & (row <= np.array(size_m))).all(axis=1)]
        gone = np.zeros(len(row), dtype=bool)
        if len(row) > 6 and draw.random() < 0.7:
            begin = int(draw.integers(2, len(row) - 3))
            gone[begin : begin + int(draw.integers(1, 4))] = True
        rows.append(row[~gone])
        lost.append(row[gone])
    clumps = [
        draw.uniform(0, 1, 2) * np.array(size_m) + draw.normal(0, 6, (int(draw.poisson(4)), 2))
        for _ in range(2)
    ]
    scatter = np.concatenate([*clumps, _scatter(int(draw.poisson(3)), size_m, draw)])
    scatter = scatter[((scatter >= 0) & (scatter <= np.array(size_m))).all(axis=1)]
    made = _mixed(rows, scatter, size_m, 0.0, draw)
    return Minefield(made.places_m, made.in_row, np.concatenate(lost), size_m)


N_CHEVRON, N_CLUTTER = 350, 754
"""As many mines and as much clutter as in the chevron field of Dasgupta and Raftery (1998)."""
_FIELD_M = (520.0, 520.0)


def chevron(seed: int) -> Minefield:
    """Returns a chevron of parallel, evenly spaced rows: 350 mines among 754 points of clutter."""
    draw = np.random.default_rng([13, seed])
    half, spacing = draw.uniform(0.5, 0.8), 4.4
    apart, n_rows = draw.uniform(4, 6), 5
    tip = np.array([260, 400]) + draw.uniform(-20, 20, 2)
    n = N_CHEVRON // (2 * n_rows)
    rows = []
    for side in (-1, 1):
        on = np.array([side * np.sin(half), -np.cos(half)])
        for at in range(n_rows):
            begin = tip + np.array([0, -at * apart / np.sin(half)])
            steps = (np.arange(n) + draw.uniform(0.3, 0.7)) * spacing
            rows.append(begin + steps[:, None] * on + draw.normal(0, 0.08 * spacing, (n, 2)))
    return _mixed(rows, _scatter(N_CLUTTER, _FIELD_M, draw), _FIELD_M, 0.0, draw)


def bent_chevron(seed: int) -> Minefield:
    """Returns a chevron made on other assumptions: bent arms, uneven steps, clutter in clumps."""
    draw = np.random.default_rng([14, seed])
    half, n_rows = draw.uniform(0.5, 0.8), 5
    apart = draw.uniform(4, 6)
    tip = np.array([260, 400]) + draw.uniform(-20, 20, 2)
    n = N_CHEVRON // (2 * n_rows)
    rows = []
    for side in (-1, 1):
        bend = draw.normal(0, 0.012)
        for at in range(n_rows):
            steps = np.cumsum(draw.gamma(12, 4.4 / 12, n))
            heading = half + bend * np.arange(n)
            on = np.stack([side * np.sin(heading), -np.cos(heading)], axis=1)
            way = np.cumsum(on * np.diff(steps, prepend=0)[:, None], axis=0)
            begin = tip + np.array([0, -at * apart / np.sin(half)])
            rows.append(begin + way + draw.normal(0, 0.35, (n, 2)))
    centres = _scatter(12, _FIELD_M, draw)
    n_clumped = N_CLUTTER // 3
    clumped = centres[draw.integers(0, 12, n_clumped)] + draw.normal(0, 25, (n_clumped, 2))
    clutter = np.concatenate([clumped, _scatter(N_CLUTTER - n_clumped, _FIELD_M, draw)])
    return _mixed(rows, np.abs(clutter), _FIELD_M, 0.0, draw)


def scattered(seed: int, n: int = 120, size_m: tuple[float, float] = (120.0, 80.0)) -> Minefield:
    """Returns a field without a row: even scatter for even seeds, clumps for odd ones."""
    draw = np.random.default_rng([15, seed])
    if seed % 2 == 0:
        places = _scatter(n, size_m, draw)
    else:
        centres = _scatter(max(n // 12, 1), size_m, draw)
        places = centres[draw.integers(0, len(centres), n)] + draw.normal(0, 6, (n, 2))
    return Minefield(places, np.zeros(n, dtype=bool), np.zeros((0, 2)), size_m)


CHEVRONS: dict[str, Callable[[int], Minefield]] = {"straight": chevron, "bent": bent_chevron}
FIELDS: dict[str, Callable[[int], Minefield]] = {"straight": straight, "winding": winding}
