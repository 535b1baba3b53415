"""Outcome: what a schedule comes to within the days planned, by kind, with its range."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rafiqa.plan.harm import casualties_per_day, rate_of
from rafiqa.plan.policy import SERVICES
from rafiqa.plan.range import NOTHING, Range
from rafiqa.plan.schedule import Schedule, Task
from rafiqa.plan.setting import Setting


@dataclass(frozen=True, slots=True)
class Relief:
    """Whom one task lets in: by service, how many people are cut off from it no more."""

    n_people: tuple[float, ...]

    @property
    def most(self) -> float:
        """The most people for any one service: the same people may lack several."""
        return max(self.n_people, default=0.0)


@dataclass(frozen=True, slots=True)
class Share:
    """What one district bears within the days planned, and what of it the plan averts.

    Attributes:
        district: its name; None is where no district is on record.
        borne: what it would bear if nothing were done, in weighed person-days.
        averted: what of it the plan averts.
    """

    district: str | None
    borne: float
    averted: float

    @property
    def relieved(self) -> float:
        """The share averted, from 0 to 1."""
        return self.averted / self.borne if self.borne > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a schedule averts within the days planned.

    Attributes:
        averted: in weighed person-days, harm and services together, by the exchange in force.
        borne: likewise, what would be borne if nothing were done.
        casualties: expected casualties averted, unweighted.
        person_days: by service, person-days without it that are averted, unweighted.
        reliefs: per task of the schedule, whom it lets in.
        shares: by district, the worst served first.
        done_m2: ground of tasks that end within the days planned.
    """

    averted: Range
    borne: Range
    casualties: Range
    person_days: tuple[float, ...]
    reliefs: tuple[Relief, ...]
    shares: tuple[Share, ...]
    done_m2: float

    @property
    def worst_served(self) -> Share | None:
        """The district relieved of the least share of what it bears."""
        return next((share for share in self.shares if share.borne > 0), None)


def outcome_of(setting: Setting, schedule: Schedule) -> Outcome:
    """Returns what a schedule averts; people are counted where they live, not where sites lie."""
    return _Tally(setting, schedule).outcome()


class _Tally:
    """The schedule gone through once more, with people and districts told apart."""

    def __init__(self, setting: Setting, schedule: Schedule) -> None:
        self._setting = setting
        self._tasks: Sequence[Task] = schedule.tasks
        self._weights = [setting.policy.weight(name) for name in SERVICES]
        self._borne: dict[str | None, float] = {}
        self._averted: dict[str | None, float] = {}
        self._person_days = [0.0] * len(SERVICES)
        self._people = 0.0
        self._people_borne = 0.0

    def outcome(self) -> Outcome:
        """Returns the tally."""
        reliefs = self._reliefs()
        policy, n_days = self._setting.policy, self._setting.n_days
        averted, borne, casualties, done_m2 = NOTHING, NOTHING, NOTHING, 0.0
        for site in self._setting.sites:
            whole = rate_of(site, policy).times(n_days)
            borne = borne + whole
            self._add(self._borne, site.district, whole.mid)
        for task in self._tasks:
            site = self._setting.sites[task.site]
            spared = max(0, n_days - task.end_day)
            harm = rate_of(site, policy).times(spared)
            averted = averted + harm
            casualties = casualties + casualties_per_day(site, policy).times(spared)
            self._add(self._averted, site.district, harm.mid)
            done_m2 += site.area_m2 if task.end_day <= n_days else 0.0
        people, lacked = self._people, self._people_borne
        return Outcome(
            averted + Range(people, people, people),
            borne + Range(lacked, lacked, lacked),
            casualties,
            tuple(self._person_days),
            tuple(reliefs),
            tuple(self._shares()),
            done_m2,
        )

    def _reliefs(self) -> list[Relief]:
        setting, n_days = self._setting, self._setting.n_days
        growth = setting.terrain.start.copy()
        lacking = []
        for home in setting.terrain.homes:
            has = growth.has[growth.part[home.vertex]]
            for bit, people in enumerate(home.n_people):
                if people and not has >> bit & 1:
                    lacking.append((home, bit))
                    lost = people * self._weights[bit] * n_days
                    self._people_borne += lost
                    self._add(self._borne, home.district, lost)
        found: dict[int, Relief] = {}
        for task in sorted(self._tasks, key=lambda item: (item.end_day, item.site)):
            growth.release(task.site)
            relieved = [0.0] * len(SERVICES)
            still = []
            for home, bit in lacking:
                if not growth.has[growth.part[home.vertex]] >> bit & 1:
                    still.append((home, bit))
                    continue
                people = home.n_people[bit]
                relieved[bit] += people
                spared = people * max(0, n_days - task.end_day)
                self._person_days[bit] += spared
                self._people += spared * self._weights[bit]
                self._add(self._averted, home.district, spared * self._weights[bit])
            lacking = still
            found[task.site] = Relief(tuple(relieved))
        return [found[task.site] for task in self._tasks]

    def _shares(self) -> Iterator[Share]:
        shares = [
            Share(district, borne, self._averted.get(district, 0.0))
            for district, borne in self._borne.items()
        ]
        yield from sorted(shares, key=lambda share: (share.relieved, str(share.district)))

    @staticmethod
    def _add(into: dict[str | None, float], district: str | None, more: float) -> None:
        into[district] = into.get(district, 0.0) + more
