"""What rebuilding rests on, folded from facts: layers, projects, rubble lots and their papers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rafiqa.geo import SiteFrame
from rafiqa.land import Recorded, SiteOpened
from rafiqa.recovery.answer import DAY_US, GatePolicy
from rafiqa.recovery.damage import DamageLinked, StructureTagged
from rafiqa.recovery.epoch import AssetsMatched, Epochs, MatchReviewed
from rafiqa.recovery.fact import (
    LayerRegistered,
    ProjectRegistered,
    RubbleLotMoved,
    RubbleLotRegistered,
)
from rafiqa.recovery.happening import HappeningMap, happenings, tells_of_damage
from rafiqa.recovery.lifting import works_of
from rafiqa.recovery.permit import PermitBook
from rafiqa.recovery.permitfact import PermitFact
from rafiqa.recovery.resident import ResidentBook, ResidentFact
from rafiqa.recovery.sitefact import CrewBriefed, EodSupportAgreed, SiteFact, SiteRated
from rafiqa.recovery.sitefolder import Paper, SiteFolder

_ABOUT = (
    LayerRegistered
    | ProjectRegistered
    | RubbleLotRegistered
    | RubbleLotMoved
    | StructureTagged
    | DamageLinked
    | AssetsMatched
    | MatchReviewed
    | SiteOpened
    | SiteFact
    | PermitFact
    | ResidentFact
)


@dataclass(slots=True)
class RecoveryRegister:
    """Layers, projects, rubble lots and damage as true at one time and known at one time.

    ``layers`` and ``projects`` hold the newest registration of each id, ``versions`` every
    registration of a layer, ``lots`` the whole story of each lot, oldest first, ``folders`` the
    papers of each project or lot, and ``permits`` what is on record of permits. ``tags`` and
    ``links`` are kept by asset, ``happened`` is every record that may tell of damage, and
    ``residents`` what residents asked and were told.
    """

    layers: dict[str, Recorded] = field(default_factory=dict)
    projects: dict[str, Recorded] = field(default_factory=dict)
    lots: dict[str, list[Recorded]] = field(default_factory=dict)
    permits: PermitBook = field(default_factory=PermitBook)
    residents: ResidentBook = field(default_factory=ResidentBook)
    folders: dict[str, SiteFolder] = field(default_factory=dict)
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

    def works(self, works_id: str) -> ProjectRegistered | None:
        """Returns a project, or a rubble lot as the works of lifting it; None for neither."""
        record = self.projects.get(works_id)
        if record is not None and isinstance(record.fact, ProjectRegistered):
            return record.fact
        lots = (each.fact for each in self.lots.get(works_id, ()))
        registered = [fact for fact in lots if isinstance(fact, RubbleLotRegistered)]
        return works_of(registered[-1]) if registered else None

    def lot_state(self, lot_id: str) -> tuple[str, str] | None:
        """Returns where the work on a lot stands, and the entry that says so; None for no lot."""
        story = self.lots.get(lot_id)
        fact = story[-1].fact if story else None
        if not story or not isinstance(fact, RubbleLotRegistered | RubbleLotMoved):
            return None
        return fact.state, story[-1].entry_id

    def works_facts(self) -> list[ProjectRegistered]:
        """Returns every project and rubble lot as works, in the order of their ids."""
        ids = sorted({*self.projects, *self.lots})
        return [works for each in ids if (works := self.works(each)) is not None]

    def deadlines_us(self, policy: GatePolicy) -> list[int]:
        """Returns the last instants of all that stands until a time: after each, a gate may differ.

        Nothing is recorded when a rating or an agreement runs out, so that an answer kept for
        later has to be asked anew past each of them.
        """
        found = [
            until_us
            for folder in self.folders.values()
            for until_us in (
                *(each.fact.until_us for each in folder.all_of(EodSupportAgreed)),
                *(_ends(each, policy.rating_days) for each in folder.all_of(SiteRated)),
                *(_ends(each, policy.briefing_days) for each in folder.all_of(CrewBriefed)),
            )
        ]
        given = (record.fact for records in self.tags.values() for record in records)
        tags = (fact.until_us for fact in given if isinstance(fact, StructureTagged))
        return sorted([*found, *(until_us for until_us in tags if until_us is not None)])

    def folder(self, works_id: str) -> SiteFolder:
        """Returns the papers of a project or lot; an empty folder where there are none."""
        return self.folders.get(works_id) or SiteFolder()


def _ends(paper: Paper[Any], days: int) -> int:
    return paper.valid_at_us + days * DAY_US


def is_of_rebuilding(fact: object) -> bool:
    """Returns whether a fact is one that this register is folded from."""
    return isinstance(fact, _ABOUT) or tells_of_damage(fact)


def register(facts: Iterable[Recorded], valid_at_us: int) -> RecoveryRegister:
    """Returns the register of what was true by a time, from facts in any order."""
    result = RecoveryRegister()
    about = (recorded for recorded in facts if is_of_rebuilding(recorded.fact))
    for recorded in sorted(about, key=lambda item: (item.valid_at_us, item.seq)):
        if recorded.valid_at_us > valid_at_us:
            break
        _take(result, recorded)
    return result


def _take(result: RecoveryRegister, recorded: Recorded) -> None:
    result.permits.take(recorded)
    result.residents.take(recorded)
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
        case fact if isinstance(fact, SiteFact):
            result.folders.setdefault(fact.works_id, SiteFolder()).add(recorded)
        case fact if isinstance(fact, PermitFact | ResidentFact):
            return
        case _:
            result.happened.append(recorded)
