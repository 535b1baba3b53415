"""Keep a document that was read at a desk, and propose what its sentences may say.

The original and its text lie beside the ledger as attachments, where they can be erased; the ledger
holds their hashes, who published it and when, and places in the text. A proposal changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

from rafiqa.dictionary import dictionary
from rafiqa.land import Actor, Reason, rule
from rafiqa.ledger import AttachmentNamed, ClaimReviewed, ClaimsProposed, DocumentKept
from rafiqa.service.act import Meant, Stamp, carry_out, carry_out_together
from rafiqa.service.attaching import bring_parts
from rafiqa.service.deskbook import DocumentStory
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import AT_THE_MACHINE, Facts, Standing, allow
from rafiqa.study.copy import packed, sketch_of
from rafiqa.study.record import Claim, Span
from rafiqa.wire.claimcode import claims_bytes, claims_from
from rafiqa.wire.document import Document, document_bytes, document_from
from rafiqa.wire.studyjson import claim_id

ClaimState = Literal["waiting", "accepted", "edited", "rejected", "cannot_tell"]
DANGEROUS: Final = frozenset({"contamination_reported", "accident", "detonation"})
"""What a candidate tells of that waits for nobody's leisure, where it tells of it as a fact."""
TEXT_TYPE: Final = "application/vnd.rafiqa.document+json"
MEDIA_TYPES: Final = {
    "text": "text/plain",
    "html": "text/html",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "picture": "image/*",
    "unknown": "application/octet-stream",
}
_ID_LETTERS: Final = 32
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_NAME_LETTERS: Final = 200


@dataclass(frozen=True, slots=True)
class Provenance:
    """What is said of a document by who brings it.

    Attributes:
        name: the file's own name.
        published_on: the day on which it came out, ISO 8601.
        source: who published it: an organisation, never a person.
        source_grade: how reliable that source is.
    """

    name: str | None = None
    published_on: str | None = None
    source: str | None = None
    source_grade: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate with the last word on it.

    Attributes:
        claim_id: its id, the same whenever the same clause is read as the same event.
        claim: what was proposed.
        state: ``waiting`` until somebody decided.
        review: the decision that stands; None where it waits.
    """

    claim_id: str
    claim: Claim
    state: ClaimState
    review: ClaimReviewed | None


def document_id_of(document: Document) -> str:
    """Returns the id under which a document is kept: the same bytes are the same document."""
    return document.sha256[:_ID_LETTERS]


def keep_document(
    office: Office,
    actor: Actor,
    document: Document,
    original: Path | bytes,
    told: Provenance | None = None,
    standing: Standing = AT_THE_MACHINE,
) -> Acted:
    """Returns the act of keeping a document with its text; done already where it is the same.

    What could not be read is kept all the same, with the codes of why. Kept again with another
    publisher or day, the last word counts and the document stays one.

    Args:
        office: the open store.
        actor: who brings it.
        document: what was read of it.
        original: its bytes, or where they lie.
        told: what is said of it.
        standing: how the actor proved who they are.
    """
    told = told or Provenance()
    known = Facts(standing=standing)
    against = [*allow(actor, "keep_document", known).reasons, *_told_faults(told)]
    if not document.sha256:
        # It was gone before it was read: there is nothing by which to name it.
        name: dict[str, str | int] = {"document": (told.name or "")[:80]}
        against.append(Reason("service.document.changed", name))
    if against:
        # Before any byte is kept: who may not keep leaves nothing in the store.
        return Acted(rule(against))
    document_id, text = document_id_of(document), document_bytes(document)
    sketch = sketch_of(document.text)
    fact = DocumentKept(
        document_id,
        document.sha256,
        document.n_bytes,
        document.kind,
        sha256(text).hexdigest(),
        document.n_doubtful,
        packed(sketch),
        sketch.n_runs,
        (told.name or "")[:_NAME_LETTERS] or None,
        told.published_on,
        told.source,
        told.source_grade,
        tuple(fault.code for fault in document.faults),
    )
    if not _keep_original(office, document, original):
        params: dict[str, str | int] = {"document": document_id}
        return Acted(rule([Reason("service.document.changed", params)]))
    office.store.put_attachment(text)
    return carry_out_together(office, actor, list(_kept(fact, len(text), actor, standing)))


def _told_faults(told: Provenance) -> Iterator[Reason]:
    if told.published_on is not None and not _is_day(told.published_on):
        yield Reason("service.document.day", {"text": told.published_on[:40]})
    grades = dictionary().lists["source_grade"].names
    if told.source_grade is not None and told.source_grade not in grades:
        params: dict[str, str | int] = {
            "field": "source_grade",
            "value": told.source_grade[:40],
            "known": " ".join(grades),
        }
        yield Reason("service.code.unknown", params)


def _is_day(text: str) -> bool:
    try:
        return bool(_DAY.fullmatch(text)) and date.fromisoformat(text) is not None
    except ValueError:
        return False


def _keep_original(office: Office, document: Document, original: Path | bytes) -> bool:
    """Whether the store now holds the bytes that were read; an empty document has none."""
    if document.n_bytes == 0:
        return True
    if isinstance(original, bytes):
        if sha256(original).hexdigest() != document.sha256:
            return False
        office.store.put_attachment(original)
        return True
    try:
        n_bytes = original.stat().st_size
    except OSError:
        # Gone since it was read.
        return False
    progress = office.store.await_attachment(document.sha256, document.n_bytes)
    if n_bytes != document.n_bytes:
        return False
    if progress.missing:
        progress = bring_parts(office, original, document.sha256)
    return progress.whole or progress.erased


def _kept(fact: DocumentKept, text_bytes: int, actor: Actor, standing: Standing) -> Iterator[Meant]:
    """Yields what goes into the ledger together: the document, and the names of its two files."""
    # Brought by another organisation it is another act: whoever brought it reads it.
    said = f"{actor.organisation_id} {fact!r}"
    digest = sha256(said.encode("utf-8")).hexdigest()[:12]
    first = f"document:{fact.document_id}"
    own = Stamp(entry_id=f"{first}:{digest}", standing=standing)
    yield Meant("keep_document", fact.document_id, fact, own)
    files = [(fact.text_sha256, text_bytes, TEXT_TYPE, "text")]
    if fact.n_bytes:
        files.insert(0, (fact.sha256, fact.n_bytes, MEDIA_TYPES[fact.kind], "original"))
    for hashed, n_bytes, media_type, part in files:
        named = AttachmentNamed(fact.document_id, hashed, n_bytes, media_type, part)
        stamp = Stamp(entry_id=f"{first}:{part}:{hashed[:12]}", standing=standing)
        yield Meant("attach", fact.document_id, named, stamp)


def propose_claims(
    office: Office,
    actor: Actor,
    document_id: str,
    claims: Sequence[Claim],
    producer: str,
    standing: Standing = AT_THE_MACHINE,
) -> Acted:
    """Returns the act of proposing candidates of a document; nothing follows from them.

    Each is held against the text once more, whoever proposes it: a quote that is not there word
    for word is refused, and with it the whole list.

    Args:
        office: the open store.
        actor: who had the document read.
        document_id: the document, kept before.
        claims: the candidates.
        producer: what found them, with its version.
        standing: how the actor proved who they are.
    """
    document = document_of(office, document_id)
    params: dict[str, str | int] = {"document": document_id[:80]}
    denied = allow(actor, "propose_claims", Facts(standing=standing)).reasons
    if document is None:
        return Acted(rule([*denied, Reason("service.document.unknown", params)]))
    against = [
        Reason("service.claim.not-quoted", {**params, "start": claim.span.start})
        for claim in claims
        if not _is_quoted(claim, document.text)
    ]
    content = claims_bytes(claims)
    ids = list(_claim_ids(document_id, claims))
    dangerous = [
        named
        for named, claim in zip(ids, claims, strict=True)
        if claim.event_type in DANGEROUS and claim.polarity == "asserted"
    ]
    digest = sha256(content).hexdigest()
    fact = ClaimsProposed(document_id, producer, digest, tuple(ids), tuple(dangerous))
    if not denied and not against:
        office.store.put_blob(content)
    entry_id = f"claims:{document_id}:{digest[:16]}:{producer}"[:200]
    stamp = Stamp(entry_id=entry_id, standing=standing)
    return carry_out(
        office, actor, "propose_claims", document_id, fact, stamp=stamp, ruling=rule(against)
    )


def _is_quoted(claim: Claim, text: str) -> bool:
    span, sentence = claim.span, claim.sentence
    mention = claim.place.mention
    named = mention is None or text[mention.span.start : mention.span.end] == mention.surface
    within = _is_within(span, sentence) and _is_within(sentence, Span(0, len(text)))
    return within and bool(claim.quote) and text[span.start : span.end] == claim.quote and named


def _is_within(span: Span, other: Span) -> bool:
    return other.start <= span.start < span.end <= other.end


def _claim_ids(document_id: str, claims: Sequence[Claim]) -> Iterator[str]:
    """Yields ids that are the same whenever the same clause is read as the same event."""
    seen: dict[str, int] = {}
    for claim in claims:
        name = claim_id(claim, document_id)
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name}~{seen[name]}"


def keep_study(
    office: Office,
    actor: Actor,
    document: Document,
    original: Path | bytes,
    told: Provenance,
    claims: Sequence[Claim],
    producer: str,
    standing: Standing = AT_THE_MACHINE,
) -> Acted:
    """Returns the last of two acts: a document is kept, and its candidates are proposed.

    Of one that could not be read the first alone.
    """
    kept = keep_document(office, actor, document, original, told, standing)
    if not kept.done or document.faults:
        return kept
    return propose_claims(office, actor, document_id_of(document), claims, producer, standing)


def document_of(office: Office, document_id: str) -> Document | None:
    """Returns what was read of a document that is kept; None where it is not, or was erased."""
    story = office.deskbook().documents.get(document_id)
    parts = None if story is None else office.store.attachment(story.fact.text_sha256)
    return None if parts is None else document_from(b"".join(parts))


def candidates_of(office: Office, story: DocumentStory, text: str) -> list[Candidate]:
    """Returns the candidates of a document with the last word on each, in the order of the text.

    Args:
        office: the open store.
        story: the document.
        text: what was read of it; empty where it was erased.
    """
    listed = story.candidates
    content = None if listed is None else office.store.blob(listed.claims_sha256)
    if listed is None or content is None:
        return []
    claims = claims_from(content, text)
    found = [
        Candidate(named, claim, *_said(story, named))
        for named, claim in zip(listed.claim_ids, claims, strict=True)
    ]
    return sorted(found, key=lambda each: (each.claim.span.start, each.claim_id))


def _said(story: DocumentStory, named: str) -> tuple[ClaimState, ClaimReviewed | None]:
    review = story.last_review(named)
    if review is None or review.decision == "undone":
        return "waiting", None
    return review.decision, review
