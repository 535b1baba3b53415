"""The folder of one works: every paper on record about it, by kind, oldest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

from rafiqa.land import Recorded
from rafiqa.recovery.lastword import last_words, last_words_by, replaces
from rafiqa.recovery.sitefact import (
    BombSearched,
    ChanceFindAnswered,
    ChanceFound,
    EodSupportAgreed,
    PictureKept,
    RightsClaimed,
)

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Paper(Generic[F]):
    """One fact with where and when it stands in the ledger, and who put it there."""

    fact: F
    entry_id: str
    valid_at_us: int
    seq: int = 0
    persons: frozenset[str] = frozenset()


@dataclass(slots=True)
class SiteFolder:
    """What is on record of one works as true at one time and known at one time."""

    papers: dict[type, list[Recorded]] = field(default_factory=dict)

    def copied(self) -> SiteFolder:
        """Returns another with the same in it."""
        return SiteFolder({kind: list(records) for kind, records in self.papers.items()})

    def add(self, record: Recorded) -> None:
        """Files a record behind those that came before it."""
        self.papers.setdefault(type(record.fact), []).append(record)

    def all_of(self, kind: type[F]) -> list[Paper[F]]:
        """Returns the papers of one kind, oldest first."""
        return [
            Paper(
                cast("F", record.fact),
                record.entry_id,
                record.valid_at_us,
                record.seq,
                record.actor.persons,
            )
            for record in self.papers.get(kind, ())
        ]

    def standing(self, kind: type[F]) -> list[Paper[F]]:
        """Returns the papers of one kind that no later one replaces, oldest first.

        Of papers told in order that is the newest; one told late with an earlier day stands
        beside it, and the worst of them counts.
        """
        return last_words(self.all_of(kind))

    def newest(self, kind: type[F]) -> Paper[F] | None:
        """Returns the newest paper of one kind, or None where there is none."""
        found = self.all_of(kind)
        return found[-1] if found else None

    def claims(self) -> list[Paper[RightsClaimed]]:
        """Returns every claim to the land as it was told last."""
        return last_words_by(self.all_of(RightsClaimed), lambda paper: paper.fact.claim_id)

    def searches(self) -> list[Paper[BombSearched]]:
        """Returns every search for bombs as it was told last."""
        return last_words_by(self.all_of(BombSearched), lambda paper: paper.fact.search_id)

    def shown_pictures(self) -> list[Paper[PictureKept]]:
        """Returns the pictures whose last word is consent to show them, oldest first.

        Consent can be taken back: told late, it is taken back all the same.
        """
        kept = last_words_by(self.all_of(PictureKept), lambda paper: paper.fact.sha256)
        closed = {paper.fact.sha256 for paper in kept if paper.fact.consent != "yes"}
        return [paper for paper in kept if paper.fact.sha256 not in closed]

    def support(self, valid_at_us: int) -> Paper[EodSupportAgreed] | None:
        """Returns the ordnance team that stands by at a time; the one that stays longest.

        What was agreed last with a team holds: so an agreement is ended before its day.
        """
        agreed = last_words_by(
            self.all_of(EodSupportAgreed),
            lambda paper: (paper.fact.organisation_id, paper.fact.team),
        )
        over = {
            (paper.fact.organisation_id, paper.fact.team)
            for paper in agreed
            if paper.fact.until_us < valid_at_us
        }
        standing = [
            paper for paper in agreed if (paper.fact.organisation_id, paper.fact.team) not in over
        ]
        return max(standing, key=lambda paper: paper.fact.until_us, default=None)

    def open_finds(self) -> Iterator[Paper[ChanceFound]]:
        """Yields the finds that no later note of an ordnance team lets the works go on after.

        A find told again is open again: the note was about what was known before. A note counts
        from somebody else than whoever told of the find, and while none after it says stop.
        """
        if ChanceFound not in self.papers:
            return
        told: dict[str, list[Paper[ChanceFound]]] = {}
        notes: dict[str, list[Paper[ChanceFindAnswered]]] = {}
        for found in self.all_of(ChanceFound):
            told.setdefault(found.fact.find_id, []).append(found)
        for note in self.all_of(ChanceFindAnswered):
            notes.setdefault(note.fact.find_id, []).append(note)
        for find_id, papers in told.items():
            if not _lets_go_on(papers, notes.get(find_id, [])):
                yield papers[-1]


def _lets_go_on(told: list[Paper[ChanceFound]], notes: list[Paper[ChanceFindAnswered]]) -> bool:
    """Returns whether the last word on a find is that the works may go on."""
    tellers: frozenset[str] = frozenset().union(*(paper.persons for paper in told))
    return any(
        note.fact.may_go_on
        and note.persons.isdisjoint(tellers)
        and all(replaces(note, paper) for paper in told)
        and all(each.fact.may_go_on or replaces(note, each) for each in notes)
        for note in notes
    )
