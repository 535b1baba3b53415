"""Who acts: a person's pseudonym, the organisation they act for, and the role they act in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, cast

Role = Literal[
    "resident",
    "surveyor",
    "operator",
    "quality",
    "authority",
    "planner",
    "engineer",
    "information",
]

ROLES: tuple[Role, ...] = (
    "resident",
    "surveyor",
    "operator",
    "quality",
    "authority",
    "planner",
    "engineer",
    "information",
)


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting for an organisation in one role.

    ``person_id`` is a pseudonym: names live apart from the ledger, so that a person can be
    forgotten without breaking it.

    Attributes:
        person_id: who acts.
        organisation_id: for which organisation.
        role: in which role.
        acting_for: the person whose role it is, where somebody stands in for them; None where
            they act in their own right.
    """

    person_id: str
    organisation_id: str
    role: Role
    acting_for: str | None = None

    @property
    def persons(self) -> frozenset[str]:
        """Everybody whose act this is: who acts, and for whom. Together they are one person."""
        mine = frozenset({self.person_id})
        return mine if self.acting_for is None else mine | {self.acting_for}

    def is_one_with(self, other: Actor) -> bool:
        """Returns whether two acts count as those of one person, wherever two are asked for."""
        return not self.persons.isdisjoint(other.persons)


_FOR: Final = ":acting-for:"


def role_text(actor: Actor) -> str:
    """Returns an actor's role as an entry tells it, with the person for whom they act.

    It stands in the part of the entry that its hash covers. A program that knows nothing of it
    reads a role that it does not know, which may do nothing.
    """
    return actor.role if actor.acting_for is None else f"{actor.role}{_FOR}{actor.acting_for}"


def actor_told(person_id: str, organisation_id: str, role: str) -> Actor:
    """Returns who acted, as an entry tells it; see ``role_text``."""
    named, _, acting_for = role.partition(_FOR)
    return Actor(person_id, organisation_id, cast("Role", named), acting_for or None)
