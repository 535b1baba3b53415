"""Harm: what is to be expected of an area each day until it is done, by who meets it.

H = p · Σ hours · rate (``science.md`` of the design, 6.6, with trigger rate and severity in one
figure): the probability that the area holds ordnance, the hours that people spend there, and the
casualties of an hour on contaminated ground. All three are ranges, and so is the answer. It orders
work; it is no forecast of accidents, and a low figure speaks for no ground.
"""

from __future__ import annotations

from rafiqa.plan.policy import MOST_POINTS, MOST_REQUESTS, PlanPolicy
from rafiqa.plan.range import NOTHING, Range
from rafiqa.plan.site import EXPOSED, Site


def casualties_per_day(site: Site, policy: PlanPolicy) -> Range:
    """Returns the casualties to be expected of a day, unweighted, with their range."""
    hours = NOTHING
    for criterion in EXPOSED:
        hours = hours + site.hours.get(criterion, NOTHING)
    return hours * site.contamination.p_contaminated * policy.casualties_per_hour


def by_criterion(site: Site, policy: PlanPolicy) -> dict[str, Range]:
    """Returns for what a site counts per day by criterion, weighed, in person-days."""
    factor = site.contamination.p_contaminated * policy.casualties_per_hour
    return {
        criterion: (hours * factor).times(
            policy.weight(criterion) * policy.person_days_per_casualty
        )
        for criterion in EXPOSED
        if (hours := site.hours.get(criterion))
    }


def rate_of(site: Site, policy: PlanPolicy) -> Range:
    """Returns for what a site counts per day until it is done, in person-days.

    Requests that nobody has answered, and what communities tell, weigh as tie-breakers: see
    ``PlanPolicy``. They only add: no survey makes any ground count for less.
    """
    total = NOTHING
    for part in by_criterion(site, policy).values():
        total = total + part
    told = 0 if site.told is None else min(site.told.points, MOST_POINTS)
    requests = policy.request_tie * min(site.n_requests, MOST_REQUESTS)
    return total.times(1 + requests + policy.impact_tie * told)
