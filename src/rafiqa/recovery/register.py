"""What rebuilding rests on, folded from facts: layers, projects and rubble lots by id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rafiqa.geo import SiteFrame
from rafiqa.land import AccidentRecorded, EvidenceRecorded, Recorded, SiteOpened, WorkReported
from rafiqa.recovery.damage import DamageAssessed, DamageLinked, StructureTagged
from rafiqa.recovery.epoch import AssetsMatched, Epochs, MatchReviewed
from rafiqa.recovery.fact import (
    LayerRegistered,
    ProjectRegistered,
    RubbleLotMoved,
    RubbleLotRegistered,
)
from rafiqa.recovery.happening import HappeningMap, happenings

_HAPPENED = (DamageAssessed, AccidentRecorded, EvidenceRecorded, WorkReported)
_ABOUT = (
    LayerRegistered,
    ProjectRegistered,
    RubbleLotRegistered,
    RubbleLotMoved,
    StructureTagged,
    DamageLinked,
    AssetsMatched,
    MatchReviewed,
    SiteOpened,
    *_HAPPENED,
)


@dataclass(slots=True)
class RecoveryRegister:
    """Layers, projects, rubble lots and damage as true at one time and known at one time.

    ``layers`` and ``projects`` hold the newest registration of each id, ``versions`` every
    registration of a layer and ``lots`` the whole story of each lot, oldest first. ``tags`` and
    ``links`` are kept by asset, ``happened`` is every record that may tell of damage.
    """

    layers: dict[str, Recorded] = field(default_factory=dict)
    projects: dict[str, Recorded] = field(default_factory=dict)
    lots: dict[str, list[Recorded]] = field(default_factory=dict)
    versions: dict[str, list[Recorded]] = field(default_factory=dict)
    tags: dict[str, list[Recorded]] = field(default_factory=dict)
    links: dict[str, list[Recorded]] = field(default_factory=dict)
    happened: list[Recorded] = field(default_factory=list)
    epochs: Epochs = field(default_factory=Epochs)
    site: SiteOpened | None = None
    _happenings: HappeningMap | None = None

    @property
    def happenings(self) -> HappeningMap:
        """What may have damaged something, found by place; worked out when first asked for."""
        if self._happenings is None:
            items = [item for record in self.happened for item in happenings(record)]
            origin = None if self.site is None else self.site.origin
            frame = None if origin is None else SiteFrame(origin.lon_deg, origin.lat_deg)
            self._happenings = HappeningMap(items, frame)
        return self._happenings

    def layers_of(self, kind: str) -> list[LayerRegistered]:
        """Returns the layers of one kind, oldest first."""
        facts = [record.fact for record in self.layers.values()]
        return [fact for fact in facts if isinstance(fact, LayerRegistered) and fact.kind == kind]

    def project_facts(self) -> list[ProjectRegistered]:
        """Returns the projects in the order of their ids."""
        facts = [self.projects[key].fact for key in sorted(self.projects)]
        return [fact for fact in facts if isinstance(fact, ProjectRegistered)]


def register(facts: Iterable[Recorded], valid_at_us: int) -> RecoveryRegister:
    """Returns the register of what was true by a time, from facts in any order."""
    result = RecoveryRegister()
    about = (recorded for recorded in facts if isinstance(recorded.fact, _ABOUT))
    for recorded in sorted(about, key=lambda item: (item.valid_at_us, item.seq)):
        if recorded.valid_at_us > valid_at_us:
            break
        _take(result, recorded)
    return result


def _take(result: RecoveryRegister, recorded: Recorded) -> None:
    match recorded.fact:
        case LayerRegistered() as fact:
            result.layers[fact.layer_id] = recorded
            result.versions.setdefault(fact.layer_id, []).append(recorded)
        case ProjectRegistered() as fact:
            result.projects[fact.project_id] = recorded
        case RubbleLotRegistered() | RubbleLotMoved() as fact:
            result.lots.setdefault(fact.lot_id, []).append(recorded)
        case StructureTagged() as fact:
            result.tags.setdefault(fact.asset_id, []).append(recorded)
        case DamageLinked() as fact:
            result.links.setdefault(fact.asset_id, []).append(recorded)
        case AssetsMatched() | MatchReviewed():
            result.epochs.take(recorded)
        case SiteOpened() as fact:
            result.site = result.site or fact
        case _:
            result.happened.append(recorded)
