"""Search: by name, code or id, in Arabic, Kurdish and English alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import shapely

from rafiqa.api import shape
from rafiqa.api.ask import Ask
from rafiqa.api.ground import areas
from rafiqa.api.reply import Reply, reply
from rafiqa.api.view import PLACE_NAMES, View, called, named
from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo import GridShape, Spot
from rafiqa.land import (
    CertificateIssued,
    EvidenceRecorded,
    ResidentReported,
    TaskOrdered,
    state_of,
)
from rafiqa.locale import folded, match_rank
from rafiqa.service import ASSET_KINDS, AssetLayer
from rafiqa.service.reportcode import digest_of, read_code

FOUND_AT_MOST = 20
QUERY_CHARS = 100
_NAMES = ("name", "name_ar", "name_ckb", "name_kmr", "other_names")
"""Columns of a layer that hold names; a place's P-code is its id."""
Ranked = tuple[tuple[int, int, str], shape.Found]


@dataclass(frozen=True, slots=True, eq=False)
class _Index:
    """The folded names and ids of a layer, row by row; names of one row stand in lines."""

    layer: AssetLayer
    lines: list[str]


def show_results(ask: Ask) -> Reply:
    """Returns what a name, code or id finds, best first.

    Raises:
        InvalidInput: the query is missing or longer than 100 characters.
    """
    query = ask.query.get("q")
    if query is None:
        raise InvalidInput(Fault("api.query.missing", "q", params={"name": "q"}))
    if len(query) > QUERY_CHARS:
        raise InvalidInput(Fault("api.query.too-long", "q", params={"most": QUERY_CHARS}))
    wanted = folded(query)
    if not wanted:
        return reply(shape.Results([]))
    view = View.of(ask)
    ranked = list(_found(view, wanted))
    if view.staff:
        ranked += _report_by_code(view, query)
    ranked.sort(key=lambda each: each[0])
    return reply(shape.Results([each for _, each in ranked[:FOUND_AT_MOST]]))


def _found(view: View, wanted: str) -> Iterator[Ranked]:
    for order, (texts, made) in enumerate(_candidates(view)):
        rank = _rank(wanted, [folded(each) for each in texts if each])
        if rank is not None:
            yield (rank, order, made.id), made
    for order, (kind, layers) in enumerate(_layers(view)):
        for layer in layers:
            yield from _in_layer(view, kind, layer, wanted, order + 1_000_000)


def _rank(wanted: str, texts: Sequence[str]) -> int | None:
    """Returns how well the best of some folded texts answers; None where none does."""
    ranks = [rank for each in texts if (rank := match_rank(wanted, each)) is not None]
    return min(ranks, default=None)


def _candidates(view: View) -> Iterator[tuple[list[str], shape.Found]]:
    for on in areas(view):
        name = on.name or on.claim_id
        place = _middle(view, on.outline)
        yield [on.claim_id, name], _make("area", on.claim_id, name, place, f"area:{on.claim_id}")
    for project in view.moment.recovery.project_facts():
        place = _middle(view, project.shape)
        name = named(project.name, project.name_ar, view.lang) or project.project_id
        texts = [project.project_id, project.name, project.name_ar or ""]
        selected = f"project:{project.project_id}"
        yield texts, _make("project", project.project_id, name, place, selected)
    yield from _certificates(view)
    if view.staff or view.own:
        yield from _tasks(view)
        yield from _evidence(view)
    if view.staff:
        yield from _reports(view)


def _certificates(view: View) -> Iterator[tuple[list[str], shape.Found]]:
    """Yields every certificate by its number: numbers and where each stands are for everybody."""
    for record in view.register.certificates.values():
        fact = record.fact
        if not isinstance(fact, CertificateIssued) or not view.true(record):
            continue
        if state_of(view.moment.book, fact.number, view.moment.valid_us) is not None:
            selected = f"area:{fact.area_id}"
            yield [fact.number], _make("certificate", fact.number, fact.number, None, selected)


def _tasks(view: View) -> Iterator[tuple[list[str], shape.Found]]:
    for task_id, story in view.register.tasks.items():
        facts = [each.fact for each in story if view.true(each)]
        ordered = next((each for each in facts if isinstance(each, TaskOrdered)), None)
        if ordered is not None and (view.staff or ordered.organisation_id == view.own):
            selected = f"area:{ordered.area_id}"
            texts = [task_id, ordered.organisation_id]
            yield texts, _make("task", task_id, task_id, _middle(view, ordered.shape), selected)


def _evidence(view: View) -> Iterator[tuple[list[str], shape.Found]]:
    for record in view.register.evidence.values():
        fact = record.fact
        if isinstance(fact, EvidenceRecorded) and view.true(record) and view.sees(fact.area_id):
            place = _spot(fact.spot) or _middle(view, fact.shape)
            yield [fact.evidence_id], _at_spot("evidence", fact.evidence_id, place)


def _reports(view: View) -> Iterator[tuple[list[str], shape.Found]]:
    for report_id, record in view.register.reports.items():
        fact = record.fact
        if isinstance(fact, ResidentReported) and view.true(record):
            yield [report_id], _at_spot("report", report_id, _spot(fact.spot))


def _report_by_code(view: View, query: str) -> Iterator[Ranked]:
    """Yields the report whose twelve digits somebody read out; the ledger knows their digest."""
    code = read_code(query)
    if code is None:
        return
    digest = digest_of(code)
    for report_id, record in view.register.reports.items():
        fact = record.fact
        if isinstance(fact, ResidentReported) and fact.code_digest == digest:
            yield (0, 0, report_id), _at_spot("report", report_id, _spot(fact.spot))


Place = tuple[float, float] | None


def _make(
    kind: shape.FoundKind, of: str, name: str, place: Place, selected: str | None
) -> shape.Found:
    lon_deg, lat_deg = place or (None, None)
    return shape.Found(kind, of, name, lon_deg, lat_deg, selected)


def _at_spot(kind: shape.FoundKind, of: str, place: Place) -> shape.Found:
    selected = None if place is None else f"spot:{place[0]:.6f},{place[1]:.6f}"
    return _make(kind, of, of, place, selected)


def _spot(spot: Spot | None) -> Place:
    return None if spot is None else (spot.lon_deg, spot.lat_deg)


def _middle(view: View, on: GridShape | None) -> Place:
    if on is None or on.is_empty:
        return None
    inner = shapely.point_on_surface(on.geometry)
    return _spot(view.frame.mm_spot(inner.x, inner.y))


def _layers(view: View) -> Iterator[tuple[shape.FoundKind, list[AssetLayer]]]:
    moment, desk = view.moment, view.desk
    for kind in ("places", *ASSET_KINDS):
        found = desk.shelf.layers(desk.office, kind, moment.valid_us, moment.known_us)
        yield ("place" if kind == "places" else "asset"), found


def _in_layer(
    view: View, kind: shape.FoundKind, layer: AssetLayer, wanted: str, order: int
) -> Iterator[Ranked]:
    index = view.desk.layers.get(("index", layer.fact.sha256), lambda: _index(layer))
    words = wanted.split()
    ranked = []
    for row, line in enumerate(index.lines):
        # Most rows fall out here, before anything is taken apart.
        if all(word in line for word in words):
            rank = _rank(wanted, line.split("\n"))
            ranked += [] if rank is None else [(rank, row)]
    table = layer.table
    columns = [table.values(each) for each in ("name", *PLACE_NAMES)]
    for rank, row in sorted(ranked)[:FOUND_AT_MOST]:
        of, drawn = table.ids[row], layer.shapes_lonlat[row]
        name = called(*(column[row] for column in columns), lang=view.lang) or of
        place = None
        if drawn is not None and not drawn.is_empty:
            inner = shapely.point_on_surface(drawn)
            place = round(inner.x, 8), round(inner.y, 8)
        if kind == "place":
            found = _at_spot(kind, of, place)
            found = shape.Found(kind, of, name, found.lon_deg, found.lat_deg, found.selected)
        else:
            found = _make(kind, of, name, place, f"asset:{of}")
        yield (rank, order, of), found


def _index(layer: AssetLayer) -> _Index:
    table = layer.table
    columns = [table.values(name) for name in _NAMES]
    lines = []
    for row in zip(table.ids, *columns, strict=True):
        texts = [part for each in row if each for part in _parts(each)]
        lines.append("\n".join(dict.fromkeys(folded(each) for each in texts)))
    return _Index(layer, lines)


def _parts(value: object) -> list[str]:
    """Returns the spellings in a cell; several stand in a list or with a bar or comma between."""
    texts = value if isinstance(value, list | tuple) else str(value).replace("|", ";").split(";")
    return [str(each) for each in texts if str(each).strip()]
