"""Completion: all known work in a boundary is done, and what is known there says so.

A declaration is refused while any hazard, open report, or evidence or accident that nothing
has answered lies in its boundary, and lists all of them. It changes the state of no ground:
from then on ``at`` says that the residual regime holds, and that the line for reports is open.
"""

from __future__ import annotations

from collections.abc import Iterator

from rafiqa.land.actor import Actor
from rafiqa.land.book import LandBook
from rafiqa.land.closing import CompletionDeclared, confirmation_faults
from rafiqa.land.fact import Recorded
from rafiqa.land.records import Records
from rafiqa.land.ruling import Reason, Ruling, rule
from rafiqa.land.sighting import WitnessKind

_SIGN_CODES: dict[WitnessKind, str] = {
    "evidence": "land.completion.evidence-unanswered",
    "accident": "land.completion.accident-unanswered",
    "report": "land.completion.report-open",
}


def completion_ruling(
    book: LandBook, fact: CompletionDeclared, declarer: Actor, valid_at_us: int
) -> Ruling:
    """Returns whether completion may be declared of a boundary, with everything against it.

    Args:
        book: the land book as known now.
        fact: the declaration.
        declarer: who declares it.
        valid_at_us: the time at which it is to be true.
    """
    against = list(confirmation_faults(fact, declarer))
    if fact.shape.is_empty:
        against.append(Reason("land.completion.empty", {"completion": fact.completion_id}))
    else:
        against += _hazards(book, fact, valid_at_us)
        against += _signs(book, fact, valid_at_us)
    return rule(against)


def _hazards(book: LandBook, fact: CompletionDeclared, valid_at_us: int) -> Iterator[Reason]:
    found: dict[tuple[str, str], int] = {}
    for face in book.near(fact.shape):
        state = face.timeline.at(valid_at_us)
        if state is None or not state.is_hazard:
            continue
        inside2 = face.shape.intersection(fact.shape).area2_mm2
        for claim in state.claims if inside2 else ():
            key = (claim, state.status)
            found[key] = found.get(key, 0) + inside2
    for (claim, status), size2 in sorted(found.items()):
        params: dict[str, str | int] = {
            "area": claim,
            "class": status,
            "area_m2": -(-size2 // 2_000_000),
        }
        yield Reason("land.completion.hazard", params, (claim,))


def _signs(book: LandBook, fact: CompletionDeclared, valid_at_us: int) -> Iterator[Reason]:
    for sign in book.witnesses.near(fact.shape.geometry, valid_at_us):
        witness_id = sign.witness.witness_id
        yield Reason(_SIGN_CODES[sign.witness.kind], {"sign": witness_id}, (witness_id,))


def declared_at(register: Records, at_mm: tuple[int, int], valid_at_us: int) -> list[Recorded]:
    """Returns the declarations, by two persons, whose boundary covers a point by a time."""
    return [
        record
        for record in register.completions.values()
        if isinstance(record.fact, CompletionDeclared)
        and record.valid_at_us <= valid_at_us
        and not any(confirmation_faults(record.fact, record.actor))
        and record.fact.shape.covers_mm(*at_mm)
    ]
