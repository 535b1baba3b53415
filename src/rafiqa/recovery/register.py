"""What rebuilding rests on, folded from facts: layers, projects and rubble lots by id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import get_args

from rafiqa.land import Recorded
from rafiqa.recovery.fact import (
    LayerRegistered,
    ProjectRegistered,
    RubbleLotMoved,
    RubbleLotRegistered,
)
from rafiqa.recovery.permit import PermitBook
from rafiqa.recovery.permitfact import PermitFact

_ABOUT = (
    LayerRegistered,
    ProjectRegistered,
    RubbleLotRegistered,
    RubbleLotMoved,
    *get_args(PermitFact),
)


@dataclass(slots=True)
class RecoveryRegister:
    """Layers, projects and rubble lots as true at one time and known at one time.

    ``layers`` and ``projects`` hold the newest registration of each id, ``lots`` the whole
    story of each lot, oldest first, ``permits`` what is on record of permits.
    """

    layers: dict[str, Recorded] = field(default_factory=dict)
    projects: dict[str, Recorded] = field(default_factory=dict)
    lots: dict[str, list[Recorded]] = field(default_factory=dict)
    permits: PermitBook = field(default_factory=PermitBook)

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
        fact = recorded.fact
        result.permits.take(recorded)
        if isinstance(fact, LayerRegistered):
            result.layers[fact.layer_id] = recorded
        elif isinstance(fact, ProjectRegistered):
            result.projects[fact.project_id] = recorded
        elif isinstance(fact, RubbleLotRegistered | RubbleLotMoved):
            result.lots.setdefault(fact.lot_id, []).append(recorded)
    return result
