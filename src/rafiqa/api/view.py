"""View: a moment of the site as one asker may see it, in their language."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Self

from rafiqa.api.ask import Ask
from rafiqa.api.desk import Desk
from rafiqa.api.moment import Moment
from rafiqa.api.reply import Reply
from rafiqa.geo import SiteFrame
from rafiqa.land import Face, LandState, Recorded, Records
from rafiqa.recovery import GateAnswer, ProjectRegistered
from rafiqa.service import gate_of


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What a handler answers from.

    Attributes:
        desk: what the server keeps.
        moment: the two times.
        lang: the language of the answer.
        staff: whether the asker may see what is not for everybody.
    """

    desk: Desk
    moment: Moment
    lang: str
    staff: bool

    @classmethod
    def of(cls, ask: Ask) -> Self:
        """Returns the view that a request asks for."""
        return cls(ask.desk, ask.moment, ask.lang, ask.staff)

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

    def gates(self) -> dict[str, tuple[ProjectRegistered, GateAnswer]]:
        """Returns every project with its gates, worked out once for the moment."""
        key = ("gates", self.moment.key)
        kept: dict[str, tuple[ProjectRegistered, GateAnswer]]
        kept = self.desk.layers.get(key, self._gates)
        return kept

    def _gates(self) -> dict[str, tuple[ProjectRegistered, GateAnswer]]:
        projects = self.moment.recovery.project_facts()
        return {
            project.project_id: (
                project,
                gate_of(self.desk.office, project, self.moment.as_of),
            )
            for project in projects
        }

    def kept(self, name: Hashable, make: Callable[[], Reply]) -> Reply:
        """Returns an answer that depends on nothing but the view and a name, made once."""
        key = (name, self.moment.key, self.lang, self.staff)
        return self.desk.replies.get(key, make)


def named(name: str | None, name_ar: str | None, lang: str) -> str | None:
    """Returns the name in the asker's language where there is one, else the name."""
    return (name_ar if lang == "ar" else None) or name
