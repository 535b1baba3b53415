"""Reckoning: one cell's probability as a printed sum of log-odds, source by source.

At its middle the field is exactly a sum over what is known: u_i = Σ_j C_ij g_j, with C the prior
covariance and g_j the slope of cell j's likelihood. A slope is shared among the sources of its
cell as
their log-ratios are, so that every source has its own number in every cell, and the numbers add up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from rafiqa.risk.field import Field
from rafiqa.risk.reading import Slope, Structures, logit, over, said
from rafiqa.risk.source import Counted

Floats = npt.NDArray[np.float64]
What = Literal["level", "covariate", "strikes", "here", "around", "rest", "width"]


@dataclass(frozen=True, slots=True)
class Term:
    """One summand: what it is, of which source, and how much it adds in log-odds.

    ``rest`` is what sources around add that are too small to be listed one by one, and ``width``
    what is not known adds: it draws towards one half.
    """

    what: What
    log_odds: float
    counted: Counted | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The terms of one cell; their sum is the log-odds of the probability that is shown."""

    p: float
    terms: tuple[Term, ...]

    @property
    def log_odds(self) -> float:
        """The sum of all terms."""
        return sum(term.log_odds for term in self.terms)


def reckon(
    found: Field,
    cell: int,
    p_mean: float,
    counted: Sequence[Counted],
    names: Sequence[str] = (),
    least: float = 0.01,
) -> Reckoning:
    """Returns a cell's probability as a sum.

    Args:
        found: the field, settled.
        cell: the cell's number.
        p_mean: the probability that is shown of it.
        counted: what the readings of the field were made of.
        names: the covariates, in the order of the prior's.
        least: sources around that add less are put together as ``rest``.
    """
    prior = found.prior
    fixed = found.fixed * prior.fixed[:, cell]
    terms = [Term("level", float(fixed[0]))]
    terms += [
        Term("covariate", float(each), name=name)
        for name, each in zip(names, fixed[1:], strict=True)
    ]
    if prior.offset is not None and prior.offset[cell]:
        terms.append(Term("strikes", float(prior.offset[cell])))
    here = [each for each in counted if each.said.cell == cell and each.said.structure is None]
    terms += [Term("here", each.log_ratio, each) for each in here]
    terms += _around(found, cell, counted, least)
    mode = sum(term.log_odds for term in terms)
    shown = float(logit(np.clip(np.array(p_mean), 1e-12, 1 - 1e-12)))
    return Reckoning(p_mean, (*terms, Term("width", shown - mode)))


def _around(found: Field, cell: int, counted: Sequence[Counted], least: float) -> list[Term]:
    near = found.prior.grid.covariance_with(cell).ravel()
    per_cell = _pull(found)
    structures = found.readings.structures
    per_structure = np.zeros(0) if structures is None else _structure_pull(structures, found)
    terms, rest = [], 0.0
    for each in counted:
        at = each.said.structure
        pull = per_cell[each.said.cell] if at is None else per_structure[at]
        adds = float(near[each.said.cell] * pull * each.log_ratio)
        if abs(adds) < least:
            rest += adds
        else:
            terms.append(Term("around", adds, each))
    terms.sort(key=lambda term: (-abs(term.log_odds), term.counted.said.source_id))  # type: ignore[union-attr]
    return [*terms, Term("rest", rest)] if rest else terms


def _pull(found: Field) -> Floats:
    """What each unit of log-ratio pulls: the slope over the ratio."""
    log_ratio = found.readings.log_ratio
    told = log_ratio != 0
    slope = _slope(lambda eta: said(log_ratio, eta), found.eta, found.sd)
    pull: Floats = np.where(told, slope / np.where(told, log_ratio, 1.0), 0.0)
    return pull


def _slope(at: Callable[[Floats], Slope], eta: Floats, sd: Floats | None) -> Floats:
    return (at(eta) if sd is None else over(at, eta, sd)).gradient


def _structure_pull(structures: Structures, found: Field) -> Floats:
    told, pull = structures.told, np.zeros(len(structures.cell))
    some = structures.only(told)
    # Each by itself: as many cells as structures, so that a cell's slope is not their sum.
    own = Structures(np.arange(len(told)), some.offset, some.log_ratio, some.sd)
    sd = None if found.sd is None else found.sd[some.cell]
    pull[told] = _slope(own.alone, found.eta[some.cell], sd) / some.log_ratio
    return pull
