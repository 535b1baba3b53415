"""B1–B3: how well the field foretells cells left out by block and by municipality, and areas.

Folds are blocks of 10 × 10 cells shared out by a seeded permutation (``folds/reland.csv``; made
anew
by ``python -m bench.risk_reland``). Range and spread are chosen inside the training folds by how
well half of their blocks foretell the other half; widths of areas by the blocks of the other folds.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.relandpeers import BOOSTERS, PEERS_PYTHON, boosted, kernels, logistic, numbers
from bench.score import auc, average_precision, bootstrap, calibration_error, caught, log_loss
from bench.table import Table
from rafiqa.risk import (
    VERIFIED,
    Block,
    Field,
    Matern,
    Noise,
    Prior,
    Readings,
    Width,
    averaged,
    best_of,
    counts,
    fit,
    foretold,
    interval,
    width_of,
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data" / "reland" / "train_all.csv"
FOLDS = Path(__file__).with_name("folds") / "reland.csv"
SEED, N_FOLDS, BLOCK_CELLS, PAD = 7, 10, 10, 12
PAIRS = (Matern(7.0, 2.5), Matern(14.0, 1.8), Matern(14.0, 2.5), Matern(20.0, 2.5))
"""Asked in every fold; a walk with ``choose`` takes three times as long and goes no farther."""
N_INNER = 5
N_DRAWS, N_CHOICE_DRAWS = 64, 8
LOCAL = (
    "roads_dist",
    "waterways_dist",
    "settlement_dist",
    "buildings_dist",
    "elevation",
    "edu_dist",
    "coca_dist",
    "population_2020",
    "rwi",
)
"""What varies from cell to cell; each is taken against its mean around, so that none tells a
region."""
_SMOOTHED_CELLS = 5.0
"""Covariates are taken against their mean over about so many cells around."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The labelled grid: where each cell lies, what is so, and whose it is."""

    shape: tuple[int, int]
    row: Ints
    column: Ints
    y: Floats
    municipality: Ints
    covariates: Floats
    numbers: Floats

    @property
    def cell(self) -> Ints:
        """Numbers of the cells on the padded grid."""
        return (self.row + PAD) * self.shape[1] + self.column + PAD

    @property
    def block(self) -> Ints:
        """The 10 × 10 block of each."""
        return self.blocks(BLOCK_CELLS)

    def blocks(self, side: int) -> Ints:
        """Returns the block of each cell, for blocks of a side in cells."""
        return (self.row // side) * 1000 + self.column // side


@cache
def cells(path: Path = DATA) -> Cells:
    """Returns the labelled cells of a file with the columns of the RELand snapshot."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    places = [[float(row["LATITUD_Y"]), float(row["LONGITUD_X"])] for row in rows]
    lat, lon = np.array(places).T
    step = np.median(np.diff(np.unique(np.round(lat, 6))))
    row, column = (np.rint((at - at.min()) / step).astype(np.int64) for at in (lat, lon))
    shape = (int(row.max()) + 1 + 2 * PAD, int(column.max()) + 1 + 2 * PAD)
    at = (row + PAD) * shape[1] + column + PAD
    covariates = np.array([_local(rows, name, at, shape) for name in LOCAL])
    y = np.array([float(each["mines_outcome"]) for each in rows])
    known = y >= 0
    municipality = np.unique([each["Municipio"] for each in rows], return_inverse=True)[1]
    return Cells(
        shape, row[known], column[known], y[known], municipality[known], covariates, numbers(path)
    )


def _local(rows: list[dict[str, str]], name: str, at: Ints, shape: tuple[int, int]) -> Floats:
    from scipy import ndimage

    values = np.array([float(each[name]) for each in rows])
    if name not in {"elevation", "rwi"}:
        values = np.log(values + 0.3)
    grid, held = np.zeros(shape), np.zeros(shape)
    grid.flat[at], held.flat[at] = values, 1.0
    around = ndimage.gaussian_filter(grid, _SMOOTHED_CELLS, mode="constant")
    weight = ndimage.gaussian_filter(held, _SMOOTHED_CELLS, mode="constant")
    off = np.where(held > 0, grid - around / np.maximum(weight, 1e-9), 0.0)
    out: Floats = off.ravel() / off[held > 0].std()
    return out


def fold_of_block(found: Cells) -> dict[int, int]:
    """Returns the fold of each block by the rule: a seeded permutation, dealt out in turn."""
    blocks = np.unique(found.block)
    dealt = np.random.default_rng(SEED).permutation(blocks)
    return {int(block): at % N_FOLDS for at, block in enumerate(dealt)}


def folds(found: Cells) -> Ints:
    """Returns the fold of each cell, as the file of folds has it."""
    with FOLDS.open(encoding="utf-8", newline="") as file:
        kept = {int(row["block"]): int(row["fold"]) for row in csv.DictReader(file)}
    return np.array([kept[int(block)] for block in found.block], dtype=np.int64)


# --- ours


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What was foretold of some cells: mode, draws, mean probability, and with which pair."""

    eta: Floats
    draws: Floats
    p: Floats
    matern: Matern


def field_told(
    found: Cells,
    train: Ints,
    test: Ints,
    *,
    local: bool,
    pairs: Sequence[Matern] = PAIRS,
    n_draws: int = N_DRAWS,
) -> Told:
    """Returns what the field fitted on some cells foretells of others."""
    log_ratio = np.zeros(found.shape[0] * found.shape[1])
    log_ratio[found.cell[train]] = np.where(found.y[train] == 1, VERIFIED, -VERIFIED)
    readings = Readings(log_ratio)
    level = float(np.log(found.y[train].mean() / (1 - found.y[train].mean())))
    covariates = found.covariates if local else None

    def make(matern: Matern, given: Readings) -> Field:
        return fit(Prior.flat(matern, found.shape, level, covariates=covariates), given, None, 1e-4)

    halves = np.zeros(len(log_ratio), dtype=np.int64)
    blocks = found.block[train]
    halves[found.cell[train]] = (blocks // 1000 + blocks % 1000) % 2
    pair = pairs[0]
    if len(pairs) > 1:
        pair = best_of(foretold(make, readings, halves, Noise(1), N_CHOICE_DRAWS), pairs).matern
    made = make(pair, readings)
    draws = np.concatenate([some[:, found.cell[test]] for some in made.draws(n_draws, Noise(2))])
    eta = made.eta[found.cell[test]]
    sd = np.sqrt(((draws - eta) ** 2).mean(axis=0))
    return Told(eta, draws, averaged(eta, sd), pair)


def stacked(found: Cells, train: Ints, test: Ints, told: Told, *, local: bool) -> Floats:
    """Returns a logistic line over the field's log-odds and those of four kernels.

    What the line is fitted to is foretold as the test cells are: the field from the other inner
    folds (whole blocks), kernels from other blocks than a cell's own. The pair is the one chosen
    before, inside the training cells.
    """
    inner = np.random.default_rng(SEED).permutation(np.unique(found.block[train]))
    fold_of = {int(block): at % N_INNER for at, block in enumerate(inner)}
    fold = np.array([fold_of[int(block)] for block in found.block[train]])
    own = np.zeros(len(train))
    for each in range(N_INNER):
        held, rest = train[fold == each], train[fold != each]
        made = field_told(found, rest, held, local=local, pairs=(told.matern,), n_draws=16)
        own[fold == each] = _log_odds(made.p)
    same = found.block[train][:, None] == found.block[train][None, :]
    y = found.y[train]
    x = np.column_stack([own, kernels(_squares(found, train, train), same, y)])
    around = kernels(_squares(found, test, train), None, y)
    return logistic(x, y, np.column_stack([_log_odds(told.p), around]))


def _log_odds(p: Floats) -> Floats:
    p = np.clip(p, 1e-4, 1 - 1e-4)
    return np.log(p) - np.log1p(-p)


# --- naive

Naive = Callable[[Cells, Ints, Ints], Floats]


def constant(found: Cells, train: Ints, test: Ints) -> Floats:
    """Returns the share of positives, for every cell."""
    return np.full(len(test), found.y[train].mean())


def distance(found: Cells, train: Ints, test: Ints) -> Floats:
    """Returns what a logistic line of the distance to the nearest positive gives."""
    x = np.log1p(_nearest(found, train, test))
    inner = np.log1p(_nearest(found, train, train, own=True))
    weights = np.zeros(2)
    design = np.stack([np.ones(len(train)), inner], axis=1)
    for _ in range(25):
        p = 1 / (1 + np.exp(-design @ weights))
        bend = design.T @ (design * (p * (1 - p))[:, None]) + 1e-6 * np.eye(2)
        weights = weights + np.linalg.solve(bend, design.T @ (found.y[train] - p))
    out: Floats = 1 / (1 + np.exp(-(weights[0] + weights[1] * x)))
    return out


def _nearest(found: Cells, train: Ints, test: Ints, *, own: bool = False) -> Floats:
    """Distances in cells; for training cells to positives of other blocks, as for test cells."""
    yes = train[found.y[train] == 1]
    squares = _squares(found, test, yes)
    if own:
        same = found.block[test][:, None] == found.block[yes][None, :]
        squares = np.where(same, np.inf, squares)
    out: Floats = np.sqrt(squares.min(axis=1))
    return out


def kernel(found: Cells, train: Ints, test: Ints) -> Floats:
    """Returns a Beta–Bernoulli average of 3 cells' reach, drawn to the share by four cells."""
    weight = np.exp(-_squares(found, test, train) / (2 * 3.0**2))
    share = found.y[train].mean()
    out: Floats = (weight @ found.y[train] + 4 * share) / (weight.sum(axis=1) + 4)
    return out


def four_kernels(found: Cells, train: Ints, test: Ints) -> Floats:
    """Returns a logistic line over four kernels; for training cells other blocks count alone."""
    same = found.block[train][:, None] == found.block[train][None, :]
    y = found.y[train]
    x = kernels(_squares(found, train, train), same, y)
    return logistic(x, y, kernels(_squares(found, test, train), None, y))


def boosting(by: str) -> Naive:
    """Returns what asks boosting of every column of the file, by one of two libraries."""

    def asked(found: Cells, train: Ints, test: Ints) -> Floats:
        return boosted(found.numbers[train], found.y[train], found.numbers[test], by)

    return asked


def _squares(found: Cells, some: Ints, others: Ints) -> Floats:
    rows = found.row[some][:, None] - found.row[others][None, :]
    columns = found.column[some][:, None] - found.column[others][None, :]
    out: Floats = (rows**2 + columns**2).astype(np.float64)
    return out


# --- tables

NAIVE: dict[str, Naive] = {
    "constant": constant,
    "distance": distance,
    "kernel, 3 cells": kernel,
    "four kernels, logistic": four_kernels,
}
if os.environ.get(PEERS_PYTHON):
    NAIVE |= {name: boosting(by) for name, by in BOOSTERS.items()}
OURS = {"field": False, "field, local covariates": True}
STACKED = {"field": "field and kernels", "field, local covariates": "the same, local covariates"}
BEST = "four kernels, logistic"


def left_out(found: Cells, group: Ints) -> tuple[dict[str, Floats], dict[str, list[Told]]]:
    """Returns probabilities of every cell from the others' groups, by model, and ours in full."""
    p = {name: np.zeros(len(found.y)) for name in (*NAIVE, *OURS, *STACKED.values())}
    told: dict[str, list[Told]] = {name: [] for name in OURS}
    for each in np.unique(group):
        test, train = np.flatnonzero(group == each), np.flatnonzero(group != each)
        for name, naive in NAIVE.items():
            p[name][test] = naive(found, train, test)
        for name, local in OURS.items():
            made = field_told(found, train, test, local=local)
            p[name][test] = made.p
            p[STACKED[name]][test] = stacked(found, train, test, made, local=local)
            told[name].append(made)
    return p, told


def score_rows(found: Cells, p: dict[str, Floats], group: Ints) -> Iterator[tuple[str, ...]]:
    """Yields a row for each model: scores, and differences to the best naive one by block."""
    for name, each in p.items():
        more = [
            "{:+.3f} ({:+.3f} … {:+.3f})".format(
                *bootstrap(score, found.y, each, p[BEST], group, SEED)
            )
            for score in (auc, log_loss)
        ]
        yield (
            name,
            f"{auc(found.y, each):.3f}",
            f"{average_precision(found.y, each):.3f}",
            f"{log_loss(found.y, each):.3f}",
            f"{calibration_error(found.y, each):.3f}",
            f"{caught(found.y, each, 0.1):.3f}",
            *(["–", "–"] if name == BEST else more),
        )


def area_rows(found: Cells, fold: Ints, told: list[Told]) -> Iterator[tuple[str, ...]]:
    """Yields the share of blocks of each size whose count lies in its 90 % interval."""
    eta, draws = np.zeros(len(found.y)), np.zeros((N_DRAWS, len(found.y)))
    for each, made in zip(np.unique(fold), told, strict=True):
        eta[fold == each], draws[:, fold == each] = made.eta, made.draws
    for side in (5, 10, 20):
        names = found.blocks(side)
        kept = [at for at in np.unique(names) if (names == at).sum() >= side * side / 10]
        blocks, home = [], []
        for at in kept:
            here = np.flatnonzero(names == at)
            blocks.append(Block(eta[here], draws[:, here], int(found.y[here].sum())))
            home.append(np.bincount(fold[here]).argmax())
        yield _area_row(f"{side} km", blocks, np.array(home))


def _area_row(size: str, blocks: list[Block], home: Ints) -> tuple[str, ...]:
    hits: dict[str, list[bool]] = {"independent": [], "joint": [], "calibrated": []}
    wide: list[float] = []
    widths: list[Width] = []
    for fold in np.unique(home):
        others = [each for each, at in zip(blocks, home, strict=True) if at != fold]
        width = width_of(others, np.random.default_rng(SEED))
        widths.append(width)
        for number, block in enumerate(blocks):
            if home[number] != fold:
                continue
            chance = np.random.default_rng([SEED, number])
            mean = (1 / (1 + np.exp(-block.draws))).mean(axis=0)
            alone = (chance.random((400, len(block.eta))) < mean).sum(axis=1)
            joint = counts(block, Width(), chance)
            ours = counts(block, width, chance)
            for name, drawn in zip(hits, (alone, joint, ours), strict=True):
                low, high = interval(drawn)
                hits[name].append(low <= (block.count or 0) <= high)
            low, high = interval(ours)
            wide.append((high - low) / len(block.eta))
    n = len(blocks)
    covered = {name: float(np.mean(each)) for name, each in hits.items()}
    error = float(np.sqrt(covered["calibrated"] * (1 - covered["calibrated"]) / n))
    return (
        size,
        str(n),
        f"{covered['independent']:.2f}",
        f"{covered['joint']:.2f}",
        f"{covered['calibrated']:.2f} (± {1.96 * error:.2f})",
        f"{np.mean(wide):.2f}",
        f"{np.median([each.spread for each in widths]):.2f}",
        f"{np.median([each.block_sd for each in widths]):.2f}",
    )


_HEADER = ("model", "AUC", "AP", "log-loss", "ECE", "cap10", "AUC less kernel's", "log-loss less")
_AREA = ("block", "n", "independent", "joint", "calibrated", "width", "spread", "block sd")


def measure(quick: bool) -> list[Table]:
    """Returns the tables of cells by block, by municipality, and of areas."""
    found = cells()
    if quick:
        return blocks_left_out(_some(found, np.flatnonzero(folds(found) < 2)))
    return [*blocks_left_out(found), municipalities_left_out(found)]


def _some(found: Cells, at: Ints) -> Cells:
    return Cells(
        found.shape,
        found.row[at],
        found.column[at],
        found.y[at],
        found.municipality[at],
        found.covariates,
        found.numbers[at],
    )


def blocks_left_out(found: Cells) -> list[Table]:
    """Returns B1 and B3."""
    fold = folds(found)
    p, told = left_out(found, fold)
    notes = [
        f"{len(found.y):,} cells, {found.y.mean():.1%} positive; {len(np.unique(fold))} folds of",
        "10 km blocks. Differences with 95 % intervals over blocks drawn with replacement.",
        *(f"{name}: {_pairs([each.matern for each in made])}." for name, made in told.items()),
    ]
    tables = [Table("B1: blocks left out", notes, _HEADER, list(score_rows(found, p, found.block)))]
    areas = [
        "Share of blocks whose count of contaminated cells lies in its 90 % interval; widths are",
        "chosen on the blocks of other folds. Width is the share of cells it spans.",
    ]
    for name, made in told.items():
        tables.append(Table(f"B3: areas, {name}", areas, _AREA, list(area_rows(found, fold, made))))
    return tables


def municipalities_left_out(found: Cells) -> Table:
    """Returns B2."""
    p, _ = left_out(found, found.municipality)
    rows = list(score_rows(found, p, found.municipality))
    return Table("B2: municipalities left out", [], _HEADER, rows)


def _pairs(made: list[Matern]) -> str:
    ranges = sorted(each.range_cells for each in made)
    sds = sorted(each.sd for each in made)
    return f"range {ranges[0]:.0f}–{ranges[-1]:.0f} cells, sd {sds[0]:.1f}–{sds[-1]:.1f}"


def write_folds() -> None:
    """Writes the file of folds by the rule."""
    FOLDS.parent.mkdir(exist_ok=True)
    with FOLDS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["block", "fold"])
        writer.writerows(sorted(fold_of_block(cells()).items()))


if __name__ == "__main__":
    write_folds()
