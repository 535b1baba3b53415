"""The follow-up as plain JSON values."""

from __future__ import annotations

from typing import Any

from rafiqa.recovery.followup import Feeling, FollowUp, Quarter
from rafiqa.wire.figurejson import statement_json
from rafiqa.wire.instant import iso


def followup_json(found: FollowUp) -> dict[str, Any]:
    """Returns the follow-up with its statement."""
    return {
        "statement": statement_json(found.statement),
        "quarters": [_quarter(each) for each in found.quarters],
    }


def _quarter(found: Quarter) -> dict[str, Any]:
    return {
        "quarter": found.name,
        "valid_at": iso(found.until_us),
        "hazard_m2": dict(found.hazard_m2),
        "flows_m2": dict(found.flows_m2),
        "projects": dict(found.projects),
        "permits": dict(found.permits),
        "buildings": dict(found.buildings),
        "services": {kind: dict(states) for kind, states in found.services.items()},
        "rubble": dict(found.rubble),
        "lifted_m3": found.lifted_m3,
        "feelings": [_feeling(each) for each in found.feelings],
    }


def _feeling(found: Feeling) -> dict[str, Any]:
    return {
        "area_id": found.area_id,
        "asked_least": found.asked_least,
        "at_ease": found.at_ease,
        "hazard_m2": found.hazard_m2,
    }
