"""Papers of works from a file: each good one put on record, each bad one named and kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from rafiqa.errors import Fault, InvalidInput
from rafiqa.land import Actor, Reason
from rafiqa.recovery import SiteFact
from rafiqa.service.act import NOW, Stamp
from rafiqa.service.office import Office
from rafiqa.service.peoplerecord import NOT_KEPT, PEOPLE_RECORDS, put_record, told_record
from rafiqa.service.siterecord import put_on_record, told_paper
from rafiqa.store import Quarantined
from rafiqa.wire.factcode import fact_bytes


@dataclass(slots=True)
class PapersTaken:
    """What became of a file of papers: entries, every refusal by row, and what to look at."""

    entry_ids: list[str] = field(default_factory=list)
    refused: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    kept: list[Quarantined] = field(default_factory=list)


def take_papers(
    office: Office,
    actor: Actor,
    kind: str,
    rows: Sequence[Mapping[str, object]],
    file_name: str,
    valid_us: int | None = None,
) -> PapersTaken:
    """Returns what became of papers of one kind; a bad one keeps no other off the record.

    What is refused is kept for a person to look at; not what is told of one person: it may name
    them.

    Args:
        office: the open store.
        actor: who puts them on record.
        kind: the dictionary's record that each of them fills in.
        rows: their fields.
        file_name: where they came from, for the quarantine.
        valid_us: when they were true; now where None.
    """
    taken = PapersTaken()
    for row, values in enumerate(rows, start=1):
        faults = list(_put(office, actor, kind, values, row, valid_us, taken))
        if faults:
            taken.refused += faults
            if kind in NOT_KEPT:
                continue
            taken.kept.append(_kept(office, actor, kind, values, row, file_name, faults))
    if taken.kept:
        office.store.quarantine(taken.kept)
    return taken


def _put(
    office: Office,
    actor: Actor,
    kind: str,
    values: Mapping[str, object],
    row: int,
    valid_us: int | None,
    taken: PapersTaken,
) -> Sequence[Fault]:
    """Returns why a paper was not put on record; nothing where it was."""
    if kind in PEOPLE_RECORDS:
        return _put_people(office, actor, kind, values, row, taken)
    try:
        told = told_paper(kind, values, row)
    except InvalidInput as error:
        return error.faults
    acted = put_on_record(office, actor, told.fact, stamp_of(kind, told.fact, valid_us))
    if not acted.done:
        return [_fault(reason, row) for reason in acted.reasons]
    taken.entry_ids += acted.entry_ids
    taken.warnings += [*told.unread, *(_fault(reason, row) for reason in acted.warnings)]
    return ()


def _put_people(
    office: Office,
    actor: Actor,
    kind: str,
    values: Mapping[str, object],
    row: int,
    taken: PapersTaken,
) -> Sequence[Fault]:
    """Returns why a record of people was not put on record; nothing where it was.

    It has a day of its own: sent again it is the same one.
    """
    try:
        fact, valid_at_us = told_record(kind, values, actor.organisation_id, row)
    except InvalidInput as error:
        return error.faults
    digest = sha256(fact_bytes(fact) + str(valid_at_us).encode())
    stamp = Stamp(valid_at_us, f"record:{kind}:{digest.hexdigest()[:32]}", digest.digest())
    acted = put_record(office, actor, kind, (fact, stamp), values)
    if not acted.done:
        return [_fault(reason, row) for reason in acted.reasons]
    taken.entry_ids += acted.entry_ids
    taken.warnings += [_fault(reason, row) for reason in acted.warnings]
    return ()


def _fault(reason: Reason, row: int) -> Fault:
    return Fault(reason.code, "", row, reason.params)


def _kept(
    office: Office,
    actor: Actor,
    kind: str,
    values: Mapping[str, object],
    row: int,
    file_name: str,
    faults: Sequence[Fault],
) -> Quarantined:
    original = json.dumps(values, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
    key = b"\n".join([kind.encode(), file_name.encode("utf-8", "replace"), original])
    name = sha256(key).hexdigest()[:32]
    at_us = office.now_us()
    return Quarantined(name, file_name, row, original, tuple(faults), at_us, actor.person_id)


def stamp_of(kind: str, fact: SiteFact, valid_us: int | None) -> Stamp:
    """Returns the stamp of a paper; with a day of its own, sent again it is the same paper.

    Without one it is as of now: what says the same as a year ago says it of today.
    """
    if valid_us is None:
        return NOW
    digest = sha256(fact_bytes(fact) + str(valid_us).encode())
    return Stamp(valid_us, f"record:{kind}:{digest.hexdigest()[:32]}", digest.digest())
