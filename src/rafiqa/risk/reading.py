"""Readings: what is known of each cell, as likelihoods of its log-odds or log-rate.

A cell's log-odds η come from the field. What was said of the cell is one number, the sum Λ of the
log-likelihood-ratios of its sources: log(1 − π + π e^Λ) with π = 1/(1 + e^−η). A verified answer
has
|Λ| so large that this is the Bernoulli likelihood. What was counted with an exposure E is Poisson
with mean E e^η. Nothing said is Λ = 0, and says nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
VERIFIED = 40.0
"""Log-likelihood-ratio of an answer that is taken as it stands: e^40 to one."""
_EXP_MAX = 700.0
_ETA_MAX = 30.0
"""Rates beyond e^30 only come up while a step is still too long."""


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """What is known, cell by cell; arrays of as many cells as the grid has.

    Attributes:
        log_ratio: ``(n,)`` sum of log-likelihood-ratios, positive where it speaks for
            contamination; 0 where nothing was said.
        counted: ``(n,)`` items counted, where ``exposure`` is above 0.
        exposure: ``(n,)`` what the rate is multiplied by; 0 where nothing was counted.
        structures: what is known of structures that stand in cells; None where there are none.
    """

    log_ratio: Floats
    counted: Floats | None = None
    exposure: Floats | None = None
    structures: Structures | None = None

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """``(n,)`` which cells something is known of, in them or in a structure of theirs."""
        known: npt.NDArray[np.bool_] = self.log_ratio != 0
        if self.exposure is not None:
            known = known | (self.exposure > 0)
        if self.structures is not None:
            held = self.structures.cell[self.structures.log_ratio != 0]
            known[held] = True
        return known

    def at(self, eta: Floats, sd: Floats | None = None) -> Slope:
        """Returns the log-likelihood at ``(n,)`` log-odds, its slope and its bend.

        Args:
            eta: the log-odds.
            sd: how wide they are taken to be: means over a normal spread; at a point where None.
        """
        if sd is not None:
            return over(lambda at: self._at(at, apart=False), eta, sd).kept()
        return self._at(eta, apart=True)

    def _at(self, eta: Floats, *, apart: bool) -> Slope:
        """What is not concave is left out of the bend: source by source where ``apart``."""
        slope = said(self.log_ratio, eta)
        slope = slope.kept() if apart else slope
        if self.exposure is not None and self.counted is not None:
            rate = self.exposure * np.exp(np.minimum(eta, _ETA_MAX))
            value = np.where(self.exposure > 0, self.counted * eta - rate, 0.0)
            slope = slope.plus(Slope(value, self.counted - rate, rate))
        if self.structures is not None:
            built = self.structures.at(eta)
            slope = slope.plus(built.kept() if apart else built)
        return slope


@dataclass(frozen=True, slots=True, eq=False)
class Slope:
    """A log-likelihood by cell, with its first derivative and minus its second."""

    value: Floats
    gradient: Floats
    bend: Floats

    def kept(self) -> Slope:
        """Returns the same with no bend below 0: a step would climb to nowhere there."""
        return Slope(self.value, self.gradient, np.maximum(self.bend, 0.0))

    def plus(self, other: Slope) -> Slope:
        """Returns the sum of two."""
        return Slope(
            self.value + other.value, self.gradient + other.gradient, self.bend + other.bend
        )


@dataclass(frozen=True, slots=True, eq=False)
class Structures:
    """Structures as cells of their own: each has its cell's log-odds, and something of its own.

    η of structure b in cell c is η_c + offset_b + δ_b, δ_b ~ N(0, sd²). The δ are summed out one by
    one for each η_c: what is left is a likelihood of the cell alone, so that a city's buildings
    cost the field nothing.

    Attributes:
        cell: ``(m,)`` the number of the cell that each stands in.
        offset: ``(m,)`` what is added for its kind and for its ground against the cell's.
        log_ratio: ``(m,)`` as for cells.
        sd: how much structures of one cell differ, in log-odds.
    """

    cell: Ints
    offset: Floats
    log_ratio: Floats
    sd: float

    @property
    def told(self) -> Ints:
        """The numbers of those of which something was said: of the others δ is its prior's."""
        return np.flatnonzero(self.log_ratio)

    def only(self, at: Ints) -> Structures:
        """Returns some of them, numbered anew."""
        return Structures(self.cell[at], self.offset[at], self.log_ratio[at], self.sd)

    def own(self, eta: Floats) -> Floats:
        """Returns ``(m,)`` the likeliest δ of each structure at its cell's log-odds."""
        told, whole = self.told, np.zeros(len(self.cell))
        log_ratio, own = self.log_ratio[told], np.zeros(len(told))
        at = (eta[self.cell] + self.offset)[told]
        for _ in range(_OWN_STEPS):
            slope = said(log_ratio, at + own)
            own += (slope.gradient - own / self.sd**2) / (slope.kept().bend + 1 / self.sd**2)
        whole[told] = own
        return whole

    def spread(self, eta: Floats) -> Floats:
        """Returns ``(m,)`` the standard deviation of each δ at its cell's log-odds."""
        slope = said(self.log_ratio, eta[self.cell] + self.offset + self.own(eta))
        out: Floats = 1 / np.sqrt(slope.kept().bend + 1 / self.sd**2)
        return out

    def alone(self, eta: Floats) -> Slope:
        """Returns ``(m,)`` what each says of its cell, δ summed out by Gauss–Hermite."""
        at = eta[self.cell] + self.offset
        each = [said(self.log_ratio, at + self.sd * node) for node in _NODES.tolist()]
        heights = np.stack([one.value for one in each]) + np.log(_WEIGHTS)[:, None]
        value = np.logaddexp.reduce(heights, axis=0)
        share = np.exp(heights - value)
        slope = np.stack([one.gradient for one in each])
        gradient = (share * slope).sum(axis=0)
        turn = np.stack([one.bend for one in each])
        return Slope(value, gradient, (share * (turn - slope**2)).sum(axis=0) + gradient**2)

    def at(self, eta: Floats) -> Slope:
        """Returns the likelihood of cells that their structures make, at ``(n,)`` log-odds.

        Those of which nothing was said make none, and cost nothing.
        """
        told = self.only(self.told)
        slope = told.alone(eta)
        return Slope(
            told._summed(slope.value, len(eta)),  # noqa: SLF001 - some of itself
            told._summed(slope.gradient, len(eta)),  # noqa: SLF001
            told._summed(slope.bend, len(eta)),  # noqa: SLF001
        )

    def _summed(self, values: Floats, n: int) -> Floats:
        return np.bincount(self.cell, values, n).astype(np.float64)


_OWN_STEPS = 12
_NODES, _RAW = np.polynomial.hermite_e.hermegauss(21)
_WEIGHTS = _RAW / _RAW.sum()
_SPREAD_NODES, _SPREAD_RAW = np.polynomial.hermite_e.hermegauss(9)
_SPREAD_WEIGHTS = _SPREAD_RAW / _SPREAD_RAW.sum()


def said(log_ratio: Floats, eta: Floats) -> Slope:
    """Returns log(1 − π + π e^Λ) of cells with log-odds η, its slope and its bend.

    Where sources say little the likelihood is not concave; its bend is below 0 there.
    """
    told = log_ratio != 0
    before = expit(eta)
    after = np.where(told, expit(eta + log_ratio), before)
    value = np.where(told, np.logaddexp(0, eta + log_ratio) - np.logaddexp(0, eta), 0.0)
    return Slope(value, after - before, before * (1 - before) - after * (1 - after))


def over(at: Callable[[Floats], Slope], eta: Floats, sd: Floats) -> Slope:
    """Returns the mean of a likelihood and its slopes over a normal spread, by Gauss–Hermite."""
    whole = Slope(np.zeros_like(eta), np.zeros_like(eta), np.zeros_like(eta))
    for node, weight in zip(_SPREAD_NODES.tolist(), _SPREAD_WEIGHTS.tolist(), strict=True):
        one = at(eta + node * sd)
        whole = whole.plus(Slope(*(weight * each for each in (one.value, one.gradient, one.bend))))
    return whole


def expit(eta: Floats) -> Floats:
    """Returns 1 / (1 + e^−η)."""
    out: Floats = 1 / (1 + np.exp(-np.clip(eta, -_EXP_MAX, _EXP_MAX)))
    return out


def logit(p: Floats) -> Floats:
    """Returns log(p / (1 − p))."""
    out: Floats = np.log(p) - np.log1p(-p)
    return out
