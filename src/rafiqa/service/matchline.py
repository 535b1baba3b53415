"""Whole lines of assets over all layers: whether one name would stand for two of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import shapely

from rafiqa.recovery import AssetGroup, Epochs, LayerRegistered, RecoveryRegister
from rafiqa.service.assets import ASSET_KINDS, AssetLayer, AssetShelf
from rafiqa.service.office import Office

_LEAST_IN_COMMON = 0.1
"""Intersection over union under which one id in two layers names two things."""


def ids_in_two(
    office: Office,
    shelf: AssetShelf,
    groups: Sequence[AssetGroup],
    versions: tuple[LayerRegistered, LayerRegistered],
) -> set[str]:
    """Returns ids that would stand for two assets if these matches were put on record.

    Tags and damage go with an asset along its whole line of names. So no line may hold two names
    of one layer, and no name of it may stand, in any layer or version, for something elsewhere.

    Args:
        office: the open store.
        shelf: layers kept ready.
        groups: matches to be recorded.
        versions: the older and the newer layer that they are between.
    """
    register = office.recovery()
    root = _roots(register.epochs, groups)
    if not root:
        return set()
    matched = {fact.sha256 for fact in versions}
    direct = {
        old for group in groups if group.kind == "same" for old in group.old_ids
        if old in group.new_ids
    }  # fmt: skip
    found: set[str] = set()
    places: dict[str, list[tuple[bool, shapely.Geometry]]] = {}
    for fact in _known(register, versions):
        layer = shelf.version(office, fact)
        held = [asset_id for asset_id in root if asset_id in layer.row_of]
        found |= _two_of_one(held, root)
        for asset_id in held:
            # Where the two layers lie apart by a common shift, the matching has seen to it.
            seen = asset_id in direct and fact.sha256 in matched
            places.setdefault(asset_id, []).append((seen, _shape(layer, asset_id)))
    for asset_id, shapes in places.items():
        if _apart([shape for _, shape in shapes], n_seen=sum(seen for seen, _ in shapes)):
            found.add(asset_id)
    return found


def _known(
    register: RecoveryRegister, versions: Iterable[LayerRegistered]
) -> list[LayerRegistered]:
    """Returns every version of every layer of assets, those being matched first."""
    facts = {fact.sha256: fact for fact in versions}
    for records in register.versions.values():
        for record in records:
            fact = record.fact
            if isinstance(fact, LayerRegistered) and fact.kind in ASSET_KINDS:
                facts.setdefault(fact.sha256, fact)
    return list(facts.values())


def _roots(epochs: Epochs, groups: Sequence[AssetGroup]) -> dict[str, str]:
    """Returns every id on the lines that the matches touch, and one name for each whole line."""
    above: dict[str, str] = {}

    def top(asset_id: str) -> str:
        while above.setdefault(asset_id, asset_id) != asset_id:
            above[asset_id] = above[above[asset_id]]
            asset_id = above[asset_id]
        return asset_id

    for group in groups:
        names = (*group.old_ids, *group.new_ids)
        for name in names:
            for other in epochs.line(name).same_ids:
                above[top(other)] = top(name)
        if group.kind == "same":
            above[top(names[0])] = top(names[-1])
    return {asset_id: top(asset_id) for asset_id in list(above)}


def _two_of_one(held: Iterable[str], root: dict[str, str]) -> set[str]:
    """Returns the ids of one layer that lie on one line."""
    by_line: dict[str, list[str]] = {}
    for asset_id in held:
        by_line.setdefault(root[asset_id], []).append(asset_id)
    return {asset_id for ids in by_line.values() if len(ids) > 1 for asset_id in ids}


def _shape(layer: AssetLayer, asset_id: str) -> shapely.Geometry:
    shape: shapely.Geometry = layer.table.shapes_mm[layer.row_of[asset_id]]
    return shape


def _apart(shapes: Sequence[shapely.Geometry], *, n_seen: int) -> bool:
    """Returns whether shapes under one id are two things; the first ``n_seen`` are known as one."""
    first = max(1, n_seen)
    for shape in shapes[first:]:
        if not any(_alike(shape, other) for other in shapes[:first]):
            return True
    return False


def _alike(one: shapely.Geometry, other: shapely.Geometry) -> bool:
    together = shapely.area(shapely.union(one, other))
    if not together:
        return bool(shapely.equals(one, other))
    return bool(shapely.area(shapely.intersection(one, other)) / together >= _LEAST_IN_COMMON)
