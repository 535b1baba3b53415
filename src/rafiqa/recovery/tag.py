"""Does an engineer's tag still stand? Until its date, and no longer than nothing new happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from shapely.geometry.base import BaseGeometry

from rafiqa.land import Reason, Recorded
from rafiqa.recovery.damage import DamageAssessed, DamageLinked, StructureTagged
from rafiqa.recovery.damagescale import worsens
from rafiqa.recovery.happening import Happening, Hit
from rafiqa.recovery.lastword import last_words
from rafiqa.recovery.register import RecoveryRegister

UNDATED_US = -2_208_988_800_000_000
"""1900-01-01: what has no date counts from here; it may have happened on any day since."""


@dataclass(frozen=True, slots=True)
class TagStanding:
    """The newest tag of an asset, whether it stands, and if not, since when and by what.

    ``by`` is what ended it: an event or an assessment on record; None where its date has passed.
    """

    record: Recorded
    stands: bool
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    by: str | None = None
    ended_at_us: int | None = None

    @property
    def fact(self) -> StructureTagged:
        """What the engineer recorded."""
        assert isinstance(self.record.fact, StructureTagged)  # noqa: S101 - from tag_of
        return self.record.fact

    @property
    def reason(self) -> Reason:
        """Where the tag stands, as a reason for its text."""
        return Reason(self.code, self.params, () if self.by is None else (self.by,))


def tag_of(asset_id: str, register: RecoveryRegister, valid_at_us: int) -> TagStanding | None:
    """Returns where the newest tag of an asset stands at a time; None where it has none.

    A tag speaks of the asset under every name that it has over its epochs, and of neither the
    pieces that it was split into nor the whole that it became part of. It ends by its date, by
    an assessment that may show more damage than was known, and by any event that may have hit
    the asset.

    Args:
        asset_id: the asset.
        register: what is known of rebuilding, true by the time asked about.
        valid_at_us: the time the answer is to be true at.
    """
    line = register.epochs.line(asset_id)
    tags = [
        record
        for same_id in line.same_ids
        for record in register.tags.get(same_id, ())
        if record.valid_at_us <= valid_at_us
    ]
    if not tags:
        return None
    # A tag that was told of late stands beside the newest. One that has ended is told of before
    # one that stands: another that came late does not put it in force again.
    found = [_standing(tag, register, line.all_ids, valid_at_us) for tag in last_words(tags)]
    return max(found, key=lambda each: (not each.stands, _gravity(each.record)))


def _standing(
    tag: Recorded, register: RecoveryRegister, asset_ids: tuple[str, ...], valid_at_us: int
) -> TagStanding:
    ends = sorted(_ends(tag, register, asset_ids, valid_at_us), key=lambda end: end[0])
    if not ends:
        return TagStanding(tag, True, "gate.tag.stands")
    at_us, code, item = ends[0]
    if item is None:
        return TagStanding(tag, False, code, {}, None, at_us)
    params: dict[str, str | int] = {"by": item.subject, "kind": item.kind}
    return TagStanding(tag, False, code, params, item.subject, at_us)


def hits_on(
    register: RecoveryRegister, asset_ids: tuple[str, ...], grounds: Iterable[BaseGeometry]
) -> list[Hit]:
    """Returns all that may have damaged an asset, each once, in the order in which it was true.

    Args:
        register: what is known of rebuilding.
        asset_ids: every name that the asset has.
        grounds: where it stands or stood, in mm of the site's frame.
    """
    places = register.happenings
    stated = places.stated_of(asset_ids)
    for asset_id in asset_ids:
        for record in register.links.get(asset_id, ()):
            if isinstance(record.fact, DamageLinked):
                stated += places.by_id.get(record.fact.event_id, ())
    found = {(item.record.seq, item.subject): Hit(item, "stated") for item in stated}
    for hit in (hit for ground in grounds for hit in places.hits(ground)):
        key = (hit.happening.record.seq, hit.happening.subject)
        known = found.get(key)
        if known is None or (known.how != "stated" and hit.distance_mm < known.distance_mm):
            found[key] = hit
    return sorted(found.values(), key=lambda hit: _order(hit.happening.record))


def _ends(
    tag: Recorded, register: RecoveryRegister, asset_ids: tuple[str, ...], valid_at_us: int
) -> Iterator[tuple[int, str, Happening | None]]:
    fact = tag.fact
    assert isinstance(fact, StructureTagged)  # noqa: S101 - from tag_of
    if fact.until_us is not None and valid_at_us > fact.until_us:
        yield fact.until_us, "gate.tag.expired-by-date", None
    grounds = () if fact.shape is None else (fact.shape.geometry,)
    assessed: list[DamageAssessed] = []
    for hit in hits_on(register, asset_ids, grounds):
        item = hit.happening
        at_us = item.record.valid_at_us
        if at_us > valid_at_us:
            continue
        if isinstance(item.record.fact, DamageAssessed):
            if not _after(item.record, tag):
                # What was told of only later the engineer may not have known: it excuses nothing.
                assessed += [item.record.fact] if item.record.seq < tag.seq else []
            elif worsens(item.record.fact, assessed):
                yield max(at_us, tag.valid_at_us), "gate.tag.expired-by-damage", item
        elif may_be_after(item.record, tag):
            yield max(at_us, tag.valid_at_us), "gate.tag.expired-by-event", item


_COLOURS = ("green", "yellow", "red")


def _gravity(record: Recorded) -> tuple[int, int, int]:
    fact = record.fact
    assert isinstance(fact, StructureTagged)  # noqa: S101 - from tag_of
    colour = _COLOURS.index(fact.tag) if fact.tag in _COLOURS else len(_COLOURS)
    return (colour, *_order(record))


def _order(record: Recorded) -> tuple[int, int]:
    return record.valid_at_us, record.seq


def _after(record: Recorded, tag: Recorded) -> bool:
    """Returns whether damage was seen after a tag; undated, it counts by when it became known."""
    if record.valid_at_us == UNDATED_US:
        return record.seq > tag.seq
    return _order(record) > _order(tag)


def may_be_after(record: Recorded, tag: Recorded) -> bool:
    """Returns whether an event may have happened after a tag was given.

    Of an event often only the day is known, or the year: on the day of the tag itself, or in
    its year where it is dated to the first of January, it counts as later where it became known
    later.
    """
    if _after(record, tag):
        return True
    since = np.datetime64(tag.valid_at_us, "us")
    day, year = since.astype("M8[D]").astype("M8[us]"), since.astype("M8[Y]").astype("M8[us]")
    at = np.datetime64(record.valid_at_us, "us")
    return bool(at >= day or at == year) and record.seq > tag.seq
