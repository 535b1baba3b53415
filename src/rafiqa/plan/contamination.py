"""How likely ground holds ordnance, as an input of the plan: where the figure comes from is told.

It orders work and does nothing else: no figure here lowers, cancels or releases ground.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rafiqa.plan.range import Range

Basis = Literal["class", "evidence", "model"]

BY_CLASS = {
    "cha": Range(0.5, 0.9, 1.0),
    "sha": Range(0.05, 0.3, 0.8),
    "indication": Range(0.01, 0.1, 0.6),
}
"""By class alone, where nothing better is known. An assumption of the authors, wide on purpose:
shares of suspected land that held anything differ between programmes by more than ten times."""
UNKNOWN = BY_CLASS["sha"]


@dataclass(frozen=True, slots=True)
class Contamination:
    """The probability that an area holds ordnance, with its range, and what it rests on.

    ``contaminated_m2`` is how much of its ground the map of evidence holds contaminated; None
    where the class alone speaks.
    """

    p_contaminated: Range
    basis: Basis = "class"
    contaminated_m2: Range | None = None


def of_class(class_: str | None, n_direct: int = 0) -> Contamination:
    """Returns the probability from an area's class, and from evidence seen on it.

    Args:
        class_: ``cha``, ``sha`` or ``indication``; anything else counts as suspected.
        n_direct: how many items of direct evidence lie on it: one is enough to take it as
            contaminated at the rate of confirmed land.
    """
    if n_direct > 0 and class_ != "cha":
        return Contamination(BY_CLASS["cha"], "evidence")
    return Contamination(BY_CLASS.get(class_ or "", UNKNOWN))
