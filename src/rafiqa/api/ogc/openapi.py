"""The OpenAPI 3.0 document of the OGC API, made from the collections that the asker may see."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from rafiqa.api.ogc.asked import HTML, OPENAPI, SCHEMA, Asked
from rafiqa.api.ogc.collection import Collection
from rafiqa.api.ogc.html import page, table, words
from rafiqa.api.ogc.items import own_titles
from rafiqa.api.ogc.query import CQL2_JSON, CQL2_TEXT, DEFAULT_LIMIT, MOST
from rafiqa.api.problem import MEDIA_TYPE
from rafiqa.api.reply import GEOJSON, JSON, Reply
from rafiqa.locale import text
from rafiqa.wire.featurecrs import CRS84

_NUMBERS: Final = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
_SCHEMA_OF: Final[dict[str, dict[str, Any]]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
}
_REFUSALS: Final = {
    "400": "The query says what cannot be",
    "401": "It is for staff, and nobody is signed in",
    "403": "It is for staff, and the asker is not",
    "404": "There is nothing of that name",
    "406": "There is no answer in a form that is accepted",
    "414": "The address is too long",
}


def show_api(asked: Asked) -> Reply:
    """Returns the description of the OGC API."""
    told = document(asked)
    if not asked.html:
        return Reply(msgspec.json.encode(told), OPENAPI)
    rows = [
        [f"<code>{path}</code>", operation["get"]["summary"]]
        for path, operation in told["paths"].items()
    ]
    head = [text("api.ogc.head.name", {}, asked.lang), text("api.ogc.head.title", {}, asked.lang)]
    links = asked.own_links(OPENAPI, own_titles(asked.lang))
    title = text("api.ogc.link.api-page", {}, asked.lang)
    about = f"<p>{words(asked, 'api.ogc.about')}</p>"
    return Reply(page(asked, title, [about, table(head, rows)], links), HTML)


def document(asked: Asked) -> dict[str, Any]:
    """Returns the document for what an asker may see."""
    paths: dict[str, Any] = {
        "/": _operation("landing", "Landing page", ["f", "lang", *_TIMES], JSON),
        "/conformance": _operation("conformance", "What is held", ["f", "lang", *_TIMES], JSON),
        "/api": _operation("api", "This description", ["f", "lang", *_TIMES], OPENAPI),
        "/collections": _operation("collections", "Collections", ["f", "lang", *_TIMES], JSON),
    }
    for each in asked.collections:
        paths |= _of_collection(each, asked)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Rafiqa, OGC API Features",
            "version": "1",
            "description": text("api.ogc.about", {}, asked.lang),
        },
        "servers": [{"url": asked.base}],
        "paths": paths,
        "components": {
            "parameters": _parameters([each.uri for each in asked.crs]),
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "rafiqa_session"},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
        },
    }


_TIMES: Final = ("valid_at", "known_at")


def _of_collection(collection: Collection, asked: Asked) -> dict[str, Any]:
    at, title = f"/collections/{collection.id}", collection.of.labels.en
    name = collection.id
    frame = ["f", "lang", *_TIMES]
    own = [
        {
            "name": each.name,
            "in": "query",
            "description": each.title(asked.lang),
            "schema": {**_SCHEMA_OF[each.type], **({"enum": [*each.codes]} if each.codes else {})},
        }
        for each in collection.properties
    ]
    filters = ["limit", "offset", "bbox", "bbox-crs", "crs", "datetime"]
    filters += ["filter", "filter-lang", "filter-crs", "sortby"]
    told = {
        at: _operation(f"{name}.describe", title, frame, JSON),
        f"{at}/queryables": _operation(f"{name}.queryables", f"{title}: queryables", frame, SCHEMA),
        f"{at}/schema": _operation(f"{name}.schema", f"{title}: schema", frame, SCHEMA),
        f"{at}/items": _operation(
            f"{name}.items", f"{title}: features", [*filters, *frame], GEOJSON
        ),
        f"{at}/items/{{item}}": _operation(
            f"{name}.item", f"{title}: one", ["crs", *frame], GEOJSON
        ),
    }
    told[f"{at}/items"]["get"]["parameters"] += own
    item = {"name": "item", "in": "path", "required": True, "schema": {"type": "string"}}
    told[f"{at}/items/{{item}}"]["get"]["parameters"].append(item)
    return told


def _operation(name: str, summary: str, parameters: list[str], media_type: str) -> dict[str, Any]:
    given = {media_type: {"schema": {"type": "object"}}, HTML: {"schema": {"type": "string"}}}
    problem = {MEDIA_TYPE: {"schema": {"type": "object"}}}
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": [{"$ref": f"#/components/parameters/{each}"} for each in parameters],
            "responses": {
                "200": {"description": summary, "content": given},
                **{
                    status: {"description": told, "content": problem}
                    for status, told in _REFUSALS.items()
                },
            },
        }
    }


def _parameters(systems: list[str]) -> dict[str, Any]:
    crs = {"type": "string", "format": "uri", "enum": systems, "default": CRS84.uri}
    words_of: dict[str, Any] = {"type": "string"}
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT}
    languages = {"type": "string", "enum": [CQL2_TEXT, CQL2_JSON], "default": CQL2_TEXT}
    told: dict[str, tuple[dict[str, Any], str]] = {
        "f": ({"type": "string", "enum": ["json", "html"]}, "Form of the answer; else Accept."),
        "lang": (words_of, "Language of texts; else Accept-Language, else en."),
        "valid_at": (words_of, "As true at this time (ISO 8601; a bare date is its end)."),
        "known_at": (words_of, "As known at this time; now where left out."),
        "limit": (limit, "Features on the page; more than the most is the most."),
        "offset": ({"type": "integer", "minimum": 0, "default": 0}, "Features before the page."),
        "bbox": (_NUMBERS, "Where they lie: lower left and upper right corner."),
        "bbox-crs": (crs, "System of bbox."),
        "crs": (crs, "System of the answer."),
        "datetime": (words_of, "When they hold: an instant, or a period with / between its ends."),
        "filter": (words_of, "CQL2."),
        "filter-lang": (languages, "Which writing of CQL2."),
        "filter-crs": (crs, "System of the places in the filter."),
        "sortby": (words_of, "Properties with commas between; - before one for downwards."),
    }
    found: dict[str, dict[str, Any]] = {
        name: {"name": name, "in": "query", "description": says, "schema": schema}
        for name, (schema, says) in told.items()
    }
    found["bbox"] |= {"style": "form", "explode": False}
    return found
