"""Search: areas, projects, buildings and places by name or id, in either script."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import shapely

from rafiqa.api import shape
from rafiqa.api.ask import Ask
from rafiqa.api.ground import areas
from rafiqa.api.reply import Reply, reply
from rafiqa.api.tiles import building_layers
from rafiqa.api.view import View, named
from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo import GridShape
from rafiqa.service import AssetLayer

FOUND_AT_MOST = 20
QUERY_CHARS = 100
_SAME = str.maketrans("أإآٱىةؤئ", "ااااي" + "هوي", "\u0640")
"""Letters that are written one for the other in Arabic names; the stretching mark is dropped."""


@dataclass(frozen=True, slots=True, eq=False)
class _Index:
    """The folded names and ids of a layer, row by row."""

    layer: AssetLayer
    lines: list[str]


def show_results(ask: Ask) -> Reply:
    """Returns what a name or id finds, best first.

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
    found = sorted(_found(view, wanted), key=lambda each: each[0])
    return reply(shape.Results([each for _, each in found[:FOUND_AT_MOST]]))


def folded(name: str) -> str:
    """Returns a name as it is compared: no case, no marks, Western digits, one form of letters."""
    apart = unicodedata.normalize("NFKD", name.translate(_SAME)).casefold()
    bare = (letter for letter in apart if not unicodedata.combining(letter))
    return "".join(
        str(unicodedata.digit(letter)) if letter.isdigit() else letter for letter in bare
    ).strip()


def _found(view: View, wanted: str) -> Iterator[tuple[tuple[int, int, str], shape.Found]]:
    for order, (texts, make) in enumerate(_candidates(view)):
        rank = _rank(wanted, texts)
        if rank is not None:
            yield (rank, order, ""), make
    kinds = (("asset", building_layers(view)), ("place", _places(view)))
    for order, (kind, layers) in enumerate(kinds):
        for layer in layers:
            yield from _in_layer(view, kind, layer, wanted, order + 1_000_000)


def _rank(wanted: str, texts: list[str]) -> int | None:
    """Returns how well the best of some folded texts matches: 0 whole, 1 start, 2 within."""
    ranks = [
        0 if each == wanted else 1 if each.startswith(wanted) else 2
        for each in texts
        if wanted in each
    ]
    return min(ranks, default=None)


def _candidates(view: View) -> Iterator[tuple[list[str], shape.Found]]:
    for on in areas(view):
        lon_deg, lat_deg = _middle(view, on.outline)
        name = on.name or on.claim_id
        found = shape.Found("area", on.claim_id, name, lon_deg, lat_deg)
        yield [folded(on.claim_id), folded(name)], found
    for project in view.moment.recovery.project_facts():
        lon_deg, lat_deg = _middle(view, project.shape)
        name = named(project.name, project.name_ar, view.lang) or project.project_id
        texts = [project.project_id, project.name, project.name_ar or ""]
        found = shape.Found("project", project.project_id, name, lon_deg, lat_deg)
        yield [folded(each) for each in texts], found


def _middle(view: View, on: GridShape | None) -> tuple[float | None, float | None]:
    if on is None or on.is_empty:
        return None, None
    inner = shapely.point_on_surface(on.geometry)
    spot = view.frame.mm_spot(inner.x, inner.y)
    return spot.lon_deg, spot.lat_deg


def _places(view: View) -> list[AssetLayer]:
    moment = view.moment
    return view.desk.shelf.layers(view.desk.office, "places", moment.valid_us, moment.known_us)


def _in_layer(
    view: View, kind: str, layer: AssetLayer, wanted: str, order: int
) -> Iterator[tuple[tuple[int, int, str], shape.Found]]:
    index = view.desk.layers.get(("index", layer.fact.sha256), lambda: _index(layer))
    hits = [row for row, line in enumerate(index.lines) if wanted in line]
    table = layer.table
    names, names_ar = table.values("name"), table.values("name_ar")
    ranked = []
    for row in hits:
        rank = _rank(wanted, index.lines[row].split("\n"))
        ranked.append((2 if rank is None else rank, row))
    for rank, row in sorted(ranked)[:FOUND_AT_MOST]:
        inner = shapely.point_on_surface(layer.shapes_lonlat[row])
        name = named(names[row], names_ar[row], view.lang) or table.ids[row]
        found = shape.Found(
            kind,  # type: ignore[arg-type]
            table.ids[row],
            name,
            round(inner.x, 8),
            round(inner.y, 8),
        )
        yield (rank, order, table.ids[row]), found


def _index(layer: AssetLayer) -> _Index:
    table = layer.table
    rows = zip(table.ids, table.values("name"), table.values("name_ar"), strict=True)
    lines = ["\n".join(folded(str(each)) for each in row if each) for row in rows]
    return _Index(layer, lines)
