"""Acts of quality: accredit, visit, raise and close nonconformities, inspect and review lots.

Each is dated now. Every one raises ``Unknown`` where nobody is signed in, ``Forbidden`` where the
role may not do it, and ``Refused`` with every reason where a rule forbids it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rafiqa.api import shape
from rafiqa.api.act import actor_of, done
from rafiqa.api.ask import Ask
from rafiqa.api.reply import Reply
from rafiqa.api.session import second_person, stamp_with
from rafiqa.land import (
    AccreditationEnded,
    AccreditationGranted,
    Finding,
    LotInspected,
    LotReviewed,
    NonconformityAnswered,
    NonconformityClosed,
    NonconformityRaised,
    QaVisited,
)
from rafiqa.service import (
    answer_nonconformity,
    close_nonconformity,
    end_accreditation,
    grant_accreditation,
    inspect_lot,
    raise_nonconformity,
    record_qa_visit,
    review_lot,
)
from rafiqa.wire.instant import end_us, instant_us


def grant(ask: Ask) -> Reply:
    """Returns the entry that accredits an organisation."""
    actor, asked = actor_of(ask), ask.taken(shape.Grant)
    office = ask.desk.office
    fact = AccreditationGranted(
        asked.accreditation_id,
        asked.organisation_id,
        asked.methods,
        office.now_us(),
        _end(asked.valid_until, "valid_until"),
        asked.scope,
        asked.restrictions or None,
        actor.organisation_id,
        asked.note or None,
    )
    return done(grant_accreditation(office, actor, fact, ask.stamp))


def end(ask: Ask) -> Reply:
    """Returns the entry that ends an accreditation."""
    actor, asked = actor_of(ask), ask.taken(shape.End)
    fact = AccreditationEnded(ask.path["accreditation_id"], asked.organisation_id, asked.reason)
    return done(end_accreditation(ask.desk.office, actor, fact, ask.stamp))


def visit(ask: Ask) -> Reply:
    """Returns the entry that records a visit."""
    actor, asked = actor_of(ask), ask.taken(shape.Visit)
    fact = QaVisited(
        asked.visit_id,
        asked.organisation_id,
        actor.organisation_id,
        asked.activity,
        asked.task_id,
        asked.work_id,
        _findings(asked.findings),
        asked.seeds_laid,
        asked.seeds_found,
        asked.seeds_depth_cm,
    )
    return done(record_qa_visit(ask.desk.office, actor, fact, ask.stamp))


def raise_(ask: Ask) -> Reply:
    """Returns the entry that raises a nonconformity."""
    actor, asked = actor_of(ask), ask.taken(shape.Nonconformity)
    fact = NonconformityRaised(
        asked.nonconformity_id,
        asked.organisation_id,
        asked.severity,
        asked.kind,
        asked.note,
        asked.work_id,
        asked.task_id,
        asked.part_ids,
        asked.team_id,
        _end(asked.due, "due"),
    )
    return done(raise_nonconformity(ask.desk.office, actor, fact, ask.stamp))


def answer(ask: Ask) -> Reply:
    """Returns the entry that answers a nonconformity."""
    actor, asked = actor_of(ask), ask.taken(shape.Correction)
    nonconformity_id = ask.path["nonconformity_id"]
    fact = NonconformityAnswered(nonconformity_id, asked.root_cause, asked.corrective_action)
    return done(answer_nonconformity(ask.desk.office, actor, fact, ask.stamp))


def close(ask: Ask) -> Reply:
    """Returns the entry that closes a nonconformity."""
    actor, asked = actor_of(ask), ask.taken(shape.Closure)
    fact = NonconformityClosed(ask.path["nonconformity_id"], asked.note)
    return done(close_nonconformity(ask.desk.office, actor, fact, ask.stamp))


def inspect(ask: Ask) -> Reply:
    """Returns the entry that records the inspection of a lot."""
    actor, asked = actor_of(ask), ask.taken(shape.LotLook)
    fact = LotInspected(
        asked.lot_id,
        actor.organisation_id,
        asked.passed,
        instant_us(asked.from_, "from"),
        end_us(asked.until, "until"),
        asked.part_ids,
        asked.work_ids,
        asked.team_ids,
        asked.asset_ids,
        asked.inspected_id,
        asked.method,
        _share(asked.inspected_share),
        _share(asked.detection),
        asked.items_found,
        _findings(asked.findings),
    )
    return done(inspect_lot(ask.desk.office, actor, fact, ask.stamp))


def review(ask: Ask) -> Reply:
    """Returns the entry by which two persons lift what a failed lot stopped.

    Raises:
        TooMany: the second person's login was tried too often.
        Unknown: nobody is signed in, or the second person's login or password is wrong.
    """
    actor, asked = actor_of(ask), ask.taken(shape.LotReview)
    second = second_person(ask, asked.second)
    fact = LotReviewed(ask.desk.office.new_id(), ask.path["lot_id"], asked.note, second.actor)
    return done(review_lot(ask.desk.office, actor, fact, stamp_with(ask, second)))


def _end(text: str | None, place: str) -> int | None:
    return None if text is None else end_us(text, place)


def _share(value: float | None) -> Decimal | None:
    """Returns a share as its author wrote it."""
    return None if value is None else Decimal(repr(value))


def _findings(given: Sequence[shape.Observation]) -> tuple[Finding, ...]:
    return tuple(
        Finding(each.severity, each.note, each.part_id)  # type: ignore[arg-type]
        for each in given
    )
