"""The desk book: documents, what was proposed from them and what was said of it, kept up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rafiqa.land import Recorded
from rafiqa.ledger import ClaimReviewed, ClaimsProposed, DocumentKept
from rafiqa.study.copy import Copies, unpacked

ENDS = frozenset({"accepted", "edited", "rejected", "cannot_tell"})
"""Decisions after which a candidate waits for nobody."""


@dataclass(slots=True, eq=False)
class DocumentStory:
    """A document with all that came of it.

    Attributes:
        first: how it came first; the last word of who published it and when may be a later one.
        kept: the last word.
        proposed: every list of candidates, oldest first.
        reviews: by candidate, oldest first.
        brought: by organisation, its own last word; the same bytes may come from several.
    """

    first: Recorded
    kept: Recorded
    proposed: list[Recorded] = field(default_factory=list)
    reviews: dict[str, list[Recorded]] = field(default_factory=dict)
    brought: dict[str, Recorded] = field(default_factory=dict)

    @property
    def kept_by(self) -> frozenset[str]:
        """The organisations that brought it."""
        return frozenset(self.brought)

    @property
    def fact(self) -> DocumentKept:
        """What is known of the document."""
        assert isinstance(self.kept.fact, DocumentKept)  # noqa: S101 - from take
        return self.kept.fact

    @property
    def candidates(self) -> ClaimsProposed | None:
        """The newest list of candidates; None where nobody looked for any."""
        fact = self.proposed[-1].fact if self.proposed else None
        return fact if isinstance(fact, ClaimsProposed) else None

    def last_review(self, claim_id: str) -> ClaimReviewed | None:
        """Returns the last word on a candidate; None where there is none, or it was taken back."""
        found = self.reviews.get(claim_id)
        fact = found[-1].fact if found else None
        ended = isinstance(fact, ClaimReviewed) and fact.decision in ENDS
        return fact if ended and isinstance(fact, ClaimReviewed) else None

    @property
    def n_waiting(self) -> int:
        """How many candidates wait for a person."""
        listed = self.candidates
        if listed is None:
            return 0
        ended = sum(self.last_review(claim_id) is not None for claim_id in listed.claim_ids)
        return len(listed.claim_ids) - ended

    @property
    def is_dangerous(self) -> bool:
        """Whether a candidate that waits tells of a hazard or of an accident."""
        listed = self.candidates
        told = () if listed is None else listed.dangerous_ids
        return any(self.last_review(claim_id) is None for claim_id in told)


@dataclass(slots=True, eq=False)
class DeskBook:
    """Everything known of documents.

    Attributes:
        documents: by id, oldest first.
        copies: which of them say the same.
    """

    seq: int = 0
    documents: dict[str, DocumentStory] = field(default_factory=dict)
    copies: Copies = field(default_factory=Copies)

    def take(self, facts: Iterable[Recorded]) -> None:
        """Takes in further facts, in the order of the ledger."""
        for recorded in facts:
            self.seq = recorded.seq
            match recorded.fact:
                case DocumentKept() as fact:
                    self._kept(recorded, fact)
                case ClaimsProposed() as fact if fact.document_id in self.documents:
                    self.documents[fact.document_id].proposed.append(recorded)
                case ClaimReviewed() as fact if fact.document_id in self.documents:
                    story = self.documents[fact.document_id]
                    story.reviews.setdefault(fact.claim_id, []).append(recorded)

    def _kept(self, recorded: Recorded, fact: DocumentKept) -> None:
        story = self.documents.setdefault(fact.document_id, DocumentStory(recorded, recorded))
        story.kept = recorded
        story.brought[recorded.actor.organisation_id] = recorded
        self.copies.add(fact.document_id, unpacked(fact.sketch, fact.n_runs))

    def accepted(self) -> Iterator[tuple[DocumentStory, ClaimReviewed]]:
        """Yields every candidate that stands accepted, with its document."""
        for story in self.documents.values():
            for claim_id in story.reviews:
                last = story.last_review(claim_id)
                if last is not None and last.decision in {"accepted", "edited"}:
                    yield story, last
