"""The door of the OGC API: its addresses, what holds for each request, and how answers go out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Collection as Names
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Mount, Route
from starlette.types import Scope

from rafiqa.api.ask import Ask, language
from rafiqa.api.copyage import age_now, refuse_old, told_age
from rafiqa.api.desk import Desk
from rafiqa.api.ogc.asked import (
    OPENAPI,
    SCHEMA,
    Asked,
    LongAddress,
    base_url,
    wants_html,
)
from rafiqa.api.ogc.collection import COLLECTIONS
from rafiqa.api.ogc.describe import (
    show_collection,
    show_collections,
    show_conformance,
    show_landing,
    show_queryables,
    show_schema,
)
from rafiqa.api.ogc.items import show_item, show_items
from rafiqa.api.ogc.openapi import show_api
from rafiqa.api.ogc.query import FRAME, OWN
from rafiqa.api.packing import packed
from rafiqa.api.pattern import came_from
from rafiqa.api.problem import problem, problem_reply
from rafiqa.api.reply import GEOJSON, JSON, Reply, response
from rafiqa.api.session import cookie_name
from rafiqa.errors import Fault, InvalidInput, RafiqaError

PATH: Final = "/ogc"
ADDRESS_BYTES: Final = 32_768
"""Longest address read: a filter with a polygon of a thousand corners."""
_VALUES: Final = 64
_QUICK: Final = 1
"""How hard pages are packed: they are made anew for each question."""
Handler = Callable[[Asked], Reply]


@dataclass(frozen=True, slots=True)
class _Page:
    """One address: what answers, in which types, and which names its query may have."""

    path: str
    handler: Handler
    media_types: Sequence[str]
    names: Names[str] = FRAME


_AT: Final = "/collections/{collection}"
_PAGES: Final = (
    _Page("/", show_landing, (JSON,)),
    _Page("/conformance", show_conformance, (JSON,)),
    _Page("/api", show_api, (OPENAPI, JSON)),
    _Page("/collections", show_collections, (JSON,)),
    _Page(f"{_AT}/items", show_items, (GEOJSON, JSON), (*FRAME, *OWN)),
    _Page(f"{_AT}/items/{{item:path}}", show_item, (GEOJSON, JSON), (*FRAME, "crs")),
    _Page(f"{_AT}/queryables", show_queryables, (SCHEMA, JSON)),
    _Page(f"{_AT}/schema", show_schema, (SCHEMA, JSON)),
    _Page(_AT, show_collection, (JSON,)),
)


class _Root(Mount):
    """Takes its own path without a slash too: ``/ogc`` is the address that people are given."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Returns whether a request is for these pages."""
        if _path(scope) != self.path:
            return super().matches(scope)
        whole = f"{scope['path']}/"
        matched, child = super().matches({**scope, "path": whole})
        return matched, {**child, "path": whole}


def _path(scope: Scope) -> str:
    """Returns the path of a request under where its routes are mounted."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def ogc(desk: Desk) -> Mount:
    """Returns everything under ``/ogc``."""
    return _Root(PATH, routes=[_route(desk, page) for page in _PAGES])


def _route(desk: Desk, page: _Page) -> Route:
    async def answer(request: Request) -> Response:
        lang = language(request.query_params, request.headers.get("accept-language", ""))
        age = await run_in_threadpool(age_now, desk.office) if desk.may_follow else {}
        try:
            made = await run_in_threadpool(_answer, desk, page, request, lang)
        except RafiqaError as error:
            made = problem(error, lang)
        except Exception as error:  # noqa: BLE001 - it goes to the journal
            # What went wrong is for whoever runs the server, never for the asker.
            desk.journal.failed("request.failed", error, method="GET", route=PATH + page.path)
            made = problem_reply(500, (Fault("api.internal"),), lang)
        if desk.may_follow and not age:  # found out while it was answered
            age = await run_in_threadpool(age_now, desk.office)
        return response(told_age(made, age), request.headers)

    return Route(page.path, answer, methods=["GET"], name=page.handler.__name__)


def _answer(desk: Desk, page: _Page, request: Request, lang: str) -> Reply:
    refuse_old(desk.office)
    asked = _asked(desk, page, request, lang)
    with desk.office.following_once():
        made = page.handler(asked)
    tag = made.headers.get("ETag")
    # Not where the asker has the answer already: it goes out without its body.
    if asked.packs and tag is not None and tag not in request.headers.get("if-none-match", ""):
        return replace(made, packed=packed(made.body, _QUICK))
    return made


def _asked(desk: Desk, page: _Page, request: Request, lang: str) -> Asked:
    scope: Any = request.scope
    length = len(scope.get("raw_path") or b"") + len(scope["query_string"])
    if length > ADDRESS_BYTES:
        params: dict[str, str | int] = {"limit_kib": ADDRESS_BYTES // 1024}
        raise LongAddress(Fault("api.ogc.too-long", params=params))
    query = _query(request, page)
    headers = request.headers
    form = wants_html(query.get("f"), headers.get("accept", ""), page.media_types)
    scheme: str = scope.get("scheme", "http")
    token = _token(request, scheme)
    times: dict[str, str] = {
        name: query[name] for name in ("valid_at", "known_at") if name in query
    }
    signed = desk.sessions.signed_in(token)
    if signed is not None:
        came_from(scope, signed.account.actor.person_id)
    address = request.client.host if request.client else ""
    ask = Ask(desk, lang, request.path_params, times, signed, b"", address, scheme, token)
    base = base_url(headers.get("host", ""), scheme, headers.get("x-forwarded-proto", ""))
    path = _path(scope)
    packs = "gzip" in headers.get("accept-encoding", "")
    return Asked(ask, query, base, "" if path == "/" else _quoted(path), form, packs)


def _quoted(path: str) -> str:
    """Returns a path as an address has it."""
    head, slash, item = path.partition("/items/")
    return head + slash + quote(item, safe="")


def _token(request: Request, scheme: str) -> str | None:
    """Returns the token of the asker's session: from the cookie, or as a key in a header."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token:
        return token.strip()
    return request.cookies.get(cookie_name(scheme))


def _query(request: Request, page: _Page) -> dict[str, str]:
    """Returns the query's values; names that are not known or given twice are refused.

    Part 1 asks for that (requirement 8), and so does Rafiqa: a misspelt name that was passed over
    would give an answer to another question.
    """
    names = set(page.names)
    collection = COLLECTIONS.get(request.path_params.get("collection", ""))
    if collection is not None and page.handler is show_items:
        names |= set(collection.names)
    items = request.query_params.multi_items()
    faults, seen = [], set()
    for name, _ in items[:_VALUES]:
        if name not in names or name in seen:
            code = "api.query.unknown" if name not in names else "api.query.twice"
            faults.append(Fault(code, name[:80], params={"name": name[:80]}))
        seen.add(name)
    if len(items) > _VALUES and not faults:
        # There are fewer names than that, so one is there twice.
        name = items[_VALUES][0][:80]
        faults.append(Fault("api.query.twice", name, params={"name": name}))
    if faults:
        raise InvalidInput(faults)
    return dict(items)
