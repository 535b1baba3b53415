"""Telling: why each task stands where it does, and why a site is in no task, as reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil

from rafiqa.land import Reason
from rafiqa.plan.harm import casualties_per_day
from rafiqa.plan.outcome import Relief
from rafiqa.plan.policy import SERVICES
from rafiqa.plan.problem import Problem
from rafiqa.plan.schedule import Schedule, Task
from rafiqa.plan.setting import Setting
from rafiqa.plan.terrain import Growth

_NAMED = 5
_YEAR_DAYS = 365
_LEAST = 0.001


class Telling:
    """The reasons of one plan.

    Args:
        setting: what is known and decided.
        problem: its numbers.
        schedule: what is to be told of.
        reliefs: per task, whom it lets in.
    """

    def __init__(
        self,
        setting: Setting,
        problem: Problem,
        schedule: Schedule,
        reliefs: Sequence[Relief],
    ) -> None:
        self._setting, self._problem = setting, problem
        self._tasks = schedule.tasks
        self._reliefs = dict(zip((task.site for task in schedule.tasks), reliefs, strict=True))
        self._start: Mapping[int, int] = {task.site: task.start_day for task in schedule.tasks}
        self._kept = {kept.area_id for kept in setting.kept}
        self._opens = dict(self._way_openers())

    def of_task(self, task: Task) -> list[Reason]:
        """Returns why a task stands where it does, the weightiest first."""
        return list(self._of_task(task))

    def _of_task(self, task: Task) -> Iterator[Reason]:
        site = self._setting.sites[task.site]
        area = site.area_id
        pin = self._setting.pins.get(area)
        if area in self._kept:
            yield Reason("plan.reason.kept", {"area": area}, (area,))
        if pin is not None:
            yield from self._pinned(area)
        relief = self._reliefs[task.site]
        if relief.most >= 1:
            again = [name for name, n in zip(SERVICES, relief.n_people, strict=True) if n >= 1]
            params: dict[str, str | int] = {
                "n": round(relief.most),
                "services": ", ".join(again),
            }
            yield Reason("plan.reason.reconnects", params, (area,))
        beyond = self._opens.get(task.site, ())
        if beyond:
            named = self._named(beyond)
            params = {"areas": ", ".join(named), "n": len(beyond)}
            yield Reason("plan.reason.way", params, (area, *named))
        yield from self._harm(task.site)
        if site.n_requests:
            yield Reason("plan.reason.requests", {"n": site.n_requests}, (area,))
        if site.told is not None:
            told: dict[str, str | int] = {
                "community": site.told.community,
                "day": site.told.on,
                "band": site.told.band,
            }
            yield Reason("plan.reason.surveys", told, (area,))
        if task.site in self._setting.terrain.bare:
            yield Reason("plan.reason.over-ground", {}, (area,))
        only = [team for team, able in enumerate(self._problem.able) if able[task.site]]
        if len(only) == 1 and len(self._setting.teams) > 1:
            params = {"team": self._setting.teams[task.team].team_id}
            yield Reason("plan.reason.only-team", params, (area,))

    def _pinned(self, area: str) -> Iterator[Reason]:
        pin = self._setting.pins[area]
        params: dict[str, str | int] = {"why": pin.reason}
        if pin.rank is not None:
            yield Reason("plan.reason.pinned-rank", {**params, "rank": pin.rank}, (area,))
        if pin.team_id is not None:
            yield Reason("plan.reason.pinned-team", {**params, "team": pin.team_id}, (area,))
        if pin.not_before is not None:
            yield Reason("plan.reason.pinned-start", params, (area,))
        if pin.closed:
            yield Reason("plan.reason.season", params, (area,))
        if pin.after:
            params = {**params, "areas": ", ".join(pin.after)}
            yield Reason("plan.reason.after", params, (area, *pin.after))
        unknown = [question for question, answer in pin.answers if answer == "unknown"]
        for question in unknown:
            yield Reason("plan.reason.not-answered", {"question": question}, (area,))

    def _harm(self, at: int) -> Iterator[Reason]:
        site = self._setting.sites[at]
        per_year = casualties_per_day(site, self._setting.policy).times(_YEAR_DAYS)
        p = site.contamination.p_contaminated
        params: dict[str, str | int] = {
            "p": _share(p.mid),
            "low": _share(p.low),
            "high": _share(p.high),
            "basis": site.contamination.basis,
        }
        m2 = site.contamination.contaminated_m2
        if m2 is None:
            yield Reason("plan.reason.contamination", params, (site.area_id,))
        else:
            params |= {"m2": _m2(m2.mid), "low_m2": _m2(m2.low), "high_m2": _m2(m2.high)}
            params |= {"area_m2": _m2(site.area_m2)}
            yield Reason("plan.reason.contamination-map", params, (site.area_id,))
        hours = sum(each.mid for each in site.hours.values())
        if hours > 0:
            params = {
                "hours": _figure(hours),
                "low": _figure(per_year.low),
                "mid": _figure(per_year.mid),
                "high": _figure(per_year.high),
            }
            yield Reason("plan.reason.harm", params, (site.area_id,))
        else:
            yield Reason("plan.reason.nobody-counted", {}, (site.area_id,))

    def _way_openers(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Yields per task the sites that could not be begun, when they are, without it."""
        terrain = self._setting.terrain
        ends = sorted(self._tasks, key=lambda item: (item.end_day, item.site))
        for task in ends:
            if not terrain.waiting[task.site]:
                continue
            growth = terrain.start.copy()
            for other in ends:
                if other.site != task.site:
                    growth.release(other.site)
            shut = [
                other.site
                for other in self._tasks
                if other.site != task.site and not growth.ready[other.site]
            ]
            if shut:
                yield task.site, tuple(shut)

    def of_left(self, site: int) -> Reason:
        """Returns why no team comes to a site within the days looked at."""
        setting, problem = self._setting, self._problem
        area = setting.sites[site].area_id
        pin = setting.pins.get(area)
        if pin is not None and pin.exclude:
            return Reason("plan.left.excluded", {"why": pin.reason}, (area,))
        if pin is not None and pin.refused:
            params: dict[str, str | int] = {"question": pin.refused[0], "why": pin.reason}
            return Reason("plan.left.answered-no", params, (area,))
        if not problem.can_be_done[site]:
            return Reason("plan.left.no-team", {}, (area,))
        growth = setting.terrain.start.copy()
        for task in self._tasks:
            growth.release(task.site)
        if growth.ready[site]:
            return Reason("plan.left.no-time", {}, (area,))
        closed = self._closed_before(site, growth)
        blocking = sorted({
            other
            for vertex in closed
            for one in setting.terrain.waits[vertex]
            for other in one
            if other != site and not growth.done[other]
        })  # fmt: skip
        if blocking:
            named = self._named(blocking)
            return Reason("plan.left.behind", {"areas": ", ".join(named)}, (area, *named))
        return Reason("plan.left.barred" if closed else "plan.left.island", {}, (area,))

    def _closed_before(self, site: int, growth: Growth) -> list[int]:
        """Returns what is closed around the ground from which a site would be begun."""
        terrain = self._setting.terrain
        seen, closed = set(terrain.doors[site]), []
        queue = list(terrain.doors[site])
        while queue:
            vertex = queue.pop()
            if not growth.opened[vertex]:
                if (
                    not all(site in one for one in terrain.waits[vertex])
                    or not (terrain.waits[vertex])
                ):
                    closed.append(vertex)
                continue
            fresh = [other for other in terrain.near[vertex] if other not in seen]
            seen.update(fresh)
            queue += fresh
        return closed

    def _named(self, sites: Sequence[int]) -> list[str]:
        return [self._setting.sites[at].area_id for at in sites[:_NAMED]]


def _share(value: float) -> str:
    """Returns a chance in percent; one that is neither none nor all is told as neither."""
    percent = round(value * 100)
    if percent == 0 and value > 0:
        return "\u2066< 1 %\u2069"
    return "\u2066> 99 %\u2069" if percent == 100 and value < 1 else f"{percent} %"


def _m2(value: float) -> str:
    return f"{ceil(value):,}"


def _figure(value: float) -> str:
    """Returns a figure with two digits that mean something: no more is known of it.

    The isolating marks keep a sign before its number, whichever way the language runs.
    """
    if value < _LEAST:
        return f"\u2066≤ {_LEAST}\u2069"
    return f"{value:.2g}" if value < 100 else f"{round(value, -1):.0f}"
