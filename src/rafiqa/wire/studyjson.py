"""Claims of a document as JSON, field by field as the public contract has them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, Final

from rafiqa.study.name import masked
from rafiqa.study.record import Claim, ClaimPlace, ClaimTime, PlaceCandidate, Span

_ID_LETTERS: Final = 16


def record_json(
    claim: Claim, doc_sha256: str, version: str, names: Sequence[Span] = ()
) -> dict[str, Any]:
    """Returns one claim as a record: offsets are code points of the text that was read.

    Where the quote holds a personal name, ``quote_masked`` is what may leave the house.
    """
    producer = f"{claim.producer}@{version}" if claim.producer == "rules" else claim.producer
    said = claim.attribution
    record: dict[str, Any] = {
        "id": claim_id(claim, doc_sha256),
        "doc_sha256": doc_sha256,
        "producer": producer,
        "quote": claim.quote,
        "start": claim.span.start,
        "end": claim.span.end,
        "sentence_start": claim.sentence.start,
        "sentence_end": claim.sentence.end,
        "language": claim.language,
        "event_type": claim.event_type,
        "hazard": [{"type": each.kind, "span": _span(each.span)} for each in claim.hazards],
        "polarity": claim.polarity,
        "place": _place(claim.place),
        "time": _time(claim.time),
        "source": {
            "speaker_role": said.speaker_role,
            "organisation_span": _span(said.organisation_span),
            "via": said.via,
            "interest": said.interest,
        },
        "confidence": claim.rank,
        "reasons": list(claim.reasons),
        "flags": list(claim.flags),
        "state": "proposed",
    }
    if "personal-name" in claim.flags:
        record["quote_masked"] = masked(claim.quote, claim.span.start, names)
    return record


def claim_id(claim: Claim, doc_sha256: str) -> str:
    """Returns the id of a claim: the same for the same clause read as the same event."""
    told = (
        doc_sha256,
        claim.producer,
        claim.event_type,
        claim.polarity,
        claim.span.start,
        claim.span.end,
    )
    return sha256("\n".join(map(str, told)).encode("utf-8")).hexdigest()[:_ID_LETTERS]


def records_json(
    claims: Iterable[Claim], doc_sha256: str, version: str, names: Sequence[Span] = ()
) -> list[dict[str, Any]]:
    """Returns claims as records, in their order."""
    return [record_json(claim, doc_sha256, version, names) for claim in claims]


def _span(span: Span | None) -> list[int] | None:
    return None if span is None else [span.start, span.end]


def _place(place: ClaimPlace) -> dict[str, Any]:
    mention = place.mention
    return {
        "span": _span(mention.span) if mention else None,
        "surface": mention.surface if mention else None,
        "candidates": [_candidate(each) for each in mention.candidates] if mention else [],
        "basis": place.basis,
    }


def _candidate(place: PlaceCandidate) -> dict[str, Any]:
    return {
        "id": place.place_id,
        "name": place.name,
        "lat": place.lat_deg,
        "lon": place.lon_deg,
        "radius_km": place.radius_km,
        "level": place.level,
        "within": list(place.within),
    }


def _time(time: ClaimTime) -> dict[str, Any]:
    return {
        "span": _span(time.span),
        "start": time.start,
        "end": time.end,
        "precision": time.precision,
        "basis": time.basis,
        "inferred_from": _span(time.inferred_from),
    }
