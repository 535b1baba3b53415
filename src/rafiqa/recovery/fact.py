"""The facts of rebuilding: reference layers, projects and rubble lots."""

from __future__ import annotations

from dataclasses import dataclass

from rafiqa.geo import GridShape, Spot


@dataclass(frozen=True, slots=True)
class LayerRegistered:
    """A reference layer in columns, kept as bytes beside the ledger and named by its hash.

    The hash makes an old answer provable: whoever holds these bytes and the ledger up to
    then gets the same gate.
    """

    layer_id: str
    kind: str
    sha256: str
    n_rows: int
    source: str | None = None


@dataclass(frozen=True, slots=True)
class ProjectRegistered:
    """A project: where it works, how deep it digs, what it builds on.

    A later registration of the same project supersedes the earlier one.
    """

    project_id: str
    name: str
    kind: str
    shape: GridShape | None
    depth_cm: int | None
    access: GridShape | None = None
    asset_ids: tuple[str, ...] = ()
    planned_on: str | None = None
    owner: str | None = None
    name_ar: str | None = None
    note: str | None = None
    extra: str | None = None


@dataclass(frozen=True, slots=True)
class RubbleLotRegistered:
    """A heap of rubble to be lifted, and where it lies."""

    lot_id: str
    name: str
    spot: Spot
    shape: GridShape | None = None
    volume_m3: int | None = None
    state: str = "registered"


@dataclass(frozen=True, slots=True)
class RubbleLotMoved:
    """Where the work on a rubble lot stands, and what was found in it."""

    lot_id: str
    state: str
    note: str | None = None


RecoveryFact = LayerRegistered | ProjectRegistered | RubbleLotRegistered | RubbleLotMoved
