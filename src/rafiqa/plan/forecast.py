"""Forecast: when ground will be done, at which pace, and what would change it; with ranges.

The plan's order is carried out many times, each in a world of its own (``world``): other lengths
of work, and more or less contaminated ground. Nothing here is a promise of a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rafiqa.plan.problem import Problem
from rafiqa.plan.range import NOTHING, Range
from rafiqa.plan.schedule import Schedule, carry_out
from rafiqa.plan.search import improved
from rafiqa.plan.world import worlds

SHARES = (0.1, 0.5, 0.9)
_FASTER = 1.1
_TRIALS = 150


@dataclass(frozen=True, slots=True)
class Forecast:
    """When some sites will all be done.

    Attributes:
        name: of the quarter or district; None for all that is planned.
        area_m2: how much ground it is.
        n_sites: how many sites.
        n_left: how many of them no team comes to: no day is given for the whole then.
        planned_day: as the plan has it; None where it never ends.
        done_days: the tenth, the half and nine tenths of all runs were done by then; None where
            they were not done by the last day that is looked at.
        m2_per_day: the pace over the plan's own days, ground by days.
        contaminated_m2: how much of it the map of evidence holds contaminated, ends added to ends;
            None where it says so of none of the sites.
        n_mapped: of how many of the sites it does.
    """

    name: str | None
    area_m2: float
    n_sites: int
    n_left: int
    planned_day: int | None
    done_days: tuple[int | None, int | None, int | None]
    m2_per_day: float
    contaminated_m2: Range | None = None
    n_mapped: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """What one change of the teams would do.

    ``kind`` is ``one-more`` (another team like ``team_id``), ``one-less`` (without it) or
    ``faster`` (all of them by a tenth).

    Attributes:
        averted: what more of harm and cut-off days would be averted, in weighed person-days;
            negative where it is less.
        days: by how many days all would be done sooner; None where either never ends.
    """

    kind: str
    team_id: str | None
    averted: float
    days: int | None


def forecasts(
    problem: Problem, order: Sequence[int], rng: np.random.Generator, n_draws: int = 60
) -> list[Forecast]:
    """Returns the forecast of all sites, then of each district by name.

    Args:
        problem: what is planned.
        order: as the plan has it.
        rng: where its draws come from.
        n_draws: how often it is carried out.
    """
    planned = _ends(problem, order)
    runs = [_ends(world, order) for world in worlds(problem, rng, n_draws)]
    districts = sorted({site.district for site in problem.sites if site.district is not None})
    return [
        _forecast(problem, name, planned, runs) for name in (None, *districts)
    ]  # fmt: skip


def changes(problem: Problem, order: Sequence[int], seed: int) -> list[Change]:
    """Returns what would change: each team twice or not at all, all of them faster.

    Each is planned anew from the plan's own order. Another team may always be left idle, so what
    is averted with it is never said to be less.
    """
    base = carry_out(problem, order)
    found = []
    for at, team in enumerate(problem.teams):
        twin = replace(team, team_id=f"{team.team_id}+")
        more = problem.with_(teams=(*problem.teams, twin))
        found.append(_change("one-more", team.team_id, base, more, seed))
        if len(problem.teams) > 1:
            less = problem.with_(teams=(*problem.teams[:at], *problem.teams[at + 1 :]))
            found.append(_change("one-less", team.team_id, base, less, seed))
    fast = [replace(team, m2_per_day=team.m2_per_day * _FASTER) for team in problem.teams]
    found.append(_change("faster", None, base, problem.with_(teams=tuple(fast)), seed))
    return found


def _change(kind: str, team_id: str | None, base: Schedule, problem: Problem, seed: int) -> Change:
    rng = np.random.default_rng([seed, 2])
    order = improved(problem, [*base.order], rng, _TRIALS)
    found = carry_out(problem, order)
    more = found.value - base.value
    if (more < 0) == (kind == "one-less"):
        days = _sooner(base, found)
        return Change(kind, team_id, more, days)
    return Change(kind, team_id, 0.0, 0)


def _sooner(base: Schedule, found: Schedule) -> int | None:
    if len(base.left) != len(found.left):
        return None
    last = [max((task.end_day for task in each.tasks), default=0) for each in (base, found)]
    return last[0] - last[1]


def _ends(problem: Problem, order: Sequence[int]) -> dict[int, int]:
    return {task.site: task.end_day for task in carry_out(problem, order).tasks}


def _last(ends: dict[int, int], sites: Iterable[int]) -> int | None:
    days = [ends.get(site) for site in sites]
    known = [day for day in days if day is not None]
    return max(known, default=0) if len(known) == len(days) else None


def _forecast(
    problem: Problem, name: str | None, planned: dict[int, int], runs: Sequence[dict[int, int]]
) -> Forecast:
    sites = [
        at for at, site in enumerate(problem.sites) if name is None or site.district == name
    ]  # fmt: skip
    days = sorted(_last(ends, sites) or _NEVER for ends in runs)
    ranged = [_at(days, share) for share in SHARES]
    last = _last(planned, sites)
    known_m2 = sum(problem.sites[at].area_m2 for at in sites if at in planned)
    spent = max((planned[at] for at in sites if at in planned), default=0)
    return Forecast(
        name,
        sum(problem.sites[at].area_m2 for at in sites),
        len(sites),
        sum(at not in planned for at in sites),
        last,
        (ranged[0], ranged[1], ranged[2]),
        known_m2 / spent if spent else 0.0,
        *_contaminated(problem, sites),
    )


def _contaminated(problem: Problem, sites: Sequence[int]) -> tuple[Range | None, int]:
    """Returns how much contaminated ground some sites have, and of how many that is known."""
    known = [problem.sites[at].contamination.contaminated_m2 for at in sites]
    mapped = [each for each in known if each is not None]
    whole = NOTHING
    for each in mapped:
        whole = whole + each
    return (whole if mapped else None), len(mapped)


_NEVER = 10**9


def _at(days: Sequence[int], share: float) -> int | None:
    if not days:
        return None
    day = days[min(len(days) - 1, int(share * len(days)))]
    return None if day >= _NEVER else day
