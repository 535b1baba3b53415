"""Orders made by rules: the simple ones of practice, to compare with, and the path-aware one.

Reconnecting people is not a sum over sites: of two hazards in a row neither is worth anything
alone. So the path-aware rule scores whole ways (``science.md`` of the design, finding 10): the
people let in and the harm averted along the cheapest way to each place, per team-day.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

from rafiqa.plan.problem import Problem
from rafiqa.plan.terrain import NEVER, Growth, lack

_NO_EFFORT = float("inf")


def doable(problem: Problem) -> list[int]:
    """Returns the sites that any team may do, as given."""
    return [site for site, can in enumerate(problem.can_be_done) if can]


def first_in(problem: Problem) -> list[int]:
    """Returns the sites by when they came on record."""
    return sorted(doable(problem), key=lambda site: (problem.sites[site].recorded_us, site))


def harm_first(problem: Problem) -> list[int]:
    """Returns the sites by the harm of each, the most first."""
    return sorted(doable(problem), key=lambda site: (-problem.rate[site], site))


def harm_per_day(problem: Problem) -> list[int]:
    """Returns the sites by harm per team-day.

    Smith's rule: the best order for a single team where nothing has to be opened.
    """
    fewest = problem.fewest_days
    return sorted(doable(problem), key=lambda site: (-problem.rate[site] / fewest[site], site))


def marginal(problem: Problem) -> list[int]:
    """Returns the sites by what each gains next, by itself, per team-day."""
    growth = problem.terrain.start.copy()
    left = dict.fromkeys(doable(problem))
    order: list[int] = []
    while left:
        ready = [site for site in left if growth.ready[site]] or list(left)
        best, best_score = ready[0], -1.0
        for site in ready:
            gain = problem.rate[site]
            if problem.terrain.waiting[site]:
                gain += growth.copy().release(site)
            score = gain / problem.fewest_days[site]
            if score > best_score:
                best, best_score = site, score
        growth.release(best)
        del left[best]
        order.append(best)
    return order


def path_greedy(problem: Problem, most: int | None = None) -> list[int]:
    """Returns the sites by the ways that they lie on, the best way per team-day first.

    Args:
        problem: what is planned.
        most: how many sites are wanted; all where None.
    """
    growth = problem.terrain.start.copy()
    left = dict.fromkeys(doable(problem))
    order: list[int] = []
    for site in problem.pinned:
        if site in left:
            growth.release(site)
            del left[site]
            order.append(site)
    while left and (most is None or len(order) < most):
        bundle = _best_bundle(problem, growth, left)
        for site in bundle:
            growth.release(site)
            del left[site]
        order += bundle
    return order


def _best_bundle(problem: Problem, growth: Growth, left: dict[int, None]) -> list[int]:
    """Returns the sites of the way that gains the most per team-day, in the order of the way.

    Where no way leads to what is left, the site with the most harm per day stands in: it waits
    at the end of the order until somebody comes to it.
    """
    ways = _Ways(problem, growth)
    best: list[int] = []
    best_score = 0.0
    for vertex, effort in ways.effort.items():
        if effort > 0 and ways.gain[vertex] / effort > best_score:
            best_score, best = ways.gain[vertex] / effort, ways.sites_to(vertex)
    rate, fewest = problem.rate, problem.fewest_days
    for site in left:
        door = ways.door(site)
        if door is None:
            continue
        effort, gain = ways.effort[door] + fewest[site], ways.gain[door] + rate[site]
        if gain / effort > best_score or not best:
            way = ways.sites_to(door)
            if site not in way:
                best_score, best = gain / effort, [*way, site]
    bundle = [site for site in best if site in left]
    if bundle:
        return bundle
    return [max(left, key=lambda site: (rate[site] / fewest[site], -site))]


class _Ways:
    """The cheapest way, in team-days, from what is reached to every vertex, and what it gains."""

    def __init__(self, problem: Problem, growth: Growth) -> None:
        self._problem, self._growth = problem, growth
        self._entry = growth.part[0]
        self._entry_has = growth.has[self._entry]
        self.effort: dict[int, float] = {0: 0.0}
        self.gain: dict[int, float] = {0: 0.0}
        self._from: dict[int, int] = {}
        self._added: dict[int, tuple[int, ...]] = {}
        self._worth: dict[int, float] = {}
        self._search()

    def _search(self) -> None:
        """Dijkstra's search over closed vertices; open ground that hangs together costs nothing."""
        growth, near = self._growth, self._problem.terrain.near
        queue: list[tuple[float, int, int]] = []
        self._spread(queue, growth.members[self._entry], 0.0)
        while queue:
            effort, vertex, before = heappop(queue)
            if vertex in self.effort:
                continue
            self.effort[vertex], self._from[vertex] = effort, before
            self._added[vertex] = self._sites(vertex)
            part_before = growth.part[before]
            known = self._added.get(before, ())
            rates = (self._problem.rate[site] for site in self._added[vertex] if site not in known)
            gain = self.gain[before] + sum(rates)
            joined = {growth.part[other] for other in near[vertex] if growth.opened[other]}
            joined.add(growth.part[vertex])
            for part in joined - {part_before, self._entry}:
                gain += self._part_worth(part)
            self.gain[vertex] = gain
            for part in joined - {self._entry}:
                if not growth.opened[growth.members[part][0]]:
                    continue
                fresh = [each for each in growth.members[part] if each not in self.effort]
                for each in fresh:
                    # Passable ground beyond a closed vertex is come to with it.
                    self.effort[each], self.gain[each] = effort, gain
                    self._from[each] = vertex
                self._spread(queue, fresh, effort)
            self._spread(queue, [vertex], effort)

    def _spread(
        self, queue: list[tuple[float, int, int]], vertices: Sequence[int], effort: float
    ) -> None:
        growth, terrain = self._growth, self._problem.terrain
        for vertex in vertices:
            self.effort.setdefault(vertex, effort)
            self.gain.setdefault(vertex, 0.0)
            for other in terrain.near[vertex]:
                if other in self.effort or growth.opened[other] or terrain.waits[other] == NEVER:
                    continue
                cost = self._cost(other, vertex)
                if cost < _NO_EFFORT:
                    heappush(queue, (effort + cost, other, vertex))

    def _cost(self, vertex: int, before: int) -> float:
        known = self._added.get(before, ())
        fewest = self._problem.fewest_days
        return sum(fewest[site] for site in self._sites(vertex) if site not in known)

    def _sites(self, vertex: int) -> tuple[int, ...]:
        """Returns the sites whose release opens a closed vertex soonest, without those done."""
        done, fewest = self._growth.done, self._problem.fewest_days
        sets = self._problem.terrain.waits[vertex]
        if len(sets) == 1:
            return tuple(site for site in sets[0] if not done[site])
        options = [tuple(site for site in one if not done[site]) for one in sets]
        return min(options, key=lambda one: (sum(fewest[site] for site in one), one), default=())

    def _part_worth(self, part: int) -> float:
        """Returns what joining a part to the reached ground gains, on either side."""
        found = self._worth.get(part)
        if found is None:
            growth = self._growth
            has, need = growth.has[part], growth.need[part]
            both = has | self._entry_has
            found = lack(need, has) - lack(need, both)
            if both != self._entry_has:
                ours = growth.need[self._entry]
                found += lack(ours, self._entry_has) - lack(ours, both)
            self._worth[part] = found
        return found

    def sites_to(self, vertex: int) -> list[int]:
        """Returns the sites on the way to a vertex, in the order in which they are come to."""
        found: dict[int, None] = {}
        way = [vertex]
        while way[-1] in self._from:
            way.append(self._from[way[-1]])
        for each in reversed(way):
            found.update(dict.fromkeys(self._added.get(each, ())))
        return list(found)

    def door(self, site: int) -> int | None:
        """Returns the door of a site that is come to soonest; None where none can be."""
        doors = [door for door in self._problem.terrain.doors[site] if door in self.effort]
        return min(doors, key=lambda door: (self.effort[door], door), default=None)
