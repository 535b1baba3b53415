"""The pages of the OGC API for people: the same content, plain, without any script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, Final

from rafiqa.api.name import own_name
from rafiqa.api.ogc.asked import Asked, item_path
from rafiqa.api.ogc.collection import Collection, Property
from rafiqa.dictionary import dictionary
from rafiqa.locale import direction, text
from rafiqa.wire.featureset import FeatureSet

STYLE: Final = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-inline-size: 72rem; padding: 1rem; }
a { color: light-dark(#0b5394, #9ecbff); }
nav, h1, p, ul { margin-block: 0 1rem; overflow-wrap: anywhere; }
nav { border-block-end: 2px solid currentColor; padding-block-end: .5rem; }
nav a, .pages a { display: inline-block; margin-inline-end: 1rem; padding-block: .25rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; inline-size: 100%; }
th, td { border-block-end: 1px solid color-mix(in srgb, currentColor 30%, transparent);
  padding: .35rem .6rem; text-align: start; vertical-align: top; }
dt { font-weight: 600; }
dd { margin: 0 0 .5rem; overflow-wrap: anywhere; }
.remark { border-inline-start: .3rem solid #b45309; padding-inline-start: .75rem; }
"""
Links = Sequence[dict[str, str]]


def words(asked: Asked, code: str, **params: str | int) -> str:
    """Returns a text of the catalogue, ready for a page."""
    return escape(text(code, params, asked.lang))


def page(asked: Asked, title: str, parts: Iterable[str], links: Links) -> bytes:
    """Returns a whole page.

    Args:
        asked: the request.
        title: what it is called, as plain text.
        parts: its content, as HTML.
        links: of the answer; those to its forms and neighbours are shown.
    """
    lang = asked.lang
    home = _anchor(asked.link("", "", "", "", {"f": "html"})["href"], "Rafiqa")
    shelf = asked.link("", "/collections", "", "", {"f": "html"})["href"]
    forms = [each for each in links if each["rel"] == "alternate"]
    trail = [home, _anchor(shelf, text("api.ogc.collections", {}, lang))]
    trail += [_anchor(each["href"], each["title"]) for each in forms]
    remark = words(asked, "api.ogc.remark")
    return (
        f'<!doctype html><html lang="{lang}" dir="{direction(lang)}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)} · Rafiqa</title><style>{STYLE}</style></head><body>"
        f"<nav>{' '.join(trail)}</nav><main><h1>{escape(title)}</h1>"
        f"{''.join(parts)}</main><p class=remark>{remark}</p></body></html>"
    ).encode()


def _anchor(href: str, title: str) -> str:
    return f'<a href="{escape(href, quote=True)}">{escape(title)}</a>'


def listing(links: Links) -> str:
    """Returns links as a list."""
    told = "".join(f"<li>{_anchor(each['href'], each['title'])}</li>" for each in links)
    return f"<ul>{told}</ul>"


def terms(pairs: Iterable[tuple[str, Any]]) -> str:
    """Returns names with what they mean."""
    told = "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in pairs)
    return f"<dl>{told}</dl>"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Returns a table; its cells are HTML already."""
    top = "".join(f"<th scope=col>{escape(each)}</th>" for each in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f"<div class=wide><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _shown(asked: Asked, of: Property, value: Any) -> str:
    """Returns a value as people read it: a code by its label, what is unknown as nothing."""
    if value is None:
        return ""
    if of.name == "gate":
        return escape(dictionary().lists["gate_outcome"].label(value, asked.lang))
    if isinstance(value, bool):
        return words(asked, "api.ogc.yes" if value else "api.ogc.no")
    if of.field is not None and of.field.type == "code":
        return escape(dictionary().lists[of.field.codelist].label(value, asked.lang))
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    # A name that its source gives in two languages at once: the half of the reader.
    return escape(own_name(str(value), asked.lang))


def items_page(
    asked: Asked,
    collection: Collection,
    features: FeatureSet,
    rows: list[int],
    matched: int,
    links: Links,
) -> bytes:
    """Returns a page of features as a table."""
    properties = [each for each in collection.properties if each.name != "id"]
    body = []
    for row in rows:
        feature_id = features.ids[row]
        href = asked.link("", item_path(collection, feature_id), "", "", _moment(asked))["href"]
        values = features.properties(row)
        cells = [_shown(asked, each, values[each.name]) for each in properties]
        body.append([_anchor(href, feature_id), *cells])
    turning = [each for each in links if each["rel"] in {"next", "prev"}]
    pages = " ".join(_anchor(each["href"], each["title"]) for each in turning)
    count = words(asked, "api.ogc.count", shown=len(rows), n=matched)
    head = [each.title(asked.lang) for each in collection.properties]
    parts = [f"<p>{count}</p>", table(head, body), f"<p class=pages>{pages}</p>"]
    return page(asked, collection.of.labels.of(asked.lang), parts, links)


def _moment(asked: Asked) -> dict[str, str]:
    """Returns the times of the question, for links that stay at them."""
    kept = {name: asked.query[name] for name in ("valid_at", "known_at") if name in asked.query}
    return {**kept, "f": "html"}


def feature_page(
    asked: Asked, collection: Collection, features: FeatureSet, row: int, links: Links
) -> bytes:
    """Returns one feature as names and values."""
    values, properties = features.properties(row), collection.properties
    shown = (
        (each.title(asked.lang), _shown(asked, each, values[each.name])) for each in properties
    )
    told = "".join(f"<dt>{escape(title)}</dt><dd>{value}</dd>" for title, value in shown)
    back = asked.link("", f"/collections/{collection.id}/items", "", "", _moment(asked))
    parts = [
        f"<dl>{told}</dl>",
        f"<p>{_anchor(back['href'], collection.of.labels.of(asked.lang))}</p>",
    ]
    return page(asked, features.ids[row], parts, links)
