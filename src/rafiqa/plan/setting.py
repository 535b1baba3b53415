"""The setting: what is known and what is decided, before any weight makes numbers of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from rafiqa.plan.harm import rate_of
from rafiqa.plan.pin import Pin
from rafiqa.plan.policy import SERVICES, PlanPolicy
from rafiqa.plan.problem import Kept, Problem
from rafiqa.plan.site import Site
from rafiqa.plan.team import Team
from rafiqa.plan.terrain import Terrain


@dataclass(frozen=True, slots=True)
class Setting:
    """Sites, teams and ground as on record, with what people decided.

    Attributes:
        sites: what is to be done, in the order of their ids.
        teams: by whom.
        terrain: over what ground, with who lives where.
        first_ordinal: the calendar day that is day 0.
        n_days: how many days are planned.
        policy: weights and exchange rates.
        pins: what people decided, by area.
        kept: tasks of an earlier plan that stand.
    """

    sites: Sequence[Site]
    teams: Sequence[Team]
    terrain: Terrain
    first_ordinal: int
    n_days: int
    policy: PlanPolicy = field(default_factory=PlanPolicy)
    pins: Mapping[str, Pin] = field(default_factory=dict)
    kept: Sequence[Kept] = ()

    def weighed(self, **weights: float) -> Setting:
        """Returns the same setting with some weights set."""
        policy = replace(self.policy, weights={**self.policy.weights, **weights})
        return replace(self, policy=policy)


def problem_of(setting: Setting, by_district: Mapping[str | None, float] | None = None) -> Problem:
    """Returns the numbers of a setting.

    Args:
        setting: what is known and decided.
        by_district: factors on what districts count for, where a floor asks for it.
    """
    policy = setting.policy
    factors = by_district or {}
    return Problem(
        setting.sites,
        setting.teams,
        setting.terrain.peopled([policy.weight(name) for name in SERVICES], by_district),
        setting.first_ordinal,
        setting.n_days,
        [rate_of(site, policy).mid * factors.get(site.district, 1.0) for site in setting.sites],
        policy,
        setting.pins,
        setting.kept,
    )
