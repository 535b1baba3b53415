"""Door: takes a request in, checks what holds for every one, and sends the answer out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from rafiqa.api.ask import ACTING_FOR, BODY_BYTES, Ask, language
from rafiqa.api.copyage import age_now, refuse_old, told_age
from rafiqa.api.desk import Desk
from rafiqa.api.lane import in_lane, lane_of
from rafiqa.api.pattern import came_from
from rafiqa.api.problem import TooLarge, WrongMethod, WrongType, problem, problem_reply
from rafiqa.api.reply import JSON, RAW, response
from rafiqa.api.route import Endpoint
from rafiqa.api.sending import HEADER, Sending, sending
from rafiqa.api.session import cookie_name
from rafiqa.errors import Fault, Forbidden, InvalidInput, NotFound, RafiqaError

_QUERY_VALUES = 20


def door(desk: Desk, rows: Mapping[str, Endpoint]) -> Callable[[Request], Awaitable[Response]]:
    """Returns what answers the requests of one path, by method.

    Args:
        desk: what the server keeps.
        rows: the path's endpoints by method.
    """
    lanes = {method: lane_of(row) for method, row in rows.items()}

    async def answer(request: Request) -> Response:
        row = rows["GET" if request.method == "HEAD" else request.method]
        lang = _lang(request)
        age = await run_in_threadpool(age_now, desk.office) if desk.may_follow else {}
        try:
            body = await _body(request, row)
            made = await in_lane(
                desk.load, lanes[row.method], partial(_answer, desk, row, request, body, lang)
            )
        except RafiqaError as error:
            made = problem(error, lang)
        except ClientDisconnect:
            made = problem_reply(400, (), lang)
        except Exception as error:  # noqa: BLE001 - it goes to the journal
            # What went wrong is for whoever runs the server, never for the asker.
            desk.journal.failed("request.failed", error, method=row.method, route=row.path)
            made = problem_reply(500, (Fault("api.internal"),), lang)
        if desk.may_follow and not age:  # found out while it was answered
            age = await run_in_threadpool(age_now, desk.office)
        return response(told_age(made, age), request.headers)

    return answer


def _answer(desk: Desk, row: Endpoint, request: Request, body: bytes, lang: str) -> Any:
    query = _query(request, row)
    if row.method != "GET":
        _refuse_foreign(request)
    scheme = request.url.scheme
    token = request.cookies.get(cookie_name(scheme))
    if not row.page:
        refuse_old(desk.office, row.open_path)
    signed = None if row.page else desk.sessions.signed_in(token)
    if signed is not None:
        came_from(request.scope, signed.account.actor.person_id)
        desk.reads.take(desk.office.store, signed.account.login, row.open_path, request.path_params)
    ask = Ask(
        desk,
        lang,
        request.path_params,
        query,
        signed,
        body,
        request.client.host if request.client else "",
        scheme,
        token,
        _sending(request, row, body),
        request.headers.get("host", ""),
        request.headers.get("user-agent", ""),
        request.cookies,
        None if lane_of(row) == "intake" else request.headers.get(ACTING_FOR),
    )
    if row.method != "GET":
        return row.handler(ask)
    with desk.office.following_once():
        return row.handler(ask)


def _sending(request: Request, row: Endpoint, body: bytes) -> Sending | None:
    if row.takes is None:
        return None
    return sending(request.headers.get(HEADER), request.method, request.url.path, body)


def _lang(request: Request) -> str:
    return language(request.query_params, request.headers.get("accept-language", ""))


def _query(request: Request, row: Endpoint) -> dict[str, str]:
    """Returns the query's values; a name that is not known or given twice is refused.

    A misspelt ``valid_at`` that was passed over would give an answer as of now, and be
    taken for one as of then.
    """
    if row.page:
        return dict(request.query_params)
    known = {param.name for param in row.query}
    items = request.query_params.multi_items()
    faults = []
    seen: set[str] = set()
    for name, _ in items[:_QUERY_VALUES]:
        code = "api.query.unknown" if name not in known else "api.query.twice"
        if name not in known or name in seen:
            faults.append(Fault(code, name[:80], params={"name": name[:80]}))
        seen.add(name)
    if faults:
        raise InvalidInput(faults)
    return dict(items)


def _refuse_foreign(request: Request) -> None:
    """Refuses an act that another site's page could have made the browser send.

    Two signs of our own page: a header that a form cannot set, and the browser's own word
    for where the page came from (OWASP, cross-site request forgery prevention).
    """
    if request.headers.get("x-rafiqa") != "desk":
        raise Forbidden(Fault("api.request.header-missing", "X-Rafiqa"))
    origin = request.headers.get("origin")
    if origin is not None and origin.partition("://")[2] != request.headers.get("host"):
        raise Forbidden(Fault("api.request.origin", "Origin"))


async def _body(request: Request, row: Endpoint) -> bytes:
    """Returns the body of an act, within the limit; a question has none."""
    if row.takes is None and not row.raw:
        return b""
    given = request.headers.get("content-length", "")
    if given.isdecimal() and int(given) > BODY_BYTES:
        raise TooLarge(_too_large())
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != (RAW if row.raw else JSON):
        raise WrongType(Fault("api.body.type", "Content-Type"))
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_BYTES:
            raise TooLarge(_too_large())
    return bytes(body)


def _too_large() -> Fault:
    return Fault("api.body.too-large", params={"limit_kib": BODY_BYTES // 1024})


async def refuse(request: Request, error: Exception) -> Response:
    """Returns the problem for a path or method that does not exist."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    known: dict[int, RafiqaError] = {
        404: NotFound(Fault("api.route.unknown")),
        405: WrongMethod(Fault("api.method.unknown")),
    }
    lang = _lang(request)
    found = known.get(status)
    headers = dict(getattr(error, "headers", None) or {})
    faults = found.faults if found else (Fault("api.internal"),)
    return response(problem_reply(status, faults, lang, headers), request.headers)
