"""Documents at the desk: the list, one of them beside its candidates, and a decision on each.

The words of a document may endanger who spoke them: only who may decide on candidates reads them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import msgspec

from rafiqa.api.accessshape import Told
from rafiqa.api.act import actor_of, done
from rafiqa.api.ask import Ask
from rafiqa.api.deskstudyshape import (
    BlockTold,
    ClaimReview,
    ClaimTold,
    DocumentRow,
    DocumentSheet,
    HazardTold,
    PageTold,
    PlaceTold,
    ReviewSaid,
    StudyDocuments,
)
from rafiqa.api.filename import attachment
from rafiqa.api.importshape import Labelled
from rafiqa.api.problem import told_fault
from rafiqa.api.reply import RAW, Reply, reply
from rafiqa.api.session import second_person
from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault, Forbidden, InvalidInput, NotFound
from rafiqa.geo import Spot
from rafiqa.land import Actor, Reason, Recorded
from rafiqa.ledger import ClaimPlaced, ClaimReviewed, DocumentKept
from rafiqa.locale import text
from rafiqa.service import allow
from rafiqa.service.agreement import agreement_on
from rafiqa.service.claimreview import Review, becomes_evidence, review_claim
from rafiqa.service.deskbook import DocumentStory
from rafiqa.service.deskstudy import Candidate, candidates_of, document_of
from rafiqa.service.permit import AT_THE_MACHINE, Facts
from rafiqa.service.scope import brought_of, reads_document, reads_documents, sees_everything
from rafiqa.study.record import PlaceCandidate
from rafiqa.wire.answer import reason_json
from rafiqa.wire.document import Document
from rafiqa.wire.documentpicture import page_picture
from rafiqa.wire.instant import iso

SHOWN: Final = 100
PNG: Final = "image/png"
_NO_STORE: Final = {"Cache-Control": "no-store"}
_SHARE: Final = 0.5
_RIGHT_TO_LEFT: Final = frozenset({"ar", "ckb"})


def show_study(ask: Ask) -> Reply:
    """Returns documents that were read at a desk, those with something that waits first.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor's role reads no documents.
        InvalidInput: a page that is no number.
    """
    actor, grades = _may_read(ask), dictionary().lists["source_grade"]
    given = ask.query.get("skip", "0")
    if not (given.isdecimal() and len(given) < 10):
        raise InvalidInput(Fault("api.query.number", "skip", params={"name": "skip"}))
    office = ask.desk.office
    known = office.deskbook().documents.values()
    stories = [story for story in known if reads_document(office, actor, story)]
    stories.sort(key=lambda story: (not story.n_waiting, -story.first.seq))
    shown = stories[int(given) : int(given) + SHOWN]
    return reply(
        StudyDocuments(
            [_row(ask, story) for story in shown],
            len(stories),
            sum(story.n_waiting for story in stories),
            True,
            allow(actor, "keep_document", Facts(standing=ask.standing)).allowed,
            [Labelled(name, grades.label(name, ask.lang)) for name in grades.names],
        ),
        _NO_STORE,
    )


def show_study_document(ask: Ask) -> Reply:
    """Returns one document beside its candidates.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor's role reads no documents.
        NotFound: no such document.
    """
    _may_read(ask)
    story = _story(ask)
    office = ask.desk.office
    document = document_of(office, story.fact.document_id)
    words = "" if document is None else document.text
    claims = candidates_of(office, story, words)
    copies = _copies(ask, story)
    return reply(
        DocumentSheet(
            _row(ask, story),
            words,
            document is None,
            _leans(document),
            [] if document is None else [_block(block) for block in document.blocks],
            []
            if document is None
            else [PageTold(page.width_pt, page.height_pt) for page in document.pages],
            [] if document is None else list(document.readers),
            []
            if document is None
            else [told_fault(fault, ask.lang) for fault in document.warnings],
            [_claim(ask, story, document, each) for each in claims],
            [_row(ask, other) for other in copies],
            True,
            [],
        ),
        _NO_STORE,
    )


def show_study_original(ask: Ask) -> Reply:
    """Returns the bytes of a document as they came, only to be taken along.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor's role reads no documents.
        NotFound: no such document, or its bytes were erased.
    """
    _may_read(ask)
    story = _story(ask)
    content = _original(ask, story)
    kind = {"text": "txt", "picture": "img", "unknown": "bin"}.get(story.fact.kind, story.fact.kind)
    name = attachment(f"{story.fact.document_id}.{kind}")
    return Reply(content, RAW, headers={**_NO_STORE, **name})


def show_study_page(ask: Ask) -> Reply:
    """Returns the picture of one page of a PDF, drawn from the original.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor's role reads no documents.
        NotFound: no such document or page, or its bytes were erased.
    """
    _may_read(ask)
    story = _story(ask)
    picture = page_picture(_original(ask, story), int(ask.path["page"]))
    if picture is None:
        params: dict[str, str | int] = {"page": int(ask.path["page"])}
        raise NotFound(Fault("api.study.no-page", "page", params=params))
    return Reply(picture, PNG, headers=_NO_STORE)


def decide_on_claim(ask: Ask) -> Reply:
    """Returns the entry by which somebody decides on a candidate.

    Raises:
        Unknown: nobody is signed in, or the second person's login or password is wrong.
        Forbidden: the actor's role may not do this.
        Refused: a rule forbids it; every reason is listed.
    """
    actor, asked = actor_of(ask), ask.taken(ClaimReview)
    second = None if asked.second is None else second_person(ask, asked.second)
    placed = asked.placed
    given = (
        None
        if placed is None
        else ClaimPlaced(
            Spot.of(placed.lon_deg, placed.lat_deg),
            Decimal(round(placed.radius_km * 1_000)),
            placed.name.strip() or None,
        )
    )
    review = Review(
        asked.decision,
        asked.note,
        asked.event,
        asked.hazards,
        asked.place,
        given,
        asked.from_on,
        asked.until_on,
        None if second is None else second.actor,
        ask.standing,
        AT_THE_MACHINE if second is None else second.standing,
    )
    office = ask.desk.office
    return done(review_claim(office, actor, asked.document_id, ask.path["claim_id"], review))


def _may_read(ask: Ask) -> Actor:
    actor = actor_of(ask)
    ruling = reads_documents(ask.desk.office, actor)
    if not ruling.allowed:
        params: dict[str, str | int] = {"role": actor.role, "act": "review_claim"}
        raise Forbidden(Fault("service.permit.denied", params=params))
    return actor


def _story(ask: Ask) -> DocumentStory:
    document_id = ask.path["document_id"]
    office = ask.desk.office
    story = office.deskbook().documents.get(document_id)
    if story is None or not reads_document(office, actor_of(ask), story):
        params: dict[str, str | int] = {"document": document_id[:80]}
        raise NotFound(Fault("service.document.unknown", params=params))
    return story


def _original(ask: Ask, story: DocumentStory) -> bytes:
    parts = ask.desk.office.store.attachment(story.fact.sha256)
    if parts is None:
        params: dict[str, str | int] = {"sha256": story.fact.sha256}
        raise NotFound(Fault("store.attachment-unknown", "sha256", params=params))
    return b"".join(parts)


def _copies(ask: Ask, story: DocumentStory) -> list[DocumentStory]:
    """The documents that say the same, as far as whoever asks reads them."""
    office, actor = ask.desk.office, actor_of(ask)
    book = office.deskbook()
    others = (book.documents[other] for other in book.copies.of(story.fact.document_id))
    return [other for other in others if reads_document(office, actor, other)]


def _told(ask: Ask, reason: Reason) -> Told:
    return msgspec.convert(reason_json(reason, ask.lang), Told)


def _row(ask: Ask, story: DocumentStory) -> DocumentRow:
    kept = brought_of(ask.desk.office, actor_of(ask), story)
    fact, grades = kept.fact, dictionary().lists["source_grade"]
    assert isinstance(fact, DocumentKept)  # noqa: S101 - from the desk book
    # When it came first, as far as that was by the same hands.
    by_same = story.first.actor.organisation_id == kept.actor.organisation_id
    first = story.first if by_same else kept
    listed = story.candidates
    return DocumentRow(
        fact.document_id,
        fact.name,
        fact.kind,
        text(f"study.kind.{fact.kind}", {}, ask.lang),
        iso(first.recorded_at_us),
        fact.published_on,
        fact.source,
        None if fact.source_grade is None else grades.label(fact.source_grade, ask.lang),
        fact.n_bytes,
        0 if listed is None else len(listed.claim_ids),
        story.n_waiting,
        fact.n_doubtful,
        len(_copies(ask, story)),
        [told_fault(Fault(code), ask.lang) for code in fact.faults],
    )


def _leans(document: Document | None) -> bool:
    shares = dict(() if document is None else document.languages)
    return sum(shares.get(name, 0.0) for name in _RIGHT_TO_LEFT) >= _SHARE


def _block(block: Any) -> BlockTold:
    box = None if block.box_pt is None else list(block.box_pt)
    return BlockTold(block.start, block.end, block.kind, block.page, box, block.doubtful)


def _claim(
    ask: Ask, story: DocumentStory, document: Document | None, found: Candidate
) -> ClaimTold:
    claim, lang = found.claim, ask.lang
    mention = claim.place.mention
    block = None if document is None else document.block_at(claim.span.start)
    review, said = found.review, story.reviews.get(found.claim_id, [])
    return ClaimTold(
        id=found.claim_id,
        event=claim.event_type,
        event_text=text(f"study.event.{claim.event_type}", {}, lang),
        polarity=claim.polarity,
        polarity_text=text(f"study.polarity.{claim.polarity}", {}, lang),
        start=claim.span.start,
        end=claim.span.end,
        sentence_start=claim.sentence.start,
        sentence_end=claim.sentence.end,
        page=None if block is None else block.page,
        hazards=[
            HazardTold(
                each.kind,
                text(f"study.hazard.{each.kind}", {}, lang),
                each.span.start,
                each.span.end,
            )
            for each in claim.hazards
        ],
        place_start=None if mention is None else mention.span.start,
        place_end=None if mention is None else mention.span.end,
        places=[] if mention is None else [_place(each, lang) for each in mention.candidates],
        place_basis_text=text(f"study.place.{claim.place.basis}", {}, lang),
        time_start=None if claim.time.span is None else claim.time.span.start,
        time_end=None if claim.time.span is None else claim.time.span.end,
        from_on=claim.time.start,
        until_on=claim.time.end,
        time_basis_text=text(f"study.time.{claim.time.basis}", {}, lang),
        said_by_text=text(f"study.via.{claim.attribution.via}", {}, lang),
        flags=[_told(ask, Reason(f"study.flag.{flag}", {})) for flag in _flags(found)],
        producer=claim.producer,
        state=found.state,
        state_text=text(f"study.state.{found.state}", {}, lang),
        becomes="evidence" if becomes_evidence(claim) else "reference",
        n_agree=_n_agree(ask, story, found),
        chosen=None
        if review is None or review.placed is None
        else _chosen(review.placed, told=_is_told(ask, said[-1])),
        reviews=[_review(each, lang, told=_is_told(ask, each)) for each in said],
    )


def _flags(found: Candidate) -> list[str]:
    flags = list(found.claim.flags)
    if found.claim.attribution.interest == "self_report" and "self-report" not in flags:
        flags.append("self-report")
    return flags


def _n_agree(ask: Ask, story: DocumentStory, found: Candidate) -> int:
    if found.review is None or found.review.evidence_id is None:
        return 0
    return agreement_on(ask.desk.office.deskbook(), story, found.review).n_independent


def _place(place: PlaceCandidate, lang: str) -> PlaceTold:
    return PlaceTold(
        place.name,
        place.place_id,
        text(f"study.level.{place.level}", {}, lang),
        place.lon_deg,
        place.lat_deg,
        place.radius_km,
    )


def _chosen(placed: ClaimPlaced, *, told: bool) -> PlaceTold:
    return PlaceTold(
        (placed.name or "") if told else "",
        placed.place_id,
        None,
        placed.spot.lon_deg,
        placed.spot.lat_deg,
        float(placed.radius_m) / 1_000,
    )


def _is_told(ask: Ask, recorded: Recorded) -> bool:
    """Whether it is told why, by whom and in whose words: two may have brought one document."""
    actor = actor_of(ask)
    own = recorded.actor.organisation_id == actor.organisation_id
    return own or sees_everything(ask.desk.office, actor)


def _review(recorded: Recorded, lang: str, *, told: bool) -> ReviewSaid:
    fact = recorded.fact
    assert isinstance(fact, ClaimReviewed)  # noqa: S101 - from the desk book
    return ReviewSaid(
        iso(recorded.recorded_at_us),
        fact.decision,
        text(f"study.state.{fact.decision}", {}, lang),
        fact.note if told else "",
        recorded.actor.person_id if told else "",
        recorded.actor.organisation_id if told else "",
        recorded.actor.role if told else "",
        fact.evidence_id,
    )
