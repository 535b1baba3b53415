"""Priority: the order of sites by the method that the user chose.

``harm-averted`` orders by ways over the roads and improves the order by local search.
``mine-impact-score`` is the score of the Landmine Impact Surveys: points for mines and for other
ordnance being there, one for each kind of use that is blocked, two for each recent victim; bands
over 10 high, from 6 medium. ``rank-order`` weighs criteria by rank-order centroids, w_k = (1/n)
Σ_{i≥k} 1/i (Barron and Barrett 1996), each criterion as a share of the most that any site has of
it. The two scores look at every site alone, and so miss what several open together; they are
there to compare with, and for programmes that are bound to them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rafiqa.land.community import POINTS_PER_VICTIM
from rafiqa.plan.harm import by_criterion
from rafiqa.plan.order import doable, harm_per_day, marginal, path_greedy
from rafiqa.plan.policy import SERVICES, PlanPolicy
from rafiqa.plan.problem import Problem
from rafiqa.plan.schedule import carry_out
from rafiqa.plan.search import improved
from rafiqa.plan.site import EXPOSED, Site
from rafiqa.plan.terrain import Growth

_FEW = 80
"""Up to so many sites a search is begun from other rules too: it is quick, and ends elsewhere."""


def ordered(problem: Problem) -> list[int]:
    """Returns the sites in the order of the policy's method; pinned ones stand at the head."""
    policy = problem.policy
    if policy.method == "harm-averted":
        return _searched(problem)
    scores: Sequence[float]
    if policy.method == "mine-impact-score":
        scores = [float(mine_impact_score(site)) for site in problem.sites]
    else:
        scores = rank_order_scores(problem)
    pinned = [site for site in problem.pinned if problem.can_be_done[site]]
    rest = [site for site in doable(problem) if site not in set(pinned)]
    return [*pinned, *sorted(rest, key=lambda site: (-scores[site], site))]


def _searched(problem: Problem) -> list[int]:
    """Returns the best order that local search comes to; of few sites, from three beginnings."""
    policy = problem.policy
    starts = [path_greedy(problem)]
    if len(problem.sites) <= _FEW:
        pinned = [site for site in problem.pinned if problem.can_be_done[site]]
        starts += [
            [*pinned, *(site for site in rule(problem) if site not in pinned)]
            for rule in (marginal, harm_per_day)
        ]
    found = []
    for start in starts:
        rng = np.random.default_rng(policy.seed)
        found.append(improved(problem, start, rng, policy.n_trials))
    return max(found, key=lambda order: carry_out(problem, order).value)


def mine_impact_score(site: Site) -> int:
    """Returns a site's points, in the structure of the Landmine Impact Surveys.

    The record does not say mines apart from other ordnance, so one point stands for both. What a
    community beside it tells is another source: the higher counts, and they are not added up.
    """
    own = 1 + len(site.blocked) + POINTS_PER_VICTIM * site.n_victims
    return own if site.told is None else max(own, site.told.points)


def rank_order_weights(n_criteria: int) -> list[float]:
    """Returns the rank-order centroid weights of so many criteria, the most important first."""
    return [
        sum(1 / at for at in range(rank, n_criteria + 1)) / n_criteria
        for rank in range(1, n_criteria + 1)
    ]


def rank_order_scores(problem: Problem) -> list[float]:
    """Returns each site's score by rank-order weights, from 0 to 1."""
    ranked = problem.policy.criteria_ranked
    values = [criteria_of(problem, site) for site in range(len(problem.sites))]
    most = {name: max((each[name] for each in values), default=0.0) for name in ranked}
    weights = dict(zip(ranked, rank_order_weights(len(ranked)), strict=True))
    return [
        sum(weights[name] * each[name] / most[name] for name in ranked if most[name] > 0)
        for each in values
    ]


def criteria_of(problem: Problem, site: int) -> dict[str, float]:
    """Returns for what a site counts by criterion, per day: harm there, and whom it alone lets in.

    In weighed person-days; the middle of each range.
    """
    policy = problem.policy
    found = dict.fromkeys((*EXPOSED, *SERVICES), 0.0)
    for name, part in by_criterion(problem.sites[site], policy).items():
        found[name] = part.mid
    start = problem.terrain.start
    if problem.terrain.waiting[site]:
        growth = start.copy()
        growth.release(site)
        for name, before, after in zip(SERVICES, cut_off(start), cut_off(growth), strict=True):
            found[name] = before - after
    return found


def cut_off(growth: Growth) -> list[float]:
    """Returns by service what the people count for who are cut off from it."""
    return [
        sum(growth.need[part][bit] for part in set(growth.part) if not growth.has[part] >> bit & 1)
        for bit in range(len(SERVICES))
    ]


def weights_of(policy: PlanPolicy) -> dict[str, float]:
    """Returns every weight in force, by criterion: what is printed beside each plan."""
    return {name: policy.weight(name) for name in (*EXPOSED, *SERVICES)}
