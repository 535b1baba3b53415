"""B11: a million cells and four million, fitted, drawn and updated; tiles in any order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from bench.gatepeers import peak_mb
from bench.table import Table
from bench.timing import milliseconds, one, repeated
from rafiqa.risk import (
    VERIFIED,
    Field,
    Matern,
    Noise,
    Prior,
    Readings,
    fit,
    fit_tile,
    moved,
    tiles,
)

Floats = npt.NDArray[np.float64]
SIDES, QUICK_SIDES = (1_000, 2_000), (200,)
MATERN = Matern(10.0, 1.5)
N_UPDATES = 15
LEVEL = -2.0


def readings(side: int) -> Readings:
    """Returns 2 % of cells verified and 2 % told of, seeded."""
    n = side * side
    draw = np.random.default_rng(side)
    log_ratio = np.zeros(n)
    told = draw.choice(n, n // 50, replace=False)
    log_ratio[told] = draw.normal(0, 2, len(told))
    known = draw.choice(n, n // 50, replace=False)
    log_ratio[known] = np.where(draw.random(len(known)) < 0.2, VERIFIED, -VERIFIED)
    return Readings(log_ratio)


def measure(quick: bool) -> list[Table]:
    """Returns the tables of size and of tiles."""
    rows = [_row(side) for side in (QUICK_SIDES if quick else SIDES)]
    notes = [
        "The peer is the figure of the study that the method was chosen by, on its own machine:",
        "0.7 s for a Newton step of 10⁶ cells, about 1 s for a draw. `update` is one cell told of",
        f"anew, median and longest of {N_UPDATES}, with a window of three ranges around it.",
    ]
    header = ("cells", "fit, s", "steps", "draw, s", "update, ms", "longest, ms", "peak, MB")
    side = 120 if quick else 600
    again = Table(
        "B11: tiles in any order",
        ["Mode and one draw of every cell, as bytes; against the fit in one piece."],
        ("order", "cells", "same bytes", "largest difference of log-odds"),
        list(_tiled(side)),
    )
    return [Table("B11: size", notes, header, rows), again]


def _row(side: int) -> tuple[str, ...]:
    known = readings(side)
    prior = Prior.flat(MATERN, (side, side), LEVEL)
    kept: list[Field] = []
    fit_s = one(lambda: kept.append(fit(prior, known)))
    found = kept[0]
    draw_s = one(lambda: list(found.draws(1, Noise(1))))
    draw = np.random.default_rng(1)

    def update() -> None:
        cell = int(draw.integers(found.prior.n))
        log_ratio = known.log_ratio.copy()
        log_ratio[cell] = 3.0
        moved(found, [cell], Readings(log_ratio))

    timing = repeated(update, N_UPDATES)
    return (
        f"{side * side:,}",
        f"{fit_s:.1f}",
        str(found.n_steps),
        f"{draw_s:.1f}",
        milliseconds(timing.median_s),
        milliseconds(max(timing.seconds)),
        f"{peak_mb():,.0f}",
    )


def _tiled(side: int) -> Iterator[tuple[str, ...]]:
    shape, known = (side, side), readings(side)
    centre = np.full(side * side, LEVEL)
    none = np.zeros(0)
    prior = Prior(MATERN, shape, np.zeros((0, centre.size)), none, none, centre)
    whole = fit(prior, known).eta
    cut = list(tiles(shape, side // 3, MATERN.range_cells))
    first: bytes | None = None
    mixed = [cut[at] for at in np.random.default_rng(2).permutation(len(cut))]
    for name, order in (
        ("from the south-west", cut),
        ("from the end", cut[::-1]),
        ("mixed", mixed),
    ):
        eta, drawn = np.zeros(side * side), np.zeros(side * side)
        for tile in order:
            made = fit_tile(tile, MATERN, centre, known, shape)
            eta[tile.cells(shape)] = made.eta
            drawn[tile.cells(shape)] = next(made.draws(1, Noise(3)))
        told = eta.tobytes() + drawn.tobytes()
        first = first or told
        off = float(np.abs(eta - whole).max())
        yield name, f"{side * side:,}", "yes" if told == first else "NO", f"{off:.1e}"
