"""The folder of one works: every paper on record about it, by kind, oldest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

from rafiqa.land import Recorded
from rafiqa.recovery.sitefact import (
    ChanceFindAnswered,
    ChanceFound,
    EodSupportAgreed,
    RightsClaimed,
)

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Paper(Generic[F]):
    """One fact with where and when it stands in the ledger."""

    fact: F
    entry_id: str
    valid_at_us: int


@dataclass(slots=True)
class SiteFolder:
    """What is on record of one works as true at one time and known at one time."""

    papers: dict[type, list[Recorded]] = field(default_factory=dict)

    def add(self, record: Recorded) -> None:
        """Files a record behind those that came before it."""
        self.papers.setdefault(type(record.fact), []).append(record)

    def all_of(self, kind: type[F]) -> list[Paper[F]]:
        """Returns the papers of one kind, oldest first."""
        return [
            Paper(cast("F", record.fact), record.entry_id, record.valid_at_us)
            for record in self.papers.get(kind, ())
        ]

    def newest(self, kind: type[F]) -> Paper[F] | None:
        """Returns the newest paper of one kind, or None where there is none."""
        found = self.papers.get(kind)
        if not found:
            return None
        return Paper(cast("F", found[-1].fact), found[-1].entry_id, found[-1].valid_at_us)

    def claims(self) -> list[Paper[RightsClaimed]]:
        """Returns every claim to the land as it was told last."""
        return list({paper.fact.claim_id: paper for paper in self.all_of(RightsClaimed)}.values())

    def support(self, valid_at_us: int) -> Paper[EodSupportAgreed] | None:
        """Returns the ordnance team that stands by at a time; the one that stays longest.

        What was agreed last with a team holds: so an agreement is ended before its day.
        """
        agreed = self.all_of(EodSupportAgreed)
        newest = {(paper.fact.organisation_id, paper.fact.team): paper for paper in agreed}
        standing = [paper for paper in newest.values() if paper.fact.until_us >= valid_at_us]
        return max(standing, key=lambda paper: paper.fact.until_us, default=None)

    def open_finds(self) -> Iterator[Paper[ChanceFound]]:
        """Yields the finds that no later note of an ordnance team lets the works go on after.

        A find told again is open again: the note was about what was known before.
        """
        told = {paper.fact.find_id: paper for paper in self.all_of(ChanceFound)}
        answers = {paper.fact.find_id: paper for paper in self.all_of(ChanceFindAnswered)}
        for find_id, paper in told.items():
            answer = answers.get(find_id)
            answered = answer is not None and answer.valid_at_us >= paper.valid_at_us
            if answer is None or not answered or not answer.fact.may_go_on:
                yield paper
