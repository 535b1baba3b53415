"""Worlds: what work and ground may turn out to be, drawn for a plan to be carried out in.

The work of each site takes longer or shorter than planned by a factor of its own, and all of it by
one that is common: ground, weather and pace are not known, and errors in them do not cancel. Where
the map of evidence says how much of a site is contaminated, that is drawn too: more of it means
more harm until the site is done, and slower work. All factors are assumptions of the authors;
work takes longer than planned more often than shorter.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rafiqa.plan.problem import Problem
from rafiqa.plan.site import Site

OWN = (0.7, 1.0, 1.8)
COMMON = (0.9, 1.0, 1.3)
SLOWER = (1.0, 2.0, 4.0)
"""How many times as long contaminated ground takes as ground in which nothing is found."""


def worlds(problem: Problem, rng: np.random.Generator, n_draws: int) -> Iterator[Problem]:
    """Yields the problem as it may turn out: other durations, and what each site counts for.

    What is contaminated and how likely anything is go together: one share is drawn for both.
    """
    for _ in range(n_draws):
        own = rng.triangular(*OWN, size=len(problem.sites)) * rng.triangular(*COMMON)
        slower, share = rng.triangular(*SLOWER), rng.random(len(problem.sites)).tolist()
        stretch = [
            factor * _slowed(site, at, slower)
            for factor, site, at in zip(own.tolist(), problem.sites, share, strict=True)
        ]
        rate = [
            each * _likelier(site, at)
            for each, site, at in zip(problem.rate, problem.sites, share, strict=True)
        ]
        yield problem.with_(stretch=tuple(stretch), rate=tuple(rate))


def _slowed(site: Site, share: float, slower: float) -> float:
    """By how much more or less contaminated ground than expected changes the work's length."""
    found_m2 = site.contamination.contaminated_m2
    if found_m2 is None:
        return 1.0
    drawn, expected = (
        1 + (slower - 1) * min(1.0, each / site.area_m2)
        for each in (found_m2.at(share), found_m2.mid)
    )
    return drawn / expected


def _likelier(site: Site, share: float) -> float:
    p = site.contamination.p_contaminated
    return p.at(share) / p.mid if p.mid > 0 else 1.0
