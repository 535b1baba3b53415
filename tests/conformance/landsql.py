"""The land account worked out a second time: by SQL set operations, from the ledger's facts.

Nothing of `rafiqa.land` but the facts' own classes is used. Facts become rows: what puts ground
to hazard, what takes it off, what the authority decided of a class. PostGIS then asks, for a
time, the rule of docs/decisions/0003 as sets: a lowering counts on its ground less every raise
there, true by then, that was not both older than the work it rests on and on record before it.
Under a structure that is asked of each unit, and of open ground as of one more (decision 12).

What is not re-proved here: who was accredited, which evidence was answered, whether parts keep
within their area, floor area and depths. That a release is lawful is asked by simple rules only:
two persons of the authority, in order, on work that did not fail an inspection before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rafiqa.geo import GridShape
from rafiqa.land import (
    AreaRecorded,
    BoundaryCorrected,
    ClassDecided,
    LandReopened,
    Recorded,
    ReleaseAccepted,
    ReleaseProposed,
    ReleaseRejected,
    ReleaseTransferred,
    StructureRegistered,
    WorkInspected,
    WorkReported,
)

Row = tuple[str, tuple[Any, ...]]
"""A table, and the values of one of its rows."""

TABLES = """
CREATE TABLE raised (area text, kind text, cls text, valid bigint, seq bigint, work text,
                     unit text, geom geometry);
CREATE TABLE lowered (area text, kind text, valid bigint, seq bigint, begun bigint,
                      begun_seq bigint, work text, taken_over boolean, unit text,
                      geom geometry);
CREATE TABLE units (unit text, valid bigint, seq bigint, geom geometry);
CREATE TABLE decided (area text, cls text, valid bigint, seq bigint);
CREATE OR REPLACE FUNCTION less(a geometry, b geometry) RETURNS geometry LANGUAGE sql AS
    'SELECT ST_CollectionExtract(ST_Difference(a, b, 1), 3)';
CREATE OR REPLACE FUNCTION common(a geometry, b geometry) RETURNS geometry LANGUAGE sql AS
    'SELECT ST_CollectionExtract(ST_Intersection(a, b, 1), 3)';
"""

CLAIMS = """
CREATE TABLE ground AS
    SELECT area AS claim, ST_Union(geom, 1) AS geom
    FROM raised WHERE area IS NOT NULL GROUP BY area;
CREATE TABLE claimed AS
    SELECT area AS claim, kind, cls, valid, seq, geom FROM raised WHERE area IS NOT NULL
    UNION ALL
    SELECT claim, kind, cls, valid, seq, common(r.geom, g.geom)
    FROM raised r JOIN ground g ON ST_Intersects(r.geom, g.geom)
    WHERE kind IN ('reopened', 'kept', 'failed')
    UNION ALL
    SELECT '', kind, cls, valid, seq, geom FROM raised WHERE kind = 'implied'
    UNION ALL
    SELECT '', kind, cls, valid, seq,
           less(geom, coalesce((SELECT ST_Union(g.geom, 1) FROM ground g),
                                        'POLYGON EMPTY'))
    FROM raised WHERE kind IN ('reopened', 'kept');
INSERT INTO ground SELECT '', ST_Union(geom, 1) FROM claimed WHERE claim = '';
INSERT INTO claimed
    SELECT '', kind, cls, valid, seq, common(r.geom, g.geom)
    FROM raised r JOIN ground g ON g.claim = '' AND ST_Intersects(r.geom, g.geom)
    WHERE kind = 'failed';
CREATE TABLE acting AS
    SELECT claim, l.kind, l.valid, l.seq, begun, begun_seq, work, taken_over, l.unit,
           common(l.geom, g.geom) AS geom
    FROM lowered l JOIN ground g ON ST_Intersects(l.geom, g.geom)
    WHERE CASE WHEN claim = '' THEN l.kind = 'cleared' OR taken_over
               ELSE l.kind = 'cleared' OR l.area = claim END;
"""

STATES = """
WITH at AS (SELECT %(at)s::bigint AS t),
on_record AS (
    SELECT claim, ST_Union(geom, 1) AS geom FROM claimed, at WHERE valid <= t GROUP BY claim
),
there AS (
    SELECT unit, ST_Union(geom, 1) AS geom FROM units, at WHERE valid <= t GROUP BY unit
),
built AS (
    SELECT coalesce(ST_Union(geom, 1), 'POLYGON EMPTY') AS geom FROM there
),
places AS (
    SELECT claim, 'open' AS unit, less(o.geom, b.geom) AS geom FROM on_record o, built b
    UNION ALL
    SELECT claim, unit, common(o.geom, h.geom)
    FROM on_record o JOIN there h ON ST_Intersects(o.geom, h.geom)
),
placed AS (
    SELECT a.claim, a.kind, begun, begun_seq, a.valid, a.seq, work, 'open' AS unit,
           less(a.geom, b.geom) AS geom
    FROM acting a, built b, at WHERE a.valid <= t AND a.unit IS NULL
    UNION ALL
    SELECT a.claim, a.kind, begun, begun_seq, a.valid, a.seq, work, a.unit,
           common(a.geom, (SELECT coalesce(ST_Union(u.geom, 1), 'POLYGON EMPTY') FROM units u
                           WHERE u.unit = a.unit AND u.valid <= begun AND u.seq < begun_seq))
    FROM acting a, at WHERE a.valid <= t AND a.unit IS NOT NULL
),
standing AS (
    SELECT a.claim, a.unit, a.kind, less(a.geom, coalesce((
        SELECT ST_Union(b.geom, 1) FROM (
            SELECT c.geom FROM claimed c, at
            WHERE c.claim = a.claim AND c.kind <> 'implied' AND c.valid <= t
              AND ST_Intersects(c.geom, a.geom)
              AND (NOT (c.valid <= a.begun AND c.seq < a.begun_seq)
                   OR (c.kind = 'kept' AND c.valid = a.begun))
            UNION ALL
            SELECT CASE WHEN r.unit IS NULL OR r.unit = a.unit THEN r.geom
                        ELSE less(r.geom, coalesce((SELECT h.geom FROM there h
                                                    WHERE h.unit = r.unit), 'POLYGON EMPTY')) END
            FROM raised r
            WHERE r.kind = 'left' AND ST_Intersects(r.geom, a.geom)
              AND (r.work = a.work
                   OR NOT ((r.valid <= a.begun AND r.seq < a.begun_seq)
                           OR (r.valid >= a.valid AND r.seq > a.seq)))
        ) b), 'POLYGON EMPTY')) AS geom
    FROM placed a
),
open AS (
    SELECT p.claim, p.unit,
           less(p.geom, coalesce(ST_Union(s.geom, 1) FILTER (WHERE s.kind = 'cleared'),
                                 'POLYGON EMPTY')) AS not_cleared,
           less(p.geom, coalesce(ST_Union(s.geom, 1) FILTER (WHERE s.kind IN
                                 ('cleared', 'reduced')), 'POLYGON EMPTY')) AS not_reduced,
           less(p.geom, coalesce(ST_Union(s.geom, 1), 'POLYGON EMPTY')) AS not_lowered
    FROM places p LEFT JOIN standing s ON s.claim = p.claim AND s.unit = p.unit
    GROUP BY p.claim, p.unit, p.geom
),
worst AS (
    SELECT claim, ST_Union(not_cleared, 1) AS not_cleared,
           ST_Union(not_reduced, 1) AS not_reduced, ST_Union(not_lowered, 1) AS hazard
    FROM open GROUP BY claim
),
parted AS (
    SELECT o.claim, hazard, 'POLYGON EMPTY'::geometry AS none,
           less(o.geom, not_cleared) AS cleared,
           less(less(not_cleared, not_reduced), hazard) AS reduced,
           less(not_reduced, hazard) AS cancelled
    FROM on_record o JOIN worst w ON w.claim = o.claim
),
ruled AS (
    SELECT DISTINCT ON (area) area AS claim, cls, valid, seq FROM decided, at
    WHERE valid <= t ORDER BY area, valid DESC, seq DESC
),
classed AS (
    SELECT p.claim, hazard, none, d.cls,
           coalesce((SELECT ST_Union(c.geom, 1) FROM claimed c, at
                     WHERE c.claim = p.claim AND c.cls = 'cha' AND c.valid <= t
                       AND (d.cls IS NULL OR (c.valid, c.seq) > (d.valid, d.seq))), none) AS cha,
           coalesce((SELECT ST_Union(c.geom, 1) FROM claimed c, at
                     WHERE c.claim = p.claim AND c.cls = 'sha' AND c.valid <= t
                       AND (d.cls IS NULL OR (c.valid, c.seq) > (d.valid, d.seq))), none) AS sha
    FROM parted p LEFT JOIN ruled d ON d.claim = p.claim
),
hazards AS (
    SELECT ST_Union(hazard, 1) AS every,
           ST_Union(CASE WHEN cls = 'cha' THEN hazard
                         ELSE common(hazard, cha) END, 1) AS cha,
           ST_Union(CASE WHEN cls = 'sha' THEN hazard
                         ELSE common(hazard, sha) END, 1) AS sha
    FROM classed
),
together AS (
    SELECT ST_Union(cancelled, 1) AS cancelled, ST_Union(reduced, 1) AS reduced,
           ST_Union(cleared, 1) AS cleared FROM parted
),
lowest AS (
    SELECT h.*, less(t.cancelled, h.every) AS cancelled,
           less(less(t.reduced, h.every), t.cancelled) AS reduced,
           less(less(less(t.cleared, h.every), t.cancelled),
                         t.reduced) AS cleared
    FROM hazards h, together t
)
SELECT ST_Area(cha), ST_Area(less(sha, cha)), ST_Area(cancelled), ST_Area(reduced),
       ST_Area(cleared), ST_Area(every) FROM lowest
"""
FIGURES = ("cha", "sha", "cancelled", "reduced", "cleared", "hazard")


@dataclass(frozen=True)
class Release:
    """An accepted release that simple rules let stand."""

    accepted: Recorded
    work: Any
    part_ids: tuple[str, ...]


def releases(facts: Sequence[Recorded]) -> list[Release]:
    """The accepted releases that hold by simple rules of order and persons."""
    works, proposals, decided, inspected = _by_id(facts)
    found = []
    for release_id, proposal in proposals.items():
        decisions = decided.get(release_id, [])
        if not decisions or not isinstance(decisions[0].fact, ReleaseAccepted):
            continue
        accepted, work = decisions[0], works.get(proposal.fact.work_id)
        if work is not None and _lawful(proposal, accepted, work, decisions, inspected):
            found.append(Release(accepted, work, proposal.fact.part_ids))
    return found


def _by_id(facts: Sequence[Recorded]) -> tuple[Any, Any, Any, Any]:
    works: dict[str, Any] = {}
    proposals: dict[str, Any] = {}
    decided: dict[str, list[Recorded]] = {}
    inspected: dict[str, list[Any]] = {}
    for item in facts:
        match item.fact:
            case WorkReported() as fact:
                works.setdefault(fact.work_id, item)
            case ReleaseProposed() as fact:
                proposals.setdefault(fact.release_id, item)
            case ReleaseAccepted() | ReleaseRejected() as fact:
                decided.setdefault(fact.release_id, []).append(item)
            case WorkInspected() as fact:
                inspected.setdefault(fact.work_id, []).append(item)
            case _:
                pass
    return works, proposals, decided, inspected


def _older(one: Recorded, other: Recorded) -> bool:
    return one.valid_at_us <= other.valid_at_us and one.seq < other.seq


def _lawful(
    proposal: Recorded, accepted: Recorded, work: Any, decisions: Any, inspected: Any
) -> bool:
    looked = [
        item
        for item in inspected.get(work.fact.work_id, [])
        if item.valid_at_us < accepted.valid_at_us or item.seq < accepted.seq
    ]
    rejected = [item for item in decisions if isinstance(item.fact, ReleaseRejected)]
    return (
        _older(work, proposal)
        and _older(proposal, accepted)
        and proposal.actor.person_id != accepted.actor.person_id
        and proposal.actor.role == accepted.actor.role == "authority"
        and not any(_failed(item.fact) for item in looked)
        and not rejected
    )


def _failed(fact: WorkInspected) -> bool:
    return not fact.passed or any(item.severity == "critical" for item in fact.findings)


def rows(facts: Sequence[Recorded], standing: Sequence[Release]) -> Iterator[Row]:
    """Every row that the facts make: its table, and its values."""
    classes = {
        item.fact.area_id: item.fact.class_
        for item in reversed(facts)
        if isinstance(item.fact, AreaRecorded)
    }
    for item in facts:
        at = (item.valid_at_us, item.seq)
        match item.fact:
            case AreaRecorded() as fact:
                yield _raise(fact.area_id, "recorded", fact.class_, at, fact.shape)
            case BoundaryCorrected():
                message = "corrected outlines are not re-proved here"
                raise NotImplementedError(message)
            case ClassDecided() as fact if item.actor.role == "authority":
                yield "decided", (fact.area_id, fact.class_, *at)
            case StructureRegistered() as fact:
                yield from _units(facts, item)
            case LandReopened() as fact:
                yield _raise(None, "reopened", fact.class_, at, fact.shape)
            case ReleaseTransferred() as fact:
                yield from _taken_over(fact, at)
            case WorkReported() as fact:
                for part in fact.parts:
                    if (part.depth_from_cm or 0) > 0:
                        message = "depths are not re-proved here"
                        raise NotImplementedError(message)
                    if part.outcome == "not_cleared":
                        said_of = (fact.work_id, part.unit_id)
                        yield _raise(None, "left", "indication", at, part.shape, *said_of)
            case WorkInspected() as fact if _failed(fact):
                yield from _failure(facts, item, classes, standing)
            case _:
                pass
    yield from _lowerings(standing)


def _raise(
    area: str | None,
    kind: str,
    class_: str,
    at: tuple[int, int],
    shape: GridShape,
    work: str | None = None,
    unit: str | None = None,
) -> Row:
    return "raised", (area, kind, class_, *at, work, unit, shape.geometry.wkb)


def _units(facts: Sequence[Recorded], item: Recorded) -> Iterator[Row]:
    """The units of one record on the ground of every record of its structure."""
    for other in facts:
        match item.fact, other.fact:
            case StructureRegistered() as fact, StructureRegistered() as told:
                if fact.structure_id != told.structure_id:
                    continue
                at = (max(item.valid_at_us, other.valid_at_us), max(item.seq, other.seq))
                ids = [unit.unit_id for unit in fact.units]
                if not any(unit.kind == "ground_beneath" for unit in fact.units):
                    ids.append(f"{fact.structure_id}.ground")
                for unit_id in ids:
                    yield "units", (unit_id, *at, told.shape.geometry.wkb)
            case _:
                pass


def _taken_over(fact: ReleaseTransferred, at: tuple[int, int]) -> Iterator[Row]:
    if fact.outcome == "not_cleared":
        yield _raise(None, "kept", "sha", at, fact.shape)
        return
    yield _raise(None, "implied", "sha", at, fact.shape)
    if fact.released_by and fact.released_by != fact.operator:
        lowered = (fact.area_id, fact.outcome, *at, *at, None, True, None, fact.shape.geometry.wkb)
        yield "lowered", lowered


def _failure(
    facts: Sequence[Recorded], item: Any, classes: Any, standing: Sequence[Release]
) -> Iterator[Row]:
    at = (item.valid_at_us, item.seq)
    for release in standing:
        undone = release.work.fact.work_id == item.fact.work_id and _before(release.accepted, item)
        for part in release.work.fact.parts if undone else ():
            if part.part_id in release.part_ids:
                class_ = classes.get(release.work.fact.area_id, "sha")
                yield _raise(None, "reopened", class_, at, part.shape)
    works = [work.fact for work in facts if isinstance(work.fact, WorkReported)]
    for work in works:
        if work.work_id == item.fact.work_id:
            for part in work.parts:
                if part.outcome != "not_cleared":
                    class_ = classes.get(work.area_id, "sha")
                    yield _raise(None, "failed", class_, at, part.shape)


def _before(one: Recorded, other: Recorded) -> bool:
    return (one.valid_at_us, one.seq) < (other.valid_at_us, other.seq)


def _lowerings(standing: Sequence[Release]) -> Iterator[Row]:
    for release in standing:
        work = release.work
        for part in work.fact.parts:
            if part.part_id in release.part_ids and part.outcome != "not_cleared":
                at = (release.accepted.valid_at_us, release.accepted.seq)
                begun = (work.valid_at_us, work.seq)
                yield (
                    "lowered",
                    (
                        *(work.fact.area_id, part.outcome, *at, *begun, work.fact.work_id, False),
                        *(part.unit_id, part.shape.geometry.wkb),
                    ),
                )


def load(link: Any, found: Iterator[Row]) -> None:
    """Fills the tables anew and works out what every claim has, at any time."""
    for table in ("raised", "lowered", "units", "decided", "ground", "claimed", "acting"):
        link.execute(f"DROP TABLE IF EXISTS {table}")
    link.execute(TABLES)
    for table, values in found:
        marks = ", ".join(["%s"] * len(values))
        if table != "decided":
            marks = marks.removesuffix("%s") + "ST_GeomFromWKB(%s)"
        link.execute(f"INSERT INTO {table} VALUES ({marks})", values)  # noqa: S608 - our names
    link.execute(CLAIMS)


def figures_m2(link: Any, at_us: int) -> dict[str, float]:
    """The area by state at a time, in m²."""
    row = link.execute(STATES, {"at": at_us}).fetchone()
    return {name: (size_mm2 or 0.0) / 1e6 for name, size_mm2 in zip(FIGURES, row, strict=True)}
