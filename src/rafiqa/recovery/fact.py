"""The facts of rebuilding: reference layers, projects and rubble lots."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rafiqa.geo import GridShape, Spot, union_of
from rafiqa.recovery.publicfact import PublicFact
from rafiqa.recovery.resident import ResidentFact
from rafiqa.recovery.sitefact import SiteFact


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
class SheetStated:
    """What an imported sheet states of rights, rating, utilities, structure and materials."""

    hlp_status: str | None = None
    eo_rating: str | None = None
    power: str | None = None
    gas: str | None = None
    water: str | None = None
    structural_tag: str | None = None
    hazmat: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectRegistered:
    """A project: where it works, how deep it digs, what it builds on.

    A later registration of the same project supersedes the earlier one. A project that states
    its method or its workers has a sheet, and is asked the gates of its papers too. What an
    imported sheet states beside them is kept in ``stated`` and can only close a gate.
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
    volume_m3: Decimal | None = None
    method: str | None = None
    n_workers: int | None = None
    funder: str | None = None
    protected: str | None = None
    stated: SheetStated | None = None

    @property
    def ground(self) -> GridShape | None:
        """Where the works and their own way in lie, together; None where nothing is drawn."""
        drawn = (self.shape, self.access)
        shapes = [each for each in drawn if each is not None and not each.is_empty]
        return union_of(shapes) if shapes else None


@dataclass(frozen=True, slots=True)
class RubbleLotRegistered:
    """A heap of rubble to be lifted, and where it lies; works of its own, with its own gates.

    Rubble is lifted from the surface up: ``depth_cm`` is below the ground it lies on. What an
    imported sheet states beside it is kept in ``stated``, as of a project.
    """

    lot_id: str
    name: str
    spot: Spot
    shape: GridShape | None = None
    volume_m3: int | None = None
    state: str = "registered"
    depth_cm: int = 0
    access: GridShape | None = None
    method: str | None = None
    n_workers: int | None = None
    owner: str | None = None
    funder: str | None = None
    protected: str | None = None
    asset_ids: tuple[str, ...] = ()
    note: str | None = None
    extra: str | None = None
    stated: SheetStated | None = None


@dataclass(frozen=True, slots=True)
class RubbleLotMoved:
    """Where the work on a rubble lot stands, and what was found in it."""

    lot_id: str
    state: str
    note: str | None = None


RecoveryFact = (
    LayerRegistered
    | ProjectRegistered
    | RubbleLotRegistered
    | RubbleLotMoved
    | SiteFact
    | ResidentFact
    | PublicFact
)
