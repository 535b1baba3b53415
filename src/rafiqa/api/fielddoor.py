"""The field's door: requests of phones, which have no page of ours and may have no session.

Beside the desk's door because a phone sends other bodies (XML, photographs), proves itself by the
key of its device, and is answered in the form that its protocol asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from rafiqa.api.ask import language
from rafiqa.api.copyage import age_now, refuse_old, told_age
from rafiqa.api.desk import Desk
from rafiqa.api.lane import Lane, in_lane
from rafiqa.api.pattern import pattern_of
from rafiqa.api.problem import TooLarge, Unknown, problem
from rafiqa.api.reply import Reply
from rafiqa.api.session import cookie_name
from rafiqa.errors import Fault, Forbidden, InvalidInput, RafiqaError
from rafiqa.land import Actor, Role
from rafiqa.ledger import DeviceEnrolled
from rafiqa.service import token_sha256
from rafiqa.service.accounts import Account

NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One request of the field, read: where it goes, what it carries, and who may have sent it."""

    desk: Desk
    method: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    lang: str
    address: str
    scheme: str
    cookie: str | None

    @property
    def base_url(self) -> str:
        """The address at which its sender reaches this server, without a slash at its end."""
        scheme = "https" if self.headers.get("x-forwarded-proto") == "https" else self.scheme
        return f"{scheme}://{self.headers.get('host', 'localhost')}"


Handler = Callable[[Call], Reply]
Refusal = Callable[[RafiqaError, str], Reply]


def field_route(
    desk: Desk,
    path: str,
    handlers: Mapping[str, Handler],
    *,
    body_bytes: int = 0,
    let_in: Callable[[Call], object] = lambda _call: None,
    refused: Refusal = problem,
) -> Route:
    """Returns the route of one path.

    Args:
        desk: what the server keeps.
        path: with placeholders as Starlette reads them.
        handlers: what answers, by method; each runs in a thread of its own.
        body_bytes: largest body taken.
        let_in: raises for whom nothing is read at all: a large body is held in memory, and only
            for those who may send it.
        refused: puts an error in the form that the asker understands.
    """

    async def answer(request: Request) -> Response:
        lang = language(request.query_params, request.headers.get("accept-language", ""))
        age = await run_in_threadpool(age_now, desk.office) if desk.may_follow else {}
        try:
            if desk.may_follow:
                await run_in_threadpool(refuse_old, desk.office)
            let_in(_call(desk, request, b"", lang))
            body = await _body(request, body_bytes)
            method = request.method
            handler = handlers.get(method) or handlers["GET"]
            lane: Lane = "plain" if method in {"GET", "HEAD"} else "intake"
            made = await in_lane(
                desk.load, lane, partial(handler, _call(desk, request, body, lang))
            )
        except RafiqaError as error:
            made = refused(error, lang)
        except ClientDisconnect:
            made = refused(InvalidInput(Fault("api.internal")), lang)
        except Exception as error:  # noqa: BLE001 - it goes to the journal
            # The address may hold a device's key: its pattern alone is written down.
            route = pattern_of(request.scope)
            desk.journal.failed("request.failed", error, method=request.method, route=route)
            made = refused(RafiqaError(Fault("api.internal")), lang)
        if desk.may_follow and not age:  # found out while it was answered
            age = await run_in_threadpool(age_now, desk.office)
        return _response(told_age(made, age))

    return Route(path, answer, methods=[*handlers])


def _call(desk: Desk, request: Request, body: bytes, lang: str) -> Call:
    scheme = request.url.scheme
    return Call(
        desk,
        request.method,
        request.path_params,
        dict(request.query_params),
        request.headers,
        body,
        lang,
        request.client.host if request.client else "",
        scheme,
        request.cookies.get(cookie_name(scheme)),
    )


async def _body(request: Request, limit_bytes: int) -> bytes:
    if request.method in {"GET", "HEAD", "DELETE"}:
        return b""
    too_large = TooLarge(Fault("api.body.too-large", params={"limit_kib": limit_bytes // 1024}))
    given = request.headers.get("content-length", "")
    if given.isdecimal() and int(given) > limit_bytes:
        raise too_large
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > limit_bytes:
            raise too_large
    return bytes(body)


def _response(made: Reply) -> Response:
    media_type: Any = made.media_type
    if media_type.startswith("text/") and "charset" not in media_type:
        media_type = f"{media_type}; charset=utf-8"
    return Response(made.body, made.status, {**NO_STORE, **made.headers}, media_type or None)


def device_of(call: Call, token: str) -> DeviceEnrolled:
    """Returns the device whose key was shown.

    Raises:
        Forbidden: no device has it, or it was revoked; never 401, at which phones ask their user
            for a password.
    """
    office = call.desk.office
    device = office.fieldbook().device(token_sha256(token), office.now_us())
    if device is None:
        raise Forbidden(Fault("api.device.unknown"))
    return device


def carrier(device: DeviceEnrolled) -> Actor:
    """Returns whom a device acts as."""
    role: Any = device.role
    return Actor(device.person_id, device.organisation_id, role)


def sender_of(call: Call) -> tuple[Actor, DeviceEnrolled | None]:
    """Returns who sends: a device by its key, a person by their session, else a resident.

    Raises:
        Forbidden: a key that no device has; or another site's page made the browser send.
        TooMany: too much came from that address without a name.
    """
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        device = device_of(call, token.strip())
        return carrier(device), device
    account = call.desk.sessions.account(call.cookie)
    if account is None or call.method not in {"GET", "HEAD"}:
        _refuse_foreign(call)
    if account is not None:
        return account.actor, None
    resident: Role = "resident"
    return Actor("resident", "residents", resident), None


def _refuse_foreign(call: Call) -> None:
    if call.headers.get("x-rafiqa") is None:
        raise Forbidden(Fault("api.request.header-missing", "X-Rafiqa"))
    origin = call.headers.get("origin")
    if origin is not None and origin.partition("://")[2] != call.headers.get("host"):
        raise Forbidden(Fault("api.request.origin", "Origin"))


def account_of(call: Call) -> Account:
    """Returns the account that is signed in.

    Raises:
        Unknown: nobody is.
    """
    account = call.desk.sessions.account(call.cookie)
    if account is None:
        raise Unknown(Fault("api.session.needed"))
    return account


def person_of(call: Call) -> Actor:
    """Returns who is signed in.

    Raises:
        Unknown: nobody is.
    """
    return account_of(call).actor
