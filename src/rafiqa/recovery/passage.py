"""Whether a bridge or road can still be driven over, by its tags and what may have damaged it.

Pure. Nothing here opens a way: it bars one, or takes from it that it is open.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from shapely.geometry.base import BaseGeometry

from rafiqa.land import Recorded
from rafiqa.recovery.damage import DamageAssessed, StructureTagged
from rafiqa.recovery.damagescale import GRADES, span_of
from rafiqa.recovery.lastword import last_words
from rafiqa.recovery.register import RecoveryRegister
from rafiqa.recovery.tag import hits_on, may_be_after

Passage = Literal["broken", "doubted"]
_OF_TAG: dict[str, Passage | None] = {"green": None, "yellow": "doubted"}
_HEAVY = GRADES.index("heavy")


def passage_of(
    register: RecoveryRegister,
    asset_id: str,
    valid_at_us: int,
    grounds: Iterable[BaseGeometry] = (),
) -> Passage | None:
    """Returns what keeps people from driving over a bridge or road; None where nothing does.

    Broken by an engineer's red tag and by damage that may be nothing but destruction, in
    whatever scale and from however far it was seen; in doubt by a yellow tag, by heavy or unread
    damage, and by an event there. Only a later tag of an engineer lifts what came before it, and
    no longer than to its own date.

    Args:
        register: what is known of rebuilding, true by then.
        asset_id: the bridge or road.
        valid_at_us: the time the answer is to be true at.
        grounds: where it stands, in mm of the site's frame; none where places do not count.
    """
    line = register.epochs.line(asset_id)
    tags = [record for same_id in line.same_ids for record in register.tags.get(same_id, ())]
    # A tag that was told of late stands beside the newest: who gave that one did not know of it.
    standing = last_words(tags)
    hits = hits_on(register, line.all_ids, grounds)
    records = [hit.happening.record for hit in hits]
    told = [
        _told(record)
        for record in records
        if not standing
        or any(_has_ended(tag, valid_at_us) or may_be_after(record, tag) for tag in standing)
    ]
    facts = (tag.fact for tag in standing)
    told += [_OF_TAG.get(fact.tag, "broken") for fact in facts if isinstance(fact, StructureTagged)]
    worst: list[Passage] = ["broken", "doubted"]
    return next((each for each in worst if each in told), None)


def _has_ended(tag: Recorded, valid_at_us: int) -> bool:
    until_us = tag.fact.until_us if isinstance(tag.fact, StructureTagged) else None
    return until_us is not None and until_us < valid_at_us


def _told(record: Recorded) -> Passage | None:
    fact = record.fact
    if not isinstance(fact, DamageAssessed):
        return "doubted"
    span = span_of(fact)
    if span is None:
        return "doubted"
    if span.least == "destroyed" or (fact.scale, fact.code) == ("field_tag", "red"):
        return "broken"
    return "doubted" if span.ranks[1] >= _HEAVY else None
