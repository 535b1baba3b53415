"""Teams: what they can do, how fast, and on which days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rafiqa.plan.site import Site

EVERY_DAY = frozenset(range(7))
Days = tuple[int, int]
"""First and last day, both of them meant, as ordinals of the calendar (``date.toordinal``)."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """On which days a team works.

    Attributes:
        weekdays: 0 is Monday.
        first, last: the first and the last ordinal day it is there at all; no end where None.
        off: spans of days on which it does not work.
    """

    weekdays: frozenset[int] = EVERY_DAY
    first: int | None = None
    last: int | None = None
    off: tuple[Days, ...] = ()

    def works_on(self, ordinal: int) -> bool:
        """Returns whether the team works on a day."""
        if self.first is not None and ordinal < self.first:
            return False
        if self.last is not None and ordinal > self.last:
            return False
        # Ordinal 1 was a Monday (the proleptic Gregorian calendar of ``datetime``).
        return (ordinal - 1) % 7 in self.weekdays and not within(ordinal, self.off)


def within(ordinal: int, spans: Sequence[Days]) -> bool:
    """Returns whether a day lies in any of some spans."""
    return any(first <= ordinal <= last for first, last in spans)


@dataclass(frozen=True, slots=True)
class Team:
    """A team with its methods, its pace and its calendar.

    Attributes:
        team_id: the team.
        skills: methods that it has.
        m2_per_day: how much it works on a working day, by its own middle estimate.
        calendar: on which days it works.
        organisation_id: for whom it works; None where it does not say.
        km_per_day: how far it can move in a day: a move of a whole day or more delays it.
        base_m: where it sets out from, metres of the site's plane; None where not said.
    """

    team_id: str
    skills: frozenset[str]
    m2_per_day: float
    calendar: Calendar = field(default_factory=Calendar)
    organisation_id: str | None = None
    km_per_day: float = 100.0
    base_m: tuple[float, float] | None = None

    def can(self, site: Site) -> bool:
        """Returns whether it has every method that a site needs, and one of those that would do."""
        if not self.skills or not site.needs <= self.skills:
            return False
        return not site.methods or bool(site.methods & self.skills)
