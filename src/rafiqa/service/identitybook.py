"""What the ledger says of identities: that each is kept, every look at it, and its erasure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rafiqa.land import Recorded
from rafiqa.ledger import IdentityErased, IdentityKept, IdentityLookedAt
from rafiqa.service.office import Office


@dataclass(slots=True)
class IdentityStory:
    """What the ledger says of one identity: that it is kept, every look, and its erasure."""

    kept: Recorded
    looks: list[Recorded] = field(default_factory=list)
    erased: Recorded | None = None

    @property
    def fact(self) -> IdentityKept:
        """That it is kept."""
        assert isinstance(self.kept.fact, IdentityKept)  # noqa: S101 - from identities
        return self.kept.fact


def identities(office: Office) -> Mapping[str, IdentityStory]:
    """Returns every identity that the ledger names, by its pseudonym, in the ledger's order."""
    facts = office.facts()

    def fold() -> dict[str, IdentityStory]:
        found: dict[str, IdentityStory] = {}
        for recorded in facts:
            match recorded.fact:
                case IdentityKept(pseudonym=name):
                    found.setdefault(name, IdentityStory(recorded))
                case IdentityLookedAt(pseudonym=name) if name in found:
                    found[name].looks.append(recorded)
                case IdentityErased(pseudonym=name) if name in found:
                    found[name].erased = found[name].erased or recorded
        return found

    return office.made(("identities", len(facts)), fold)
