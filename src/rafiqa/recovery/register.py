"""What rebuilding rests on, folded from facts: layers, projects, rubble lots and their papers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from rafiqa.land import Recorded
from rafiqa.recovery.answer import DAY_US, GatePolicy
from rafiqa.recovery.fact import (
    LayerRegistered,
    ProjectRegistered,
    RubbleLotMoved,
    RubbleLotRegistered,
)
from rafiqa.recovery.resident import ReporterTold, RequestAnswered, ResidentAsked, ResidentFact
from rafiqa.recovery.sitefact import CrewBriefed, EodSupportAgreed, SiteFact, SiteRated
from rafiqa.recovery.sitefolder import Paper, SiteFolder

_ABOUT = (
    LayerRegistered
    | ProjectRegistered
    | RubbleLotRegistered
    | RubbleLotMoved
    | SiteFact
    | ResidentFact
)


@dataclass(slots=True)
class RecoveryRegister:
    """Layers, projects and rubble lots as true at one time and known at one time.

    ``layers`` and ``projects`` hold the newest registration of each id, ``lots`` the whole
    story of each lot, oldest first, and ``folders`` the papers of each project or lot.
    ``requests`` holds what residents asked, ``request_answers`` what became of each, and
    ``told`` that they heard of an answer, by the answer's entry.
    """

    layers: dict[str, Recorded] = field(default_factory=dict)
    projects: dict[str, Recorded] = field(default_factory=dict)
    lots: dict[str, list[Recorded]] = field(default_factory=dict)
    folders: dict[str, SiteFolder] = field(default_factory=dict)
    requests: dict[str, Recorded] = field(default_factory=dict)
    request_answers: dict[str, list[Recorded]] = field(default_factory=dict)
    told: dict[str, Recorded] = field(default_factory=dict)

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
        return _lifting(registered[-1]) if registered else None

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
        return sorted(found)

    def folder(self, works_id: str) -> SiteFolder:
        """Returns the papers of a project or lot; an empty folder where there are none."""
        return self.folders.get(works_id) or SiteFolder()


def _ends(paper: Paper[Any], days: int) -> int:
    return paper.valid_at_us + days * DAY_US


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


def is_of_rebuilding(fact: object) -> bool:
    """Returns whether a fact is one that this register is folded from."""
    return isinstance(fact, _ABOUT)


def register(facts: Iterable[Recorded], valid_at_us: int) -> RecoveryRegister:
    """Returns the register of what was true by a time, from facts in any order."""
    result = RecoveryRegister()
    about = (recorded for recorded in facts if isinstance(recorded.fact, _ABOUT))
    for recorded in sorted(about, key=lambda item: (item.valid_at_us, item.seq)):
        if recorded.valid_at_us > valid_at_us:
            break
        fact = recorded.fact
        if isinstance(fact, LayerRegistered):
            result.layers[fact.layer_id] = recorded
        elif isinstance(fact, ProjectRegistered):
            result.projects[fact.project_id] = recorded
        elif isinstance(fact, RubbleLotRegistered | RubbleLotMoved):
            result.lots.setdefault(fact.lot_id, []).append(recorded)
        elif isinstance(fact, ResidentAsked):
            result.requests.setdefault(fact.request_id, recorded)
        elif isinstance(fact, RequestAnswered):
            result.request_answers.setdefault(fact.request_id, []).append(recorded)
        elif isinstance(fact, ReporterTold):
            result.told.setdefault(fact.answer_entry_id, recorded)
        elif isinstance(fact, SiteFact):
            result.folders.setdefault(fact.works_id, SiteFolder()).add(recorded)
    return result
