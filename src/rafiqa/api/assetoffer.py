"""Offers on an asset: what its asker may do next about it, each with the codes of its fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from rafiqa.api import shape
from rafiqa.api.assetshape import Event
from rafiqa.api.offer import offer, permit
from rafiqa.api.view import View
from rafiqa.api.works import works_choices
from rafiqa.dictionary import dictionary
from rafiqa.geo import GridShape
from rafiqa.land import Actor, StructureRegistered
from rafiqa.recovery import SCALE_LISTS
from rafiqa.service.damage import TAGS

Choices = dict[str, dict[str, str]]
_UNIT_KINDS = (
    "storey",
    "room",
    "room_group",
    "basement",
    "stairwell",
    "roof",
    "void",
    "yard",
    "ground_beneath",
)
"""Kinds of units that a building may have; of heaps, roads and tunnels there are others."""


def asset_offers(
    view: View, actor: Actor, asset_id: str, kind: str, ground: GridShape, events: Sequence[Event]
) -> list[shape.Act]:
    """Returns the acts on an asset that the actor's role permits, in their order.

    Nothing is offered that the table of permits has anything against; what the rules of an act
    say is told when it is done.

    Args:
        view: the present; acts are about it.
        actor: who asks.
        asset_id: the asset.
        kind: the kind of the layer that holds it.
        ground: what it stands on.
        events: what may have hit it.
    """
    return [
        msgspec.structs.replace(offer(view, act, asset_id, ()), choices=choices)
        for act, choices in _acts(view, kind, ground, events)
        if not permit(view.desk.office, actor, act)
    ]


def _acts(
    view: View, kind: str, ground: GridShape, events: Sequence[Event]
) -> Iterator[tuple[str, Choices]]:
    yield "assess_damage", _scales(view)
    near = {each.event_id: _event(each) for each in events if each.how != "stated"}
    if near:
        yield "link_damage", {"event_id": near}
    if kind != "roads":
        yield "tag_structure", {"tag": _words(view, "structural_tag", TAGS)}
    if kind == "buildings" and not _with_units(view, ground):
        yield "register_structure", {"kind": _words(view, "unit_kind", _UNIT_KINDS)}
    yield "register_project", works_choices(view.lang)


def _scales(view: View) -> Choices:
    """Returns the scales of damage, and the codes of each under its own name."""
    scales = {"scale": _words(view, "damage_scale", tuple(SCALE_LISTS))}
    for scale, listed in SCALE_LISTS.items():
        scales[scale] = _words(view, listed, dictionary().lists[listed].names)
    return scales


def _words(view: View, listed: str, codes: Sequence[str]) -> dict[str, str]:
    known = dictionary().lists[listed]
    return {code: known.label(code, view.lang) for code in codes}


def _event(event: Event) -> str:
    return f"{event.kind_name} · {event.at[:10]} · {event.distance_m:.0f} m"


def _with_units(view: View, ground: GridShape) -> bool:
    """Returns whether a structure with units is on record on some ground."""
    facts = (record.recorded.fact for record in view.register.structures.values())
    return any(
        not fact.shape.intersection(ground).is_empty
        for fact in facts
        if isinstance(fact, StructureRegistered) and fact.shape.intersects(ground)
    )
