"""The shapes of gates at this door: projects, assets, what each gate answered, and papers.

Times are ISO 8601 in UTC, depths centimetres.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from rafiqa.api.problem import ProblemFault
from rafiqa.api.shape import AssetBrief, HistoryItem, Shape

Outcome = Literal["open", "conditions", "closed"]


class Gate(Shape, frozen=True):
    """One gate's answer; ``who`` is bound by a condition, ``until`` is how long it holds."""

    gate: str
    outcome: Outcome
    code: str
    detail: str
    next: str | None
    area_ids: list[str]
    fact_ids: list[str]
    who: str | None
    until: str | None


class NotAsked(Shape, frozen=True):
    """A gate that was not asked, and why; that is no all-clear."""

    gate: str
    code: str
    detail: str


class Gates(Shape, frozen=True):
    """Every gate's answer, the worst of them, and the gates that were not asked.

    ``seen`` names all that closes the works; an override gives it back. None for the public.
    """

    outcome: Outcome
    gates: list[Gate]
    not_asked: list[NotAsked]
    seen: str | None


class ProjectBrief(Shape, frozen=True):
    """A project in a list, with the outcome of its gates."""

    project_id: str
    name: str | None
    kind: str
    outcome: Outcome
    depth_cm: int | None


class Projects(Shape, frozen=True):
    """All projects on record."""

    projects: list[ProjectBrief]


class Picture(Shape, frozen=True):
    """A picture of works by the hash of its bytes; shown to all only with consent."""

    picture_moment: Literal["before", "during", "after"]
    sha256: str
    taken_on: str
    source: str
    consent: Literal["yes", "no", "unknown"]


class Project(Shape, frozen=True):
    """A project or rubble lot: what it builds on, its gates, its pictures, and its history."""

    project_id: str
    name: str | None
    kind: str
    depth_cm: int | None
    assets: list[AssetBrief]
    gate: Gates
    history: list[HistoryItem]
    pictures: list[Picture]


class SitePaper(Shape, frozen=True):
    """A paper of one works: the fields of the dictionary's record of its kind."""

    fields: dict[str, Any]


class PaperDone(Shape, frozen=True):
    """The paper is on the disk under this entry id; ``warnings`` are what to look at."""

    entry_id: str
    warnings: list[ProblemFault]


class WayDrawn(Shape, frozen=True):
    """A way in as a line: ``points`` as longitude, latitude in degrees, and its width in m."""

    points: Annotated[list[tuple[float, float]], Meta(min_length=2, max_length=200)]
    width_m: Annotated[float, Meta(gt=0, le=60)] = 4.0


class WorksAsked(Shape, frozen=True):
    """Works by the fields of the dictionary's project, their shapes as GeoJSON geometries.

    Without ``geometry`` they stand on the ground of the assets they name.
    """

    fields: dict[str, Any]
    way_in: WayDrawn | None = None


class FindAnswer(Shape, frozen=True):
    """What an ordnance team said of a find."""

    at: str
    may_go_on: bool
    note: str
    entry: str


class Find(Shape, frozen=True):
    """A chance find as told last; ``works_known`` says whether its works are registered."""

    works_id: str
    works_known: bool
    find_id: str
    at: str
    lay_in: str
    lay_in_text: str
    category: str | None
    category_text: str | None
    lon_deg: float | None
    lat_deg: float | None
    note: str | None
    open: bool
    state_text: str
    entry: str
    answers: list[FindAnswer]


class Finds(Shape, frozen=True):
    """The log of chance finds, oldest first."""

    finds: list[Find]


class LotMoved(Shape, frozen=True):
    """Where the work on a rubble lot stands, and what was said of it."""

    state: str
    note: str | None = None
