"""Decide on a candidate: accept, edit, reject, cannot tell, and take a decision back.

What is accepted as a fact becomes indirect evidence with its provenance. It may raise suspicion and
never lowers any: what a text says was cleared, denied, asked, planned or meant in general stays a
reference for a surveyor. Nothing is overwritten; a decision is taken back by a further one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, get_args

from rafiqa.geo import Spot
from rafiqa.land import (
    Actor,
    EvidenceRecorded,
    Reason,
    RecordWithdrawn,
    rule,
    withdrawal_faults,
    without_withdrawn,
)
from rafiqa.ledger import ClaimDecision, ClaimPlaced, ClaimReviewed
from rafiqa.service.act import Meant, Stamp, about_to_be, carry_out_together
from rafiqa.service.deskbook import DocumentStory
from rafiqa.service.deskstudy import Candidate, candidates_of, document_of
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import AT_THE_MACHINE, Standing
from rafiqa.service.question import BEGINNING_US
from rafiqa.service.scope import reads_document, reads_documents
from rafiqa.service.survey import evidence_meant
from rafiqa.study.record import Claim, EventType, HazardKind, PlaceCandidate
from rafiqa.wire.instant import date_us

EVIDENCE_OF: Final = {
    "contamination_reported": "statement",
    "accident": "accident",
    "detonation": "detonation",
    "infrastructure_damage": "damaged_infrastructure",
}
"""Events that are evidence where a text tells of them as facts, and the kind they are of. What
becomes of no other event: it is kept as a reference."""
SOURCE_KIND: Final = "former_record"
"""How such evidence became known. Of these kinds it is indirect at most (``land.evidence``)."""
PLACE_REACH_M: Final = 1_000
"""Radius up to which a named place is a place on the ground. A town or a district is none: evidence
of it has no spot, stands against no ground and stops no works; it is a reason to ask there first
(design invariant: what is said to be everywhere is priority only)."""
UNJUDGED_SOURCE: Final = "f"
UNJUDGED_CONTENT: Final = "g6"
LONGEST_NOTE: Final = 2_000
_NEEDS_WHY: Final = frozenset({"edited", "rejected", "cannot_tell", "undone"})


@dataclass(frozen=True, slots=True)
class Review:
    """What somebody says of a candidate.

    Attributes:
        decision: what they decide.
        note: why.
        event_type: what it is about, where it was taken for something else.
        hazards: kinds of hazard, where they were taken for others.
        place: the number, from 0, of the candidate place that is meant.
        placed: a place that is not among them.
        from_on, until_on: first and last day, ISO 8601.
        confirmed_by: the second person of the authority, where evidence is taken back.
        standing: how who decides proved who they are.
        second: how the second person did.
    """

    decision: ClaimDecision
    note: str = ""
    event_type: str | None = None
    hazards: tuple[str, ...] | None = None
    place: int | None = None
    placed: ClaimPlaced | None = None
    from_on: str | None = None
    until_on: str | None = None
    confirmed_by: Actor | None = None
    standing: Standing = AT_THE_MACHINE
    second: Standing = AT_THE_MACHINE

    @property
    def changes(self) -> bool:
        """Whether it says anything otherwise than it was proposed."""
        told = (self.event_type, self.hazards, self.placed, self.from_on, self.until_on)
        return any(each is not None for each in told)


def review_claim(
    office: Office, actor: Actor, document_id: str, claim_id: str, review: Review
) -> Acted:
    """Returns the act of deciding on a candidate, with the evidence that it becomes, together.

    The same decision again is done already. Another one takes the place of the one before; where
    that had become evidence, the evidence is taken back by two persons of the authority, as any
    other record is (``land.withdrawal``), or stays and is told of.
    """
    story = office.deskbook().documents.get(document_id)
    if story is not None and not reads_document(office, actor, story):
        # Another organisation's looks like what is not there.
        story = None
    found = None if story is None else _candidate(office, story, claim_id)
    if story is None or found is None:
        params: dict[str, str | int] = {"claim": claim_id[:120]}
        against_role = reads_documents(office, actor).reasons
        return Acted(rule([*against_role, Reason(_UNKNOWN, params)]))
    against = list(_faults(found, review))
    fact = _fact(story, found, review)
    known = _same(story, fact)
    if known is not None and not against:
        return Acted(reads_documents(office, actor), (known,), already=True)
    return _carried_out(office, actor, story, found, review, fact, against)


_UNKNOWN: Final = "service.claim.unknown"


def _carried_out(
    office: Office,
    actor: Actor,
    story: DocumentStory,
    found: Candidate,
    review: Review,
    fact: ClaimReviewed,
    against: list[Reason],
) -> Acted:
    number = len(story.reviews.get(found.claim_id, ())) + 1
    entry_id = f"claim:{found.claim_id}:{number}"
    warnings: list[Reason] = []
    meant: list[Meant] = []
    first_id = office.deskbook().copies.first(story.fact.document_id)
    evidence = _evidence(story, found, fact, first_id)
    if evidence is not None:
        stamp = Stamp(_since_us(story, fact), f"{entry_id}.evidence", standing=review.standing)
        meant.append(evidence_meant(evidence, stamp))
        if evidence.spot is None and fact.placed is not None:
            radius_km = -(-int(fact.placed.radius_m) // 1_000)
            warnings.append(Reason("service.claim.wide-place", {"radius_km": radius_km}))
    elif fact.decision in {"accepted", "edited"}:
        warnings.append(Reason("service.claim.reference-only", {"claim": found.claim_id}))
    before = found.review.evidence_id if found.review is not None else None
    if before is not None:
        withdrawal = _withdrawal(office, actor, story, found, review)
        if isinstance(withdrawal, Meant):
            meant.insert(0, withdrawal)
        elif fact.decision == "edited":
            # More is suspected than before, and nothing less.
            warnings.append(Reason("service.claim.evidence-stays", {"evidence": before}))
        else:
            against += withdrawal
    act = Meant(
        "review_claim",
        found.claim_id,
        fact,
        Stamp(entry_id=entry_id, standing=review.standing),
        rule(against),
        tuple(warnings),
    )
    return carry_out_together(office, actor, [act, *meant])


def _candidate(office: Office, story: DocumentStory, claim_id: str) -> Candidate | None:
    document = document_of(office, story.fact.document_id)
    text = "" if document is None else document.text
    listed = candidates_of(office, story, text)
    return next((each for each in listed if each.claim_id == claim_id), None)


def _faults(found: Candidate, review: Review) -> Iterator[Reason]:
    """Yields every reason why a decision cannot be taken as it is meant."""
    params: dict[str, str | int] = {"claim": found.claim_id}
    if review.decision in _NEEDS_WHY and not review.note.strip():
        yield Reason("service.claim.why", params)
    if len(review.note) > LONGEST_NOTE:
        yield Reason("service.claim.long-note", {"most": LONGEST_NOTE})
    if review.decision == "undone" and found.review is None:
        yield Reason("service.claim.nothing-to-undo", params)
    if review.decision == "edited" and not review.changes and review.place is None:
        yield Reason("service.claim.nothing-edited", params)
    if review.decision != "edited" and review.changes:
        yield Reason("service.claim.not-an-edit", params)
    yield from _code_faults(review)
    mention = found.claim.place.mention
    places = () if mention is None else mention.candidates
    if review.place is not None and not 0 <= review.place < len(places):
        yield Reason("service.claim.no-such-place", {**params, "n": len(places)})
    unsettled = review.placed is None and review.place is None and len(places) > 1
    if review.decision in {"accepted", "edited"} and unsettled and _is_evidence(found, review):
        yield Reason("service.claim.place-unsettled", {**params, "n": len(places)})


def _code_faults(review: Review) -> Iterator[Reason]:
    asked = [("event_type", review.event_type, get_args(EventType))]
    asked += [("hazards", each, get_args(HazardKind)) for each in review.hazards or ()]
    for field, value, known in asked:
        if value is not None and value not in known:
            params: dict[str, str | int] = {
                "field": field,
                "value": value[:60],
                "known": " ".join(known),
            }
            yield Reason("service.code.unknown", params)
    days = [_day(text) for text in (review.from_on, review.until_on) if text is not None]
    if None in days:
        told = f"{review.from_on or ''} {review.until_on or ''}".strip()
        yield Reason("service.document.day", {"text": told[:40]})
    elif len(days) == 2 and days[0] is not None and days[1] is not None and days[0] > days[1]:
        yield Reason("service.claim.days-turned", {"text": f"{days[0]} – {days[1]}"})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def becomes_evidence(claim: Claim) -> bool:
    """Returns whether a candidate, accepted as it stands, becomes evidence; else a reference."""
    return claim.polarity == "asserted" and claim.event_type in EVIDENCE_OF


def _is_evidence(found: Candidate, review: Review) -> bool:
    """Whether what is accepted tells as a fact of something that is evidence."""
    event = review.event_type or found.claim.event_type
    return found.claim.polarity == "asserted" and event in EVIDENCE_OF


def _fact(story: DocumentStory, found: Candidate, review: Review) -> ClaimReviewed:
    claim = found.claim
    last = story.reviews.get(found.claim_id)
    supersedes = last[-1].entry_id if last and found.review is not None else None
    note = review.note.strip() or None
    document_id = story.fact.document_id
    if review.decision not in {"accepted", "edited"}:
        return ClaimReviewed(
            found.claim_id, document_id, review.decision, note, supersedes=supersedes
        )
    number = len(last or ()) + 1
    evidence_id = f"{found.claim_id}:{number}" if _is_evidence(found, review) else None
    return ClaimReviewed(
        found.claim_id,
        document_id,
        review.decision,
        note,
        review.event_type or claim.event_type,
        tuple(each.kind for each in claim.hazards) if review.hazards is None else review.hazards,
        _placed(found, review),
        review.from_on or claim.time.start,
        review.until_on or claim.time.end,
        evidence_id,
        supersedes,
    )


def _placed(found: Candidate, review: Review) -> ClaimPlaced | None:
    if review.placed is not None:
        return review.placed
    mention = found.claim.place.mention
    places: tuple[PlaceCandidate, ...] = () if mention is None else mention.candidates
    number = review.place if review.place is not None else (0 if len(places) == 1 else None)
    if number is None or not 0 <= number < len(places):
        return None
    place = places[number]
    radius_m = Decimal(max(0, round(place.radius_km * 1_000)))
    return ClaimPlaced(Spot.of(place.lon_deg, place.lat_deg), radius_m, place.name, place.place_id)


def _same(story: DocumentStory, fact: ClaimReviewed) -> str | None:
    """The entry that says the same already, as the last word; None where none does."""
    said = story.reviews.get(fact.claim_id)
    last = said[-1].fact if said else None
    if not said or not isinstance(last, ClaimReviewed):
        return None
    names = ("decision", "note", "event_type", "hazards", "placed", "from_on", "until_on")
    same = all(getattr(last, name) == getattr(fact, name) for name in names)
    return said[-1].entry_id if same else None


def _evidence(
    story: DocumentStory, found: Candidate, fact: ClaimReviewed, first_id: str
) -> EvidenceRecorded | None:
    """The evidence that a decision makes: no word of the text, no outline, a point with a radius.

    Its source is the first of the document's copies, so that copies are one voice to whoever counts
    (``risk.testimony``).
    """
    if fact.evidence_id is None or fact.event_type is None:
        return None
    placed = fact.placed
    near = placed is not None and placed.radius_m <= PLACE_REACH_M
    return EvidenceRecorded(
        fact.evidence_id,
        EVIDENCE_OF[fact.event_type],
        SOURCE_KIND,
        placed.spot if placed is not None and near else None,
        None,
        placed.radius_m if placed is not None and near else None,
        story.fact.source_grade or UNJUDGED_SOURCE,
        UNJUDGED_CONTENT,
        None,
        f"document:{first_id}",
        None,
        _provenance(story, found, fact),
    )


def _provenance(story: DocumentStory, found: Candidate, fact: ClaimReviewed) -> str:
    """Where evidence comes from, as canonical JSON: hashes, places in the text, codes."""
    plain: dict[str, Any] = {
        "claim_id": found.claim_id,
        "document_sha256": story.fact.sha256,
        "text_sha256": story.fact.text_sha256,
        "start": found.claim.span.start,
        "end": found.claim.span.end,
        "producer": found.claim.producer,
        "published_on": story.fact.published_on,
        "publisher": story.fact.source,
        "event_type": fact.event_type,
        "hazards": list(fact.hazards or ()),
        "from_on": fact.from_on,
        "until_on": fact.until_on,
        "interest": found.claim.attribution.interest,
        "via": found.claim.attribution.via,
    }
    if fact.placed is not None:
        plain["place"] = {
            "name": fact.placed.name,
            "place_id": fact.placed.place_id,
            "lon_deg": fact.placed.spot.lon_deg,
            "lat_deg": fact.placed.spot.lat_deg,
            "radius_m": int(fact.placed.radius_m),
        }
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _since_us(story: DocumentStory, fact: ClaimReviewed) -> int:
    """Since when it counts: the first day told, else the day of publication, else always."""
    for text in (fact.from_on, story.fact.published_on):
        day = _day(text) if text is not None else None
        if day is not None:
            return max(date_us(day), BEGINNING_US)
    return BEGINNING_US


def _withdrawal(
    office: Office, actor: Actor, story: DocumentStory, found: Candidate, review: Review
) -> Meant | list[Reason]:
    """The act of taking back the evidence of the decision before, or why it stays."""
    assert found.review is not None and found.review.evidence_id is not None  # noqa: S101, PT018 - it has one
    number = len(story.reviews[found.claim_id])
    entry_id = f"claim:{found.claim_id}:{number}.evidence"
    fact = RecordWithdrawn(
        entry_id,
        f"desk-study:{story.fact.document_id}",
        "evidence",
        found.review.evidence_id,
        review.note.strip(),
        review.confirmed_by,
    )
    return _judged(office, actor, fact, review)


def _judged(
    office: Office, actor: Actor, fact: RecordWithdrawn, review: Review
) -> Meant | list[Reason]:
    joined, _ = without_withdrawn(office.register().facts_of(fact.subject_kind, fact.subject_id))
    against = list(withdrawal_faults(about_to_be(office, actor, fact, None), joined))
    if against:
        return against
    entry_id = f"undo:{fact.entry_id}"
    stamp = Stamp(entry_id=entry_id, standing=review.standing, second=review.second)
    return Meant("undo_import", fact.subject_id, fact, stamp)
