"""What is on record of organisations, teams and lots, found by the names it carries.

The part of the register that quality management asks about. Every fact is found under the id
of an organisation, a team, an asset, a work, a task or a part that stands in it, and nothing is
found by place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rafiqa.land.fact import Recorded, WorkReported
from rafiqa.land.precedence import Dated, counts_against, supports
from rafiqa.land.quality import (
    AccreditationEnded,
    AccreditationGranted,
    LotInspected,
    LotReviewed,
    NonconformityAnswered,
    NonconformityClosed,
    NonconformityRaised,
    QaVisited,
)
from rafiqa.land.quality_rule import (
    QualityCase,
    bars_release,
    lifts_stop,
    lot_fails,
    stops_work,
)
from rafiqa.land.ruling import Reason


@dataclass(slots=True)
class Standing:
    """Facts of quality by the ids that they name, each list in the order of the ledger.

    Attributes:
        accreditations: grants and ends by organisation; the first grant of an id keeps it.
        visits: visits by their id.
        nonconformities: by work, task, part and team.
        nonconformity_acts: records, answers and closings by nonconformity.
        lots: by part; by work where they name no part.
        lots_said: every record of a lot by its id.
        stops: failed lots by team, asset, and organisation inspected.
        reviews: by lot.
    """

    accreditations: dict[str, list[Recorded]] = field(default_factory=dict)
    visits: dict[str, list[Recorded]] = field(default_factory=dict)
    nonconformities: dict[str, list[Recorded]] = field(default_factory=dict)
    nonconformity_acts: dict[str, list[Recorded]] = field(default_factory=dict)
    lots: dict[str, list[Recorded]] = field(default_factory=dict)
    lots_said: dict[str, list[Recorded]] = field(default_factory=dict)
    stops: dict[str, list[Recorded]] = field(default_factory=dict)
    reviews: dict[str, list[Recorded]] = field(default_factory=dict)

    def enter_quality(self, recorded: Recorded) -> Iterator[Reason]:
        """Enters a fact of quality by its ids, and yields why it has no effect where it has none.

        Facts come in the order of the ledger; facts of other kinds are passed by.
        """
        match recorded.fact:
            case AccreditationGranted() as fact:
                yield from self._enter_grant(recorded, fact)
            case AccreditationEnded() as fact:
                _add(self.accreditations, [fact.organisation_id], recorded)
            case QaVisited() as fact:
                _add(self.visits, [fact.visit_id], recorded)
            case NonconformityRaised() as fact:
                about = [fact.work_id, fact.task_id, fact.team_id, *fact.part_ids]
                _add(self.nonconformities, about, recorded)
                _add(self.nonconformity_acts, [fact.nonconformity_id], recorded)
            case NonconformityAnswered() | NonconformityClosed() as fact:
                _add(self.nonconformity_acts, [fact.nonconformity_id], recorded)
            case LotInspected() as fact:
                self._enter_lot(recorded, fact)
            case LotReviewed() as fact:
                _add(self.reviews, [fact.lot_id], recorded)

    def _enter_grant(self, recorded: Recorded, fact: AccreditationGranted) -> Iterator[Reason]:
        if self.grant(fact.organisation_id, fact.accreditation_id) is not None:
            params: dict[str, str | int] = {"accreditation": fact.accreditation_id}
            yield Reason("land.accreditation.id-twice", params)
            return
        _add(self.accreditations, [fact.organisation_id], recorded)

    def _enter_lot(self, recorded: Recorded, fact: LotInspected) -> None:
        _add(self.lots, fact.part_ids or fact.work_ids, recorded)
        _add(self.lots_said, [fact.lot_id], recorded)
        if lot_fails(fact):
            hands = [*fact.team_ids, *fact.asset_ids, fact.inspected_id]
            _add(self.stops, hands, recorded)

    def grant(self, organisation_id: str, accreditation_id: str) -> Recorded | None:
        """Returns the grant of an accreditation to an organisation, or None."""
        for record in self.accreditations.get(organisation_id, ()):
            fact = record.fact
            if isinstance(fact, AccreditationGranted) and fact.accreditation_id == accreditation_id:
                return record
        return None

    def accreditations_for(self, organisation_id: str, act: Dated | None) -> tuple[Recorded, ...]:
        """Returns the grants and ends that count for an organisation as of an act."""
        return tuple(
            record
            for record in self.accreditations.get(organisation_id, ())
            if (
                supports(record, act)
                if isinstance(record.fact, AccreditationGranted)
                else counts_against(record, act)
            )
        )

    def quality_case(
        self, work: Recorded, part_ids: Iterable[str], act: Dated | None
    ) -> QualityCase:
        """Returns what quality management knows of parts of a work, as of an act."""
        fact = work.fact
        assert isinstance(fact, WorkReported)  # noqa: S101 - callers pass works only
        ids = tuple(part_ids)
        return QualityCase(
            self.accreditations_for(fact.organisation_id, act),
            tuple(self.lots_on(work, ids, act)),
            tuple(self._nonconformities_on(work, ids, act)),
            tuple(self.stops_on(work, act)),
        )

    def lots_on(
        self, work: Recorded, part_ids: Iterable[str], act: Dated | None = None
    ) -> Iterator[Recorded]:
        """Yields the lots that look at parts of a work, and count as of an act.

        A lot that passed counts only for the parts that it names.
        """
        fact = work.fact
        assert isinstance(fact, WorkReported)  # noqa: S101 - callers pass works only
        named = [(key, record) for key in part_ids for record in self.lots.get(key, ())]
        named = [(key, record) for key, record in named if key in _lot(record).part_ids]
        whole = [each for each in self.lots.get(fact.work_id, ()) if not _lot(each).part_ids]
        for record in dict.fromkeys([*(each for _, each in named), *whole]):
            if lot_fails(_lot(record)):
                if counts_against(record, act):
                    yield record
            elif _lot(record).part_ids and supports(record, act) and supports(work, record):
                yield record

    def _nonconformities_on(
        self, work: Recorded, part_ids: Iterable[str], act: Dated | None
    ) -> Iterator[Recorded]:
        fact = work.fact
        assert isinstance(fact, WorkReported)  # noqa: S101 - callers pass works only
        names = {fact.work_id, fact.task_id, fact.team_id, *part_ids} - {None}
        raised = [each for key in sorted(names, key=str) for each in self._raised(key)]
        for record in sorted(dict.fromkeys(raised), key=lambda each: each.seq):
            about = record.fact
            assert isinstance(about, NonconformityRaised)  # noqa: S101 - an invariant
            if not _concerns(about, fact, part_ids) or not counts_against(record, act):
                continue
            acts = self.nonconformity_acts.get(about.nonconformity_id, ())
            if bars_release(record, acts, work, act):
                yield record

    def _raised(self, key: str | None) -> list[Recorded]:
        return self.nonconformities.get(key or "", [])

    def stops_on(self, work: Recorded, act: Dated | None = None) -> Iterator[Recorded]:
        """Yields the failed lots that stop a work as of an act, and that no review has lifted."""
        fact = work.fact
        assert isinstance(fact, WorkReported)  # noqa: S101 - callers pass works only
        hands = [fact.team_id or "", *(fact.asset_ids or ()), fact.organisation_id]
        lots = [record for key in hands for record in self.stops.get(key, ())]
        for record in sorted(dict.fromkeys(lots), key=lambda each: each.seq):
            reviews = self.reviews.get(_lot(record).lot_id, ())
            lifted = any(lifts_stop(review, record, work, act) for review in reviews)
            if stops_work(record, work) and counts_against(record, act) and not lifted:
                yield record


def _add(found: dict[str, list[Recorded]], keys: Iterable[str | None], recorded: Recorded) -> None:
    for key in dict.fromkeys(keys):
        if key:
            found.setdefault(key, []).append(recorded)


def _lot(record: Recorded) -> LotInspected:
    assert isinstance(record.fact, LotInspected)  # noqa: S101 - an invariant of the register
    return record.fact


def _concerns(raised: NonconformityRaised, work: WorkReported, part_ids: Iterable[str]) -> bool:
    """Returns whether it names the work, its task, its team, or one of its parts as that."""
    return (
        raised.work_id == work.work_id
        or (raised.task_id is not None and raised.task_id == work.task_id)
        or (raised.team_id is not None and raised.team_id == work.team_id)
        or bool(set(raised.part_ids) & set(part_ids))
    )
