"""Risk education: a session that was held, and how many it reached, by sex and age (IMAS 12.10).

Whom it reached is counts and no persons. What was not counted is not nought: it is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rafiqa.geo import Spot

AUDIENCE: Final = (
    *("girls_5_12", "boys_5_12", "girls_13_17", "boys_13_17", "women_18_plus", "men_18_plus"),
)
"""The counts of a session by sex and age, as they are collected."""


@dataclass(frozen=True, slots=True)
class EoreSessionHeld:
    """Sessions of explosive ordnance risk education of one kind in one place on one day.

    Attributes:
        session_id: its id.
        organisation_id: who held it.
        reach: direct, indirect or training (list ``eore_reach``).
        activity: what was done (list ``eore_activity``).
        sessions: how many.
        spot: where, where that is known.
        community, neighbourhood: where, in words.
        place_kind: what kind of place (list ``eore_place``).
        people_estimated: how many it reached where nobody counted them by sex and age.
        first_time: how many of those counted heard it for the first time.
        with_impairment: how many of those counted live with an impairment.
    """

    session_id: str
    organisation_id: str
    reach: str
    activity: str
    sessions: int
    spot: Spot | None = None
    community: str | None = None
    neighbourhood: str | None = None
    place_kind: str | None = None
    donor: str | None = None
    girls_5_12: int | None = None
    boys_5_12: int | None = None
    girls_13_17: int | None = None
    boys_13_17: int | None = None
    women_18_plus: int | None = None
    men_18_plus: int | None = None
    people_estimated: int | None = None
    first_time: int | None = None
    with_impairment: int | None = None

    @property
    def n_counted(self) -> int | None:
        """How many were counted by sex and age; None where nobody was."""
        known = [n for name in AUDIENCE if (n := getattr(self, name)) is not None]
        return sum(known) if known else None
