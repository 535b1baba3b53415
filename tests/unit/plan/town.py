"""A small graph in words: parts of a town, the sites between them, and who lives where."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rafiqa.plan.problem import Problem
from rafiqa.plan.site import Site
from rafiqa.plan.team import Team
from rafiqa.plan.terrain import ENTRY, OPEN, Terrain

NOBODY = (0.0, 0.0, 0.0, 0.0)


def terrain(
    n_parts: int, barriers: Sequence[tuple[int, int, tuple[int, ...]]], n_sites: int,
    people: Sequence[float], has: Sequence[int] | None = None,
) -> Terrain:  # fmt: skip
    """Part 0 is outside; each barrier lies between two parts and waits for all of some sites."""
    waits = [OPEN] * n_parts + [(sites,) for _, _, sites in barriers]
    near: list[set[int]] = [set() for _ in waits]
    doors: list[set[int]] = [set() for _ in range(n_sites)]
    for at, (one, other, sites) in enumerate(barriers, n_parts):
        for part in (one, other):
            near[part].add(at)
            near[at].add(part)
        for site in sites:
            doors[site] |= {one, other}
    for found in doors:
        if not found:
            found.add(0)
    needs = [(float(n), 0.0, 0.0, 0.0) for n in people]
    return Terrain(
        tuple(waits),
        tuple(tuple(sorted(each)) for each in near),
        (*needs, *[NOBODY] * len(barriers)),
        (*(has or [ENTRY, *[0] * (n_parts - 1)]), *[0] * len(barriers)),
        tuple(tuple(sorted(each)) for each in doors),
    )


def problem(
    ground: Terrain,
    sizes_m2: Sequence[float],
    teams: Sequence[Team],
    rates: Sequence[float],
    n_days: int = 60,
) -> Problem:
    sites = [Site(f"H{at}", size_m2) for at, size_m2 in enumerate(sizes_m2)]
    return Problem(sites, teams, ground, 738_000, n_days, rates)


def drawn(seed: int, n_parts: int = 4, n_sites: int = 5, n_teams: int = 2) -> Problem:
    """A town drawn from a seed: some sites close ways, some lie beside them."""
    rng = np.random.default_rng(seed)
    barriers = []
    for site in range(n_sites):
        one, other = (int(each) for each in rng.choice(n_parts, 2, replace=False))
        sites = {site, *([int(rng.integers(n_sites))] if rng.random() < 0.3 else [])}
        if rng.random() < 0.8:
            barriers.append((one, other, tuple(sorted(sites))))
    people = [0.0, *rng.integers(0, 50, n_parts - 1).astype(float)]
    teams = [
        Team(f"T{at}", frozenset({"manual"}), float(rng.integers(50, 150))) for at in range(n_teams)
    ]
    sizes = rng.integers(50, 900, n_sites).astype(float)
    rates = rng.integers(0, 20, n_sites).astype(float)
    return problem(
        terrain(n_parts, barriers, n_sites, people), sizes.tolist(), teams, rates.tolist()
    )
