"""Sealed answers: what of a form names a person, told to nobody beyond who sent it."""

from __future__ import annotations

from functools import cache

from rafiqa.dictionary import Field, dictionary
from rafiqa.service.fieldbook import Story
from rafiqa.wire.cutting import cut_by_name, without_answers
from rafiqa.wire.filled import Filled

SEALED_SENSITIVITY = 3
"""Fields from this class on name persons or stocks; they stand in no fact and in no export."""
_IDENTITY = "_identity"
"""What the names of records end with that say who somebody is; forms have groups so named."""
_SAYING_WHO = frozenset({"text"})


@cache
def sealed_names() -> frozenset[str]:
    """Returns the names under which forms ask for sealed fields.

    Of a record within a form they begin with the record's name; bare names count where no record
    has an open field of that name.
    """
    sealed, still_open = set(), set()
    for record in dictionary().records.values():
        for field in record.fields:
            if field.sensitivity >= SEALED_SENSITIVITY:
                sealed |= {f"{record.name}_{field.name}", field.name}
            else:
                still_open.add(field.name)
    return frozenset(sealed - still_open)


@cache
def vaulted_names() -> frozenset[str]:
    """Returns the names under which forms ask for what says who somebody is: it goes in the vault.

    All of the records of identities, and of other sealed fields the words. What is a code or a
    count (sex, age band, how somebody fared) stays, as figures are made of it; it is told to
    nobody but who sent it.
    """
    shut = sealed_names()
    found = {f"{name}_{field.name}" for name, field in _identity_fields()}
    found |= {field.name for _, field in _identity_fields()} & shut
    for record in dictionary().records.values():
        for field in record.fields:
            if field.sensitivity >= SEALED_SENSITIVITY and field.type in _SAYING_WHO:
                found |= {f"{record.name}_{field.name}", field.name} & shut
    still = {
        field.name
        for record in dictionary().records.values()
        if not record.name.endswith(_IDENTITY)
        for field in record.fields
        if field.type not in _SAYING_WHO
    }
    groups = {name for name in dictionary().records if name.endswith(_IDENTITY)}
    return frozenset(found - still) | groups | {f"{name}_part" for name in groups}


def _identity_fields() -> list[tuple[str, Field]]:
    return [
        (record.name, field)
        for record in dictionary().records.values()
        if record.name.endswith(_IDENTITY)
        for field in record.fields
        if field.type != "ref"
    ]


def unsealed(filled: Filled) -> Filled:
    """Returns a filled form without its sealed answers."""
    return without_answers(filled, cut_by_name(sealed_names()))[0]


def told_to(story: Story, filled: Filled, organisation_id: str | None) -> Filled:
    """Returns what of a submission an organisation is told: all of its own, else what is open."""
    own = story.received.actor.organisation_id == organisation_id
    return filled if own else unsealed(filled)
