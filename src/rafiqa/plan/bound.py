"""The bound: what no order of the sites can do better than, proved by a linear programme.

Time is cut into periods, and every condition that a real schedule meets is kept or loosened, none
made stricter; so whatever the programme's optimum, no schedule costs less:

* all teams together clear no more than their pace, skill by skill, by the end of a period;
* no site is done before the shortest chain of sites on a way to it could be, each by the team that
  is fastest there: a site begins only once somebody can come to it;
* nobody is let in but through ground that is opened (cuts, found as they are broken);
* what is done in a period counts as done at its beginning.

The optimum is taken from the dual values that HiGHS returns, as a number it proved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import isfinite

import numpy as np
import numpy.typing as npt

from rafiqa.plan.problem import Problem
from rafiqa.plan.terrain import Terrain

Floats = npt.NDArray[np.float64]
_BROKEN = 1e-3


@dataclass(frozen=True, slots=True)
class Bound:
    """What no plan can do better than.

    Attributes:
        averted: the most that any order averts within the days planned.
        n_periods: how many periods time was cut into.
        n_cuts: how many cuts were needed.
    """

    averted: float
    n_periods: int
    n_cuts: int


@dataclass(frozen=True, slots=True)
class _Group:
    """People of one open part of the terrain who lack the same services, as one."""

    vertex: int
    bit: int
    weight: float
    targets: frozenset[int]


def proved_bound(problem: Problem, n_periods: int = 16, n_rounds: int = 6) -> Bound | None:
    """Returns the most that any order can avert within the days planned; None where none is proved.

    None where tasks stand of an earlier plan, as these are not asked about anew.

    Args:
        problem: what is planned.
        n_periods: into how many periods time is cut; more make the bound closer and slower.
        n_rounds: how often broken cuts are looked for.
    """
    if problem.kept or not problem.teams or not problem.sites:
        return None
    return _Programme(problem, n_periods).solve(n_rounds)


class _Programme:
    """The linear programme of one problem."""

    def __init__(self, problem: Problem, n_periods: int) -> None:
        self._problem = problem
        self._terrain = problem.terrain
        self._ends = _periods(problem, n_periods)
        groups = list(_groups(problem))
        self._earliest, let_in = _soonest(problem, groups)
        # Whom no work lets in has no part in what can be averted.
        self._groups = [group for group, day in zip(groups, let_in, strict=True) if isfinite(day)]
        self._let_in = [day for day in let_in if isfinite(day)]
        self._sites = [site for site, day in enumerate(self._earliest) if isfinite(day)]
        self._column = {site: at for at, site in enumerate(self._sites)}
        self._cuts: dict[tuple[int, frozenset[int]], None] = {}

    def solve(self, n_rounds: int) -> Bound | None:
        """Returns the bound after at most so many rounds of cuts."""
        if not self._sites:
            return Bound(0.0, len(self._ends), 0)
        self._first_cuts()
        found: tuple[float, Floats] | None = None
        for _ in range(n_rounds):
            found = self._optimum()
            if found is None:
                return None
            if not self._cut_off(found[1]):
                break
        if found is None:
            return None
        return Bound(found[0], len(self._ends), len(self._cuts))

    @property
    def _n_sites(self) -> int:
        return len(self._sites)

    def _optimum(self) -> tuple[float, Floats] | None:
        """Returns the most averted, and by period how much of each site and group is done."""
        from scipy.optimize import linprog
        from scipy.sparse import csr_array

        n_wide = self._n_sites + len(self._groups)
        lengths = np.diff(np.concatenate([[0.0], self._ends]))
        rate = [self._problem.rate[site] for site in self._sites]
        gain = np.concatenate([rate, [group.weight for group in self._groups]])
        n_periods = len(self._ends)
        soonest = np.array([*(self._earliest[site] for site in self._sites), *self._let_in])
        upper = (soonest[None, :] <= self._ends[:, None]).astype(np.float64)
        rows, columns, values, limits = [], [], [], []
        for row, (terms, limit) in enumerate(self._conditions(n_wide)):
            for column, value in terms:
                rows.append(row)
                columns.append(column)
                values.append(value)
            limits.append(limit)
        matrix = csr_array((values, (rows, columns)), shape=(len(limits), n_wide * n_periods))
        cost = -(lengths[:, None] * gain[None, :]).reshape(-1)
        bounds = np.stack([np.zeros(upper.size), upper.reshape(-1)], axis=1)
        done = linprog(cost, A_ub=matrix, b_ub=limits, bounds=bounds, method="highs")
        if done.status != 0:
            return None
        # A dual solution proves its own value whatever rounding made of it: weak duality.
        dual = np.minimum(done.ineqlin.marginals, 0.0)
        reduced = cost - matrix.T @ dual
        proved = float(dual @ np.array(limits) + np.minimum(reduced, 0.0) @ upper.reshape(-1))
        return -proved, done.x.reshape(n_periods, n_wide)

    def _conditions(self, n_wide: int) -> Iterator[tuple[list[tuple[int, float]], float]]:
        for period, end in enumerate(self._ends.tolist()):
            base = period * n_wide
            yield from self._pace(base, end)
            if period:
                for column in range(n_wide):
                    yield [(base - n_wide + column, 1.0), (base + column, -1.0)], 0.0
            for at, cut in self._cuts:
                terms = [(base + self._n_sites + at, 1.0)]
                terms += [(base + self._column[site], -1.0) for site in sorted(cut)]
                yield terms, 0.0

    def _pace(self, base: int, end: float) -> Iterator[tuple[list[tuple[int, float]], float]]:
        """Yields how much all teams, and those of each skill that is not everybody's, clear."""
        problem = self._problem
        done_m2 = [
            team.m2_per_day * problem.first_at[at][min(int(end), len(problem.first_at[at]) - 1)]
            for at, team in enumerate(problem.teams)
        ]
        for teams in self._sorts:
            terms = [
                (base + self._column[site], problem.sites[site].area_m2)
                for site in self._sites
                if all(team in teams for team, able in enumerate(problem.able) if able[site])
            ]
            if terms:
                yield terms, sum(done_m2[team] for team in teams)

    @property
    def _sorts(self) -> list[tuple[int, ...]]:
        sorts = {tuple(range(len(self._problem.teams)))}
        for site in self._sites:
            sorts.add(tuple(at for at, able in enumerate(self._problem.able) if able[site]))
        return sorted(sorts)

    def _first_cuts(self) -> None:
        for at, group in enumerate(self._groups):
            cut = _narrowest(self._terrain, group, dict.fromkeys(self._sites, 1.0), self._column)
            if cut is not None:
                self._cuts[at, cut] = None

    def _cut_off(self, share: Floats) -> bool:
        """Returns whether any cut was found that people were let in across."""
        fresh = False
        for period in range(len(self._ends)):
            held = {site: share[period, at] for site, at in self._column.items()}
            for at, group in enumerate(self._groups):
                let_in = share[period, self._n_sites + at]
                if let_in < _BROKEN:
                    continue
                cut = _narrowest(self._terrain, group, held, self._column)
                if cut is None or sum(held[site] for site in cut) > let_in - _BROKEN:
                    continue
                if (at, cut) not in self._cuts:
                    self._cuts[at, cut] = None
                    fresh = True
        return fresh


def _periods(problem: Problem, n_periods: int) -> Floats:
    """Returns the ends of the periods: equal ones to when all could be done, then the rest."""
    pace = sum(team.m2_per_day for team in problem.teams)
    work = sum(site.area_m2 for site in problem.sites)
    busy = min(float(problem.n_days), 1.5 * work / pace + 1)
    ends = np.unique(np.ceil(np.linspace(0, busy, n_periods)[1:]))
    last = float(problem.n_days)
    return ends if ends[-1] >= last else np.concatenate([ends, [last]])


def _soonest(problem: Problem, groups: Sequence[_Group]) -> tuple[list[float], list[float]]:
    """Returns by which day each site can be done, and each group let in, at the soonest.

    As if there were a team for every site as soon as somebody can come to it, the one that is
    fastest there: whatever is opened by fewer teams is opened no sooner. Infinite where never.
    """
    growth, fewest = problem.terrain.start.copy(), problem.fewest_days
    first = min((days[0] for days in problem.working if days), default=0)
    done = [float("inf")] * len(fewest)
    let_in = [float("inf")] * len(groups)
    begun: set[int] = set()
    queue: list[tuple[float, int]] = []
    day = float(first)
    while True:
        for site, ready in enumerate(growth.ready):
            if ready and site not in begun and fewest[site] < float("inf"):
                begun.add(site)
                heappush(queue, (day + fewest[site], site))
        if not queue:
            return done, let_in
        day, site = heappop(queue)
        done[site] = day
        growth.release(site)
        for at, group in enumerate(groups):
            if growth.has[growth.part[group.vertex]] >> group.bit & 1:
                let_in[at] = min(let_in[at], day)


def _groups(problem: Problem) -> Iterator[_Group]:
    """Yields, per part and service, the people who lack it before any work."""
    terrain = problem.terrain
    start = terrain.start
    everywhere = [
        frozenset(at for at in range(terrain.n_vertices) if terrain.has[at] >> bit & 1)
        for bit in range(len(terrain.need[0]))
    ]
    for part in sorted(set(start.part)):
        vertices = start.members[part]
        for bit, weight in enumerate(start.need[part]):
            if weight > 0 and not start.has[part] >> bit & 1 and everywhere[bit]:
                yield _Group(vertices[0], bit, weight, everywhere[bit])


def _narrowest(
    terrain: Terrain, group: _Group, held: dict[int, float], known: dict[int, int]
) -> frozenset[int] | None:
    """Returns sites one of which must be done for a group to be let in, holding least together.

    The least cut between the group and its targets through vertices, each holding what the sites
    hold that it waits for; where no cut is between them, None. Any cut proves; the least is
    looked for as it says most.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_flow

    n_vertices = terrain.n_vertices
    scale, most = 10_000, 100_000_000
    tails, heads, holds = [], [], []
    for vertex, sets in enumerate(terrain.waits):
        hold = most
        if () not in sets:
            hold = sum(1 + int(scale * held[site]) for site in _least(sets, held, known))
        tails.append(2 * vertex)
        heads.append(2 * vertex + 1)
        holds.append(hold)
        for other in terrain.near[vertex]:
            tails.append(2 * vertex + 1)
            heads.append(2 * other)
            holds.append(most)
    sink = 2 * n_vertices
    for target in group.targets:
        tails.append(2 * target + 1)
        heads.append(sink)
        holds.append(most)
    graph = csr_array((np.array(holds, dtype=np.int32), (tails, heads)), shape=(sink + 1, sink + 1))
    flow = maximum_flow(graph, 2 * group.vertex, sink)
    if flow.flow_value >= most:
        return None
    return _cut_sites(terrain, graph - flow.flow, 2 * group.vertex, held, known)


def _least(
    sets: Sequence[tuple[int, ...]], held: dict[int, float], known: dict[int, int]
) -> set[int]:
    """Returns of each set that can be done at all the site that is least so."""
    return {
        min(one, key=lambda site: (held[site], site))
        for one in sets
        if all(site in known for site in one)
    }


def _cut_sites(
    terrain: Terrain, residual: object, source: int, held: dict[int, float], known: dict[int, int]
) -> frozenset[int]:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    left = csr_array(residual)
    left.data = np.where(left.data > 0, 1, 0)
    left.eliminate_zeros()
    within = set(breadth_first_order(left, source, return_predecessors=False).tolist())
    found: set[int] = set()
    for vertex, sets in enumerate(terrain.waits):
        if 2 * vertex in within and 2 * vertex + 1 not in within:
            found |= _least(sets, held, known)
    return frozenset(found)
