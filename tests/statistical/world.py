"""Worlds drawn from the field's own prior, what is told of them, and ranks of truth among draws.

A rank is the share of draws below the truth, ties broken by chance. If prior, likelihood and
posterior agree, ranks are uniform whatever is asked of the field (simulation-based calibration).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from rafiqa.risk import VERIFIED, Field, Matern, Noise, Prior, Readings, centred, expit, fit

SHAPE = (14, 14)
N = SHAPE[0] * SHAPE[1]
MATERN, LEVEL, LEVEL_SD = Matern(5.0, 1.2), -1.0, 1.0
LOOKED_SHARE, ASKED_SHARE = 0.15, 0.5
SENSITIVITY, FALSE_RATE = 0.7, 0.15
N_DRAWS = 99
BLOCK = (np.arange(4, 10)[:, None] * SHAPE[1] + np.arange(4, 10)[None, :]).ravel()
FAR = 0
"""A cell in the corner, for what is told of it by others alone in most worlds."""


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """What is so, and what is told of it."""

    eta: np.ndarray
    held: np.ndarray
    looked: np.ndarray
    asked: np.ndarray
    spoke: np.ndarray

    def readings(
        self, sensitivity: float = SENSITIVITY, false_rate: float = FALSE_RATE
    ) -> Readings:
        """What is known, by a source of which these rates are stated."""
        spoke = np.log(sensitivity / false_rate)
        silent = np.log((1 - sensitivity) / (1 - false_rate))
        log_ratio = np.where(self.asked, np.where(self.spoke, spoke, silent), 0.0)
        log_ratio[self.looked] = np.where(self.held[self.looked], VERIFIED, -VERIFIED)
        return Readings(log_ratio)


def prior() -> Prior:
    return Prior.flat(MATERN, SHAPE, LEVEL, LEVEL_SD)


def world(seed: int) -> World:
    draw = np.random.default_rng([seed, 50])
    held_before = prior()
    eta = held_before.centre + held_before.lifted(draw.standard_normal(N + 1))
    held = draw.random(N) < expit(eta)
    looked, asked = draw.random(N) < LOOKED_SHARE, draw.random(N) < ASKED_SHARE
    spoke = draw.random(N) < np.where(held, SENSITIVITY, FALSE_RATE)
    return World(eta, held, looked, asked, spoke)


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Joint draws of one posterior: log-odds, and what lies in each cell."""

    eta: np.ndarray
    held: np.ndarray


def drawn(found: Field, seed: int, spread: float = 1.0, *, apart: bool = False) -> Drawn:
    """Joint draws; with a mistake planted where ``spread`` is not 1 or cells are drawn apart."""
    eta = np.concatenate(list(found.draws(N_DRAWS, Noise(seed))))
    eta = found.eta + spread * (eta - found.eta)
    chance = np.random.default_rng([seed, 51])
    p = expit(eta + found.readings.log_ratio)
    if apart:
        p = np.broadcast_to(p.mean(axis=0), p.shape)
    return Drawn(eta, chance.random(p.shape) < p)


Asked = Callable[[World, Drawn], tuple[float, np.ndarray]]
ASKED: dict[str, Asked] = {
    "a cell in the corner": lambda so, told: (so.eta[FAR], told.eta[:, FAR]),
    "a cell in the middle": lambda so, told: (so.eta[BLOCK[14]], told.eta[:, BLOCK[14]]),
    "mean log-odds": lambda so, told: (so.eta.mean(), told.eta.mean(axis=1)),
    "count of a block": lambda so, told: (so.held[BLOCK].sum(), told.held[:, BLOCK].sum(axis=1)),
    "count of all": lambda so, told: (so.held.sum(), told.held.sum(axis=1)),
}


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """Ranks of truth, and whether it lay in the central 90 %, by what was asked."""

    rank: dict[str, np.ndarray]
    inside: dict[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is planted: nothing as it stands.

    Attributes:
        sensitivity: what the source is said to be.
        false_rate: likewise.
        at_mode: whether the normal is left at the mode.
        spread: what draws' distances from the middle are multiplied by.
        apart: whether cells are drawn each by itself.
    """

    sensitivity: float = SENSITIVITY
    false_rate: float = FALSE_RATE
    at_mode: bool = False
    spread: float = 1.0
    apart: bool = False


@cache
def fitted(seed: int, sensitivity: float, false_rate: float, *, at_mode: bool) -> Field:
    """The field fitted to one world; kept, for what is planted afterwards needs no other."""
    field = fit(prior(), world(seed).readings(sensitivity, false_rate))
    # Noise of its own: the spread that slopes are averaged over is no draw that is ranked.
    return field if at_mode else centred(field, Noise(seed + 1_000_000))


def ranks(n_worlds: int, planted: Mistake = Mistake()) -> Ranks:
    """Ranks of truth in so many worlds."""
    found: dict[str, list[float]] = {name: [] for name in ASKED}
    inside: dict[str, list[bool]] = {name: [] for name in ASKED}
    for seed in range(n_worlds):
        so = world(seed)
        field = fitted(
            seed, planted.sensitivity, planted.false_rate, at_mode=planted.at_mode
        )  # fmt: skip
        told = drawn(field, seed, planted.spread, apart=planted.apart)
        ties = np.random.default_rng([seed, 52])
        for name, asked in ASKED.items():
            truth, draws = asked(so, told)
            low, high = np.quantile(draws, [0.05, 0.95], method="inverted_cdf")
            inside[name].append(bool(low <= truth <= high))
            among = (draws < truth).sum() + ties.random() * ((draws == truth).sum() + 1)
            found[name].append(float(among) / (N_DRAWS + 1))
    return Ranks(
        {name: np.array(each) for name, each in found.items()},
        {name: np.array(each) for name, each in inside.items()},
    )


def faults(found: Ranks, p_least: float) -> Iterator[str]:
    """What is not uniform, by chi-square over ten bins and by the band of the ranks' own curve."""
    from scipy.stats import chisquare, kstest

    for name, rank in found.rank.items():
        counts = np.histogram(rank, np.linspace(0, 1, 11))[0]
        if chisquare(counts).pvalue < p_least:
            yield f"{name}: bins {counts.tolist()}"
        if kstest(rank, "uniform").pvalue < p_least:
            yield f"{name}: leaves the band"
