"""The terrain: the real road network contracted to a small graph that hazards close.

A vertex is open ground that hangs together, or closed ground that waits for the same sites; two
are near where roads join them. People and services stand on vertices; teams come to a site by one
of its doors. Vertex 0 is outside, from where teams come.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

OUTSIDE = 0
OPEN: tuple[tuple[int, ...], ...] = ((),)
"""What a vertex waits for that nothing closes."""
NEVER: tuple[tuple[int, ...], ...] = ()
"""What a vertex waits for that no release opens."""
ENTRY = 1
"""The bit of ``has`` for the road to outside."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where some people live: by which vertex they come out, and how many they are.

    ``n_people`` is by service: those who are worse off without it.
    """

    vertex: int
    n_people: tuple[float, ...]
    district: str | None = None


@dataclass(frozen=True, eq=False)
class Terrain:
    """The small graph.

    Attributes:
        waits: per vertex, sets of sites, any one of which, done whole, opens it.
        near: per vertex, those joined to it.
        need: per vertex, by service, how many people there count for when cut off from it.
        has: per vertex, bits of the services that stand there; the first is the road outside.
        doors: per site, the vertices from which a team can begin on it.
        homes: who lives where; ``need`` is made of them by ``peopled``.
        bare: sites that no road on record comes near: taken as come to over the ground.
    """

    waits: Sequence[tuple[tuple[int, ...], ...]]
    near: Sequence[tuple[int, ...]]
    need: Sequence[tuple[float, ...]]
    has: Sequence[int]
    doors: Sequence[tuple[int, ...]]
    homes: Sequence[Home] = ()
    bare: frozenset[int] = frozenset()

    @property
    def n_vertices(self) -> int:
        """How many vertices there are."""
        return len(self.waits)

    @cached_property
    def waiting(self) -> tuple[tuple[int, ...], ...]:
        """Per site, the vertices that wait for it."""
        found: list[list[int]] = [[] for _ in self.doors]
        for vertex, sets in enumerate(self.waits):
            for site in sorted({site for one in sets for site in one}):
                found[site].append(vertex)
        return tuple(map(tuple, found))

    @cached_property
    def doors_at(self) -> tuple[tuple[int, ...], ...]:
        """Per vertex, the sites that a team can begin on from there."""
        found: list[list[int]] = [[] for _ in self.waits]
        for site, doors in enumerate(self.doors):
            for vertex in doors:
                found[vertex].append(site)
        return tuple(map(tuple, found))

    def peopled(
        self, weights: Sequence[float], by_district: Mapping[str | None, float] | None = None
    ) -> Terrain:
        """Returns the same ground, its people weighed by service and by district."""
        need = [[0.0] * len(weights) for _ in self.waits]
        for home in self.homes:
            factor = 1.0 if by_district is None else by_district.get(home.district, 1.0)
            at = need[home.vertex]
            for bit, people in enumerate(home.n_people):
                at[bit] += people * weights[bit] * factor
        return replace(self, need=tuple(map(tuple, need)))

    @cached_property
    def start(self) -> Growth:
        """What is joined before any work."""
        return Growth.first(self)


class Growth:
    """What is joined of a terrain once some sites are done; grows, and never shrinks.

    Attributes:
        terrain: the small graph.
        part: per vertex, the number of the part that it belongs to.
        members, need, has: per part, its vertices, what its people count for, its services.
        opened: per vertex, whether it is passable.
        done, ready: per site, whether it is done, and whether a team can come to it.
        lacking: what people cut off count for, per day, over all services.
    """

    __slots__ = (
        "done", "has", "lacking", "members", "need", "opened", "part", "ready", "terrain",
    )  # fmt: skip

    terrain: Terrain
    part: list[int]
    members: list[list[int]]
    need: list[tuple[float, ...]]
    has: list[int]
    opened: list[bool]
    done: list[bool]
    ready: list[bool]
    lacking: float

    @classmethod
    def first(cls, terrain: Terrain) -> Growth:
        """Returns what is joined before any work."""
        self = cls()
        n_vertices = terrain.n_vertices
        self.terrain = terrain
        self.part = list(range(n_vertices))
        self.members = [[vertex] for vertex in range(n_vertices)]
        self.need = list(terrain.need)
        self.has = list(terrain.has)
        self.opened = [False] * n_vertices
        self.done = [False] * len(terrain.doors)
        self.ready = [False] * len(terrain.doors)
        self.lacking = sum(
            lack(need, has) for need, has in zip(terrain.need, terrain.has, strict=True)
        )
        for vertex, sets in enumerate(terrain.waits):
            if () in sets:
                self._open(vertex)
        return self

    def copy(self) -> Growth:
        """Returns another that grows apart from this one."""
        other = Growth()
        other.terrain = self.terrain
        other.part = self.part[:]
        other.members = self.members[:]
        other.need = self.need[:]
        other.has = self.has[:]
        other.opened = self.opened[:]
        other.done = self.done[:]
        other.ready = self.ready[:]
        other.lacking = self.lacking
        return other

    def release(self, site: int) -> float:
        """Returns what people count for, per day, who are cut off no more once a site is done."""
        before = self.lacking
        done = self.done
        done[site] = True
        waits, opened = self.terrain.waits, self.opened
        for vertex in self.terrain.waiting[site]:
            if not opened[vertex] and any(all(done[each] for each in one) for one in waits[vertex]):
                self._open(vertex)
        return before - self.lacking

    def finish(self, site: int) -> float:
        """Returns nothing gained: a site is done that no way waits for."""
        self.done[site] = True
        return 0.0

    def _open(self, vertex: int) -> None:
        self.opened[vertex] = True
        if self.has[self.part[vertex]] & ENTRY:
            self._let_in((vertex,))
        for other in self.terrain.near[vertex]:
            if self.opened[other] and self.part[other] != self.part[vertex]:
                self._join(self.part[vertex], self.part[other])

    def _join(self, one: int, other: int) -> None:
        has, need = self.has, self.need
        if len(self.members[one]) < len(self.members[other]):
            one, other = other, one
        if has[one] != has[other]:
            self.lacking -= lack(need[one], has[one]) + lack(need[other], has[other])
            both = has[one] | has[other]
            if both & ENTRY:
                if not has[one] & ENTRY:
                    self._let_in(self.members[one])
                if not has[other] & ENTRY:
                    self._let_in(self.members[other])
            has[one] = both
            need[one] = tuple(map(sum, zip(need[one], need[other], strict=True)))
            self.lacking += lack(need[one], both)
        else:
            need[one] = tuple(map(sum, zip(need[one], need[other], strict=True)))
        # A new list: the one before may be shared with the growth that this was copied from.
        self.members[one] = self.members[one] + self.members[other]
        part = self.part
        for vertex in self.members[other]:
            part[vertex] = one

    def _let_in(self, vertices: Iterable[int]) -> None:
        doors_at, ready = self.terrain.doors_at, self.ready
        for vertex in vertices:
            for site in doors_at[vertex]:
                ready[site] = True


def lack(need: Sequence[float], has: int) -> float:
    """Returns what people count for who have some services and lack the others."""
    total = 0.0
    for bit, people in enumerate(need):
        if not has >> bit & 1:
            total += people
    return total
