"""What quality management asks of a release: accreditation, nonconformities, lots, quarantine.

Asked by the service before a fact is written and by the fold as of the act, like every rule of
release (``rafiqa.land.rule``). Nothing here makes ground less hazardous: each rule only bars.
See docs/decisions/0013.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rafiqa.land.actor import Actor
from rafiqa.land.fact import Recorded, WorkReported
from rafiqa.land.precedence import Dated, supports
from rafiqa.land.quality import (
    AccreditationEnded,
    AccreditationGranted,
    LotInspected,
    LotReviewed,
    NonconformityAnswered,
    NonconformityClosed,
    NonconformityRaised,
)
from rafiqa.land.ruling import Reason

QUARANTINE_DAYS = 180
"""How many days before a failed lot the same team's or asset's work is stopped: about one
season of work (our policy, from domain practice; no standard names a figure)."""

VERIFIERS = frozenset({"quality", "authority"})
"""Roles that inspect, and that verify what was put right."""

_DAY_US = 86_400_000_000
_ALWAYS_US = 1 << 63


@dataclass(frozen=True, slots=True)
class QualityCase:
    """What quality management knows of a work that is to be released, as of the act.

    Attributes:
        accreditations: grants and ends that count for the organisation.
        lots: lots that name one of its parts.
        nonconformities: those that are open and bar.
        stops: failed lots that stop the work and nobody has reviewed.
    """

    accreditations: tuple[Recorded, ...] = ()
    lots: tuple[Recorded, ...] = ()
    nonconformities: tuple[Recorded, ...] = ()
    stops: tuple[Recorded, ...] = ()


NOTHING_KNOWN = QualityCase()
"""Of a work that nobody looked into; without an accreditation it cannot be released."""


def work_period_us(work: Recorded) -> tuple[int, int]:
    """Returns the first and last moment that a report says its work was done.

    The report's own date is part of it: until then nobody said that the work was over.
    """
    said = [work.valid_at_us]
    if isinstance(work.fact, WorkReported):
        said += [at for at in (work.fact.begun_us, work.fact.ended_us) if at is not None]
    return min(said), max(said)


# --- accreditation


def accreditation_faults(
    known: Sequence[Recorded],
    organisation_id: str,
    methods: Iterable[str],
    period_us: tuple[int, int],
    categories: Iterable[str] = (),
) -> Iterator[Reason]:
    """Yields why an organisation is not accredited for methods over the whole of a period.

    Args:
        known: the grants and ends that count.
        organisation_id: who is to work, or has worked.
        methods: by which methods.
        period_us: first and last moment, microseconds since 1970 UTC.
        categories: kinds of ordnance met.
    """
    grants = [
        record
        for record in known
        if isinstance(record.fact, AccreditationGranted)
        and record.fact.organisation_id == organisation_id
        and record.actor.role == "authority"
    ]
    params: dict[str, str | int] = {"organisation": organisation_id}
    if not grants:
        yield Reason("land.accreditation.missing", params)
        return
    for method in dict.fromkeys(methods):
        yield from _method_faults(known, grants, method, period_us, frozenset(categories))


def _method_faults(
    known: Sequence[Recorded],
    grants: Sequence[Recorded],
    method: str,
    period_us: tuple[int, int],
    categories: frozenset[str],
) -> Iterator[Reason]:
    of_method = [record for record in grants if method in _granted(record).methods]
    in_scope = [
        record
        for record in of_method
        if not _granted(record).scope or categories <= set(_granted(record).scope)
    ]
    ids = tuple(_granted(record).accreditation_id for record in of_method)
    params: dict[str, str | int] = {
        "organisation": _granted(grants[0]).organisation_id,
        "method": method,
    }
    if not of_method:
        yield Reason("land.accreditation.method", params)
    elif not _covers(of_method, (), period_us):
        yield Reason("land.accreditation.expired", params, ids)
    elif not _covers(of_method, known, period_us):
        yield Reason("land.accreditation.ended", params, ids)
    elif not _covers(in_scope, known, period_us):
        scope = {**params, "categories": ", ".join(sorted(categories))}
        yield Reason("land.accreditation.scope", scope, ids)


def _granted(record: Recorded) -> AccreditationGranted:
    assert isinstance(record.fact, AccreditationGranted)  # noqa: S101 - callers pass grants only
    return record.fact


def _covers(
    grants: Sequence[Recorded], known: Sequence[Recorded], period_us: tuple[int, int]
) -> bool:
    """Returns whether accreditations follow on one another over a period without a gap."""
    begin_us, last_us = period_us
    reached_us = begin_us - 1
    for from_us, until_us in sorted(_spans(grants, known)):
        if from_us <= reached_us + 1:
            reached_us = max(reached_us, until_us)
    return reached_us >= last_us


def _spans(grants: Sequence[Recorded], known: Sequence[Recorded]) -> Iterator[tuple[int, int]]:
    for record in grants:
        fact = _granted(record)
        until_us = _ALWAYS_US if fact.valid_until_us is None else fact.valid_until_us
        ends = [
            other.valid_at_us - 1
            for other in known
            if isinstance(other.fact, AccreditationEnded)
            and other.fact.accreditation_id == fact.accreditation_id
        ]
        # Nobody was accredited before somebody accredited them, whatever day the grant names.
        yield max(fact.valid_from_us, record.valid_at_us), min([until_us, *ends])


# --- nonconformities


def bars_release(
    raised: Recorded, acts: Sequence[Recorded], work: Recorded, act: Dated | None
) -> bool:
    """Returns whether a nonconformity bars the release of a work, as of an act.

    A critical one bars until it is closed; a major one until it is closed, or a corrective
    action is on record. What is minor, or only observed, never bars.

    Args:
        raised: the nonconformity.
        acts: answers and closings of its id.
        work: the work that is to be released.
        act: as of this act; now where None.
    """
    fact = raised.fact
    if not isinstance(fact, NonconformityRaised) or fact.severity not in {"critical", "major"}:
        return False
    since = [each for each in acts if supports(raised, each) and supports(each, act)]
    if any(_closes(each, fact, work) for each in since):
        return False
    return fact.severity == "critical" or not any(_corrects(each) for each in since)


def _closes(closing: Recorded, raised: NonconformityRaised, work: Recorded) -> bool:
    return (
        isinstance(closing.fact, NonconformityClosed)
        and closing.actor.role in VERIFIERS
        and closing.actor.organisation_id != raised.organisation_id
        and independent(closing.actor, work)
    )


def _corrects(answer: Recorded) -> bool:
    fact = answer.fact
    return isinstance(fact, NonconformityAnswered) and bool(fact.corrective_action.strip())


def independent(actor: Actor, work: Recorded) -> bool:
    """Returns whether somebody had no part in a work, in person or by organisation."""
    fact = work.fact
    if not isinstance(fact, WorkReported):
        return False
    return actor.organisation_id not in {
        fact.organisation_id,
        work.actor.organisation_id,
    } and actor.persons.isdisjoint({*fact.person_ids, *work.actor.persons})


# --- lots


def lot_fails(lot: LotInspected) -> bool:
    """Returns whether a lot failed: not passed, an item found, or a critical finding."""
    critical = any(finding.severity == "critical" for finding in lot.findings)
    return critical or lot.items_found > 0 or not lot.passed


def stops_work(lot: Recorded, work: Recorded) -> bool:
    """Returns whether a failed lot stops a work: the same team or asset, in the days before it.

    Where the work or the lot names neither team nor asset, nobody knows that it was another
    one: the organisation decides then. Work begun after the lot was inspected is not stopped.
    """
    fact, done = lot.fact, work.fact
    if not isinstance(fact, LotInspected) or not isinstance(done, WorkReported):
        return False
    if not lot_fails(fact) or not _same_hands(fact, done):
        return False
    begun_us, ended_us = work_period_us(work)
    first_us = min(fact.from_us, fact.until_us) - QUARANTINE_DAYS * _DAY_US
    last_us = max(fact.from_us, fact.until_us, lot.valid_at_us)
    return first_us <= ended_us and begun_us <= last_us


def _same_hands(lot: LotInspected, work: WorkReported) -> bool:
    assets = set(work.asset_ids or ())
    if work.team_id in lot.team_ids or assets & set(lot.asset_ids):
        return True
    unnamed = not (work.team_id or assets) or not (lot.team_ids or lot.asset_ids)
    return unnamed and lot.inspected_id == work.organisation_id


def lifts_stop(review: Recorded, lot: Recorded, work: Recorded, act: Dated | None) -> bool:
    """Returns whether a review lifts a failed lot's stop on a work, as of an act.

    It takes two persons of the authority, neither with a part in the work.
    """
    fact = review.fact
    if not isinstance(fact, LotReviewed) or fact.confirmed_by is None:
        return False
    first, second = review.actor, fact.confirmed_by
    return (
        not first.is_one_with(second)
        and first.role == second.role == "authority"
        and independent(first, work)
        and independent(second, work)
        and supports(lot, review)
        and supports(review, act)
    )


def bar_faults(case: QualityCase, work_id: str) -> Iterator[Reason]:
    """Yields why open nonconformities and failed lots keep a work from being released."""
    for record in case.nonconformities:
        if isinstance(record.fact, NonconformityRaised):
            raised_id, severity = record.fact.nonconformity_id, record.fact.severity
            params: dict[str, str | int] = {"nonconformity": raised_id, "severity": severity}
            yield Reason("land.release.nonconformity-open", params, (raised_id,))
    for record in case.stops:
        if isinstance(record.fact, LotInspected):
            params = {"lot": record.fact.lot_id, "work": work_id}
            yield Reason("land.release.quarantined", params, (record.fact.lot_id,))
