"""What rebuilding rests on, folded from facts: layers, projects, rubble lots and their papers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

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
from rafiqa.recovery.lastword import replaces
from rafiqa.recovery.lifting import carried, lifting_of
from rafiqa.recovery.permit import PermitBook
from rafiqa.recovery.permitfact import PermitFact
from rafiqa.recovery.publicfact import PublicBook, PublicFact
from rafiqa.recovery.resident import ResidentBook, ResidentFact
from rafiqa.recovery.sitefact import CrewBriefed, EodSupportAgreed, SiteFact, SiteRated
from rafiqa.recovery.sitefolder import SiteFolder

_PROJECT, _LOT = "project", "lot"
STOPPED = "stopped"
"""The state of a rubble lot on which the work was stopped."""
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
    | PublicFact
)


@dataclass(slots=True)
class RecoveryRegister:
    """Layers, projects, rubble lots and damage as true at one time and known at one time.

    ``layers`` and ``projects`` hold the newest registration of each id, ``versions`` every
    registration of a layer, ``lots`` the whole story of each lot, oldest first, ``folders`` the
    papers of each project or lot, and ``permits`` what is on record of permits. ``sheets`` are
    works as registered last, with what only an earlier registration said against them. ``tags`` and
    ``links`` are kept by asset, ``happened`` is every record that may tell of damage, and
    ``residents`` what residents asked and were told, ``public`` notices and the archive of places.
    """

    layers: dict[str, Recorded] = field(default_factory=dict)
    projects: dict[str, Recorded] = field(default_factory=dict)
    lots: dict[str, list[Recorded]] = field(default_factory=dict)
    permits: PermitBook = field(default_factory=PermitBook)
    residents: ResidentBook = field(default_factory=ResidentBook)
    public: PublicBook = field(default_factory=PublicBook)
    folders: dict[str, SiteFolder] = field(default_factory=dict)
    sheets: dict[tuple[str, str], ProjectRegistered] = field(default_factory=dict)
    versions: dict[str, list[Recorded]] = field(default_factory=dict)
    tags: dict[str, list[Recorded]] = field(default_factory=dict)
    links: dict[str, list[Recorded]] = field(default_factory=dict)
    happened: list[Recorded] = field(default_factory=list)
    epochs: Epochs = field(default_factory=Epochs)
    site: SiteOpened | None = None
    _happenings: HappeningMap | None = field(default=None, compare=False)

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
        return [self.sheets[_PROJECT, key] for key in sorted(self.projects)]

    def works(self, works_id: str) -> ProjectRegistered | None:
        """Returns a project, or a rubble lot as the works of lifting it; None for neither."""
        return self.sheets.get((_PROJECT, works_id)) or self.sheets.get((_LOT, works_id))

    def lot_state(self, lot_id: str) -> tuple[str, str] | None:
        """Returns where the work on a lot stands, and the entry that says so; None for no lot.

        A stop is lifted by moving the lot on, never by registering it anew.
        """
        story = self.lots.get(lot_id, [])
        on = [each for each in story if isinstance(each.fact, RubbleLotMoved)]
        on = [each for each in on if _state(each) != STOPPED]
        stops = [each for each in story if _state(each) == STOPPED]
        stands = [stop for stop in stops if not any(replaces(each, stop) for each in on)]
        newest = (stands or story)[-1:]
        return (_state(newest[0]), newest[0].entry_id) if newest else None

    def works_facts(self) -> list[ProjectRegistered]:
        """Returns every project and rubble lot as works, in the order of their ids."""
        ids = sorted({*self.projects, *self.lots})
        return [works for each in ids if (works := self.works(each)) is not None]

    def deadlines_us(self, policy: GatePolicy) -> list[int]:
        """Returns the last instants of all that stands until a time: after each, a gate may differ.

        Nothing is recorded when a rating or an agreement runs out, so that an answer kept for
        later has to be asked anew past each of them.
        """
        found = [until_us for each in self.folders.values() for until_us in _ends(each, policy)]
        return sorted([*found, *self.tags_end_us(self.tags)])

    def deadlines_of_us(self, works: ProjectRegistered, policy: GatePolicy) -> list[int]:
        """Returns the same of the papers of some works and the tags of their assets alone."""
        ids = (name for each in works.asset_ids for name in self.epochs.line(each).all_ids)
        return sorted([*_ends(self.folder(works.project_id), policy), *self.tags_end_us(ids)])

    def n_tags_ended(self, valid_at_us: int) -> int:
        """Returns how many engineers' tags had ended by their date: no fact tells of it."""
        return sum(until_us < valid_at_us for until_us in self.tags_end_us(self.tags))

    def tags_end_us(self, asset_ids: Iterable[str]) -> Iterator[int]:
        """Yields when each tag of some assets ends by its date; of those that have one."""
        for asset_id in asset_ids:
            for record in self.tags.get(asset_id, ()):
                if isinstance(record.fact, StructureTagged) and record.fact.until_us is not None:
                    yield record.fact.until_us

    def folder(self, works_id: str) -> SiteFolder:
        """Returns the papers of a project or lot; an empty folder where there are none."""
        return self.folders.get(works_id) or SiteFolder()


def _ends(folder: SiteFolder, policy: GatePolicy) -> Iterator[int]:
    """Yields when each paper that stands until a time ends."""
    for agreed in folder.all_of(EodSupportAgreed):
        yield agreed.fact.until_us
    for rated in folder.all_of(SiteRated):
        yield rated.valid_at_us + policy.rating_days * DAY_US
    for briefed in folder.all_of(CrewBriefed):
        yield briefed.valid_at_us + policy.briefing_days * DAY_US


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


def following(before: RecoveryRegister, recorded: Recorded) -> RecoveryRegister:
    """Returns the register with one fact more, which is true and known after all it holds.

    What is not touched is shared: the register of before stays what it was, and the other costs as
    much as what is copied, not as much as all that was ever told.
    """
    after = replace(before)
    fact = recorded.fact
    if isinstance(fact, ProjectRegistered | RubbleLotRegistered | PermitFact):
        after.permits = before.permits.copied()
    if isinstance(fact, ResidentFact):
        after.residents = before.residents.copied()
    if isinstance(fact, PublicFact):
        after.public = before.public.copied()
    match fact:
        case LayerRegistered():
            after.layers, after.versions = dict(before.layers), _lists(before.versions)
        case ProjectRegistered():
            after.projects, after.sheets = dict(before.projects), dict(before.sheets)
        case RubbleLotRegistered() | RubbleLotMoved():
            after.lots, after.sheets = _lists(before.lots), dict(before.sheets)
        case StructureTagged():
            after.tags = _lists(before.tags)
        case DamageLinked():
            after.links = _lists(before.links)
        case AssetsMatched() | MatchReviewed():
            after.epochs = before.epochs.copied()
        case fact if isinstance(fact, SiteFact):
            after.folders = dict(before.folders)
            after.folders[fact.works_id] = before.folder(fact.works_id).copied()
        case _:
            after.happened = list(before.happened)
    # The frame may be another, or there may be more of them.
    after._happenings = before._happenings if after.happened is before.happened else None  # noqa: SLF001
    _take(after, recorded)
    return after


def _lists(table: dict[str, list[Recorded]]) -> dict[str, list[Recorded]]:
    return {key: list(records) for key, records in table.items()}


def _state(record: Recorded) -> str:
    """Returns the state in which a record of a rubble lot leaves it."""
    assert isinstance(record.fact, RubbleLotRegistered | RubbleLotMoved)  # noqa: S101 - of a lot
    return record.fact.state


def _register(result: RecoveryRegister, key: tuple[str, str], works: ProjectRegistered) -> None:
    earlier = result.sheets.get(key)
    result.sheets[key] = works if earlier is None else carried(earlier, works)


def _take(result: RecoveryRegister, recorded: Recorded) -> None:
    result.permits.take(recorded)
    result.residents.take(recorded)
    result.public.take(recorded)
    match recorded.fact:
        case LayerRegistered() as fact:
            result.layers[fact.layer_id] = recorded
            result.versions.setdefault(fact.layer_id, []).append(recorded)
        case ProjectRegistered() as fact:
            result.projects[fact.project_id] = recorded
            _register(result, (_PROJECT, fact.project_id), fact)
        case RubbleLotRegistered() as fact:
            result.lots.setdefault(fact.lot_id, []).append(recorded)
            _register(result, (_LOT, fact.lot_id), lifting_of(fact))
        case RubbleLotMoved() as fact:
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
        case fact if isinstance(fact, PermitFact | ResidentFact | PublicFact):
            return
        case _:
            result.happened.append(recorded)
