"""The problem: sites, teams, pins and terrain as numbers that an order is tried on.

Days count from 0, the first day planned. A task takes whole working days: a team moves within its
day, and a longer move delays it by whole days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import ceil, floor, hypot

from rafiqa.plan.pin import Pin
from rafiqa.plan.policy import PlanPolicy
from rafiqa.plan.site import Site
from rafiqa.plan.team import Days, Team
from rafiqa.plan.terrain import Terrain

LONGEST_DAYS = 7_300
"""Twenty years: nobody's calendar is believed for longer, and no forecast goes beyond."""
CANNOT = -1
_TOO_LONG = 10_000_000
_OF_DAYS = frozenset({"teams", "first_ordinal", "n_days", "policy"})
_WRITTEN_OUT = ("working", "first_at", "worths")
"""What hangs on teams and days alone."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A task of an earlier plan that stands: which team, and when it was to begin.

    ``left_m2`` is what of it is left, the whole of the site where None.
    """

    area_id: str
    team_id: str
    start_day: int
    left_m2: float | None = None


@dataclass(frozen=True, eq=False)
class Problem:
    """Everything that an order of sites is tried on.

    Attributes:
        sites: what is to be done.
        teams: by whom.
        terrain: over what ground.
        first_ordinal: the calendar day that is day 0.
        n_days: how many days are planned.
        rate: per site, for what it counts each day until it is done.
        policy: what the user sets.
        pins: by area.
        kept: tasks that stand, in the order in which their teams come to them.
        stretch: per site, by what its work takes longer than planned; as planned where empty.
    """

    sites: Sequence[Site]
    teams: Sequence[Team]
    terrain: Terrain
    first_ordinal: int
    n_days: int
    rate: Sequence[float]
    policy: PlanPolicy = field(default_factory=PlanPolicy)
    pins: Mapping[str, Pin] = field(default_factory=dict)
    kept: Sequence[Kept] = ()
    stretch: Sequence[float] = ()

    def with_(self, **changes: object) -> Problem:
        """Returns the same problem with some of it changed.

        Calendars are long to write out: where teams and days stay, what was written out stays too.
        """
        other: Problem = replace(self, **changes)  # type: ignore[arg-type]
        if _OF_DAYS.isdisjoint(changes):
            known = {name: self.__dict__[name] for name in _WRITTEN_OUT if name in self.__dict__}
            other.__dict__.update(known)
        return other

    @cached_property
    def row(self) -> dict[str, int]:
        """By area, which site it is."""
        return {site.area_id: at for at, site in enumerate(self.sites)}

    @cached_property
    def able(self) -> tuple[tuple[bool, ...], ...]:
        """Per team, which sites it may do."""
        return tuple(tuple(self._may(team, site) for site in self.sites) for team in self.teams)

    def _may(self, team: Team, site: Site) -> bool:
        pin = self.pins.get(site.area_id)
        if pin is None:
            return team.can(site)
        if pin.exclude or pin.refused or not pin.needs <= team.skills:
            return False
        return team.can(site) and pin.team_id in {None, team.team_id}

    @cached_property
    def n_task_days(self) -> tuple[tuple[int, ...], ...]:
        """Per team, how many working days each site takes it; ``CANNOT`` where it may not."""
        left = {kept.area_id: kept.left_m2 for kept in self.kept if kept.left_m2 is not None}
        stretch = self.stretch or (1.0,) * len(self.sites)
        sizes_m2 = [
            left.get(site.area_id, site.area_m2) * factor
            for site, factor in zip(self.sites, stretch, strict=True)
        ]
        return tuple(
            tuple(
                min(_TOO_LONG, max(1, ceil(size_m2 / team.m2_per_day - 1e-9))) if may else CANNOT
                for size_m2, may in zip(sizes_m2, able, strict=True)
            )
            for team, able in zip(self.teams, self.able, strict=True)
        )

    @cached_property
    def choosing_key(self) -> tuple[tuple[int, int], ...]:
        """Per team, by what it is ordered where several are free on a day.

        Those that may do less choose first, so that who may do all is kept for the rest.
        """
        return tuple((sum(able), team) for team, able in enumerate(self.able))

    @cached_property
    def choosing(self) -> tuple[int, ...]:
        """The teams in the order in which they choose."""
        return tuple(sorted(range(len(self.teams)), key=self.choosing_key.__getitem__))

    @cached_property
    def fewest_days(self) -> tuple[float, ...]:
        """Per site, the working days of the team that is fastest there; infinite where none may."""
        columns = zip(*self.n_task_days, strict=True) if self.teams else [()] * len(self.sites)
        return tuple(
            min((float(days) for days in column if days != CANNOT), default=float("inf"))
            for column in columns
        )

    @cached_property
    def horizon(self) -> int:
        """The day on which the last task of any order may begin."""
        return min(LONGEST_DAYS, max(4 * self.n_days, 366))

    @cached_property
    def working(self) -> tuple[tuple[int, ...], ...]:
        """Per team, the days on which it works, from 0."""
        last = min(LONGEST_DAYS, 2 * self.horizon)
        return tuple(
            tuple(day for day in range(last) if team.calendar.works_on(self.first_ordinal + day))
            for team in self.teams
        )

    @cached_property
    def endless(self) -> tuple[bool, ...]:
        """Per team, whether its calendar has no end that a task could run into."""
        return tuple(team.calendar.last is None for team in self.teams)

    @cached_property
    def first_at(self) -> tuple[tuple[int, ...], ...]:
        """Per team and day, how many of its working days lie before."""
        last = min(LONGEST_DAYS, 2 * self.horizon)
        found = []
        for days in self.working:
            counts, at = [], 0
            for day in range(last + 1):
                while at < len(days) and days[at] < day:
                    at += 1
                counts.append(at)
            found.append(tuple(counts))
        return tuple(found)

    @cached_property
    def before(self) -> tuple[tuple[int, ...], ...]:
        """Per site, those that must be done before it."""
        return tuple(
            tuple(self.row[area] for area in pin.after if area in self.row)
            if (pin := self.pins.get(site.area_id))
            else ()
            for site in self.sites
        )

    @cached_property
    def not_before(self) -> tuple[int, ...]:
        """Per site, the first day on which it may begin."""
        pins = (self.pins.get(site.area_id) for site in self.sites)
        return tuple(
            max(0, pin.not_before - self.first_ordinal) if pin and pin.not_before else 0
            for pin in pins
        )

    @cached_property
    def closed(self) -> tuple[tuple[Days, ...], ...]:
        """Per site, the spans of days on which no work may be done there."""
        zero = self.first_ordinal
        pins = (self.pins.get(site.area_id) for site in self.sites)
        return tuple(
            tuple((first - zero, last - zero) for first, last in pin.closed) if pin else ()
            for pin in pins
        )

    @cached_property
    def plain(self) -> bool:
        """Whether no site waits for a day, a season or another site by decision."""
        return not any(self.before) and not any(self.not_before) and not any(self.closed)

    @cached_property
    def far(self) -> bool:
        """Whether any move takes a team a day or more."""
        if not self.sites:
            return False
        places = [site.place_m for site in self.sites]
        places += [team.base_m for team in self.teams if team.base_m is not None]
        spread_m = hypot(*(max(axis) - min(axis) for axis in zip(*places, strict=True)))
        return any(spread_m >= team.km_per_day * 1_000 for team in self.teams)

    def move_days(self, team: int, last_site: int | None, site: int) -> int:
        """Returns how many whole days a team needs to come from its last place to a site."""
        from_m = self.teams[team].base_m if last_site is None else self.sites[last_site].place_m
        if from_m is None:
            return 0
        to_m = self.sites[site].place_m
        away_m = hypot(to_m[0] - from_m[0], to_m[1] - from_m[1])
        return floor(away_m / (self.teams[team].km_per_day * 1_000))

    @cached_property
    def pinned(self) -> tuple[int, ...]:
        """The sites that people put at the head of the order, as they ranked them."""
        ranked = [
            (pin.rank, self.row[area])
            for area, pin in self.pins.items()
            if pin.rank is not None and area in self.row
        ]
        return tuple(site for _, site in sorted(ranked))

    @cached_property
    def can_be_done(self) -> tuple[bool, ...]:
        """Per site, whether any team may do it."""
        return tuple(days != float("inf") for days in self.fewest_days)

    @cached_property
    def worths(self) -> tuple[float, ...]:
        """Per day, what one unit per day counts for when it ends then: the days spared.

        A day within those planned counts whole, one after them by ``after_share``.
        """
        return tuple(map(self._worth, range(min(LONGEST_DAYS, 2 * self.horizon))))

    def _worth(self, day: int) -> float:
        within = max(0, self.n_days - day)
        after = max(0, self.horizon - max(day, self.n_days))
        return within + self.policy.after_share * after
