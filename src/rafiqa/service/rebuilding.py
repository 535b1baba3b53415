"""Rebuilding: register reference layers, projects and rubble lots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rafiqa.land import Actor, Reason, rule
from rafiqa.recovery import (
    LayerRegistered,
    ProjectRegistered,
    RubbleLotMoved,
    RubbleLotRegistered,
)
from rafiqa.service.act import NOW, Stamp, by_the_newest, carry_out
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import allow
from rafiqa.wire.assetlayer import layer_bytes


def register_layer(
    office: Office,
    actor: Actor,
    fact: LayerRegistered,
    rows: tuple[Sequence[str], npt.NDArray[np.object_], Mapping[str, Sequence[Any]]],
    stamp: Stamp = NOW,
) -> Acted:
    """Returns the act of registering a reference layer, its bytes kept under their hash.

    Args:
        office: the open store.
        actor: who registers it.
        fact: the layer; its hash and row count are filled in here.
        rows: ids, shapes in degrees, and columns.
        stamp: when it was true and the client's own id.
    """
    permit = allow(actor, "register_layer")
    if not permit.allowed:
        # Before the bytes are kept: who may not register leaves nothing in the store.
        return Acted(permit)
    ids, shapes, columns = rows
    content = layer_bytes(ids, shapes, columns)
    fact = replace(fact, sha256=office.store.put_blob(content), n_rows=len(ids))
    return carry_out(office, actor, "register_layer", fact.layer_id, fact, stamp=stamp)


def register_project(
    office: Office, actor: Actor, fact: ProjectRegistered, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of registering a project; what it lacks will close its gate, not this."""
    ruling = rule(list(id_faults(office, fact)))
    return carry_out(
        office, actor, "register_project", fact.project_id, fact, stamp=stamp, ruling=ruling
    )


def register_rubble_lot(
    office: Office, actor: Actor, fact: RubbleLotRegistered, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of registering a heap of rubble to be lifted."""
    ruling = rule(list(id_faults(office, fact)))
    return carry_out(
        office, actor, "register_rubble_lot", fact.lot_id, fact, stamp=stamp, ruling=ruling
    )


def id_faults(office: Office, fact: ProjectRegistered | RubbleLotRegistered) -> Iterator[Reason]:
    """Yields why works cannot have their id: other works of the other kind would vanish under it.

    Papers, finds and stops name works by their id alone.
    """
    known = office.recovery()
    if isinstance(fact, ProjectRegistered):
        works_id, taken = fact.project_id, fact.project_id in known.lots
    else:
        works_id, taken = fact.lot_id, fact.lot_id in known.projects
    if taken:
        yield Reason("service.works.id-taken", {"works": works_id[:80]})


@by_the_newest
def move_rubble_lot(
    office: Office, actor: Actor, fact: RubbleLotMoved, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of moving a rubble lot to another state."""
    known = fact.lot_id in office.recovery().lots
    against = [] if known else [Reason("service.rubble.unknown", {"lot": fact.lot_id})]
    return carry_out(
        office, actor, "move_rubble_lot", fact.lot_id, fact, stamp=stamp, ruling=rule(against)
    )
