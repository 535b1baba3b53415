"""Documents are kept, candidates proposed and decided on; a text raises and never lowers."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import get_args

from rafiqa.geo import Spot
from rafiqa.land import EvidenceRecorded, evidence_class
from rafiqa.ledger import ClaimPlaced, ClaimReviewed, DocumentKept
from rafiqa.risk.testimony import voices
from rafiqa.service import Acted, Office, erase_words
from rafiqa.service.agreement import agreement_on
from rafiqa.service.claimreview import EVIDENCE_OF, Review, review_claim
from rafiqa.service.deskmark import DeskMark
from rafiqa.service.deskstudy import (
    Provenance,
    candidates_of,
    document_id_of,
    document_of,
    keep_document,
    propose_claims,
)
from rafiqa.service.permit import Standing
from rafiqa.service.queue import queue_of
from rafiqa.study.record import EventType, Polarity, Span
from rafiqa.wire.claimcode import claims_bytes, claims_from
from rafiqa.wire.document import Document
from rafiqa.wire.documentworker import read
from rafiqa.wire.factcode import fact_bytes
from tests.unit.service.ground import (
    FIRST,
    INFORMATION,
    OPERATOR,
    SECOND,
    SURVEYOR,
    new_office,
    office_at,
    state_at,
)
from tests.unit.service.study import (
    BLAST,
    CITY,
    CLEARED,
    FAR_ORCHARD,
    INTERVIEW,
    MINES,
    ORCHARD,
    claim_in,
    claims_of,
    read_text_of,
    studied,
    with_places,
)


def codes(acted: Acted) -> list[str]:
    return [reason.code for reason in acted.reasons]


def evidence_in(office: Office) -> list[EvidenceRecorded]:
    register = office.register()
    return [
        item.fact for item in register.evidence.values() if isinstance(item.fact, EvidenceRecorded)
    ]


def test_the_original_and_its_text_are_kept_and_the_ledger_holds_no_word_of_them() -> None:
    office = new_office()
    document_id, ids = studied(office)
    story = office.deskbook().documents[document_id]
    parts = office.store.attachment(story.fact.sha256)
    assert parts is not None
    assert b"".join(parts) == INTERVIEW.encode()
    document = document_of(office, document_id)
    assert document == read_text_of(INTERVIEW)
    assert len(ids) == 4
    for entry in office.store.read():
        for words in (MINES, "البستان", "السكان"):
            assert words.encode() not in entry.body
    assert (story.fact.published_on, story.fact.source) == ("2024-10-20", "Old Town Radio")


def test_kept_again_it_is_one_document_and_the_last_word_on_it_counts() -> None:
    office = new_office()
    document_id, _ = studied(office)
    head = office.store.head()
    studied(office)
    assert office.store.head() == head
    told = Provenance("interview.txt", "2024-10-21", "Old Town Radio", "b")
    studied(office, told=told)
    (story,) = office.deskbook().documents.values()
    assert story.fact.document_id == document_id
    assert (story.fact.published_on, story.fact.source_grade) == ("2024-10-21", "b")


def test_what_cannot_be_read_is_kept_with_why() -> None:
    office = new_office()
    for content in (b"", b"%PDF-1.7 and nothing else", b"\x00\x01\x02\x03" * 400):
        document = read(content, "never")
        assert document.faults
        assert not document.text
        assert keep_document(office, INFORMATION, document, content).done
        story = office.deskbook().documents[document_id_of(document)]
        assert story.fact.faults == tuple(fault.code for fault in document.faults)
        kept = office.store.attachment(document.sha256)
        assert content == b"" or (kept is not None and b"".join(kept) == content)


def test_what_is_kept_must_be_what_was_read() -> None:
    office = new_office()
    document = read_text_of(INTERVIEW)
    head = office.store.head()
    acted = keep_document(office, INFORMATION, document, b"something else")
    assert codes(acted) == ["service.document.changed"]
    acted = keep_document(office, OPERATOR, document, INTERVIEW.encode())
    assert codes(acted) == ["service.permit.denied"]
    told = Provenance(published_on="17 October", source_grade="z")
    acted = keep_document(office, INFORMATION, document, INTERVIEW.encode(), told)
    assert codes(acted) == ["service.document.day", "service.code.unknown"]
    ended = Standing(frozenset({"passkey"}), ended=True)
    acted = keep_document(office, INFORMATION, document, INTERVIEW.encode(), standing=ended)
    assert codes(acted) == ["service.permit.ended"]
    # What was gone before it was read has no hash, and is no document without a name.
    gone = replace(document, sha256="", n_bytes=0, text="", blocks=())
    assert codes(keep_document(office, INFORMATION, gone, b"")) == ["service.document.changed"]
    nowhere = Path("/nowhere/gone.txt")
    acted = keep_document(office, INFORMATION, document, nowhere)
    assert codes(acted) == ["service.document.changed"]
    assert office.store.head() == head


def test_a_candidate_that_is_not_in_the_text_word_for_word_refuses_the_list() -> None:
    office = new_office()
    document_id, _ = studied(office)
    good = claims_of(INTERVIEW)
    mutated = [
        replace(good[3], quote=good[3].quote.replace("3", "4")),
        replace(good[0], quote=good[0].quote.replace("البستان", "الميدان")),
        replace(good[0], span=Span(good[0].span.start + 1, good[0].span.end)),
        replace(good[0], sentence=Span(0, 5)),
        with_surface(good[0], "حي الميدان"),
    ]
    head = office.store.head()
    for bad in mutated:
        acted = propose_claims(office, INFORMATION, document_id, [good[1], bad], "by-hand")
        assert codes(acted) == ["service.claim.not-quoted"]
    assert office.store.head() == head


def with_surface(claim, surface):
    mention = replace(claim.place.mention, surface=surface)
    return replace(claim, place=replace(claim.place, mention=mention))


def test_candidates_come_back_as_they_were_without_a_word_being_kept_of_them() -> None:
    claims = claims_of(INTERVIEW)
    content = claims_bytes(claims)
    assert claims_from(content, INTERVIEW) == claims
    assert MINES.encode() not in content
    erased = claims_from(content, "")
    assert [each.quote for each in erased] == [""] * len(claims)


def test_accepted_contamination_becomes_indirect_evidence_with_its_provenance() -> None:
    office = new_office()
    document_id, ids = studied(office)
    assert review_claim(office, SURVEYOR, document_id, ids[0], Review("accepted")).done
    (fact,) = evidence_in(office)
    assert evidence_class(fact) == "indirect"
    assert fact.shape is None
    assert fact.spot == Spot.of(ORCHARD.lon_deg, ORCHARD.lat_deg)
    assert fact.accuracy_m == Decimal(400)
    assert (fact.kind, fact.source_kind, fact.source_grade, fact.content_grade) == (
        *("statement", "former_record"),
        *("c", "g6"),
    )
    assert fact.text is None
    extra = json.loads(fact.extra or "")
    assert INTERVIEW[extra["start"] : extra["end"]] == MINES
    assert extra["document_sha256"] == office.deskbook().documents[document_id].fact.sha256
    again = review_claim(office, SURVEYOR, document_id, ids[0], Review("accepted"))
    assert again.done
    assert again.already
    assert len(evidence_in(office)) == 1


def test_no_kind_of_event_is_ever_more_than_indirect() -> None:
    for event, kind in EVIDENCE_OF.items():
        office = new_office()
        claim = claim_in(INTERVIEW, MINES, event)  # type: ignore[arg-type]
        document_id, ids = studied(office, claims=[claim])
        assert review_claim(office, INFORMATION, document_id, ids[0], Review("accepted")).done
        (fact,) = evidence_in(office)
        assert (fact.kind, evidence_class(fact)) == (kind, "indirect")


def test_only_what_is_told_as_a_fact_becomes_evidence() -> None:
    office = new_office()
    claims = [
        claim_in(INTERVIEW, MINES[: 25 + number], event, polarity)
        for event in get_args(EventType)
        for number, polarity in enumerate(get_args(Polarity)[:5])
    ]
    document_id, ids = studied(office, claims=claims)
    for claim_id, claim in zip(ids, claims, strict=True):
        acted = review_claim(office, INFORMATION, document_id, claim_id, Review("accepted"))
        assert acted.done
        becomes = claim.polarity == "asserted" and claim.event_type in EVIDENCE_OF
        told = [warning.code for warning in acted.warnings]
        assert told == ([] if becomes else ["service.claim.reference-only"])
    assert len(evidence_in(office)) == len(EVIDENCE_OF)


def test_a_text_that_claims_clearance_lowers_no_ground() -> None:
    office = office_at("area")
    before = state_at(office, 50, 50)
    claim = claim_in(INTERVIEW, CLEARED, "clearance_claimed")
    document_id, ids = studied(office, claims=[claim])
    account = office.book().register.areas["A1"].outline.area2_mm2
    assert review_claim(office, FIRST, document_id, ids[0], Review("accepted")).done
    assert state_at(office, 50, 50) == before
    assert office.book().register.areas["A1"].outline.area2_mm2 == account


def test_a_whole_town_marks_no_ground() -> None:
    office = new_office()
    claim = with_places(claim_in(INTERVIEW, MINES), CITY)
    document_id, ids = studied(office, claims=[claim])
    acted = review_claim(office, INFORMATION, document_id, ids[0], Review("accepted"))
    assert [each.code for each in acted.warnings] == ["service.claim.wide-place"]
    (fact,) = evidence_in(office)
    assert fact.spot is None
    assert fact.accuracy_m is None
    assert json.loads(fact.extra or "")["place"]["radius_m"] == 6000


def test_a_name_of_several_places_must_be_settled_by_whoever_accepts() -> None:
    office = new_office()
    claim = with_places(claim_in(INTERVIEW, MINES), ORCHARD, FAR_ORCHARD)
    document_id, ids = studied(office, claims=[claim])
    acted = review_claim(office, INFORMATION, document_id, ids[0], Review("accepted"))
    assert codes(acted) == ["service.claim.place-unsettled"]
    acted = review_claim(office, INFORMATION, document_id, ids[0], Review("accepted", place=2))
    assert "service.claim.no-such-place" in codes(acted)
    assert review_claim(office, INFORMATION, document_id, ids[0], Review("accepted", place=1)).done
    (fact,) = evidence_in(office)
    assert fact.spot == Spot.of(FAR_ORCHARD.lon_deg, FAR_ORCHARD.lat_deg)


def test_an_edit_takes_the_place_of_the_proposal_and_says_why() -> None:
    office = new_office()
    document_id, ids = studied(office)
    placed = ClaimPlaced(Spot.of(38.5505, 34.9005), Decimal(150), "المدرسة")
    bare = Review("edited", placed=placed)
    assert codes(review_claim(office, SURVEYOR, document_id, ids[0], bare)) == ["service.claim.why"]
    edit = replace(bare, note="by the school, as the sentence goes on", from_on="2024-10-01")
    assert review_claim(office, SURVEYOR, document_id, ids[0], edit).done
    (fact,) = evidence_in(office)
    assert (fact.spot, fact.accuracy_m) == (placed.spot, Decimal(150))
    story = office.deskbook().documents[document_id]
    last = story.last_review(ids[0])
    assert last is not None
    assert (last.decision, last.from_on, last.event_type) == (
        *("edited", "2024-10-01"),
        "contamination_reported",
    )
    # Another edit: what it was before stays suspected until two persons take it back.
    further = replace(edit, note="further north", from_on="2024-10-02")
    acted = review_claim(office, SURVEYOR, document_id, ids[0], further)
    assert [each.code for each in acted.warnings] == ["service.claim.evidence-stays"]
    assert len(evidence_in(office)) == 2
    said = story.reviews[ids[0]]
    fact_now = office.deskbook().documents[document_id].last_review(ids[0])
    assert fact_now is not None
    assert fact_now.supersedes == said[0].entry_id


def test_every_decision_but_a_plain_acceptance_says_why() -> None:
    office = new_office()
    document_id, ids = studied(office)
    for decision in ("rejected", "cannot_tell"):
        acted = review_claim(office, SURVEYOR, document_id, ids[0], Review(decision))
        assert codes(acted) == ["service.claim.why"]
    acted = review_claim(office, SURVEYOR, document_id, ids[0], Review("edited", "why"))
    assert codes(acted) == ["service.claim.nothing-edited"]
    turned = Review("edited", "why", from_on="2024-02-02", until_on="2024-02-01")
    acted = review_claim(office, SURVEYOR, document_id, ids[0], turned)
    assert codes(acted) == ["service.claim.days-turned"]
    bad = Review("edited", "why", event_type="love", hazards=("cake",), from_on="soon")
    acted = review_claim(office, SURVEYOR, document_id, ids[0], bad)
    assert codes(acted) == [*["service.code.unknown"] * 2, "service.document.day"]
    acted = review_claim(office, SURVEYOR, document_id, ids[0], Review("undone", "why"))
    assert codes(acted) == ["service.claim.nothing-to-undo"]
    assert not evidence_in(office)


def test_a_decision_is_taken_back_by_a_further_one() -> None:
    office = new_office()
    document_id, ids = studied(office)
    assert review_claim(office, SURVEYOR, document_id, ids[1], Review("rejected", "hearsay")).done
    assert office.deskbook().documents[document_id].n_waiting == 3
    assert review_claim(office, SURVEYOR, document_id, ids[1], Review("undone", "was not")).done
    story = office.deskbook().documents[document_id]
    assert story.n_waiting == 4
    assert [each.fact.decision for each in story.reviews[ids[1]]] == ["rejected", "undone"]  # type: ignore[attr-defined]


def test_evidence_is_taken_back_by_two_persons_of_the_authority_and_nobody_less() -> None:
    office = new_office()
    document_id, ids = studied(office)
    assert review_claim(office, INFORMATION, document_id, ids[0], Review("accepted")).done
    alone = Review("undone", "the wrong district")
    for actor in (INFORMATION, SURVEYOR, FIRST):
        acted = review_claim(office, actor, document_id, ids[0], alone)
        assert codes(acted) == ["land.withdrawal.unconfirmed"]
    same = replace(alone, confirmed_by=FIRST)
    acted = review_claim(office, FIRST, document_id, ids[0], same)
    assert codes(acted) == ["land.withdrawal.same-person"]
    assert len(evidence_in(office)) == 1
    both = replace(alone, confirmed_by=SECOND)
    assert review_claim(office, FIRST, document_id, ids[0], both).done
    assert not evidence_in(office)
    # And it can be accepted again, as evidence of its own.
    assert review_claim(office, INFORMATION, document_id, ids[0], Review("accepted")).done
    assert len(evidence_in(office)) == 1


def test_evidence_is_taken_back_with_the_factor_that_the_store_asks_for() -> None:
    """What raises hazard waits for no second factor; what takes evidence away does."""
    office = new_office()
    document_id, ids = studied(office)
    weak = Standing(frozenset({"password"}), asks="passkey")
    accepted = Review("accepted", standing=weak)
    assert review_claim(office, FIRST, document_id, ids[0], accepted).done
    both = Review("undone", "the wrong district", confirmed_by=SECOND, standing=weak)
    acted = review_claim(office, FIRST, document_id, ids[0], both)
    assert codes(acted) == ["service.permit.factor.passkey"]
    assert len(evidence_in(office)) == 1
    strong = replace(both, standing=Standing(frozenset({"passkey"}), asks="passkey"))
    assert review_claim(office, FIRST, document_id, ids[0], strong).done
    assert not evidence_in(office)


def test_candidates_wait_in_the_one_queue_until_each_was_decided_on() -> None:
    office = new_office()
    document_id, ids = studied(office)
    mark = DeskMark()
    (waiting,) = [each for each in queue_of(office, SURVEYOR, mark) if each.kind == "document"]
    assert (waiting.id, waiting.danger, waiting.says.params["n"]) == (document_id, "urgent", 4)
    assert not [each for each in queue_of(office, OPERATOR, mark) if each.kind == "document"]
    for claim_id in (ids[0], ids[3]):
        assert review_claim(office, SURVEYOR, document_id, claim_id, Review("accepted")).done
    (waiting,) = [each for each in queue_of(office, SURVEYOR, mark) if each.kind == "document"]
    assert (waiting.danger, waiting.says.params["n"]) == ("routine", 2)
    for claim_id in (ids[1], ids[2]):
        review = Review("cannot_tell", "no place")
        assert review_claim(office, SURVEYOR, document_id, claim_id, review).done
    assert not [each for each in queue_of(office, SURVEYOR, mark) if each.kind == "document"]


FILLER = " ".join(f"كلمة{number} في سطر طويل عن أعمال الري" for number in range(60))


def test_copies_are_one_voice_and_independent_documents_are_counted() -> None:
    office = new_office()
    texts = [
        f"{MINES} يوم أمس.\n{FILLER}",
        f"نقلا عن الوكالة\n{MINES} يوم أمس.\n{FILLER}",
        f"{MINES} كما أفاد فلاح من القرية المجاورة وقد طلب المساعدة.",
        f"وفي خبر آخر {MINES} بحسب سائق سيارة إسعاف.",
    ]
    sources = ["Agency", "Paper", "Radio", "Radio"]
    kept = []
    for text, source in zip(texts, sources, strict=True):
        told = Provenance(None, "2024-10-20", source, "c")
        document_id, (claim_id,) = studied(office, text, told, [claim_in(text, MINES)])
        assert review_claim(office, INFORMATION, document_id, claim_id, Review("accepted")).done
        kept.append((document_id, claim_id))
    book = office.deskbook()
    assert book.copies.of(kept[0][0]) == [kept[1][0]]
    counted = []
    for document_id, claim_id in kept:
        story = book.documents[document_id]
        last = story.last_review(claim_id)
        assert last is not None
        counted.append(agreement_on(book, story, last).n_independent)
    # The agency with its copy is one voice, the radio with its two documents another.
    assert counted == [1, 1, 1, 1]
    said = voices(office.facts(), office.book().register, office.frame, office.now_us())
    origins = [{name for name in each.said.origins if name.startswith("source:")} for each in said]
    assert origins[0] == origins[1]
    assert origins[0] != origins[2]


def test_erased_words_leave_the_document_on_record_and_its_evidence_too() -> None:
    office = new_office()
    document_id, ids = studied(office)
    assert review_claim(office, INFORMATION, document_id, ids[0], Review("accepted")).done
    story = office.deskbook().documents[document_id]
    for recorded in list(office.facts()):
        if recorded.entry_id.startswith(f"document:{document_id}:"):
            if isinstance(recorded.fact, DocumentKept):
                continue
            acted = erase_words(office, SECOND, recorded.entry_id, "asked by the person named")
            assert acted.done, acted.reasons
    assert document_of(office, document_id) is None
    assert office.store.attachment(story.fact.sha256) is None
    story = office.deskbook().documents[document_id]
    listed = candidates_of(office, story, "")
    assert [each.state for each in listed].count("accepted") == 1
    assert len(evidence_in(office)) == 1


def test_what_was_decided_reads_the_same_after_it_is_read_back() -> None:
    review = ClaimReviewed("c", "d", "edited", "why", "accident", ("mine",), None, "2024-01-01")
    assert fact_bytes(review) == fact_bytes(replace(review))
    assert BLAST in INTERVIEW
    assert isinstance(read_text_of(INTERVIEW), Document)
