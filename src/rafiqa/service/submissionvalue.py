"""Values: the answers of a submission in the shape of its form, numbers and places read."""

from __future__ import annotations

import json
from typing import Any

import shapely

from rafiqa.errors import InvalidInput
from rafiqa.service.fieldbook import Story
from rafiqa.service.office import Office
from rafiqa.service.submission import filled_of
from rafiqa.wire.fieldplace import place_from

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
    types = _types(office, story)
    found: dict[str, Any] = {}
    for path, text in filled.leaves:
        *groups, name = path.split("/")
        home = found
        for group in groups:
            inner = home.setdefault(group, {})
            home = inner if isinstance(inner, dict) else {}
        value = _value(text, types.get(path, ""), wkt=wkt)
        known = home.get(name)
        if name in home:
            home[name] = [*known, value] if isinstance(known, list) else [known, value]
        else:
            home[name] = value
    return found


def _types(office: Office, story: Story) -> dict[str, str]:
    book = office.fieldbook()
    form = book.form(story.fact.form_id, story.fact.form_version) or book.form(story.fact.form_id)
    head = book.head(form, office.store.blob) if form else None
    return head.types if head else {}


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
