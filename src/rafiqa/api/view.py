"""View: a moment of the site as one asker may see it, in their language."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from typing import Self

from rafiqa.api.ask import Ask
from rafiqa.api.desk import Desk
from rafiqa.api.moment import Moment
from rafiqa.api.reply import Reply
from rafiqa.geo import SiteFrame
from rafiqa.land import Face, LandState, Recorded, Records
from rafiqa.locale import direction
from rafiqa.recovery import GateAnswer, GatePolicy, ProjectRegistered
from rafiqa.service import gate_of
from rafiqa.service.doubt import Doubts
from rafiqa.service.scope import areas_seen, sees_everything
from rafiqa.service.waitingreport import placed_near
from rafiqa.service.wayin import ways_key
from rafiqa.service.worksfolder import WorksFolders


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What a handler answers from.

    Attributes:
        desk: what the server keeps.
        moment: the two times.
        lang: the language of the answer.
        staff: whether the asker may see what is not for everybody, of every organisation.
        own: the asker's organisation, where they see what is its own alone; else empty.
        own_areas: the areas in which it has a task.
    """

    desk: Desk
    moment: Moment
    lang: str
    staff: bool
    own: str = ""
    own_areas: frozenset[str] = frozenset()

    @classmethod
    def of(cls, ask: Ask) -> Self:
        """Returns the view that a request asks for, no wider than the table of permits has it."""
        return cls.at(ask, ask.moment)

    @classmethod
    def at(cls, ask: Ask, moment: Moment) -> Self:
        """Returns how who asks may see a moment."""
        if ask.actor is None or not ask.staff:
            return cls(ask.desk, moment, ask.lang, staff=False)
        office, limits = ask.desk.office, ask.standing.area_ids
        if sees_everything(office, ask.actor) and not limits:
            return cls(ask.desk, moment, ask.lang, staff=True)
        seen = areas_seen(office, moment.book.register, ask.actor)
        if sees_everything(office, ask.actor):
            seen = frozenset(moment.book.register.areas)
        own_areas = seen & limits if limits else seen
        own = ask.actor.organisation_id
        return cls(ask.desk, moment, ask.lang, staff=False, own=own, own_areas=own_areas)

    @classmethod
    def of_works(cls, ask: Ask) -> Self:
        """Returns the view of works, permits and gates: all of the staff see those alike."""
        return cls(ask.desk, ask.moment, ask.lang, ask.staff)

    def sees(self, area_id: str | None) -> bool:
        """Returns whether the asker sees tasks and single items in an area."""
        return self.staff or (area_id is not None and area_id in self.own_areas)

    def of_area(self, area_id: str) -> Self:
        """Returns the view as it is of one area: whole where the asker sees into it."""
        return self if self.staff else replace(self, staff=self.sees(area_id))

    @property
    def reach(self) -> Hashable:
        """What tells views apart that see another part of the same."""
        return (self.staff, self.own, self.own_areas)

    @property
    def register(self) -> Records:
        """Everything on record by id, as known at the moment; true by then or later."""
        return self.moment.book.register

    @property
    def frame(self) -> SiteFrame:
        """The plane in which the site measures."""
        return self.desk.office.frame

    def true(self, record: Recorded) -> bool:
        """Returns whether a fact was true by the moment."""
        return record.valid_at_us <= self.moment.valid_us

    def states(self) -> Iterator[tuple[Face, LandState]]:
        """Yields each face on record with its state at the moment."""
        return self.moment.book.states(self.moment.valid_us)

    def doubts(self) -> Doubts:
        """Returns which released ground is in doubt, worked out once for the moment."""
        moment, office = self.moment, self.desk.office

        def make() -> Doubts:
            return Doubts.of(office, moment.book, moment.recovery, moment.valid_us)

        kept: Doubts = self.desk.layers.get(("doubts", moment.land_key), make)
        return kept

    def gates(self) -> dict[str, tuple[ProjectRegistered, GateAnswer]]:
        """Returns every project with its gates, worked out once for the moment."""
        key = ("gates", self.moment.key)
        kept: dict[str, tuple[ProjectRegistered, GateAnswer]]
        kept = self.desk.layers.get(key, self._gates)
        return kept

    def _gates(self) -> dict[str, tuple[ProjectRegistered, GateAnswer]]:
        return {
            project.project_id: (project, self._gate(project))
            for project in self.moment.recovery.project_facts()
        }

    def gate(self, works_id: str) -> tuple[ProjectRegistered, GateAnswer] | None:
        """Returns a project or rubble lot with its gates; None where neither has that id."""
        works = self.moment.recovery.works(works_id)
        return None if works is None else (works, self._gate(works))

    def _gate(self, works: ProjectRegistered) -> GateAnswer:
        """Returns the gate of some works alone, asked once for all moments that have the same."""
        key = ("gate", self.gate_key(works))
        kept: GateAnswer = self.desk.sheets.get(key, lambda: self._gate_asked(works))
        return kept

    def gate_key(self, works: ProjectRegistered) -> Hashable:
        """Returns what the gate of some works hangs on: land, ways in, and what was seen near."""
        moment = self.moment
        ground = works.ground
        about: list[int] = []
        if ground is not None:
            least_mm = GatePolicy().distance_mm
            witnesses = moment.book.witnesses
            about = witnesses.about(ground.geometry, moment.valid_us, least_mm=least_mm)
        ways = ways_key(self.desk.office, moment.valid_us, moment.known_us)
        return (works.project_id, moment.land_key, tuple(about), ways)

    def _gate_asked(self, works: ProjectRegistered) -> GateAnswer:
        office, moment = self.desk.office, self.moment
        ground, least_mm = works.ground, GatePolicy().distance_mm
        reports = placed_near(office, moment.book, ground, moment.valid_us, least_mm)
        papers = self._folders().papers(works)
        return gate_of(office, works, moment.as_of, reports=reports, papers=papers)

    def _folders(self) -> WorksFolders:
        """Returns the papers of all works, gathered once for moments that have the same."""
        office, moment = self.desk.office, self.moment

        def make() -> WorksFolders:
            return WorksFolders.of(office, moment.valid_us, moment.known_us)

        kept: WorksFolders = self.desk.layers.get(("folders", moment.land_key), make)
        return kept

    def kept(self, name: Hashable, make: Callable[[], Reply]) -> Reply:
        """Returns an answer that depends on nothing but the view and a name, made once."""
        key = (name, self.moment.key, self.lang, self.reach)
        return self.desk.replies.get(key, make)


PLACE_NAMES = ("name_ar", "name_ckb", "name_kmr")
"""Columns of a layer that hold a name in one language."""


def called(
    name: str | None, name_ar: str | None, name_ckb: str | None, name_kmr: str | None, *, lang: str
) -> str | None:
    """Returns a name in the asker's language where there is one, else what they can best read."""
    own = {"ckb": name_ckb, "kmr": name_kmr}.get(lang)
    return own or named(name, name_ar, lang)


def named(name: str | None, name_ar: str | None, lang: str) -> str | None:
    """Returns the name in the asker's language where there is one, else the name."""
    return (name_ar if direction(lang) == "rtl" else None) or name
