"""Who acts: a person's pseudonym, the organisation they act for, and the role they act in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
    """

    person_id: str
    organisation_id: str
    role: Role
