"""Whether survey is worth its cost before clearance: survey, clear or watch.

Costs are per hectare and in one unit: C to clear, S to survey, L the harm of leaving contaminated
ground as it is, π the probability that it is contaminated. Without survey the best one can do loses
m(π) = min(C, π L). A survey finds contamination with the sensitivity se, and finds none where there
is none with the specificity sp; it is worth m(π) - [p₊ m(π₊) + p₋ m(π₋)] - S (science notes, 6.7).
As p₊ m(π₊) = min(C p₊, L se π), and likewise for p₋, that is made of straight lines, and where it
pays lies between two roots in closed form.

It orders the next visit. Nothing here cancels, reduces or releases land, and ground that is watched
stays hazard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rafiqa.risk.detection import Belief
from rafiqa.risk.prevalence import AREAS_BEFORE, OpenArea

NextVisit = Literal["survey", "clear", "watch"]


@dataclass(frozen=True, slots=True)
class Costs:
    """Costs per hectare, in one unit.

    Attributes:
        clear: to clear it, above 0.
        survey: to survey it, above 0.
        leave: the harm of leaving contaminated ground, above 0.
    """

    clear: float
    survey: float
    leave: float


@dataclass(frozen=True, slots=True)
class SurveyPower:
    """How well a survey tells: both 0 to 1, and together above 1, else it tells nothing."""

    sensitivity: float = 0.9
    specificity: float = 0.95


DEFAULT_POWER = SurveyPower()
"""The example of the science notes, 6.7; every country measures its own."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What to do next on some ground, and why.

    Attributes:
        choice: survey, clear or watch.
        net_value: what survey is worth per hectare over the better of clearing and leaving.
        saves_per_ha: what the choice saves over leaving the ground as it is: π L less its loss.
        p_after_sign: probability of contamination once a survey shows signs of it.
        p_after_none: and once it shows none.
        from_p: the probability from which survey pays, and
        until_p: up to which it does; both None where it never pays at these costs.
        turning_p: C ÷ L: above it clearing without survey loses less than leaving.
    """

    choice: NextVisit
    net_value: float
    saves_per_ha: float
    p_after_sign: float
    p_after_none: float
    from_p: float | None
    until_p: float | None
    turning_p: float


def worth(p_contaminated: float, costs: Costs, power: SurveyPower = DEFAULT_POWER) -> Worth:
    """Returns what to do next on ground of a probability, and between which bounds that holds.

    Args:
        p_contaminated: π, 0 to 1.
        costs: per hectare.
        power: how well a survey tells.
    """
    p = p_contaminated
    p_sign = p * power.sensitivity + (1 - p) * (1 - power.specificity)
    p_no_sign = 1 - p_sign
    without = min(costs.clear, p * costs.leave)
    with_survey = min(costs.clear * p_sign, costs.leave * p * power.sensitivity) + min(
        costs.clear * p_no_sign, costs.leave * p * (1 - power.sensitivity)
    )
    net = without - with_survey - costs.survey
    if net > 0:
        choice: NextVisit = "survey"
    else:
        choice = "clear" if p * costs.leave > costs.clear else "watch"
    from_p, until_p = _band(costs, power)
    return Worth(
        choice,
        net,
        p * costs.leave - min(without, with_survey + costs.survey),
        p * power.sensitivity / p_sign if p_sign > 0 else p,
        p * (1 - power.sensitivity) / p_no_sign if p_no_sign > 0 else p,
        from_p,
        until_p,
        costs.clear / costs.leave,
    )


def _band(costs: Costs, power: SurveyPower) -> tuple[float | None, float | None]:
    """The roots of the value below and above C ÷ L."""
    clear, leave = costs.clear, costs.leave
    false, miss = 1 - power.specificity, 1 - power.sensitivity
    below = (leave - clear) * power.sensitivity + clear * false
    above = (leave - clear) * miss + clear * power.specificity
    if below <= 0 or above <= 0:
        return None, None
    from_p = (clear * false + costs.survey) / below
    until_p = (clear * power.specificity - costs.survey) / above
    turning = clear / leave
    if from_p >= turning or until_p <= turning:
        return None, None
    return max(from_p, 0.0), min(until_p, 1.0)


@dataclass(frozen=True, slots=True)
class Visit:
    """What to do next in one area.

    Attributes:
        area_id: the area.
        class_: its class, which
        p_contaminated: the probability is of, where none was stated for it.
        stated: whether one was.
        hectares: of open ground.
        worth: what to do and why, per hectare.
        low: what would be done were the probability at the lower end of what is believed, and
        high: at the upper end of it: nine in ten lie between.
        n_results: areas of its class of which results of the site say whether they held any.
    """

    area_id: str
    class_: str
    p_contaminated: float
    stated: bool
    hectares: float
    worth: Worth
    low: NextVisit
    high: NextVisit
    n_results: int

    @property
    def saves(self) -> float:
        """What the visit saves over leaving all of it as it is, in the unit of the costs."""
        return self.hectares * self.worth.saves_per_ha

    @property
    def holds(self) -> bool:
        """Whether the choice is the same over what is believed of the probability."""
        return self.low == self.worth.choice == self.high


def visit(
    ground: OpenArea,
    believed: Belief,
    stated_p: float | None,
    costs: Costs,
    power: SurveyPower = DEFAULT_POWER,
) -> Visit:
    """Returns what to do next in an area.

    Args:
        ground: the area with its open ground.
        believed: of the share of areas of its class that hold ordnance.
        stated_p: the probability that somebody stated for this area; its class's where None.
        costs: per hectare.
        power: how well a survey tells.
    """
    p = believed.mean if stated_p is None else stated_p
    low, high = (p, p) if stated_p is not None else believed.interval(0.90)
    return Visit(
        ground.area_id,
        ground.class_,
        p,
        stated_p is not None,
        ground.open_m2 / 10_000,
        worth(p, costs, power),
        worth(low, costs, power).choice,
        worth(high, costs, power).choice,
        round(believed.a + believed.b) - AREAS_BEFORE,
    )
