"""How often ground of a class turned out to hold ordnance, from what clearance found so far.

Before anything was cleared: of suspected areas one in twenty, of confirmed ones one in three. Under
5 % of suspected areas held ordnance in an older study, and in two of three tasks of one programme
none was found (domain notes, 4.2); of mere indications we know no figure and take one in fifty.
Each counts as ten areas, and gives way to the site's own results. Areas are seldom cleared in a
random order, and the worst first makes the rest look worse than they are: a field of probabilities,
or a survey, says more of a single area than its class does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rafiqa.land import HazardClass, LandBook, WorkReported
from rafiqa.risk.detection import Belief

AREAS_BEFORE = 10
"""How many areas the figures before count for."""

BEFORE: dict[HazardClass, Belief] = {
    "indication": Belief(0.2, 9.8),
    "sha": Belief(0.5, 9.5),
    "cha": Belief(10 / 3, 20 / 3),
}
"""Beta distributions of ten areas' weight each."""
_WORST: tuple[HazardClass, ...] = ("cha", "sha", "indication")


@dataclass(frozen=True, slots=True)
class OpenArea:
    """An area with ground that is hazard.

    Attributes:
        area_id: the area.
        class_: the worst class of its hazard.
        open_m2: ground of it that is hazard; what several areas claim counts in each.
    """

    area_id: str
    class_: HazardClass
    open_m2: float


def prevalence(book: LandBook, valid_at_us: int) -> dict[HazardClass, Belief]:
    """Returns, for each class, what is believed of the share of areas that hold ordnance.

    An area counts once, with the class it was recorded in: as one that holds ordnance where any
    work found some, whatever its report leaves open; else where a work cleared some of it and said
    that all finds are listed. That none was found does not say that none was there: it counts as
    such all the same, and the probability of what is alike errs to the low side by what was missed.

    Args:
        book: the land book as known.
        valid_at_us: microseconds since 1970 UTC.
    """
    found: dict[str, bool] = {}
    for work in book.register.works.values():
        fact = work.fact
        if not isinstance(fact, WorkReported) or work.valid_at_us > valid_at_us:
            continue
        searched = fact.finds_complete and any(part.outcome == "cleared" for part in fact.parts)
        if fact.finds or searched:
            found[fact.area_id] = found.get(fact.area_id, False) or bool(fact.finds)
    beliefs = dict(BEFORE)
    for area_id, held in found.items():
        area = book.register.areas.get(area_id)
        if area is not None:
            class_ = area.fact.class_
            known = beliefs[class_]
            beliefs[class_] = Belief(known.a + held, known.b + (not held))
    return beliefs


def open_areas(book: LandBook, valid_at_us: int) -> list[OpenArea]:
    """Returns the areas that have ground which is hazard, by id.

    Args:
        book: the land book as known.
        valid_at_us: microseconds since 1970 UTC.
    """
    sizes2: dict[str, int] = {}
    classes: dict[str, set[str]] = {}
    for face, state in book.states(valid_at_us):
        if not state.is_hazard:
            continue
        for area_id in state.claims:
            sizes2[area_id] = sizes2.get(area_id, 0) + face.shape.area2_mm2
            classes.setdefault(area_id, set()).add(state.status)
    return [
        OpenArea(area_id, _worst(classes[area_id]), sizes2[area_id] / 2e6)
        for area_id in sorted(sizes2)
    ]


def _worst(known: Iterable[str]) -> HazardClass:
    present = set(known)
    return next(class_ for class_ in _WORST if class_ in present)
