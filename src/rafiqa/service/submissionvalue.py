"""Values: the answers of a submission in the shape of its form, numbers and places read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import shapely

from rafiqa.errors import InvalidInput
from rafiqa.service.fieldbook import Story
from rafiqa.service.office import Office
from rafiqa.service.submission import filled_of
from rafiqa.wire.fieldplace import place_from
from rafiqa.wire.xformread import XFormHead

_PLACES = frozenset({"geopoint", "geotrace", "geoshape"})


def nested_answers(office: Office, story: Story, *, wkt: bool = False) -> dict[str, Any]:
    """Returns answers by group and question; what was asked again stands in a list.

    Args:
        office: the open store.
        story: the submission; nothing is returned of one whose words were erased.
        wkt: places as text instead of GeoJSON.
    """
    try:
        filled = filled_of(story.fact)
    except InvalidInput:
        return {}
    head = _head(office, story)
    types, repeats = (head.types, head.repeats) if head else ({}, frozenset())
    found: dict[str, Any] = {}
    for names, row, text in filled.placed():
        home = _group(found, names[:-1], row, repeats)
        value = _value(text, types.get("/".join(names), ""), wkt=wkt)
        name = names[-1]
        if name in home:
            known = home[name]
            home[name] = [*known, value] if isinstance(known, list) else [known, value]
        else:
            home[name] = value
    return found


def _group(
    found: dict[str, Any], names: Sequence[str], row: Sequence[int], repeats: frozenset[str]
) -> dict[str, Any]:
    """Returns the group that an answer stands in, of those that were asked again its own."""
    home = found
    for depth, (name, number) in enumerate(zip(names, row, strict=True)):
        known = home.get(name)
        again = number > 0 or "/".join(names[: depth + 1]) in repeats
        if not isinstance(known, dict | list):
            known = home[name] = [] if again else {}
        elif again and isinstance(known, dict):
            known = home[name] = [known]
        if isinstance(known, list):
            known += [{} for _ in range(len(known), number + 1)]
        inner = known[number] if isinstance(known, list) else known
        home = inner if isinstance(inner, dict) else {}
    return home


def _head(office: Office, story: Story) -> XFormHead | None:
    book = office.fieldbook()
    form = book.form(story.fact.form_id, story.fact.form_version) or book.form(story.fact.form_id)
    return book.head(form, office.store.blob) if form else None


def _value(text: str, kind: str, *, wkt: bool) -> Any:
    if not text:
        return None
    if kind in _PLACES:
        try:
            place = place_from(text)
        except InvalidInput:
            return text
        if wkt:
            return shapely.to_wkt(place, rounding_precision=8)
        return json.loads(shapely.to_geojson(place))
    try:
        return int(text) if kind == "int" else float(text) if kind == "decimal" else text
    except ValueError:
        return text
