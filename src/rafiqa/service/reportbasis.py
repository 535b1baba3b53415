"""What every report is drawn up from: what is asked, the figures, and the cells they become."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from rafiqa.errors import Fault, InvalidInput, NotFound
from rafiqa.geo import GridShape, Spot
from rafiqa.land import (
    EoreSessionHeld,
    Ground,
    LandBook,
    LandState,
    Recorded,
    Records,
    WorkReported,
    quarantines,
    tasks_of,
    works_on,
)
from rafiqa.land.reporttable import (
    NOT_RECORDED,
    At,
    Cell,
    Label,
    Origin,
    Said,
    Words,
)
from rafiqa.recovery import ProjectRegistered
from rafiqa.service.assets import AssetShelf
from rafiqa.service.doubt import Doubts
from rafiqa.service.education import sessions_on_record
from rafiqa.service.figures import Figures, Question, ask_figures
from rafiqa.service.office import Office
from rafiqa.service.planning import PlanAsked
from rafiqa.service.question import AsOf, project_of
from rafiqa.service.reportplace import ReportPlaces

EVERYTHING: Final = Words("report.boundary.everything")
_DAY_US: Final = 86_400_000_000


@dataclass(frozen=True, slots=True)
class ReportAsked:
    """What a report is asked of; from the beginning, until now, as known now, where None.

    Attributes:
        kind: which report.
        from_us: start of the period; changes at that very instant belong to the opening.
        until_us: its end, included.
        known_at_us: nothing recorded later is used.
        boundary: only ground inside it; not where an area is named.
        boundary_name: the boundary in words.
        area_id: of this area alone.
        project_id: of this project alone.
        donor_id: only areas with a task paid by this organisation.
        plan: teams and days for a forecast; none is made without.
    """

    kind: str
    from_us: int | None = None
    until_us: int | None = None
    known_at_us: int | None = None
    boundary: GridShape | None = None
    boundary_name: str = ""
    area_id: str | None = None
    project_id: str | None = None
    donor_id: str | None = None
    plan: PlanAsked | None = None


@dataclass(eq=False)
class ReportBasis:
    """All that a report is drawn up from, as of its two times.

    Attributes:
        office: the open store.
        shelf: reference layers kept ready.
        asked: what was asked; its times are pinned down.
        figures: the account of the ground asked about, with all beside it.
        ground_name: the boundary in words.
    """

    office: Office
    shelf: AssetShelf
    asked: ReportAsked
    figures: Figures
    ground_name: Words | Said

    @property
    def book(self) -> LandBook:
        """The land book as known at the time asked about."""
        return self.figures.book

    @property
    def register(self) -> Records:
        """Everything known by then, by id."""
        return self.book.register

    @property
    def from_us(self) -> int:
        """Start of the period."""
        return self.figures.account.from_us

    @property
    def until_us(self) -> int:
        """End of the period, included."""
        return self.figures.account.until_us

    @property
    def known_us(self) -> int:
        """Nothing recorded later is used."""
        return self.figures.statement.known_at_us

    @property
    def as_of(self) -> AsOf:
        """The end of the period, and what was known: for questions to the other verbs."""
        return AsOf(self.until_us, self.asked.known_at_us)

    def origin(
        self, method: str, source: Said | Words | None = None, *, now: bool = False
    ) -> Origin:
        """Returns where figures come from: the site's own record, unless it is another's.

        Args:
            method: the last part of the code of its words.
            source: whose record.
            now: whether they are as of the end of the period, and not of the period.
        """
        return Origin(
            source or Said(self.figures.statement.source),
            Words(f"report.method.{method}"),
            self.ground_name,
            None if now else self.from_us,
            self.until_us,
            self.known_us,
        )

    def within(self, record: Recorded) -> bool:
        """Returns whether a fact was true in the period."""
        return self.from_us < record.valid_at_us <= self.until_us

    def by_then(self, record: Recorded) -> bool:
        """Returns whether a fact was true by the end of the period."""
        return record.valid_at_us <= self.until_us

    @cached_property
    def outline(self) -> GridShape | None:
        """The ground asked about: of the area, or inside the boundary; None for all on record."""
        return self.figures.question.boundary

    def holds(self, spot: Spot | None) -> bool:
        """Returns whether a place is on the ground asked about; one not told is only of all."""
        if self.outline is None:
            return True
        if spot is None:
            return False
        frame = self.office.frame
        if not frame.placeable(np.array([spot.lon_deg]), np.array([spot.lat_deg]))[0]:
            return False
        return self.outline.covers_mm(*frame.spot_mm(spot))

    def touches(self, shape: GridShape | None) -> bool:
        """Returns whether some ground touches what is asked about; none at all, only all."""
        if self.outline is None:
            return True
        return shape is not None and not shape.is_empty and shape.intersects(self.outline)

    @cached_property
    def states(self) -> list[tuple[Ground, LandState]]:
        """The faces asked about that are on record at the end of the period, each once."""
        found = ((item, item.face.timeline.at(self.until_us)) for item in self.figures.ground)
        return [(item, state) for item, state in found if state is not None]

    @cached_property
    def in_doubt(self) -> Doubts:
        """Which released ground is in doubt at the end of the period, as no paper may hide."""
        papers = self.office.recovery(self.until_us, self.asked.known_at_us)
        return Doubts.of(self.office, self.book, papers, self.until_us)

    @cached_property
    def doubted_m2(self) -> int:
        """How much of the ground asked about is released and in doubt, rounded up."""
        doubted = (item.size for item, state in self.states if self.in_doubt.on(item.face, state))
        return -(-sum(doubted) // 2_000_000)

    @cached_property
    def doubts(self) -> tuple[Words, ...]:
        """What is in doubt of the ground asked about: how much, then each failed lot once."""
        if not self.doubted_m2:
            return ()
        stops = {
            (stop.work_id, stop.lot_id)
            for _, state in self.states
            for stop in quarantines(self.register, state, self.until_us)
        }
        lots = (
            Words("land.point.quarantined", {"work": work_id, "lot": lot_id})
            for work_id, lot_id in sorted(stops)
        )
        return (Words("report.note.doubt", {"area_m2": self.doubted_m2}), *lots)

    @cached_property
    def works(self) -> list[Recorded]:
        """The works true by the end of the period that have ground asked about."""
        asked = self.figures.question
        whole = asked.boundary is None and asked.donor_id is None
        facts = works_on(self.book, self.figures.ground, whole=whole)
        records = (self.register.works[fact.work_id] for fact in facts)
        return [record for record in records if self.by_then(record)]

    @cached_property
    def works_of(self) -> Mapping[str, list[Recorded]]:
        """The works asked about by the task that they name."""
        found: dict[str, list[Recorded]] = {}
        for record in self.works:
            task_id = getattr(record.fact, "task_id", None)
            if task_id is not None:
                found.setdefault(task_id, []).append(record)
        return found

    @cached_property
    def area_ids(self) -> tuple[str, ...]:
        """The areas asked about that were on record by then, by id."""
        if self.asked.area_id is not None:
            return (self.asked.area_id,)
        claimed = {claim for _, state in self.states for claim in state.claims}
        told = {fact.area_id for fact in self.work_facts()}
        return tuple(each for each in self.register.areas if each in claimed | told)

    def work_facts(self) -> Iterator[WorkReported]:
        """Yields what the works say."""
        yield from (item.fact for item in self.works if isinstance(item.fact, WorkReported))

    @cached_property
    def sessions(self) -> list[tuple[Recorded, EoreSessionHeld]]:
        """The sessions of risk education of the period on the ground asked about."""
        return [
            (record, fact)
            for record, fact in sessions_on_record(self.office, self.known_us)
            if self.within(record) and self.holds(fact.spot)
        ]

    @cached_property
    def places(self) -> ReportPlaces:
        """The places on record at the end of the period, with their codes."""
        return ReportPlaces.of(self.office, self.shelf, self.as_of)

    def area_name(self, area_id: str) -> Cell:
        """Returns an area's name as on record; where it has none, that none is."""
        area = self.register.areas.get(area_id)
        return NOT_RECORDED if area is None or not area.fact.name else Said(area.fact.name)

    def project(self) -> ProjectRegistered | None:
        """Returns the project asked about; None where none is named.

        Raises:
            NotFound: none of that id was registered by then.
        """
        if self.asked.project_id is None:
            return None
        return project_of(self.office, self.asked.project_id, self.as_of)


def basis_of(office: Office, shelf: AssetShelf, asked: ReportAsked) -> ReportBasis:
    """Returns what a report is drawn up from.

    Raises:
        InvalidInput: the period ends before it begins or later than now.
        NotFound: no such area, project or donor is on record by then.
    """
    asked = _pinned(office, asked)
    as_of = AsOf(asked.until_us, asked.known_at_us)
    boundary, name = _ground(office, asked, as_of)
    question = Question(
        asked.from_us,
        asked.until_us,
        asked.known_at_us,
        boundary,
        "",
        donor_id=asked.donor_id,
    )
    figures = ask_figures(office, question)
    return ReportBasis(office, shelf, asked, figures, name)


def _pinned(office: Office, asked: ReportAsked) -> ReportAsked:
    """Returns what is asked with its times as they can be told: no later than now.

    The day that it is today ends now. What is known is what had been recorded by the newest entry,
    so that the same ledger gives the same report however late it is asked.
    """
    now_us = office.now_us()
    tomorrow_us = (now_us // _DAY_US + 1) * _DAY_US
    times = {"--from": asked.from_us, "--to": asked.until_us, "--known-at": asked.known_at_us}
    faults = [
        Fault("service.reporting.future", place)
        for place, at_us in times.items()
        if at_us is not None and at_us >= tomorrow_us
    ]
    if faults:
        raise InvalidInput(faults)
    known_us = min(now_us, asked.known_at_us if asked.known_at_us is not None else now_us)
    facts = office.facts(known_us)
    until_us = min(now_us, asked.until_us if asked.until_us is not None else now_us)
    if asked.from_us is not None and until_us < asked.from_us:
        raise InvalidInput(Fault("service.account.period", "--to"))
    newest_us = facts[-1].recorded_at_us if facts else known_us
    return replace(asked, until_us=until_us, known_at_us=newest_us)


def _ground(
    office: Office, asked: ReportAsked, as_of: AsOf
) -> tuple[GridShape | None, Words | Said]:
    register = office.book(as_of.known_at_us).register
    until_us = as_of.valid_us(office)
    if asked.donor_id is not None and asked.donor_id not in donors(register, until_us):
        params: dict[str, str | int] = {"donor": asked.donor_id}
        raise NotFound(Fault("service.reporting.donor-unknown", "--donor", params=params))
    if asked.area_id is not None:
        area = register.areas.get(asked.area_id)
        if area is None or all(record.valid_at_us > until_us for record in area.facts):
            params = {"area": asked.area_id}
            raise NotFound(Fault("land.area.unknown", "--area", params=params))
        voided = register.joined("area", asked.area_id).without_effect
        shape = area.outline_at(until_us, {item.recorded.entry_id for item in voided})
        if asked.boundary is not None:
            shape = shape.intersection(asked.boundary)
        return shape, Words("report.boundary.area", {"area": asked.area_id})
    if asked.project_id is not None:
        return _of_project(office, asked.project_id, as_of)
    if asked.boundary is not None:
        return asked.boundary, Words("report.boundary.file", {"file": asked.boundary_name})
    if asked.donor_id is not None:
        return None, Words("report.boundary.donor", {"donor": asked.donor_id})
    return None, EVERYTHING


def _of_project(office: Office, project_id: str, as_of: AsOf) -> tuple[GridShape, Words]:
    works = project_of(office, project_id, as_of)
    return works.ground or GridShape.empty(), Words(
        "report.boundary.project", {"project": project_id}
    )


def donors(register: Records, until_us: int) -> Mapping[str, tuple[str, ...]]:
    """Returns every organisation that pays for a task ordered by then, with those tasks' ids."""
    found: dict[str, tuple[str, ...]] = {}
    for task in tasks_of(register, until_us):
        if task.donor_id is not None:
            found[task.donor_id] = (*found.get(task.donor_id, ()), task.task_id)
    return found


def project_name(project: ProjectRegistered) -> Said:
    """Returns a project's name, in both languages where it has one in each."""
    return Said(f"{project.name} · {project.name_ar}" if project.name_ar else project.name)


def words_or(value: str | None) -> Cell:
    """Returns what is on record, or that nothing is."""
    return NOT_RECORDED if not value else Said(value)


def label_or(list_name: str, code: str | None) -> Cell:
    """Returns a code's label, or that none is on record."""
    return NOT_RECORDED if code is None else Label(list_name, (code,))


def labels_or(list_name: str, codes: Sequence[str]) -> Cell:
    """Returns the labels of codes, or that none is on record."""
    return Label(list_name, tuple(codes)) if codes else NOT_RECORDED


def day_or(at_us: int | None) -> Cell:
    """Returns a day, or that none is on record; undated counts from 1900 and is none."""
    undated = at_us is None or at_us <= -2_208_988_800_000_000
    return NOT_RECORDED if undated or at_us is None else At(at_us)
