"""Match two epochs of a layer, and let persons decide on what is doubtful."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

import numpy as np
import shapely

from rafiqa.errors import Fault, NotFound, Refused
from rafiqa.land import Actor, Reason, rule
from rafiqa.recovery import (
    AssetGroup,
    AssetsMatched,
    Candidate,
    LayerRegistered,
    Matching,
    MatchPolicy,
    MatchReviewed,
    Step,
    match,
)
from rafiqa.service.act import NOW, Stamp, carry_out
from rafiqa.service.assets import AssetShelf
from rafiqa.service.layers import layer_named
from rafiqa.service.matchline import ids_in_two
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import allow

TAKEN_TOLD = 20
GROUPS_PER_ENTRY = 500
"""Matches in one entry: a country's worth of them would be too much for one body."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A doubtful match in the queue, under an id that is the same at every matching."""

    candidate_id: str
    old_ids: tuple[str, ...]
    new_ids: tuple[str, ...]
    kind: str
    iou_permille: int
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class MatchReport:
    """Two versions of layers and how they match.

    ``queue`` are the doubts that no person has decided on yet. ``n_ids_reused`` counts ids that
    stand in both layers for different things.
    """

    old: LayerRegistered
    new: LayerRegistered
    matching: Matching
    groups: tuple[AssetGroup, ...]
    doubts: tuple[Doubt, ...]
    queue: tuple[Doubt, ...]
    n_ids_reused: int
    policy: MatchPolicy


def match_layers(
    office: Office,
    shelf: AssetShelf,
    old: str,
    new: str,
    policy: MatchPolicy | None = None,
) -> MatchReport:
    """Returns how two versions of layers match; nothing is recorded.

    Args:
        office: the open store.
        shelf: layers kept ready.
        old: a layer's id, or the beginning of a version's hash.
        new: likewise, of the newer.
        policy: figures that decide; the defaults where None.

    Raises:
        NotFound: there is no such version.
        InvalidInput: the beginning of a hash is that of several.
    """
    policy = policy or MatchPolicy()
    versions = layer_named(office, old), layer_named(office, new)
    layers = [shelf.version(office, version) for version in versions]
    placed = [np.flatnonzero(_has_ground(layer.table.shapes_mm)) for layer in layers]
    shapes = [layer.table.shapes_mm[rows] for layer, rows in zip(layers, placed, strict=True)]
    found = match(shapes[0], shapes[1], policy)
    ids = [
        [layer.table.ids[row] for row in rows.tolist()]
        for layer, rows in zip(layers, placed, strict=True)
    ]
    groups = tuple(_group(item, ids) for item in found.sure)
    epochs = office.recovery().epochs
    doubts = tuple(_doubt(item, ids) for item in found.doubtful)
    queue = tuple(item for item in doubts if not epochs.reviewed(item.old_ids, item.new_ids))
    reused = _reused(ids, groups) | ids_in_two(office, shelf, groups, versions)
    return MatchReport(*versions, found, groups, doubts, queue, len(reused), policy)


def doubt_json(doubt: Doubt) -> dict[str, Any]:
    """Returns a doubtful match as a JSON document names it."""
    return {
        "candidate": doubt.candidate_id,
        "old_ids": list(doubt.old_ids),
        "new_ids": list(doubt.new_ids),
        "kind": doubt.kind,
        "common_permille": doubt.iou_permille,
        "doubts": list(doubt.doubts),
    }


def shapes_of_doubt(
    office: Office, shelf: AssetShelf, report: MatchReport, doubt: Doubt
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Returns the shapes of a doubtful match as GeoJSON, of the older and of the newer layer."""
    sides = (report.old, doubt.old_ids), (report.new, doubt.new_ids)
    found = [
        [json.loads(shapely.to_geojson(layer.shapes_lonlat[layer.row_of[each]])) for each in ids]
        for layer, ids in ((shelf.version(office, fact), ids) for fact, ids in sides)
    ]
    return found[0], found[1]


def record_matches(office: Office, actor: Actor, report: MatchReport) -> Acted:
    """Returns the act of recording every match without doubt; done once, however often sent."""
    against = [*_against(report), *_contradicted(office, report)]
    if against:
        return Acted(rule([*allow(actor, "match_layers").reasons, *against]))
    done = Acted(allow(actor, "match_layers"), already=True)
    for fact in _facts(report):
        acted = record_match(office, actor, fact, Stamp(None, fact.match_id))
        if not acted.done:
            return acted
        ids = (*done.entry_ids, *acted.entry_ids)
        done = Acted(acted.ruling, ids, already=done.already and acted.already)
    return done


def record_match(office: Office, actor: Actor, fact: AssetsMatched, stamp: Stamp = NOW) -> Acted:
    """Returns the act of recording matches that the ground of two layers leaves no doubt of."""
    return carry_out(office, actor, "match_layers", fact.match_id, fact, stamp=stamp)


def decision_on(
    office: Office, report: MatchReport, candidate_id: str, *, accepted: bool, note: str | None
) -> MatchReviewed:
    """Returns a person's word on one doubtful match, to be recorded.

    Raises:
        NotFound: no doubtful match of these versions has that id.
        Refused: ids of the two layers name different things, so that nothing can be recorded.
    """
    doubt = next((item for item in report.doubts if item.candidate_id == candidate_id), None)
    if doubt is None:
        params: dict[str, str | int] = {"candidate": candidate_id[:80]}
        raise NotFound(Fault("service.match.not-in-queue", "CANDIDATE", params=params))
    against = [Fault(item.code, "OLD", None, item.params) for item in _against(report)]
    if against:
        raise Refused(against)
    versions = report.old.sha256, report.new.sha256
    return MatchReviewed(office.new_id(), *versions, doubt.old_ids, doubt.new_ids, accepted, note)


def review_match(
    office: Office,
    actor: Actor,
    fact: MatchReviewed,
    stamp: Stamp = NOW,
    shelf: AssetShelf | None = None,
) -> Acted:
    """Returns the act of deciding on a match; assets that are one cannot be others as well."""
    reasons: list[Reason] = []
    if fact.accepted:
        versions = fact.old_sha256, fact.new_sha256
        taken = office.recovery().epochs.taken(versions, (fact.old_ids, fact.new_ids))
        reasons = [_taken(step) for step in taken]
        known = {each.sha256: each for each in _layers(office)}
        if not reasons and all(version in known for version in versions):
            group = AssetGroup(fact.old_ids, fact.new_ids, fact.kind, 0)
            facts = known[versions[0]], known[versions[1]]
            reused = ids_in_two(office, shelf or AssetShelf(), (group,), facts)
            if reused:
                reasons.append(Reason("service.match.ids-reused", {"n": len(reused)}))
    return carry_out(
        office, actor, "review_match", fact.review_id, fact, stamp=stamp, ruling=rule(reasons)
    )


def _layers(office: Office) -> Iterator[LayerRegistered]:
    for records in office.recovery().versions.values():
        for record in records:
            if isinstance(record.fact, LayerRegistered):
                yield record.fact


def _contradicted(office: Office, report: MatchReport) -> Iterator[Reason]:
    """Yields the matches on record, up to some, that those found here contradict."""
    epochs = office.recovery().epochs
    versions = report.old.sha256, report.new.sha256
    steps = {
        id(step): step
        for group in report.groups
        for step in epochs.taken(versions, (group.old_ids, group.new_ids))
    }
    yield from map(_taken, list(steps.values())[:TAKEN_TOLD])


def _taken(step: Step) -> Reason:
    old, new = ", ".join(step.old_ids), ", ".join(step.new_ids)
    return Reason("service.match.taken", {"old": old, "new": new})


def _against(report: MatchReport) -> Iterator[Reason]:
    """Yields why nothing of a matching may be recorded."""
    if report.n_ids_reused:
        # The history of an asset goes by its id: under one id it would be of two.
        yield Reason("service.match.ids-reused", {"n": report.n_ids_reused})


def _reused(ids: list[list[str]], groups: tuple[AssetGroup, ...]) -> set[str]:
    """Returns the ids that stand in both layers for things that are not the same."""
    both = set(ids[0]) & set(ids[1])
    same = {old for group in groups for old in group.old_ids if old in group.new_ids}
    return both - same


def _facts(report: MatchReport) -> Iterator[AssetsMatched]:
    policy = json.dumps(asdict(report.policy), sort_keys=True)
    versions = report.old.sha256, report.new.sha256
    digest = sha256(" ".join((*versions, policy)).encode()).hexdigest()[:24]
    for first in range(0, len(report.groups), GROUPS_PER_ENTRY):
        match_id = f"match:{digest}:{first // GROUPS_PER_ENTRY + 1}"
        groups = report.groups[first : first + GROUPS_PER_ENTRY]
        yield AssetsMatched(match_id, *versions, groups, policy)


def _has_ground(shapes: np.ndarray) -> np.ndarray:
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    known: np.ndarray = ~empty & (shapely.area(shapes) > 0)
    return known


def _ids(item: Candidate, ids: list[list[str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(ids[0][row] for row in item.old_rows), tuple(ids[1][row] for row in item.new_rows)


def _group(item: Candidate, ids: list[list[str]]) -> AssetGroup:
    return AssetGroup(*_ids(item, ids), item.kind, item.iou_permille)


def _doubt(item: Candidate, ids: list[list[str]]) -> Doubt:
    old_ids, new_ids = _ids(item, ids)
    named = json.dumps([old_ids, new_ids], ensure_ascii=False).encode()
    candidate_id = sha256(named).hexdigest()[:12]
    return Doubt(candidate_id, old_ids, new_ids, item.kind, item.iou_permille, item.doubts)
