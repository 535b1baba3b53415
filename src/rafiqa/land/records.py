"""Records: everything on record by id, as known at one place in the ledger.

Looks up the docket of an id and walks that docket alone; nothing is copied together, so that a
fact more costs what it touches. Whoever goes through all of a kind pays for all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from rafiqa.land.fact import Recorded, ReleaseProposed, ReleaseTransferred, WorkedPart, WorkReported
from rafiqa.land.history import LandHistory
from rafiqa.land.precedence import Dated
from rafiqa.land.register import (
    AreaRecord,
    Lower,
    Raise,
    Reclass,
    Register,
    ReleaseRecord,
    StructureRecord,
    UnitRecord,
    WithoutEffect,
)
from rafiqa.land.rule import ReleaseCase

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ById(Mapping[str, T], Generic[T]):
    """One table of the register over all dockets: found by id, in order of first mention.

    Attributes:
        history: where the dockets are.
        seq: the place in the ledger.
        kind: the kind of id that the table is keyed by.
        table: the table's name in ``Register``.
    """

    history: LandHistory
    seq: int
    kind: str
    table: str

    def __getitem__(self, id_: str) -> T:
        docket = self.history.docket(self.kind, id_, self.seq)
        if docket is None:
            raise KeyError(id_)
        found: T = getattr(docket.register(self.seq), self.table)[id_]
        return found

    def __iter__(self) -> Iterator[str]:
        return (id_ for id_ in self.history.ids(self.kind) if id_ in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Records:
    """The register of everything known at a place in the ledger, docket by docket.

    The tables are those of ``Register``.
    """

    def __init__(self, history: LandHistory, seq: int) -> None:
        self.history = history
        self.seq = seq
        self.areas = self._table("area", "areas", AreaRecord)
        self.evidence = self._table("evidence", "evidence", Recorded)
        self.evidence_said = self._table("evidence", "evidence_said", list[Recorded])
        self.tasks = self._table("task", "tasks", list[Recorded])
        self.works = self._table("work", "works", Recorded)
        self.inspections = self._table("work", "inspections", list[Recorded])
        self.failed = self._table("inspection", "failed", Recorded)
        self.releases = self._table("release", "releases", ReleaseRecord)
        self.releases_of = self._table("work", "releases_of", list[ReleaseRecord])
        self.decisions = self._table("release", "decisions", list[Recorded])
        self.parts: ById[tuple[WorkedPart | ReleaseTransferred, Recorded]]
        self.parts = ById(history, seq, "part", "parts")
        self.structures = self._table("structure", "structures", StructureRecord)
        self.units = self._table("unit", "units", list[UnitRecord])
        self.reopenings = self._table("reopening", "reopenings", Recorded)
        self.accidents = self._table("accident", "accidents", Recorded)
        self.reports = self._table("report", "reports", Recorded)
        self.answers = self._table("report", "answers", list[Recorded])
        links = list[tuple[Recorded, str]]
        self.evidence_links = self._table("area", "evidence_links", links)
        self.assessments = self._table("assessment", "assessments", list[Recorded])
        self.handovers = self._table("area", "handovers", list[Recorded])
        self.completions = self._table("completion", "completions", Recorded)
        self.approvals = self._table("entry", "approvals", list[Recorded])
        self.certificates = self._table("certificate", "certificates", Recorded)
        moves = self._table("certificate", "certificate_moves", list[Recorded])
        self.certificate_moves = moves
        self.accreditations = self._table("organisation", "accreditations", list[Recorded])
        self.visits = self._table("visit", "visits", list[Recorded])
        acts = self._table("nonconformity", "nonconformity_acts", list[Recorded])
        self.nonconformity_acts = acts
        self.lots_said = self._table("lot", "lots_said", list[Recorded])
        self.reviews = self._table("lot", "reviews", list[Recorded])

    def _table(self, kind: str, table: str, _of: type[T]) -> ById[T]:
        return ById[T](self.history, self.seq, kind, table)

    @property
    def site(self) -> Recorded | None:
        """The opening of the site, where it was on record by then."""
        site = self.history.site
        return site if site is not None and site.seq <= self.seq else None

    @property
    def without_effect(self) -> list[WithoutEffect]:
        """Every fact that changes nothing, and why, in the order of the ledger."""
        found = {
            # What several dockets hear is without effect in each of them alike.
            (item.recorded.seq, item.reasons[0].code if item.reasons else ""): item
            for docket in self.history.dockets(self.seq)
            for item in docket.register(self.seq).without_effect
        }
        return [found[key] for key in sorted(found)]

    @property
    def raises(self) -> list[Raise]:
        """Everything that puts ground to hazard, true when then sequence."""
        registers = (docket.register(self.seq) for docket in self.history.dockets(self.seq))
        return sorted((item for each in registers for item in each.raises), key=_moment)

    @property
    def lowers(self) -> list[Lower]:
        """Everything that takes ground off hazard, true when then sequence."""
        registers = (docket.register(self.seq) for docket in self.history.dockets(self.seq))
        return sorted((item for each in registers for item in each.lowers), key=_moment)

    @property
    def reclasses(self) -> list[Reclass]:
        """Every decision on class, true when then sequence."""
        registers = (docket.register(self.seq) for docket in self.history.dockets(self.seq))
        return sorted((item for each in registers for item in each.reclasses), key=_moment)

    def joined(self, kind: str, id_: str) -> Register:
        """Returns what hangs together with an id, walked; an empty register where it is unknown."""
        docket = self.history.docket(kind, id_, self.seq)
        return Register() if docket is None else docket.register(self.seq)

    def facts_of(self, kind: str, id_: str) -> list[Recorded]:
        """Returns every fact that hangs together with an id, or is heard by what does."""
        docket = self.history.docket(kind, id_, self.seq)
        return [] if docket is None else docket.facts(self.seq)

    def case(self, proposal: Recorded, decision: Recorded | None = None) -> ReleaseCase:
        """Returns what a release proposal rests on; see ``Register.case``."""
        fact = proposal.fact
        assert isinstance(fact, ReleaseProposed)  # noqa: S101 - callers pass proposals only
        return self.joined("work", fact.work_id).case(proposal, decision)

    def evidence_raising(self, area_id: str, decision: Recorded | None = None) -> tuple[str, ...]:
        """Returns the evidence that an area rests on; see ``Register.evidence_raising``."""
        return self.joined("area", area_id).evidence_raising(area_id, decision)

    def lowers_of(self, part_id: str) -> tuple[Lower, ...]:
        """Returns the acts that ever lowered a part, true when then sequence."""
        lowers = self.joined("part", part_id).lowers
        return tuple(item for item in lowers if item.part_id == part_id)

    # --- quality: what ``rafiqa.land.standing`` says of the docket that it is asked about

    def grant(self, organisation_id: str, accreditation_id: str) -> Recorded | None:
        """Returns the grant of an accreditation to an organisation, or None."""
        return self.joined("organisation", organisation_id).grant(organisation_id, accreditation_id)

    def accreditations_for(self, organisation_id: str, act: Dated | None) -> tuple[Recorded, ...]:
        """Returns the grants and ends that count for an organisation as of an act."""
        known = self.joined("organisation", organisation_id)
        return known.accreditations_for(organisation_id, act)

    def lots_on(
        self, work: Recorded, part_ids: Iterable[str], act: Dated | None = None
    ) -> Iterator[Recorded]:
        """Yields the lots that look at parts of a work, and count as of an act."""
        return self._of(work).lots_on(work, part_ids, act)

    def stops_on(self, work: Recorded, act: Dated | None = None) -> Iterator[Recorded]:
        """Yields the failed lots that stop a work as of an act, and that no review has lifted."""
        return self._of(work).stops_on(work, act)

    def _of(self, work: Recorded) -> Register:
        assert isinstance(work.fact, WorkReported)  # noqa: S101 - callers pass works only
        return self.joined("work", work.fact.work_id)


def _moment(item: Raise | Lower | Reclass) -> tuple[int, int]:
    return item.valid_at_us, item.seq
