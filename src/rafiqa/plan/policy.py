"""What the user of a plan sets: weights, exchange rates, the assumed rate of harm.

Nothing here is hidden in a score: every weight is printed with the plan that it made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rafiqa.plan.range import Range
from rafiqa.plan.site import EXPOSED

SERVICES = ("road", "hospital", "school", "water")
"""What people are cut off from, in the order of the bits of a terrain's ``has``."""
CRITERIA = (*EXPOSED, *SERVICES)
Method = Literal["harm-averted", "mine-impact-score", "rank-order"]
METHODS: tuple[Method, ...] = ("harm-averted", "mine-impact-score", "rank-order")


@dataclass(frozen=True, slots=True)
class PlanPolicy:
    """What a country or a planner sets.

    Attributes:
        weights: by criterion, a factor on what it counts for; 1 where none is named.
        person_days_per_casualty: for how many person-days without a service one expected casualty
            counts: the exchange between lives and services, a value judgement and the user's.
        casualties_per_hour: casualties in an hour that a person spends on contaminated ground.
            Poorly known: an assumption of the authors over two powers of ten; to be fitted from a
            country's accidents and exposure where these are on record.
        method: by which the sites are ranked.
        criteria_ranked: for ``rank-order``, the criteria from the most important.
        equity_floor: the share of its burden that every district should be relieved of, at least
            as far as any plan can; 0 asks for nothing.
        after_share: for what a day after the last one planned counts beside one before it, so
            that work whose fruit comes later is begun.
        request_tie: for what share of a site's own harm each unanswered request counts more; a
            tie-breaker, and at most ten of them.
        impact_tie: likewise for each point of impact that a community beside it tells of, at most
            ten of them; 0 where surveys of communities are to weigh nothing.
        n_trials: how many changes of the order local search tries.
        seed: from which its draws are made; the same seed gives the same plan.
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    person_days_per_casualty: float = 10_000.0
    casualties_per_hour: Range = field(default_factory=lambda: Range(1e-7, 1e-6, 1e-5))
    method: Method = "harm-averted"
    criteria_ranked: tuple[str, ...] = CRITERIA
    equity_floor: float = 0.0
    after_share: float = 0.1
    request_tie: float = 0.01
    impact_tie: float = 0.01
    n_trials: int = 1_200
    seed: int = 1

    def weight(self, criterion: str) -> float:
        """Returns the factor on a criterion."""
        return self.weights.get(criterion, DEFAULT_WEIGHTS[criterion])


DEFAULT_WEIGHTS = {**dict.fromkeys(EXPOSED, 1.0), "road": 1.0, "hospital": 0.5, "school": 0.5,
                   "water": 0.5}  # fmt: skip
"""A person cut off from the road counts whole; one cut off from one service for half of it: whoever
has no road has none of them, and the weights add up. A judgement, printed with every plan."""
MOST_REQUESTS = 10
MOST_POINTS = 10
