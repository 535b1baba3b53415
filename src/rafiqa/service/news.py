"""News: what happened that concerns somebody, and what runs out soon; worked out, never sent.

Nothing is written when something happens: whoever looks is told what the ledger holds that
concerns them, the newest first. What they have seen is kept beside the ledger, by login.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import GridShape
from rafiqa.land import (
    AccreditationGranted,
    Actor,
    LandReopened,
    NonconformityAnswered,
    NonconformityRaised,
    Reason,
    Recorded,
    ReleaseAccepted,
    ReleaseProposed,
    ReleaseRejected,
    ReportAnswered,
    ResidentReported,
    TaskOrdered,
    WorkInspected,
    WorkReported,
)
from rafiqa.ledger import SubmissionReviewed
from rafiqa.recovery import StructureTagged
from rafiqa.service.deskmark import DeskMark
from rafiqa.service.office import Office
from rafiqa.service.permit import allow
from rafiqa.service.permitting import notices_of
from rafiqa.wire.instant import iso_date

Danger = Literal["immediate", "urgent", "routine"]
SHOWN: Final = 200
"""Most that are told at once; whoever has more unseen has been away for long."""
SOON_US: Final = 30 * 86_400_000_000
"""How long before it runs out somebody is told of it."""
NEAR_MM: Final = 100_000
"""A report so near to an organisation's own work, or works, concerns it."""
_BACK_US: Final = 366 * 86_400_000_000
"""How far back is looked for whoever has never looked."""


@dataclass(frozen=True, slots=True)
class News:
    """One thing that happened: what, when it became known, and the page that tells more.

    ``seq`` is its place in the ledger; None where a date brought it and no fact.
    """

    kind: str
    at_us: int
    seq: int | None
    danger: Danger
    says: Reason
    page: str
    id: str

    def is_new(self, mark: DeskMark) -> bool:
        """Returns whether somebody has not seen it."""
        return self.at_us > mark.seen_us if self.seq is None else self.seq > mark.seen_seq


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who reads, and what is theirs: ground of their tasks and works, and works they reported."""

    office: Office
    actor: Actor
    ground: tuple[GridShape, ...]

    @property
    def own_id(self) -> str:
        return self.actor.organisation_id

    @property
    def decides(self) -> bool:
        """Whether they are of those who answer for the land as a whole."""
        return self.actor.role in {"authority", "information"}

    def near(self, shape: BaseGeometry, distance_mm: int = 0) -> bool:
        """Returns whether a shape lies on, or so near to, ground that is theirs."""
        return any(shapely.dwithin(own.geometry, shape, distance_mm) for own in self.ground)


def news_of(office: Office, actor: Actor) -> list[News]:
    """Returns what concerns somebody of the last year, the newest first, at most ``SHOWN``."""
    now_us = office.now_us()
    reader = _Reader(office, actor, tuple(_ground(office, actor)))
    found = list(_stops(reader))
    found += _running_out(reader, now_us)
    for record in reversed(office.facts()):
        if record.recorded_at_us < now_us - _BACK_US or len(found) >= 2 * SHOWN:
            break
        # What somebody did themselves is no news to them.
        if record.actor.person_id == actor.person_id:
            continue
        teller = TELLERS.get(type(record.fact))
        found += [] if teller is None else teller(reader, record)
    return sorted(found, key=lambda news: (-news.at_us, news.kind, news.id))[:SHOWN]


def _ground(office: Office, actor: Actor) -> Iterator[GridShape]:
    """Yields the ground of an organisation's tasks, works and projects."""
    register, own_id = office.register(), actor.organisation_id
    for story in register.tasks.values():
        for record in story:
            fact = record.fact
            if isinstance(fact, TaskOrdered) and fact.organisation_id == own_id:
                area = register.areas.get(fact.area_id)
                outline = None if area is None else area.outline
                ground = fact.shape if fact.shape is not None else outline
                if ground is not None and not ground.is_empty:
                    yield ground
    recovery = office.recovery()
    for project in recovery.project_facts():
        registered = recovery.permits.registrations.get(project.project_id, ())
        theirs = project.owner == own_id or any(
            each.actor.organisation_id == own_id for each in registered
        )
        if theirs and project.shape is not None and not project.shape.is_empty:
            yield project.shape


def _stops(reader: _Reader) -> Iterator[News]:
    for notice in notices_of(reader.office):
        stop = notice.stop
        told = {party.organisation for party in stop.permit.told} | {stop.permit.issued_by}
        if reader.own_id in told:
            params: dict[str, str | int] = {
                "permit": stop.permit.permit_id,
                "project": stop.permit.project_id,
            }
            entry = reader.office.store.find(stop.cause) if stop.cause else None
            seq = None if entry is None else entry.seq
            danger: Danger = "routine" if notice.is_over else "immediate"
            says = Reason("news.stop", params)
            yield News("stop", stop.at_us, seq, danger, says, "project", stop.permit.project_id)


def _running_out(reader: _Reader, now_us: int) -> Iterator[News]:
    """Yields accreditations, tags and permits that end soon, as of the day they began to."""
    office = reader.office
    for organisation_id, said in office.register().accreditations.items():
        if organisation_id != reader.own_id and not reader.decides:
            continue
        for record in said:
            fact = record.fact
            if isinstance(fact, AccreditationGranted) and _soon(fact.valid_until_us, now_us):
                params: dict[str, str | int] = {"organisation": organisation_id}
                yield _ending(fact.valid_until_us, now_us, "accreditation", params, "", "")
    recovery = office.recovery()
    for record in office.facts():
        fact = record.fact
        own = record.actor.organisation_id == reader.own_id or reader.decides
        if isinstance(fact, StructureTagged) and own and _soon(fact.until_us, now_us):
            params = {"asset": fact.asset_id}
            yield _ending(fact.until_us, now_us, "tag", params, "asset", fact.asset_id)
    for permit_id in recovery.permits.permits:
        case = recovery.permits.case(permit_id, now_us)
        permit: Any = None if case is None or case.ended is not None else case.issued.fact
        if permit is None or not _soon(permit.until_us, now_us):
            continue
        if reader.own_id in {permit.issued_by, *(party.organisation for party in permit.told)}:
            params = {"permit": permit_id, "project": permit.project_id}
            yield _ending(permit.until_us, now_us, "permit", params, "project", permit.project_id)


def _soon(until_us: int | None, now_us: int) -> bool:
    return until_us is not None and now_us - SOON_US <= until_us <= now_us + SOON_US


def _ending(
    until_us: int | None,
    now_us: int,
    kind: str,
    params: dict[str, str | int],
    page: str,
    id_: str,
) -> News:
    assert until_us is not None  # noqa: S101 - asked before
    over = until_us <= now_us
    at_us = until_us if over else until_us - SOON_US
    params = {**params, "until": iso_date(until_us)}
    code = f"news.{kind}-over" if over else f"news.{kind}-ends"
    return News(f"{kind}-ends", at_us, None, "urgent", Reason(code, params), page, id_)


def _reviewed(reader: _Reader, record: Recorded) -> Iterator[News]:
    fact = record.fact
    assert isinstance(fact, SubmissionReviewed)  # noqa: S101 - by the table
    story = reader.office.fieldbook().stories.get(fact.instance_id)
    if story is not None and story.received.actor.organisation_id == reader.own_id:
        params: dict[str, str | int] = {"note": fact.note or ""}
        danger: Danger = "routine" if fact.state == "accepted" else "urgent"
        says = Reason(f"news.submission-{fact.state}", params)
        yield _news(record, "submission", danger, says, "submissions", fact.instance_id)


def _release_parties(reader: _Reader, release_id: str) -> tuple[bool, str, str]:
    """Returns whether a release concerns who reads, with its area and its task."""
    register = reader.office.register()
    release = register.releases.get(release_id)
    proposal = None if release is None else release.proposal.fact
    if release is None or not isinstance(proposal, ReleaseProposed):
        return False, "", ""
    work = register.works.get(proposal.work_id)
    fact = work.fact if work is not None else None
    if not isinstance(fact, WorkReported):
        return False, "", ""
    parts = [part.shape.geometry for part in fact.parts if part.part_id in proposal.part_ids]
    own = fact.organisation_id == reader.own_id
    own = own or release.proposal.actor.person_id == reader.actor.person_id
    concerned = own or any(reader.near(shape) for shape in parts)
    return concerned, fact.area_id, fact.task_id or ""


def _decided(reader: _Reader, record: Recorded) -> Iterator[News]:
    fact = record.fact
    assert isinstance(fact, ReleaseAccepted | ReleaseRejected)  # noqa: S101 - by the table
    concerned, area_id, _ = _release_parties(reader, fact.release_id)
    if concerned:
        accepted = isinstance(fact, ReleaseAccepted)
        params: dict[str, str | int] = {"area": area_id, "note": fact.note or ""}
        says = Reason("news.release-accepted" if accepted else "news.release-sent-back", params)
        danger: Danger = "routine" if accepted else "urgent"
        yield _news(record, "release", danger, says, "releases", fact.release_id)


def _proposed(reader: _Reader, record: Recorded) -> Iterator[News]:
    fact = record.fact
    assert isinstance(fact, ReleaseProposed)  # noqa: S101 - by the table
    if allow(reader.actor, "accept_release").allowed:
        _, area_id, _ = _release_parties(reader, fact.release_id)
        says = Reason("news.release-proposed", {"area": area_id})
        yield _news(record, "release", "routine", says, "releases", fact.release_id)


def _reopened(reader: _Reader, record: Recorded) -> Iterator[News]:
    fact = record.fact
    assert isinstance(fact, LandReopened)  # noqa: S101 - by the table
    if reader.decides or reader.actor.role == "quality" or reader.near(fact.shape.geometry):
        params: dict[str, str | int] = {"area": fact.area_id or "", "cause": fact.cause}
        says = Reason("news.reopened", params)
        yield _news(record, "reopened", "immediate", says, "area", fact.area_id or "")


def _reported(reader: _Reader, record: Recorded) -> Iterator[News]:
    fact = record.fact
    assert isinstance(fact, ResidentReported)  # noqa: S101 - by the table
    pressing = fact.triage == "immediate"
    danger: Danger = "immediate" if pressing else "routine"
    if reader.decides:
        if pressing:
            says = Reason("news.report-immediate")
            yield _news(record, "report", danger, says, "reports", fact.report_id)
        return
    if fact.spot is None or not reader.ground:
        return
    lon_deg, lat_deg = np.array([fact.spot.lon_deg]), np.array([fact.spot.lat_deg])
    if not reader.office.frame.placeable(lon_deg, lat_deg)[0]:
        return
    if reader.near(shapely.Point(reader.office.frame.spot_mm(fact.spot)), NEAR_MM):
        says = Reason("news.report-near", {"distance_m": NEAR_MM // 1_000})
        yield _news(record, "report", danger, says, "reports", fact.report_id)


def _answered(reader: _Reader, record: Recorded) -> Iterator[News]:
    fact = record.fact
    assert isinstance(fact, ReportAnswered)  # noqa: S101 - by the table
    if reader.decides:
        params: dict[str, str | int] = {"report": fact.report_id}
        says = Reason("news.report-answered", params)
        yield _news(record, "answer", "routine", says, "reports", fact.report_id)


def _inspected(reader: _Reader, record: Recorded) -> Iterator[News]:
    fact = record.fact
    assert isinstance(fact, WorkInspected)  # noqa: S101 - by the table
    work = reader.office.register().works.get(fact.work_id)
    said = work.fact if work is not None else None
    if isinstance(said, WorkReported) and said.organisation_id == reader.own_id:
        params: dict[str, str | int] = {"work": fact.work_id, "area": said.area_id}
        code = "news.inspection-passed" if fact.passed else "news.inspection-failed"
        danger: Danger = "routine" if fact.passed else "urgent"
        yield _news(record, "inspection", danger, Reason(code, params), "tasks", said.task_id or "")


def _raised(reader: _Reader, record: Recorded) -> Iterator[News]:
    fact = record.fact
    assert isinstance(fact, NonconformityRaised)  # noqa: S101 - by the table
    if fact.organisation_id == reader.own_id or reader.actor.role == "authority":
        params: dict[str, str | int] = {"severity": fact.severity, "note": fact.note}
        params["organisation"] = fact.organisation_id
        danger: Danger = "urgent" if fact.severity == "critical" else "routine"
        says = Reason("news.nonconformity", params)
        yield _news(record, "nonconformity", danger, says, "inbox", fact.nonconformity_id)


def _corrected(reader: _Reader, record: Recorded) -> Iterator[News]:
    fact = record.fact
    assert isinstance(fact, NonconformityAnswered)  # noqa: S101 - by the table
    if allow(reader.actor, "close_nonconformity").allowed:
        params: dict[str, str | int] = {"note": fact.corrective_action}
        says = Reason("news.corrected", params)
        yield _news(record, "corrected", "routine", says, "inbox", fact.nonconformity_id)


def _ordered(reader: _Reader, record: Recorded) -> Iterator[News]:
    fact = record.fact
    assert isinstance(fact, TaskOrdered)  # noqa: S101 - by the table
    if fact.organisation_id == reader.own_id:
        says = Reason("news.task", {"area": fact.area_id})
        yield _news(record, "task", "routine", says, "tasks", fact.task_id)


def _news(record: Recorded, kind: str, danger: Danger, says: Reason, page: str, id_: str) -> News:
    return News(kind, record.recorded_at_us, record.seq, danger, says, page, id_)


Teller = Callable[[_Reader, Recorded], Iterator[News]]
TELLERS: Final[dict[type, Teller]] = {
    SubmissionReviewed: _reviewed,
    ReleaseProposed: _proposed,
    ReleaseAccepted: _decided,
    ReleaseRejected: _decided,
    LandReopened: _reopened,
    ResidentReported: _reported,
    ReportAnswered: _answered,
    WorkInspected: _inspected,
    NonconformityRaised: _raised,
    NonconformityAnswered: _corrected,
    TaskOrdered: _ordered,
}
"""What tells of which fact; what is not listed is news to nobody."""
