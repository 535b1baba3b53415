"""The shapes of delegations: what was handed on, to whom, and what may be."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from rafiqa.api.personshape import Login
from rafiqa.api.shape import Shape

Named = Annotated[str, Meta(max_length=64)]


class DelegableAct(Shape, frozen=True):
    """An act that may be handed on, in words."""

    act: str
    text: str


class DelegationTold(Shape, frozen=True):
    """One delegation: by whom, to whom, for what, until when, and whether it stands.

    ``side`` is ``giver`` or ``taker`` where it is the asker's own, else ``other``.
    """

    delegation_id: str
    side: str
    giver: str
    taker: str
    role: str
    acts: list[DelegableAct]
    area_ids: list[str]
    since: str
    until: str
    state: str
    stands: bool
    may_end: bool


class DelegationsTold(Shape, frozen=True):
    """The delegations that somebody may see, and what they may hand on themselves, to whom."""

    delegations: list[DelegationTold]
    acts: list[DelegableAct]
    colleagues: list[str]
    area_ids: list[str]
    most_days: int
    strong: bool


class DelegationAsked(Shape, frozen=True):
    """Which acts are handed to which colleague, in which areas, until the end of which day."""

    login: Login
    acts: Annotated[list[Named], Meta(max_length=64)]
    until: Annotated[str, Meta(max_length=40)]
    area_ids: Annotated[list[Named], Meta(max_length=64)] = msgspec.field(default_factory=list)


class DelegationEndAsked(Shape, frozen=True):
    """Nothing is said; that it is ended is all."""
