"""Gate G5: may a structure be entered, worked on or taken down, by the engineer's tag.

The ground comes first: nobody enters a building that was not searched, an engineer neither. So
this gate is never better than what stands of the ground.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rafiqa.recovery.answer import Gate, Outcome, worst
from rafiqa.recovery.fact import ProjectRegistered
from rafiqa.recovery.lastword import replaces
from rafiqa.recovery.sitefact import MethodStated
from rafiqa.recovery.sitefolder import Paper, SiteFolder

Colour = Literal["green", "yellow", "red"]


@dataclass(frozen=True, slots=True)
class StructureTag:
    """An engineer's tag on one building as it stands at a time.

    Attributes:
        colour: what the engineer found.
        lapsed: why it stands no more, ``expired`` or ``damaged``; None while it stands.
        until_us: the day it was given until; None where none was set.
        fact_id: the entry that it stands in.
        valid_at_us: when it was given.
        seq: its place in the ledger.
    """

    colour: Colour
    lapsed: Literal["expired", "damaged"] | None = None
    until_us: int | None = None
    fact_id: str = ""
    valid_at_us: int = 0
    seq: int = 0


Tags = Mapping[str, StructureTag]
"""The tag of each building that has one, by the building's id."""


def structure(
    works: ProjectRegistered, folder: SiteFolder, tags: Tags, ground: Sequence[Gate]
) -> Iterator[Gate]:
    """Yields G5: closed by a red tag or none, and never better than the ground.

    Args:
        works: what is to be built or taken down.
        folder: its papers.
        tags: what engineers found of its buildings.
        ground: what gates G3 and G10 answered.
    """
    outcome: Outcome = worst([gate.outcome for gate in ground])
    areas = tuple(dict.fromkeys(area for gate in ground for area in gate.area_ids))
    if outcome == "closed":
        yield Gate("G5", "closed", "gate.structure.ground-first", {}, areas)
    elif outcome == "conditions":
        code = "gate.structure.ground-unsettled"
        yield Gate("G5", "conditions", code, {}, areas, (), "engineer")
    methods = folder.all_of(MethodStated)
    for asset_id in works.asset_ids:
        yield _tagged(works, asset_id, tags.get(asset_id), methods)
    if not works.asset_ids:
        yield Gate("G5", "closed", "gate.structure.no-building")


def _tagged(
    works: ProjectRegistered,
    asset_id: str,
    tag: StructureTag | None,
    methods: Sequence[Paper[MethodStated]],
) -> Gate:
    params: dict[str, str | int] = {"asset": asset_id}
    if tag is None:
        return Gate("G5", "closed", "gate.structure.no-tag", params)
    ids: tuple[str, ...] = (tag.fact_id,) if tag.fact_id else ()
    if tag.lapsed == "damaged":
        return Gate("G5", "closed", "gate.structure.tag-damaged", params, (), ids)
    if tag.lapsed == "expired":
        return Gate("G5", "closed", "gate.structure.tag-expired", params, (), ids)
    until_us = tag.until_us
    if tag.colour == "green":
        return Gate("G5", "open", "gate.structure.green", params, (), ids, None, until_us)
    # A statement that is older than the tag was not written for what the engineer found.
    method_id = next((each.entry_id for each in reversed(methods) if replaces(each, tag)), None)
    if method_id is None or (tag.colour == "red" and works.kind != "demolition"):
        code = f"gate.structure.{tag.colour}"
        outcome: Outcome = "closed" if tag.colour == "red" else "conditions"
        return Gate("G5", outcome, code, params, (), ids, "engineer", until_us)
    code = "gate.structure.by-method"
    return Gate("G5", "conditions", code, params, (), (*ids, method_id), "engineer", until_us)
