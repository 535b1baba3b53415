"""Works: a project, or a rubble lot as the works of lifting it."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal

from rafiqa.recovery.fact import ProjectRegistered, RubbleLotRegistered, SheetStated


def works_of(fact: object) -> ProjectRegistered | None:
    """Returns the works that a fact registers; None where it registers none."""
    if isinstance(fact, ProjectRegistered):
        return fact
    return lifting_of(fact) if isinstance(fact, RubbleLotRegistered) else None


def carried(earlier: ProjectRegistered, later: ProjectRegistered) -> ProjectRegistered:
    """Returns works registered anew, with what only their earlier sheet said against them.

    A sheet that leaves out that a place is a memorial, or that its rights are in dispute, takes
    neither back: what was said stands until a sheet or a paper says otherwise.
    """
    said, before = later.stated, earlier.stated
    if before is not None:
        told = {item.name: getattr(said or before, item.name) for item in fields(before)}
        kept = {name: value or getattr(before, name) for name, value in told.items()}
        said = SheetStated(**kept)
    return replace(later, protected=later.protected or earlier.protected, stated=said)


def lifting_of(lot: RubbleLotRegistered) -> ProjectRegistered:
    """Returns a rubble lot as the works of lifting it."""
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
        stated=lot.stated,
    )
