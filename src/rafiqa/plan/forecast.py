"""Forecast: when ground will be done, at which pace, and what would change it; with ranges.

The plan's order is carried out many times, the work of each site taking longer or shorter than
planned by a factor of its own, and all of it by one that is common: ground, weather and pace are
not known, and errors in them do not cancel. The factors are assumptions of the authors, triangular
from 0.7 over 1 to 1.8, and from 0.9 over 1 to 1.3 in common; work takes longer than planned more
often than shorter. Nothing here is a promise of a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rafiqa.plan.problem import Problem
from rafiqa.plan.schedule import Schedule, carry_out
from rafiqa.plan.search import improved

OWN = (0.7, 1.0, 1.8)
COMMON = (0.9, 1.0, 1.3)
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
    """

    name: str | None
    area_m2: float
    n_sites: int
    n_left: int
    planned_day: int | None
    done_days: tuple[int | None, int | None, int | None]
    m2_per_day: float


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
    runs = [_ends(stretched, order) for stretched in _stretched(problem, rng, n_draws)]
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


def _stretched(problem: Problem, rng: np.random.Generator, n_draws: int) -> Iterator[Problem]:
    for _ in range(n_draws):
        own = rng.triangular(*OWN, size=len(problem.sites)) * rng.triangular(*COMMON)
        yield problem.with_(stretch=tuple(own.tolist()))


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
    )


_NEVER = 10**9


def _at(days: Sequence[int], share: float) -> int | None:
    if not days:
        return None
    day = days[min(len(days) - 1, int(share * len(days)))]
    return None if day >= _NEVER else day
