"""Works: a project, or a rubble lot as the works of lifting it."""

from __future__ import annotations

from decimal import Decimal

from rafiqa.recovery.fact import ProjectRegistered, RubbleLotRegistered


def works_of(fact: object) -> ProjectRegistered | None:
    """Returns the works that a fact registers; None where it registers none."""
    if isinstance(fact, ProjectRegistered):
        return fact
    return _lifting(fact) if isinstance(fact, RubbleLotRegistered) else None


def _lifting(lot: RubbleLotRegistered) -> ProjectRegistered:
    volume_m3 = None if lot.volume_m3 is None else Decimal(lot.volume_m3)
    return ProjectRegistered(
        lot.lot_id,
        lot.name,
        "rubble_removal",
        lot.shape,
        lot.depth_cm,
        lot.access,
        lot.asset_ids,
        owner=lot.owner,
        volume_m3=volume_m3,
        method=lot.method,
        n_workers=lot.n_workers,
        funder=lot.funder,
        protected=lot.protected,
    )
