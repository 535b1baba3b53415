"""Search: by name, code or id, in Arabic, Kurdish and English alike."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import shapely

from rafiqa.api import shape
from rafiqa.api.ask import Ask
from rafiqa.api.ground import areas
from rafiqa.api.reply import Reply, reply
from rafiqa.api.view import PLACE_NAMES, View, called, named
from rafiqa.dictionary import dictionary
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
from rafiqa.recovery import ProjectRegistered
from rafiqa.service import ASSET_KINDS, AssetLayer
from rafiqa.service.reportcode import digest_of, read_code

FOUND_AT_MOST = 20
QUERY_CHARS = 100
_NAMES = ("name", "name_ar", "name_ckb", "name_kmr", "other_names")
"""Columns of a layer that hold names; a place's P-code is its id."""
_WITHIN = ("place_id", "subdistrict_id", "district_id", "governorate_id", "parent_id")
"""Columns of a layer that hold the P-codes of places that a row lies in."""
_KINDS = ("kind", "road_class")
"""Columns of a layer that say what a row is; roads say it in either."""
_BY_WORDS, _BY_KIND = 4, 10
"""What the ranks of rows found by name and kind together, and by kind or P-code, begin at."""
Ranked = tuple[tuple[int, int, str], shape.Found]


@dataclass(frozen=True, slots=True, eq=False)
class _Index:
    """The folded names and ids of a layer, row by row; names of one row stand in lines.

    ``beside`` are what a row is and lies in: the labels of its kind in every language, and the
    P-codes of the places around it; each once, with ``beside_of`` saying which a row has.
    """

    layer: AssetLayer
    lines: list[str]
    beside: list[str]
    beside_of: list[int]

    def rows(self, wanted: str) -> list[tuple[int, int]]:
        """Returns the rank and number of every row that answers, best first; names before kinds."""
        words = wanted.split()
        # Of kinds and codes there are few: what of the question each answers is asked once.
        answered = [
            [any(told.startswith(word) for told in line.split()) for word in words]
            for line in self.beside
        ]
        whole = [_rank(wanted, line.split("\n")) for line in self.beside]
        ranked: list[tuple[int, int]] = []
        for row, (line, at) in enumerate(zip(self.lines, self.beside_of, strict=True)):
            # Most rows fall out here, before anything is taken apart.
            if not all(word in line or has for word, has in zip(words, answered[at], strict=True)):
                continue
            rank = _rank(wanted, line.split("\n"))
            if rank is None and all(answered[at]):
                kind = whole[at]
                rank = _BY_KIND + (3 if kind is None else kind)
            ranked.append((_BY_WORDS if rank is None else rank, row))
        return sorted(ranked)


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
    for order, project in enumerate(view.moment.recovery.project_facts()):
        kinds = [folded(each) for each in _labels("project_kind", project.kind)]
        rank = _rank(wanted, kinds)
        if rank is not None and _rank(wanted, [folded(each) for each in _called(project)]) is None:
            yield (_BY_KIND + rank, order, project.project_id), _project(view, project)
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
        texts = [on.claim_id, name, *_codes(view, on.claim_id)]
        yield texts, _make("area", on.claim_id, name, place, f"area:{on.claim_id}")
    for project in view.moment.recovery.project_facts():
        yield _called(project), _project(view, project)
    yield from _certificates(view)
    if view.staff or view.own:
        yield from _tasks(view)
        yield from _evidence(view)
    if view.staff:
        yield from _reports(view)


def _codes(view: View, area_id: str) -> list[str]:
    """Returns the P-code that an area's own row gave; none where it gave none."""
    area = view.register.areas.get(area_id)
    extra = None if area is None else area.fact.extra
    code = None if extra is None else json.loads(extra).get("place_id")
    return [code] if isinstance(code, str) else []


def _called(project: ProjectRegistered) -> list[str]:
    return [project.project_id, project.name, project.name_ar or ""]


def _project(view: View, project: ProjectRegistered) -> shape.Found:
    of, place = project.project_id, _middle(view, project.shape)
    name = named(project.name, project.name_ar, view.lang) or of
    return _make("project", of, name, place, f"project:{of}")


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
    table = layer.table
    columns = [table.values(each) for each in ("name", *PLACE_NAMES)]
    for rank, row in index.rows(wanted)[:FOUND_AT_MOST]:
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
    numbers: dict[tuple[object, ...], int] = {}
    told = [table.values(name) for name in (*_KINDS, *_WITHIN)]
    beside_of = [numbers.setdefault(row, len(numbers)) for row in zip(*told, strict=True)]
    lists = ("place_kind",) if layer.fact.kind == "places" else ("asset_kind", "road_class")
    beside = []
    for cells in numbers:
        kinds, codes = cells[: len(_KINDS)], cells[len(_KINDS) :]
        texts = [label for each in kinds for name in lists for label in _labels(name, each)]
        texts += [str(each) for each in codes if each]
        beside.append("\n".join(dict.fromkeys(folded(each) for each in texts)))
    return _Index(layer, lines, beside, beside_of)


def _labels(list_name: str, kind: object) -> list[str]:
    """Returns what people call a kind in every language; nothing where the list has it not."""
    codes = dictionary().lists[list_name].codes
    found = next((each for each in codes if each.code == kind), None)
    return [] if found is None else [label for _, label in found.labels.pairs()]


def _parts(value: object) -> list[str]:
    """Returns the spellings in a cell; several stand in a list or with a bar or comma between."""
    texts = value if isinstance(value, list | tuple) else str(value).replace("|", ";").split(";")
    return [str(each) for each in texts if str(each).strip()]
