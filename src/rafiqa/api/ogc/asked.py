"""Asked: one request to the pages of the OGC API, read: who asks, for what, in which form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from rafiqa.api.ask import Ask
from rafiqa.api.ogc.collection import COLLECTIONS, Collection
from rafiqa.api.problem import Unknown
from rafiqa.api.view import View
from rafiqa.errors import Fault, Forbidden, InvalidInput, NotFound, RafiqaError
from rafiqa.service import AsOf
from rafiqa.wire.featurecrs import FeatureCrs, systems

HTML: Final = "text/html"
OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.0"
SCHEMA: Final = "application/schema+json"
_SHORT: Final = 128
"""Up to so many letters of an address are remembered as they are written: most links say the same.
"""
_HOST: Final = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")


class Unacceptable(RafiqaError):  # noqa: N818 - named like the errors it stands beside
    """None of the forms in which there is an answer is accepted."""

    status = 406


class LongAddress(RafiqaError):  # noqa: N818
    """The address is longer than this door reads."""

    status = 414


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One request.

    Attributes:
        ask: the request with everything that holds for all.
        query: the query's values as they came, each once.
        base: the address of the landing page, without a slash at its end.
        path: of the page under the landing page, such as ``/collections``.
        html: whether the answer is wanted as a page for people.
        packs: whether the asker takes gzip.
    """

    ask: Ask
    query: Mapping[str, str]
    base: str
    path: str
    html: bool
    packs: bool

    @property
    def lang(self) -> str:
        """The language of the answer."""
        return self.ask.lang

    def view(self, valid_at_us: int | None = None) -> View:
        """Returns the moment asked about, as the asker may see it.

        Args:
            valid_at_us: the time it is true at, where the query's own ``valid_at`` says none.
        """
        ask = self.ask
        given = ask.time_us("valid_at")
        as_of = AsOf(valid_at_us if given is None else given, ask.time_us("known_at"))
        return View.at(ask, ask.desk.moments.at(as_of))

    @property
    def crs(self) -> tuple[FeatureCrs, ...]:
        """The systems in which features are given out, the default first."""
        frame = self.ask.desk.office.frame
        return systems(frame.lon_deg, frame.lat_deg)

    @property
    def collections(self) -> list[Collection]:
        """The collections that the asker may see."""
        return [each for each in COLLECTIONS.values() if self.ask.staff or not each.staff]

    @property
    def collection(self) -> Collection:
        """The collection that the path names.

        Raises:
            NotFound: there is none of that id.
            Unknown: it is for staff, and nobody is signed in.
            Forbidden: it is for staff, and the asker is not.
        """
        named = self.ask.path["collection"]
        found = COLLECTIONS.get(named)
        if found is None:
            params: dict[str, str | int] = {"name": named[:80], "known": ", ".join(COLLECTIONS)}
            raise NotFound(Fault("api.ogc.collection.unknown", "collection", params=params))
        if found.staff and self.ask.account is None:
            raise Unknown(Fault("api.session.needed"))
        if found.staff and not self.ask.staff:
            raise Forbidden(Fault("api.ogc.collection.staff", params={"name": found.id}))
        return found

    def link(
        self,
        rel: str,
        path: str,
        media_type: str,
        title: str,
        query: Mapping[str, str] | None = None,
    ) -> dict[str, str]:
        """Returns a link to a page."""
        told = {key: value for key, value in (query or {}).items() if value}
        if "lang" in self.query:
            told["lang"] = self.query["lang"]
        after = "?" + "&".join(_pair(*each) for each in told.items()) if told else ""
        return {
            "href": f"{self.base}{path}{after}",
            "rel": rel,
            "type": media_type,
            "title": title,
        }

    def own_links(self, media_type: str, titles: tuple[str, str]) -> list[dict[str, str]]:
        """Returns the links to this page and to its other form: titles as JSON and as HTML."""
        same = {key: value for key, value in self.query.items() if key not in {"f", "lang"}}
        json = self.link("self", self.path, media_type, titles[0], {**same, "f": "json"})
        html = self.link("alternate", self.path, HTML, titles[1], {**same, "f": "html"})
        if self.html:
            json["rel"], html["rel"] = "alternate", "self"
        return [json, html]


def _pair(name: str, value: str) -> str:
    """Returns a name and its value as an address has them."""
    if len(name) + len(value) > _SHORT:
        return f"{quote(name, safe='')}={quote(value, safe='')}"
    return _short_pair(name, value)


@lru_cache(maxsize=1_024)
def _short_pair(name: str, value: str) -> str:
    return f"{quote(name, safe='')}={quote(value, safe='')}"


def item_path(collection: Collection, feature_id: str) -> str:
    """Returns the path of one feature."""
    return f"/collections/{collection.id}/items/{quote(feature_id, safe='')}"


def base_url(host: str, scheme: str, forwarded: str) -> str:
    """Returns the address of the landing page as the asker reaches it.

    Args:
        host: the header Host.
        scheme: under which the request came.
        forwarded: the header X-Forwarded-Proto, which a proxy sets.
    """
    own = host if _HOST.fullmatch(host) else "localhost"
    return f"{'https' if forwarded == 'https' else scheme}://{own}/ogc"


def wants_html(form: str | None, accepted: str, media_types: Sequence[str]) -> bool:
    """Returns whether the answer is wanted as HTML.

    Args:
        form: the query's ``f``, which counts more than the header.
        accepted: the header Accept (RFC 9110, section 12.5.1); everything where empty.
        media_types: what the other form may be called.

    Raises:
        InvalidInput: ``f`` is neither json nor html.
        Unacceptable: neither form is accepted.
    """
    if form is not None:
        if form not in {"json", "html"}:
            params: dict[str, str | int] = {"name": "f", "value": form[:40], "known": "json, html"}
            raise InvalidInput(Fault("api.query.choice", "f", params=params))
        return form == "html"
    weights = _weights(accepted or "*/*")
    plain = max(_weight(weights, each.partition(";")[0]) for each in media_types)
    html = _weight(weights, HTML)
    if max(plain, html) <= 0:
        known = ", ".join([*media_types, HTML])
        raise Unacceptable(Fault("api.ogc.accept", "Accept", params={"known": known}))
    return html > plain


def _weights(accepted: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for item in accepted.split(",")[:50]:
        media_type, *parameters = (each.strip().lower() for each in item.split(";"))
        weight: Any = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        try:
            found[media_type] = float(weight)
        except ValueError:
            continue
    return found


def _weight(weights: Mapping[str, float], media_type: str) -> float:
    """Returns how much a type is wanted: the most specific range counts."""
    ranges = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
    return next((weights[each] for each in ranges if each in weights), 0.0)
