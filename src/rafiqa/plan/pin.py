"""Pins: what people decide over the plan's own order, each with its reason.

And the questions that come before any order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from rafiqa.plan.team import Days

Answer = Literal["yes", "no", "unknown"]
QUESTIONS = (
    "land-used", "ownership-clear", "beneficiaries-known", "development-follows", "dispute-low",
)  # fmt: skip
"""Asked before any score (GICHD priority-setting briefs, 2011, in our words): will the land be
used, is it clear whose it is, is it known who gains, does somebody build on it after, is a dispute
unlikely. A "no" keeps the area out of the plan; not knowing is told and keeps nothing out."""


@dataclass(frozen=True, slots=True)
class Pin:
    """What people decided of one area.

    Attributes:
        area_id: the area.
        reason: why, in their words; never empty.
        by: who decided: a role or an office, never a person's name.
        rank: its place at the head of the order, from 1; None leaves it to the plan.
        team_id: the only team that may do it.
        not_before: the first ordinal day on which it may begin.
        exclude: whether it is kept out.
        after: areas that must be done before.
        needs: methods that a team must have, beside what is on record.
        closed: spans of days on which no work may be done there: a season, a harvest, a feast.
        answers: answers to the questions that come first.
    """

    area_id: str
    reason: str
    by: str | None = None
    rank: int | None = None
    team_id: str | None = None
    not_before: int | None = None
    exclude: bool = False
    after: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()
    closed: tuple[Days, ...] = ()
    answers: tuple[tuple[str, Answer], ...] = field(default=())

    @property
    def refused(self) -> tuple[str, ...]:
        """The questions that were answered with no."""
        return tuple(question for question, answer in self.answers if answer == "no")
