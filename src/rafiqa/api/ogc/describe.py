"""Pages that say what there is: landing page, conformance, collections and their properties."""

from __future__ import annotations

from typing import Any, Final

from rafiqa.api.ogc.asked import HTML, OPENAPI, SCHEMA, Asked
from rafiqa.api.ogc.collection import Collection, Property
from rafiqa.api.ogc.html import listing, page, table, terms, words
from rafiqa.api.ogc.items import own_titles
from rafiqa.api.reply import GEOJSON, JSON, Reply, reply
from rafiqa.locale import text
from rafiqa.wire.featurecrs import CRS84
from rafiqa.wire.instant import iso

FEATURES, CQL2 = (
    "http://www.opengis.net/spec/ogcapi-features-",
    "http://www.opengis.net/spec/cql2/1.0",
)
CONFORMANCE: Final = (
    *(f"{FEATURES}1/1.0/conf/{name}" for name in ("core", "geojson", "html", "oas30")),
    f"{FEATURES}2/1.0/conf/crs",
    *(
        f"{FEATURES}3/1.0/conf/{name}"
        for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(
        f"{CQL2}/conf/{name}"
        for name in (
            *("cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators"),
            *("case-insensitive-comparison", "accent-insensitive-comparison"),
            *("basic-spatial-functions", "basic-spatial-functions-plus", "spatial-functions"),
            *("temporal-functions", "property-property"),
        )
    ),
)
"""What ``tests/unit/api/test_ogc.py``, ``tests/unit/wire/test_cql2.py`` and the clients in
``tests/conformance`` hold, and nothing else."""
_SCHEMA_TYPES: Final[dict[str, dict[str, Any]]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
}
_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


def show_landing(asked: Asked) -> Reply:
    """Returns the landing page."""
    lang = asked.lang
    title = asked.ask.desk.office.site.name
    json = {"f": "json"}
    links = [
        *asked.own_links(JSON, own_titles(lang)),
        asked.link("service-desc", "/api", OPENAPI, text("api.ogc.link.api", {}, lang), json),
        asked.link(
            "service-doc", "/api", HTML, text("api.ogc.link.api-page", {}, lang), {"f": "html"}
        ),
        asked.link(
            "conformance", "/conformance", JSON, text("api.ogc.conformance", {}, lang), json
        ),
        asked.link("data", "/collections", JSON, text("api.ogc.collections", {}, lang), json),
    ]
    about = text("api.ogc.about", {}, lang)
    if asked.html:
        shown = [_as_page(asked, each) for each in links if each["rel"] in {"conformance", "data"}]
        shown += [each for each in links if each["rel"] == "service-doc"]
        parts = [f"<p>{words(asked, 'api.ogc.about')}</p>", listing(shown)]
        return Reply(page(asked, title, parts, links), HTML)
    return reply({"title": title, "description": about, "links": links})


def _as_page(asked: Asked, link: dict[str, str]) -> dict[str, str]:
    path = link["href"].partition("?")[0].removeprefix(asked.base)
    return asked.link(link["rel"], path, HTML, link["title"], {"f": "html"})


def show_conformance(asked: Asked) -> Reply:
    """Returns the classes of requirements that are held."""
    links = asked.own_links(JSON, own_titles(asked.lang))
    if asked.html:
        rows = [[f"<code>{each}</code>"] for each in CONFORMANCE]
        title = text("api.ogc.conformance", {}, asked.lang)
        return Reply(page(asked, title, [table([title], rows)], links), HTML)
    return reply({"conformsTo": CONFORMANCE, "links": links})


def show_collections(asked: Asked) -> Reply:
    """Returns every collection that the asker may see."""
    lang = asked.lang
    links = asked.own_links(JSON, own_titles(lang))
    if asked.html:
        items = [_own_link(asked, each) for each in asked.collections]
        title = text("api.ogc.collections", {}, lang)
        return Reply(page(asked, title, [listing(items)], links), HTML)
    told = [_collection(asked, each) for each in asked.collections]
    systems = [each.uri for each in asked.crs]
    return reply({"links": links, "collections": told, "crs": systems})


def _own_link(asked: Asked, collection: Collection) -> dict[str, str]:
    title = collection.of.labels.of(asked.lang)
    return asked.link("item", f"/collections/{collection.id}", HTML, title, {"f": "html"})


def show_collection(asked: Asked) -> Reply:
    """Returns one collection.

    Raises:
        NotFound: there is none of that id.
        Unknown: it is for staff, and nobody is signed in.
        Forbidden: it is for staff, and the asker is not.
    """
    collection = asked.collection
    told = _collection(asked, collection)
    told["links"] = [*asked.own_links(JSON, own_titles(asked.lang)), *told["links"]]
    if not asked.html:
        return reply(told)
    links = _links(asked, collection, HTML, {"f": "html"})
    box = told["extent"].get("spatial", {}).get("bbox", [[]])[0]
    rows = [
        (text("api.ogc.extent", {}, asked.lang), ", ".join(map(str, box))),
        ("CRS", ", ".join(each.uri for each in asked.crs)),
    ]
    shown = [each for each in links if each["type"] == HTML]
    parts = [f"<p>{words(asked, collection.about)}</p>", listing(shown), terms(rows)]
    return Reply(page(asked, told["title"], parts, told["links"]), HTML)


def _collection(asked: Asked, collection: Collection) -> dict[str, Any]:
    lang = asked.lang
    view = asked.view()
    features = collection.features(view)
    extent: dict[str, Any] = {}
    if features.box_deg is not None:
        extent["spatial"] = {"bbox": [list(features.box_deg)], "crs": CRS84.uri}
    first_us = features.first_us
    first = None if first_us is None else iso(first_us)
    extent["temporal"] = {
        "interval": [[first, None]],
        "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
    }
    return {
        "id": collection.id,
        "title": collection.of.labels.of(lang),
        "description": text(collection.about, {}, lang),
        "itemType": "feature",
        "extent": extent,
        "crs": [each.uri for each in asked.crs],
        "storageCrs": CRS84.uri,
        "links": _links(asked, collection, JSON, {"f": "json"}),
    }


def _links(
    asked: Asked, collection: Collection, media_type: str, form: dict[str, str]
) -> list[dict[str, str]]:
    path, lang = f"/collections/{collection.id}", asked.lang
    data = GEOJSON if media_type == JSON else media_type
    schema = SCHEMA if media_type == JSON else media_type
    items = text("api.ogc.link.items", {}, lang)
    asked_of = text("api.ogc.link.queryables", {}, lang)
    of = text("api.ogc.link.schema", {}, lang)
    rels = "http://www.opengis.net/def/rel/ogc/1.0/"
    found = [asked.link("items", f"{path}/items", data, items, form)]
    if media_type == JSON:
        found.append(asked.link("items", f"{path}/items", HTML, items, {"f": "html"}))
    found.append(asked.link(f"{rels}queryables", f"{path}/queryables", schema, asked_of, form))
    found.append(asked.link(f"{rels}schema", f"{path}/schema", schema, of, form))
    return found


def show_queryables(asked: Asked) -> Reply:
    """Returns the properties by which a collection may be filtered, as JSON Schema.

    Raises:
        NotFound: there is no such collection.
        Unknown: it is for staff, and nobody is signed in.
        Forbidden: it is for staff, and the asker is not.
    """
    return _schema(asked, "queryables")


def show_schema(asked: Asked) -> Reply:
    """Returns the properties that features of a collection have, as JSON Schema.

    Raises:
        NotFound: there is no such collection.
        Unknown: it is for staff, and nobody is signed in.
        Forbidden: it is for staff, and the asker is not.
    """
    return _schema(asked, "schema")


def _schema(asked: Asked, name: str) -> Reply:
    collection, lang = asked.collection, asked.lang
    title = collection.of.labels.of(lang)
    if asked.html:
        links = asked.own_links(SCHEMA, own_titles(lang))
        rows = [
            [
                f"<code>{each.name}</code>",
                words(asked, f"api.ogc.type.{each.type}"),
                each.title(lang),
            ]
            for each in collection.properties
        ]
        head = [text(f"api.ogc.head.{each}", {}, lang) for each in ("name", "type", "title")]
        return Reply(page(asked, title, [table(head, rows)], links), HTML)
    properties = {each.name: _property(each, lang, name) for each in collection.properties}
    shape = {"title": collection.of.geometry.labels.of(lang)} if collection.of.geometry else {}
    properties["geometry"] = {
        **shape,
        "format": "geometry-any",
        **({"x-ogc-role": "primary-geometry"} if name == "schema" else {}),
    }
    told = {
        "$schema": _DRAFT,
        "$id": f"{asked.base}/collections/{collection.id}/{name}",
        "type": "object",
        "title": title,
        "description": text(collection.about, {}, lang),
        "properties": properties,
        "additionalProperties": False,
    }
    made = reply(told)
    return Reply(made.body, SCHEMA)


def _property(of: Property, lang: str, name: str) -> dict[str, Any]:
    told: dict[str, Any] = {"title": of.title(lang), **_SCHEMA_TYPES[of.type]}
    if of.codes:
        told["enum"] = list(of.codes)
    if of.name == "id" and name == "schema":
        told["x-ogc-role"] = "id"
    return told
