"""Items: a page of features, and one feature."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, Final

import msgspec

from rafiqa.api.ogc.asked import HTML, Asked
from rafiqa.api.ogc.collection import Collection
from rafiqa.api.ogc.html import feature_page, items_page
from rafiqa.api.ogc.query import ItemsQuery, items_query
from rafiqa.api.reply import GEOJSON, Reply
from rafiqa.api.view import View
from rafiqa.errors import Fault, NotFound
from rafiqa.locale import text
from rafiqa.wire.featurecrs import FeatureCrs
from rafiqa.wire.featureset import FeatureSet, Rows
from rafiqa.wire.instant import iso

TITLES: Final = ("api.ogc.link.json", "api.ogc.link.html")


def own_titles(lang: str) -> tuple[str, str]:
    """Returns what the two forms of a page are called."""
    return text(TITLES[0], {}, lang), text(TITLES[1], {}, lang)


def show_items(asked: Asked) -> Reply:
    """Returns one page of a collection's features.

    Raises:
        NotFound: there is no such collection.
        Unknown: it is for staff, and nobody is signed in.
        Forbidden: it is for staff, and the asker is not.
        InvalidInput: the query says what cannot be.
    """
    collection = asked.collection
    query = items_query(asked.query, collection, asked.crs)
    view = asked.view(query.valid_at_us)
    features = collection.features(view)
    rows = query.rows(features)
    page = rows[query.offset : query.offset + query.limit]
    links = [
        *asked.own_links(GEOJSON, own_titles(asked.lang)),
        *_turning(asked, query, view, len(rows)),
        _collection_link(asked, collection),
    ]
    if asked.html:
        body = items_page(asked, collection, features, page.tolist(), len(rows), links)
        return Reply(body, HTML, headers=_headers(asked, view, features, query.crs))
    body = _joined(features, page, query.crs, links, len(rows))
    return Reply(body, GEOJSON, headers=_headers(asked, view, features, query.crs))


def _joined(
    features: FeatureSet, page: Rows, crs: FeatureCrs, links: list[dict[str, str]], matched: int
) -> bytes:
    bodies = features.placed(crs).bodies
    head = (
        b'{"type":"FeatureCollection","links":%b,"numberMatched":%d,"numberReturned":%d,"features":['
        % (msgspec.json.encode(links), matched, len(page))
    )
    return b"%b%b]}" % (head, b",".join([bodies[row] for row in page.tolist()]))


def _turning(asked: Asked, query: ItemsQuery, view: View, matched: int) -> list[dict[str, str]]:
    """Returns the links to the pages before and after.

    They name the moment of this page, so that a fact recorded meanwhile moves no feature from a
    page not yet read to one already read.
    """
    pinned = {
        **asked.query,
        "valid_at": iso(view.moment.valid_us),
        "known_at": iso(view.moment.known_us),
        "limit": str(query.limit),
        "f": "html" if asked.html else "json",
    }
    media_type = HTML if asked.html else GEOJSON
    found = []
    if query.offset + query.limit < matched:
        after = {**pinned, "offset": str(query.offset + query.limit)}
        title = text("api.ogc.link.after", {}, asked.lang)
        found.append(asked.link("next", asked.path, media_type, title, after))
    if query.offset:
        before = {**pinned, "offset": str(max(query.offset - query.limit, 0))}
        title = text("api.ogc.link.before", {}, asked.lang)
        found.append(asked.link("prev", asked.path, media_type, title, before))
    return found


def _collection_link(asked: Asked, collection: Collection) -> dict[str, str]:
    title = collection.of.labels.of(asked.lang)
    path = f"/collections/{collection.id}"
    return asked.link("collection", path, "application/json", title, {"f": "json"})


def show_item(asked: Asked) -> Reply:
    """Returns one feature.

    Raises:
        NotFound: there is none of that id at the moment asked about.
        InvalidInput: the system asked for is none of those given out.
    """
    collection = asked.collection
    query = items_query(asked.query, collection, asked.crs)
    view = asked.view()
    features = collection.features(view)
    feature_id = asked.ask.path["item"]
    row = features.row_of.get(feature_id)
    if row is None:
        params: dict[str, str | int] = {"name": feature_id[:80]}
        raise NotFound(Fault("api.ogc.item.unknown", "item", params=params))
    links = [
        *asked.own_links(GEOJSON, own_titles(asked.lang)),
        _collection_link(asked, collection),
    ]
    headers = _headers(asked, view, features, query.crs)
    if asked.html:
        return Reply(feature_page(asked, collection, features, row, links), HTML, headers=headers)
    body = features.placed(query.crs).bodies[row]
    told = b'%b,"links":%b}' % (body[:-1], msgspec.json.encode(links))
    return Reply(told, GEOJSON, headers=headers)


def _headers(asked: Asked, view: View, features: FeatureSet, crs: FeatureCrs) -> dict[str, str]:
    """Returns the headers of features: their system, and what tells this answer from another.

    The tag is made of what the features are and what was asked, so that an answer known already
    needs not be put together.
    """
    told: list[Any] = [features.digest, asked.base, asked.path, sorted(asked.query.items())]
    told += [asked.lang, asked.html, view.moment.key]
    tag = blake2b(msgspec.json.encode(told), digest_size=12).hexdigest()
    return {"Content-Crs": f"<{crs.uri}>", "ETag": f'W/"{tag}"', "Content-Language": asked.lang}
