"""Schedule: an order of sites carried out day by day, team by team, over the terrain.

A team that is free takes the first site in the order that it may do and can come to. So an order
is a plan, and every change of an order is one that can be carried out.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from heapq import heappop, heappush

from rafiqa.plan.problem import Problem
from rafiqa.plan.terrain import Growth

_WAKE = -1
_SHORT = float("-inf")


@dataclass(frozen=True, slots=True)
class Task:
    """One site done by one team.

    Attributes:
        site: which site.
        team: which team.
        start_day: the first working day on it.
        end_day: the day after the last working day on it.
        relieved: for what the people count, per day, who were cut off until then.
    """

    site: int
    team: int
    start_day: int
    end_day: int
    relieved: float


@dataclass(frozen=True, slots=True)
class Schedule:
    """What an order comes to.

    Attributes:
        order: the sites as they are begun, then those that nobody came to.
        tasks: as they begin.
        value: what it averts, by ``Problem.worth``; what is searched for.
        left: sites that no team came to.
    """

    order: tuple[int, ...]
    tasks: tuple[Task, ...]
    value: float
    left: tuple[int, ...]


def carry_out(problem: Problem, order: Sequence[int]) -> Schedule:
    """Returns the schedule of an order; sites left out of it are not done."""
    run = Run(problem, order)
    run.to_end()
    tasks = sorted(run.tasks, key=lambda task: (task.start_day, task.end_day, task.team))
    return Schedule((*run.picks, *run.rest), tuple(tasks), run.value, tuple(sorted(run.rest)))


class Run:
    """One order being carried out; can be copied on any day, and gone on with from there.

    Attributes:
        day: how far it has come.
        value: what was averted so far.
        left: what could still be averted, per day.
        rest: the sites not begun, in order.
        picks: the sites begun, in order.
        tasks: those that were ended.
    """

    __slots__ = (
        "_asleep",
        "_growth",
        "_heap",
        "_idle",
        "_last",
        "_problem",
        "_queues",
        "_starts",
        "_wake",
        "day",
        "left",
        "picks",
        "rest",
        "tasks",
        "value",
    )  # fmt: skip

    day: int
    left: float
    picks: list[int]
    rest: list[int]
    tasks: list[Task]
    value: float
    _asleep: list[int]
    _growth: Growth
    _heap: list[tuple[int, int, int]]
    _idle: list[int]
    _last: list[int | None]
    _problem: Problem
    _queues: dict[int, list[int]]
    _starts: list[int]
    _wake: set[int]

    def __init__(self, problem: Problem, order: Sequence[int]) -> None:
        self._problem = problem
        self._growth = problem.terrain.start.copy()
        self.rest = list(order)
        self.picks, self.tasks = [], []
        self.day, self.value = 0, 0.0
        self.left = self._growth.lacking + sum(problem.rate)
        self._heap = []
        self._starts = [0] * len(problem.sites)
        self._last = [None] * len(problem.teams)
        self._idle = list(problem.choosing)
        self._asleep = []
        self._wake = set()
        self._queues = _queues(problem, self.rest)

    def gone_on(self, order: Sequence[int]) -> Run:
        """Returns a copy that goes on from this day with another order of what is not begun."""
        other = copy(self)
        other._detach(order)  # noqa: SLF001 - a copy of itself
        return other

    def _detach(self, order: Sequence[int]) -> None:
        """Makes all that changes its own, and takes another order of what is not begun."""
        self._growth = self._growth.copy()
        held = {site for sites in self._queues.values() for site in sites}
        self.rest = [site for site in order if site not in held] if held else list(order)
        self.picks, self.tasks = self.picks[:], self.tasks[:]
        self._heap, self._starts, self._last = self._heap[:], self._starts[:], self._last[:]
        self._idle, self._asleep, self._wake = self._idle[:], self._asleep[:], set(self._wake)
        self._queues = {team: sites[:] for team, sites in self._queues.items()}

    def to_end(self, least: float = _SHORT, marks: list[Run] | None = None) -> bool:
        """Returns whether it came to its end; it stops once the least asked for is out of reach.

        Args:
            least: what it must avert, or be given up.
            marks: where a copy of each day is put, so that others can go on from there.
        """
        problem, heap = self._problem, self._heap
        growth, rate, waiting = self._growth, problem.rate, problem.terrain.waiting
        worths, plain = problem.worths, problem.plain
        while True:
            if marks is not None and self._idle:
                marks.append(self.gone_on(self.rest))
            self._assign()
            if not heap or heap[0][0] >= len(worths):
                return True
            self.day = day = heap[0][0]
            worth = worths[day]
            if self.value + self.left * worth < least:
                return False
            anew = not plain
            freed: list[int] = []
            while heap and heap[0][0] == day:
                _, team, site = heappop(heap)
                if team == _WAKE:
                    anew = True
                    continue
                relieved = growth.release(site) if waiting[site] else growth.finish(site)
                anew = anew or bool(waiting[site])
                gain = rate[site] + relieved
                self.value += gain * worth
                self.left -= gain
                self.tasks.append(Task(site, team, self._starts[site], day, relieved))
                freed.append(team)
            # Who found nothing to do looks again only once something may have changed for them.
            if anew:
                freed += self._asleep
                self._asleep = []
            if len(freed) > 1:
                freed.sort(key=problem.choosing_key.__getitem__)
            self._idle = freed

    def _assign(self) -> None:
        problem, day = self._problem, self.day
        for team in self._idle:
            at = problem.first_at[team][day]
            working = problem.working[team]
            if at >= len(working):
                continue
            if working[at] != day:
                # It waits for its next working day: a site is not taken for a day far off.
                self._wake_on(working[at])
                self._asleep.append(team)
                continue
            site = self._pick(team)
            if site is None:
                self._asleep.append(team)
                continue
            self._begin(team, site)
        self._idle = []

    def _pick(self, team: int) -> int | None:
        problem, ready, rest = self._problem, self._growth.ready, self.rest
        queue = self._queues.get(team)
        if queue and ready[queue[0]] and self._free(team, queue[0]):
            return queue.pop(0)
        able = problem.able[team]
        simple = problem.plain and problem.endless[team]
        for at, site in enumerate(rest):
            if ready[site] and able[site] and (simple or self._free(team, site)):
                del rest[at]
                return site
        return None

    def _free(self, team: int, site: int) -> bool:
        """Returns whether a site may be begun today; where only time is missing, waits for it."""
        problem, day, done = self._problem, self.day, self._growth.done
        if not all(done[each] for each in problem.before[site]):
            return False
        if day < problem.not_before[site]:
            self._wake_on(problem.not_before[site])
            return False
        end = self._end(team, site)
        if end is None:
            return False
        for first, last in problem.closed[site]:
            if first < end and last >= day:
                self._wake_on(last + 1)
                return False
        return True

    def _end(self, team: int, site: int) -> int | None:
        problem = self._problem
        n_days = problem.n_task_days[team][site]
        if problem.far:
            n_days += problem.move_days(team, self._last[team], site)
        at = problem.first_at[team][self.day] + n_days - 1
        working = problem.working[team]
        return working[at] + 1 if at < len(working) else None

    def _begin(self, team: int, site: int) -> None:
        end = self._end(team, site)
        if end is None:
            # An endless calendar ends only where no plan looks: nobody waits for that.
            self.rest.append(site)
            return
        self.picks.append(site)
        self._starts[site] = self.day
        self._last[team] = site
        heappush(self._heap, (end, team, site))

    def _wake_on(self, day: int) -> None:
        if day not in self._wake:
            self._wake.add(day)
            heappush(self._heap, (day, _WAKE, _WAKE))


def _queues(problem: Problem, rest: list[int]) -> dict[int, list[int]]:
    """Returns by team the tasks that stand, and takes them out of the order."""
    teams = {team.team_id: at for at, team in enumerate(problem.teams)}
    queues: dict[int, list[int]] = {}
    for kept in sorted(problem.kept, key=lambda item: (item.start_day, item.area_id)):
        site, team = problem.row.get(kept.area_id), teams.get(kept.team_id)
        if site is None or team is None or not problem.able[team][site]:
            continue
        queues.setdefault(team, []).append(site)
        if site in rest:
            rest.remove(site)
    return queues
