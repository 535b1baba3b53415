"""Why an area is hazard, told item by item: its evidence, and what each item counts for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rafiqa.land.evidence import INFORMAL, explain_class
from rafiqa.land.fact import EvidenceRecorded, WorkedPart
from rafiqa.land.records import Records
from rafiqa.land.ruling import Reason


def evidence_at(register: Records, area_id: str, valid_at_us: int) -> tuple[str, ...]:
    """Returns the ids of the evidence raising suspicion that an area rested on by a time.

    What was seen or named later is no reason for an answer as true before.
    """
    named = set(_named(register, area_id, valid_at_us))
    return tuple(item for item in register.evidence_raising(area_id) if item in named)


def evidence_reasons(register: Records, area_id: str, valid_at_us: int) -> Iterator[Reason]:
    """Yields that an area rests on evidence, what class it supports, and each item with why."""
    ids = evidence_at(register, area_id, valid_at_us)
    if not ids:
        return
    yield Reason("land.point.evidence", {"n": len(ids)}, ids)
    said = _said(register, dict.fromkeys([*ids, *_named(register, area_id, valid_at_us)]))
    explained = explain_class(said)
    params: dict[str, str | int] = {"supported": explained.supported, "n": len(explained.items)}
    yield Reason("land.point.class-supported", params, ids)
    yield from explained.reasons
    yield from informal_reasons(said)


def informal_reasons(items: Iterable[EvidenceRecorded]) -> Iterator[Reason]:
    """Yields, once, that clearance by nobody accredited lowers nothing."""
    ids = tuple(dict.fromkeys(item.evidence_id for item in items if item.kind == INFORMAL))
    if ids:
        yield Reason("land.point.informal-clearance", {"n": len(ids)}, ids)


def answer_reasons(part: WorkedPart) -> Iterator[Reason]:
    """Yields how each item of evidence that a part answers was answered, where it was told."""
    for answer in part.answers or ():
        params: dict[str, str | int] = {
            "part": part.part_id,
            "evidence": answer.evidence_id,
            "note": answer.how,
        }
        yield Reason("land.point.evidence-answered", params, (answer.evidence_id,))


def _named(register: Records, area_id: str, valid_at_us: int) -> Iterator[str]:
    for record, evidence_id in register.evidence_links.get(area_id, ()):
        if record.valid_at_us <= valid_at_us:
            yield evidence_id


def _said(register: Records, ids: Iterable[str]) -> list[EvidenceRecorded]:
    """Returns the first record of each item that is on record."""
    known = [register.evidence[item].fact for item in ids if item in register.evidence]
    return [fact for fact in known if isinstance(fact, EvidenceRecorded)]
