"""From a completion form to the work that it reports: outcomes by part, finds, and who did it.

What a form reports is its sender's work and releases nothing. It counts as known when the form
came, not when somebody got round to reviewing it: what was told between, of a time before the
work, its team did not know of, and no acceptance of that work may answer it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from rafiqa.errors import Fault
from rafiqa.geo import GridShape, LonLat, Registered, Spot
from rafiqa.land import (
    EvidenceAnswer,
    OrdnanceFound,
    Reason,
    TaskOrdered,
    WorkedPart,
    WorkReported,
)
from rafiqa.ledger import FormPublished
from rafiqa.service.fieldbook import Story
from rafiqa.service.intakefact import Checked
from rafiqa.service.office import Office
from rafiqa.service.submissionrow import checked_row, form_row, reason_of, repeated_rows
from rafiqa.service.submissionunit import unit_of
from rafiqa.service.work import told_since
from rafiqa.wire.filled import Filled
from rafiqa.wire.instant import date_us, iso_date

PARTS: Final = "land_part"
ITEMS: Final = "ordnance_item"
_MARKERS: Final = "survey_marker"
_DAY_US: Final = 86_400_000_000
_ZONE_US: Final = 14 * 3_600_000_000
"""How far the earliest place on earth is ahead of UTC: there the day has another date already."""


@dataclass(frozen=True, slots=True)
class WorkMade:
    """A report of work, and when it is taken to be true."""

    fact: WorkReported
    valid_at_us: int


def work_of(
    office: Office, story: Story, filled: Filled, form: FormPublished | None
) -> WorkMade | tuple[Reason, ...]:
    """Returns the work that a completion form reports, or every fault of the form.

    It is dated at the day on which the work began: what was put to hazard while a team was at
    work may lie where it had been before.

    Args:
        office: the open store.
        story: the submission.
        filled: what it says.
        form: its form as it was given out.
    """
    sender = story.received.actor
    defaults = {"id": story.fact.instance_id, "organisation_id": sender.organisation_id}
    own = form_row(filled, "completion", form, (PARTS, ITEMS, _MARKERS))
    report = checked_row(office, own, form, sender.organisation_id, defaults)
    values: Mapping[str, Any] = report.values if isinstance(report, Checked) else {}
    against = [] if isinstance(report, Checked) else list(report)
    area_id: str | None = None
    if not against:
        area_id, doubted = _area(office, values)
        against += doubted
    work_id = str(values.get("id", story.fact.instance_id))
    parts: list[WorkedPart] = []
    days = [values[name] for name in ("started_on", "ended_on") if name in values]
    reading = _Reading(office, story, form, values)
    for number, row in enumerate(repeated_rows(filled, PARTS, PARTS, form), 1):
        given = {"id": f"{work_id}-{number}"}
        read = checked_row(office, row, form, sender.organisation_id, given)
        part = reading.part(read, row.place) if isinstance(read, Checked) else read
        if isinstance(part, WorkedPart) and isinstance(read, Checked):
            parts.append(part)
            named = ("started_on", "ended_on")
            days += [read.values[name] for name in named if name in read.values]
        elif not isinstance(part, WorkedPart):
            against += part
    finds, doubted_finds = _finds(office, story, filled, form)
    against += doubted_finds
    begun_us, ended_us, misdated = _period(story, [day for day in days if isinstance(day, date)])
    against += misdated
    if not against:
        against += _told_since(office, story, parts, begun_us)
    if against:
        return tuple(against)
    fact = WorkReported(
        work_id,
        area_id or "",
        str(values["organisation_id"]),
        tuple(parts),
        values.get("task_id"),
        finds,
        (sender.person_id,),
        _note(values),
        values.get("team"),
        _words(values.get("equipment_ids")),
        begun_us,
        ended_us,
    )
    return WorkMade(fact, begun_us)


def _area(office: Office, values: Mapping[str, Any]) -> tuple[str | None, list[Reason]]:
    """Returns the area that was worked on: as told, else its task's; and what is against it."""
    told, task_id = values.get("area_id"), values.get("task_id")
    story = office.register().tasks.get(str(task_id)) if task_id else None
    if task_id and story is None:
        return told, [Reason("land.task.unknown", {"task": task_id})]
    orders = [item.fact for item in story or () if isinstance(item.fact, TaskOrdered)]
    ordered = orders[0].area_id if orders else None
    if told and ordered and told != ordered:
        params = {"task": str(task_id), "area": told, "ordered": ordered}
        return told, [Reason("service.submission.task-elsewhere", params)]
    area_id = told or ordered
    if area_id is None:
        return None, [Reason("service.submission.area-missing")]
    return area_id, []


class _Reading:
    """Reads the parts of one report."""

    def __init__(
        self,
        office: Office,
        story: Story,
        form: FormPublished | None,
        report: Mapping[str, Any],
    ) -> None:
        self._office, self._story, self._form, self._report = office, story, form, report

    def part(self, row: Checked, place: str) -> WorkedPart | tuple[Reason, ...]:
        """Returns a part with its outcome, or every fault of it."""
        values = row.values
        shape, against = self._shape(row, place)
        unit_id: str | None = None
        if shape is not None:
            unit = unit_of(self._office, self._story.received.seq, row.row_id, shape, values)
            if isinstance(unit, Reason):
                against.append(unit)
            else:
                unit_id = unit
        method = values.get("method") or self._report.get("method")
        if method is None:
            against.append(reason_of(Fault("dictionary.field.missing", "method"), place))
        answers, unknown = self._answers(row)
        against += unknown
        if against or shape is None or method is None:
            return tuple(against)
        outcome = values["outcome"]
        return WorkedPart(
            row.row_id,
            outcome,
            shape,
            method,
            values.get("depth_cm"),
            values.get("surface"),
            values.get("reason"),
            tuple(answer.evidence_id for answer in answers),
            tuple(answer for answer in answers if answer.how) or None,
            values.get("reported_area_m2"),
            unit_id,
        )

    def _shape(self, row: Checked, place: str) -> tuple[GridShape | None, list[Reason]]:
        if row.geometry is None:
            # The dictionary asks for it; what is not there is told of there.
            return None, []
        found = self._office.frame.to_grid(LonLat(row.geometry))
        if isinstance(found, Registered):
            return found.shape, []
        return None, [reason_of(fault.to_fault("geometry"), place) for fault in found]

    def _answers(self, row: Checked) -> tuple[tuple[EvidenceAnswer, ...], list[Reason]]:
        """Returns the evidence that a part answers, each with how; and what is not on record."""
        told = str(row.values.get("evidence_answered") or "")
        lines = [line.strip() for line in told.replace(";", "\n").splitlines() if line.strip()]
        answers = []
        for line in lines:
            evidence_id, _, how = line.partition(": ")
            answers.append(EvidenceAnswer(evidence_id.strip().rstrip(":"), how.strip()))
        known = self._office.register().evidence
        return tuple(answers), [
            Reason("land.evidence.unknown", {"evidence": answer.evidence_id})
            for answer in answers
            if answer.evidence_id not in known
        ]


def _finds(
    office: Office, story: Story, filled: Filled, form: FormPublished | None
) -> tuple[tuple[OrdnanceFound, ...], list[Reason]]:
    """Returns what was found, item by item, and every fault of the items."""
    finds: list[OrdnanceFound] = []
    against: list[Reason] = []
    source = story.received.actor.organisation_id
    for row in repeated_rows(filled, ITEMS, ITEMS, form):
        given = {"id": f"{story.fact.instance_id}-{row.number}"}
        read = checked_row(office, row, form, source, given)
        if not isinstance(read, Checked):
            against += read
        elif read.geometry is None or read.geometry.is_empty:
            against.append(reason_of(Fault("dictionary.field.missing", "geometry"), row.place))
        else:
            values, point = read.values, read.geometry.representative_point()
            finds.append(
                OrdnanceFound(
                    values["category"],
                    Spot.of(point.x, point.y),
                    values.get("depth_cm"),
                    values.get("model"),
                    values.get("action"),
                    values.get("n_items") or 1,
                )
            )
    return tuple(finds), against


def _period(story: Story, days: Sequence[date]) -> tuple[int, int, list[Reason]]:
    """Returns when the work began and ended, to the day, and that it ends after it was told."""
    received_us = story.received.recorded_at_us
    if not days:
        # The form asks for the last day; one that does not counts as of when it came.
        return received_us, received_us, []
    begun_us, last_us = date_us(min(days)), date_us(max(days))
    against = []
    if last_us > received_us + _ZONE_US:
        params: dict[str, str | int] = {"ended": iso_date(last_us), "sent": iso_date(received_us)}
        against.append(Reason("service.submission.ended-after-sent", params))
    return begun_us, last_us + _DAY_US - 1, against


def _told_since(
    office: Office, story: Story, parts: Sequence[WorkedPart], begun_us: int
) -> Iterator[Reason]:
    """Yields, per part, what came on record after the form, of a time before the work."""
    own = story.fact.sign_id or "\0"
    for part, subjects in told_since(office, parts, begun_us, story.received.seq, own):
        params: dict[str, str | int] = {"part": part.part_id, "subjects": ", ".join(subjects)}
        yield Reason("service.submission.told-since", params, subjects)


def _note(values: Mapping[str, Any]) -> str | None:
    told = [values.get(name) for name in ("residual_note", "note")]
    return "\n".join(str(each) for each in told if each) or None


def _words(told: Any) -> tuple[str, ...] | None:
    words = str(told or "").replace(",", " ").replace(";", " ").split()
    return tuple(words) or None
