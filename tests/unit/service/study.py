"""A document for the tests, and candidates of it made by hand."""

from __future__ import annotations

from dataclasses import replace

from rafiqa.land import Actor
from rafiqa.service import Office
from rafiqa.service.deskstudy import (
    Provenance,
    document_id_of,
    keep_document,
    propose_claims,
)
from rafiqa.study.record import (
    Attribution,
    Claim,
    ClaimPlace,
    ClaimTime,
    EventType,
    Hazard,
    PlaceCandidate,
    PlaceMention,
    Polarity,
    Span,
)
from rafiqa.wire.document import Document
from rafiqa.wire.documentworker import read
from tests.unit.service.ground import INFORMATION

INTERVIEW = """مقابلة مع بلدية المدينة القديمة.

قال أحد السكان إن الألغام ما زالت في حي البستان قرب المدرسة.
ونفت البلدية وجود ألغام في السوق.
وتمت عملية تطهير المنطقة من المتفجرات من قبل الفريق.
وقع انفجار لغم في حي البستان يوم 3 آذار 2024 وأصيب عامل.
هل توجد ألغام في الحقل؟
"""
ORCHARD = PlaceCandidate("q-1", "حي البستان", 38.551, 34.901, 0.4, "quarter")
FAR_ORCHARD = PlaceCandidate("q-2", "البستان", 38.9, 35.2, 0.5, "town")
CITY = PlaceCandidate("c-1", "المدينة القديمة", 38.55, 34.9, 6.0, "town")
MINES = "الألغام ما زالت في حي البستان"
DENIED = "ونفت البلدية وجود ألغام في السوق"
CLEARED = "وتمت عملية تطهير المنطقة من المتفجرات"
BLAST = "وقع انفجار لغم في حي البستان يوم 3 آذار 2024"


def read_text_of(text: str) -> Document:
    """What the worker reads of a plain text, in this process."""
    return read(text.encode(), "never")


def claim_in(
    text: str,
    quote: str,
    event: EventType = "contamination_reported",
    polarity: Polarity = "asserted",
    places: tuple[PlaceCandidate, ...] = (ORCHARD,),
    day: str | None = None,
) -> Claim:
    """A candidate whose quote stands in a text, with its line as the sentence."""
    start = text.index(quote)
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", start)
    at = quote.find("حي البستان")
    mention = None
    if at >= 0:
        span = Span(start + at, start + at + len("حي البستان"))
        mention = PlaceMention(span, "حي البستان", places)
    return Claim(
        event,
        polarity,
        quote,
        Span(start, start + len(quote)),
        Span(first, len(text) if last < 0 else last),
        "ar",
        (Hazard("mine", Span(start, start + len(quote.split(maxsplit=1)[0]))),),
        ClaimPlace(mention, "named" if mention else "none"),
        ClaimTime(None, day, day, "day" if day else "open", "explicit" if day else "none"),
        Attribution("resident"),
        0.5,
        ("by-hand",),
    )


def claims_of(text: str) -> list[Claim]:
    """The candidates of the interview."""
    return [
        claim_in(text, MINES),
        claim_in(text, DENIED, polarity="denied"),
        claim_in(text, CLEARED, "clearance_claimed"),
        claim_in(text, BLAST, "accident", day="2024-03-03"),
    ]


def studied(
    office: Office,
    text: str = INTERVIEW,
    told: Provenance | None = None,
    claims: list[Claim] | None = None,
    actor: Actor = INFORMATION,
) -> tuple[str, tuple[str, ...]]:
    """Keeps a text with its candidates; its id, and theirs."""
    document = read_text_of(text)
    told = told or Provenance("interview.txt", "2024-10-20", "Old Town Radio", "c")
    assert keep_document(office, actor, document, text.encode(), told).done
    document_id = document_id_of(document)
    found = claims_of(document.text) if claims is None else claims
    assert propose_claims(office, actor, document_id, found, "by-hand").done
    listed = office.deskbook().documents[document_id].candidates
    assert listed is not None
    return document_id, listed.claim_ids


def with_places(claim: Claim, *places: PlaceCandidate) -> Claim:
    """A candidate whose place may be any of these."""
    mention = claim.place.mention
    assert mention is not None
    return replace(claim, place=replace(claim.place, mention=replace(mention, candidates=places)))
