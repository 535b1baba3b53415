"""What a works' papers answer: every gate of papers that it is asked, in one list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rafiqa.geo import GridShape
from rafiqa.recovery import papergate
from rafiqa.recovery.answer import Gate, GatePolicy
from rafiqa.recovery.fact import ProjectRegistered
from rafiqa.recovery.gatechain import asked
from rafiqa.recovery.lastword import Dated, replaces
from rafiqa.recovery.protectedsite import ProtectedSite, protected_ground
from rafiqa.recovery.rubblegate import PlacedFind, finds, lifting, stopped
from rafiqa.recovery.sitefolder import SiteFolder
from rafiqa.recovery.structuregate import StructureTag, Tags, structure


def _untagged() -> dict[str, StructureTag]:
    return {}


@dataclass(frozen=True, slots=True)
class SitePapers:
    """All that a gate is asked of beside the land, as true at one time and known at one time.

    Attributes:
        folder: the works' own papers.
        tags: engineers' tags by building.
        finds: every find of the site that no ordnance team has answered.
        lot_state: where the work on a rubble lot stands, and the entry that says so.
        in_force: numbers of the certificates that stand.
        elsewhere: entries of papers made when the works had other ground, and numbers of
            certificates that name none of the ground of these works.
        sites: every protected site on record.
        said: by the name of what a sheet states, the registration that said so last.
    """

    folder: SiteFolder = field(default_factory=SiteFolder)
    tags: Tags = field(default_factory=_untagged)
    finds: Sequence[PlacedFind] = ()
    lot_state: tuple[str, str] | None = None
    in_force: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    sites: Sequence[ProtectedSite] = ()
    said: Mapping[str, Dated] = field(default_factory=dict)


def paper_gates(
    works: ProjectRegistered,
    ground: GridShape | None,
    papers: SitePapers,
    valid_at_us: int,
    policy: GatePolicy,
) -> Iterator[Gate]:
    """Yields the gates of papers but G5, which waits for the ground.

    Finds, a stopped lot, and what a sheet itself says against its works are told unasked.
    """
    folder, wanted = papers.folder, asked(works, papers.folder)
    yield from papergate.stated_against(works, folder, papers.said)
    yield from protected_ground(works, folder, papers.sites, papers.elsewhere)
    yield from finds(works.project_id, ground, papers.finds, policy)
    yield from stopped(papers.lot_state)
    site: list[Gate] = []
    if "G1" in wanted:
        site += papergate.rights(works, folder)
    if "G2" in wanted:
        site += papergate.rating(folder, valid_at_us, policy)
    if "G4" in wanted:
        site += papergate.utilities(folder)
    if "G6" in wanted:
        site += papergate.materials(folder)
    yield from (_of_this_ground(gate, papers.elsewhere) for gate in site)
    if "G7" in wanted:
        yield from papergate.crew(works, folder, valid_at_us, policy)
    if "G8" in wanted:
        yield from lifting(folder, valid_at_us)
    if "G11" in wanted:
        yield from papergate.closing(folder, papers.in_force, papers.elsewhere)


def _of_this_ground(gate: Gate, elsewhere: frozenset[str]) -> Gate:
    """Returns what a paper of the site answers; of other ground it opens nothing.

    What it says against the works it still says.
    """
    if gate.outcome != "open" or not elsewhere.intersection(gate.fact_ids):
        return gate
    who = "surveyor" if gate.gate == "G2" else "engineer"
    return Gate(gate.gate, "conditions", "gate.paper.other-ground", {}, (), gate.fact_ids, who)


def structure_gates(
    works: ProjectRegistered, papers: SitePapers, ground: Sequence[Gate]
) -> Iterator[Gate]:
    """Yields G5 where it is asked, and what is red of the works' buildings in any case."""
    if _stated_red(works, papers):
        yield Gate("G5", "closed", "gate.structure.stated-red")
    if "G5" in asked(works, papers.folder):
        yield from structure(works, papers.folder, papers.tags, ground)
        return
    for asset_id in works.asset_ids:
        tag = papers.tags.get(asset_id)
        if tag is not None and tag.colour == "red":
            params: dict[str, str | int] = {"asset": asset_id}
            yield Gate("G5", "closed", "gate.structure.red", params, (), (tag.fact_id,))


def _stated_red(works: ProjectRegistered, papers: SitePapers) -> bool:
    """Returns whether a sheet says red and no engineer has looked at every building since.

    A tag answers what a sheet said before it, as long as it stands. One given earlier did not
    know of it.
    """
    if works.stated is None or works.stated.structural_tag != "red":
        return False
    said = papers.said.get("structural_tag")
    tags = [papers.tags.get(asset_id) for asset_id in works.asset_ids]
    return not tags or any(
        tag is None or tag.lapsed or (said is not None and not replaces(tag, said)) for tag in tags
    )
