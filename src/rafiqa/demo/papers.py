"""The papers of projects and rubble lots: some whole, some lacking, some against the works.

Nothing is drawn by chance here: which story a project has follows from its place among those
that are meant to show the same of the ground, so that every gate has each of its answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from rafiqa import service
from rafiqa.demo import cast
from rafiqa.demo.clock import FIRST_DAY
from rafiqa.demo.plan import DAYS, Plan, PlannedProject, RubbleLot
from rafiqa.demo.structure import Said
from rafiqa.land import Actor
from rafiqa.recovery import (
    QUESTIONS,
    ChanceFindAnswered,
    ChanceFound,
    CrewBriefed,
    EodSupportAgreed,
    HazmatScreened,
    RightsChecked,
    RightsClaimed,
    RubbleLifted,
    RubbleLotMoved,
    SiteFact,
    SiteRated,
    UtilitiesNoted,
)
from rafiqa.wire.instant import date_us

Facts = Iterator[tuple[int, Actor, SiteFact]]
"""Papers, each with how many days after the registration, and by whom."""
_EOD = "op-heron"
_WORKERS = 12
_STORIES: dict[str, tuple[str, ...]] = {
    "released": ("whole", "medium", "disputed", "live", "bare", "expired"),
    "reopened": ("whole",),
    "unrecorded": ("bare", "watched", "absent", "whole"),
}
_ELSE = ("whole", "bare")
_PROTECTED = frozenset({"memorial", "heritage"})
_LOT_STORIES = ("whole", "found", "answered", "alone", "memorial", "bare", "heritage")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a registration states beside where and how deep."""

    volume_m3: int | None = None
    method: str | None = None
    n_workers: int | None = None
    funder: str | None = None
    protected: str | None = None


def story_of(plan: Plan, subject: str) -> str:
    """Returns the story of a project's or a lot's papers; ``bare`` where it has none."""
    seen: Counter[str] = Counter()
    for project in plan.projects:
        stories = _STORIES.get(project.meant, _ELSE)
        if project.project_id == subject:
            return stories[seen[project.meant] % len(stories)]
        seen[project.meant] += 1
    lots = [lot.lot_id for lot in plan.rubble]
    return _LOT_STORIES[lots.index(subject) % len(_LOT_STORIES)] if subject in lots else "bare"


def sheet_of(plan: Plan, about: PlannedProject | RubbleLot) -> Sheet:
    """Returns the sheet of a project or a lot; an empty one where its story is a bare one."""
    lot = isinstance(about, RubbleLot)
    story = story_of(plan, about.lot_id if isinstance(about, RubbleLot) else about.project_id)
    if story == "bare":
        return Sheet()
    if story in _PROTECTED:
        return Sheet(protected=story)
    volume_m3 = None if isinstance(about, RubbleLot) else _dug_m3(about)
    method = "heavy_machine" if lot else "light_machine"
    return Sheet(volume_m3, method, _WORKERS, cast.DONORS[0], protected="none" if lot else None)


def _dug_m3(project: PlannedProject) -> int:
    return max(1, round(float(project.shape.area) * project.depth_cm / 100))


def works_papers(plan: Plan) -> tuple[Said, ...]:
    """Returns the papers of every project and lot that has any, as acts on their days."""
    projects = [(each.project_id, each.registered_day) for each in plan.projects]
    lots = [(each.lot_id, each.day) for each in plan.rubble]
    papers = (*_said(plan, projects, _of_project), *_said(plan, lots, _of_lot))
    return (*papers, *_moves(plan))


def _moves(plan: Plan) -> Iterator[Said]:
    """Yields where the work on lots went: begun where a team stands by, stopped by a find."""
    for lot in plan.rubble:
        story = story_of(plan, lot.lot_id)
        if story in {"whole", "found", "answered"}:
            moved = RubbleLotMoved(lot.lot_id, "removing")
            yield Said(lot.day + 5, service.move_rubble_lot, cast.ENGINEER, moved)
        if story == "found":
            moved = RubbleLotMoved(lot.lot_id, "stopped")
            yield Said(lot.day + 8, service.move_rubble_lot, cast.ENGINEER, moved)


def _said(
    plan: Plan, subjects: Sequence[tuple[str, int]], papers: Callable[[str, str, int], Facts]
) -> Iterator[Said]:
    for subject, day in subjects:
        for after, actor, fact in papers(story_of(plan, subject), subject, day):
            if day + after < DAYS:
                yield Said(day + after, service.put_on_record, actor, fact)


def _of_project(story: str, works_id: str, day: int) -> Facts:
    if story == "bare":
        return
    yield from _rights(story, works_id)
    said: dict[str, Any] = {"bombed": "yes"} if story == "medium" else {}
    yield from _ratings(works_id, day, said, once=story == "expired")
    power = "live" if story == "live" else "cut"
    yield 3, cast.ENGINEER, UtilitiesNoted(works_id, power, "none", "cut", "no")
    yield 4, cast.ENGINEER, HazmatScreened(works_id, ("screened_none",))
    yield from _briefings(works_id, day)
    if story in {"medium", "watched"}:
        yield 4, cast.operator(_EOD), _team(works_id)


def _rights(story: str, works_id: str) -> Facts:
    status = {"absent": "owner_absent"}.get(story, "clear")
    papers = (f"consent-{works_id}",)
    yield 1, cast.ENGINEER, RightsChecked(works_id, status, "public", papers)
    if story == "disputed":
        claim = RightsClaimed(works_id, f"{works_id}-k1", "inheritance", "disputed", "yes")
        yield 2, cast.ENGINEER, claim


def _ratings(works_id: str, day: int, said: dict[str, Any], *, once: bool) -> Facts:
    """Yields a site's rating, and again before each runs out; one alone where it is let run out."""
    answers: dict[str, Any] = {**dict.fromkeys(QUESTIONS, "no"), **said}
    rated = SiteRated(works_id, trained=True, **answers)
    yield 2, cast.SURVEYOR, rated
    if not once:
        yield from ((after, cast.SURVEYOR, rated) for after in _again(day))


def _briefings(works_id: str, day: int) -> Facts:
    briefed = CrewBriefed(works_id, _WORKERS, eore=True, stop_work=True)
    yield 4, cast.SURVEYOR, briefed
    yield from ((after, cast.SURVEYOR, briefed) for after in _again(day))


def _again(day: int) -> Iterator[int]:
    """Yields, as days after a registration, when what holds for a year is done again."""
    yield from range(300, DAYS - 2 - day, 300)
    if day + 5 < DAYS - 2:
        yield DAYS - 2 - day


def _team(works_id: str) -> EodSupportAgreed:
    until = FIRST_DAY + timedelta(days=DAYS + 365)
    return EodSupportAgreed(works_id, _EOD, f"{_EOD}-eod", date_us(until.date()))


def _of_lot(story: str, works_id: str, day: int) -> Facts:
    if story in {"bare", *_PROTECTED}:
        return
    yield from _rights(story, works_id)
    yield from _ratings(works_id, day, {"bombed": "yes"}, once=False)
    yield 3, cast.ENGINEER, UtilitiesNoted(works_id, "cut", "none", "cut", "no")
    yield 4, cast.ENGINEER, HazmatScreened(works_id, ("asbestos",), "kept wet, carried off in bags")
    yield from _briefings(works_id, day)
    operator = cast.operator(_EOD)
    if story != "alone":
        yield 4, operator, _team(works_id)
    for layer in (1, 2):
        tickets = tuple(f"{works_id}-{layer}-{truck}" for truck in (1, 2, 3))
        lift_id, on_call = f"{works_id}-{layer}", story != "alone"
        lift = RubbleLifted(works_id, lift_id, layer, Decimal(36), on_call, tickets, Decimal(35))
        yield 4 + layer, operator, lift
    find_id = f"{works_id}-f1"
    if story in {"found", "answered"}:
        yield 7, cast.ENGINEER, ChanceFound(works_id, find_id, "rubble", category="mortar")
    if story == "answered":
        note = "Mortar bomb without fuze, taken away · قذيفة هاون بلا صاعق، نُقلت"
        yield 9, operator, ChanceFindAnswered(works_id, find_id, may_go_on=True, note=note)
