"""What a community says of mines and fighting, and of what they keep it from (IMAS 08.10).

A survey of a community is talk with people, and no search of ground: it lowers nothing, and what
it tells of ordnance is a sign of hazard like any other. It holds codes and counts; words that may
name somebody stand elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rafiqa.geo import Spot

MINES: Final = frozenset({"ap_mine", "av_mine", "mine", "improvised_mine"})
"""Kinds of ordnance that count as mines; all others count as other ordnance."""
NOTHING: Final = "none"
"""The code of those who say that nothing is kept from them."""
POINTS_PER_VICTIM: Final = 2
HIGH, MEDIUM = 10, 6
"""Over ten points are a high impact, from six on a medium one."""


@dataclass(frozen=True, slots=True)
class CommunitySurveyed:
    """A survey of one community on one day, as its people told it.

    Attributes:
        survey_id: its id.
        organisation_id: who asked.
        contaminated: whether they know or suspect ordnance (list ``yes_no_unknown``).
        community, neighbourhood, subdistrict, district, governorate, place_id: where.
        spot: the place of the community, where that is known.
        geo_precision, accuracy_m: how exactly.
        informants: who told, by kind and never by name.
        fighting, last_fighting_us: of the last six months.
        extent, ordnance: how much of the place, and by what.
        marked_official, marked_local: whether it is marked, and by whom.
        victims: of the last six months, as they tell it; a source of its own.
        blockages, blocked_uses: what they are kept from.
        priorities: what of that they ask to have back first.
        coping: how they live with it meanwhile.
        residents, left, arrived, returns, returnees: who lives there.
        eore_given, clearance_done, cleared_by: what was done in the last six months; also by
            people themselves, which releases nothing.
        corrects: the survey that this one stands for.
    """

    survey_id: str
    organisation_id: str
    contaminated: str
    community: str | None = None
    neighbourhood: str | None = None
    subdistrict: str | None = None
    district: str | None = None
    governorate: str | None = None
    place_id: str | None = None
    spot: Spot | None = None
    geo_precision: str | None = None
    accuracy_m: int | None = None
    team: str | None = None
    donor: str | None = None
    informants: tuple[str, ...] = ()
    fighting: tuple[str, ...] = ()
    last_fighting_us: int | None = None
    extent: str | None = None
    ordnance: tuple[str, ...] = ()
    marked_official: str | None = None
    marked_local: str | None = None
    victims: int | None = None
    blockages: tuple[str, ...] = ()
    blocked_uses: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    coping: tuple[str, ...] = ()
    residents: int | None = None
    left: int | None = None
    arrived: int | None = None
    returns: str | None = None
    returnees: int | None = None
    eore_given: str | None = None
    clearance_done: str | None = None
    cleared_by: tuple[str, ...] = ()
    corrects: str | None = None

    @property
    def blocked(self) -> tuple[str, ...]:
        """The kinds of what they are kept from."""
        return tuple(kind for kind in self.blockages if kind != NOTHING)

    @property
    def tells_hazard(self) -> bool:
        """Whether anything in it speaks of ordnance: also that they do not know.

        Who says "no", and tells of what is blocked, marked or of victims, tells of hazard.
        """
        marked = "yes" in {self.marked_official, self.marked_local}
        told = self.extent or self.ordnance or self.blocked or self.blocked_uses or self.victims
        return self.contaminated != "no" or bool(told) or marked


@dataclass(frozen=True, slots=True)
class SurveyWithdrawn:
    """A survey of a community taken back; the sign of hazard that it brought waits for an answer.

    Attributes:
        survey_id: which survey.
        cause: of list ``survey_withdrawal_cause``.
    """

    survey_id: str
    cause: str


def impact_points(fact: CommunitySurveyed, victims: int | None = None) -> int:
    """Returns a community's points, in the structure of the Landmine Impact Surveys.

    points = [mines told of] + [other ordnance told of] + kinds of blockage + 2 · recent victims

    After the score by which the Landmine Impact Surveys of the Survey Action Center ranked
    communities: one point for mines and one for other ordnance being there, one for each kind of
    blockage, and a weight, commonly two, for each recent victim. Ours differ in this: the list of
    blockages has seven kinds where theirs had ten; victims are of six months where theirs were of
    twenty-four; and where ordnance is suspected or nobody knows, and no kind is named, one point
    stands for it. The points order work and say nothing of any ground.

    Args:
        fact: the survey.
        victims: counted in place of what it tells; what it tells where None.
    """
    kinds = set(fact.ordnance)
    of_mines, of_others = bool(kinds & MINES), bool(kinds - MINES)
    unnamed = fact.contaminated != "no" and not kinds
    n_victims = fact.victims or 0 if victims is None else victims
    there = int(of_mines) + int(of_others) + int(unnamed)
    return there + len(set(fact.blocked)) + POINTS_PER_VICTIM * n_victims


def impact_band(points: int) -> str:
    """Returns the band of points: ``high`` over 10, ``medium`` from 6, ``low``, ``untold`` of 0.

    Where nobody told of anything nothing is known of the ground.
    """
    if points > HIGH:
        return "high"
    if points >= MEDIUM:
        return "medium"
    return "low" if points > 0 else "untold"
