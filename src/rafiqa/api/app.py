"""The application: every endpoint of the table on one office, behind the guard."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route
from starlette.types import Lifespan

from rafiqa.api.central import central
from rafiqa.api.crew import Crew
from rafiqa.api.desk import Desk
from rafiqa.api.door import door, refuse
from rafiqa.api.fieldjson import submissions
from rafiqa.api.guard import Guard
from rafiqa.api.journal import Journal
from rafiqa.api.ogc import ogc
from rafiqa.api.openrosa import openrosa
from rafiqa.api.pattern import patterns_of
from rafiqa.api.route import Endpoint
from rafiqa.api.table import ENDPOINTS
from rafiqa.errors import RafiqaError
from rafiqa.service import Office
from rafiqa.service.vaultdoor import vault_now
from rafiqa.wire.pmtiles import TileArchive


def make_app(
    office: Office,
    *,
    now_us: Callable[[], int],
    entropy: Callable[[int], bytes],
    base: TileArchive | None = None,
    places: Path | None = None,
    journal: Journal | None = None,
    beside: Path | None = None,
    crew: Crew | None = None,
    lifespan: Lifespan[Starlette] | None = None,
) -> Starlette:
    """Returns the application that serves an office.

    Args:
        office: the open store; the caller closes it after the server has stopped.
        now_us: the clock, microseconds since 1970 UTC.
        entropy: gives that many random bytes; for the tokens of sessions.
        base: tiles made before, to be served as the layer ``base``.
        places: the gazetteer by which documents are read that come to the desk; curated ones
            where None.
        journal: takes what happens to the server itself; failures go to standard error without.
        beside: the path beside which keys and log of the store lie.
        crew: what the processes have in common that serve together; this one serves alone
            where None.
        lifespan: what begins and ends with it.
    """
    # What the ledger says is erased goes from a vault that was put back while nothing served it.
    with suppress(RafiqaError):
        vault_now(office)
    desk = Desk.of(office, now_us, entropy, ENDPOINTS, base, places, journal, beside, crew)
    paths: dict[str, dict[str, Endpoint]] = {}
    for row in ENDPOINTS:
        paths.setdefault(row.path, {})[row.method] = row
    table = [Route(path, door(desk, rows), methods=list(rows)) for path, rows in paths.items()]
    # Acts of the desk lie beside what phones ask under one path: the desk's are looked at first.
    routes: list[BaseRoute] = [each for each in table if each.path.startswith("/api/submissions/")]
    routes += [submissions(desk), openrosa(desk), central(desk), ogc(desk)]
    routes += [each for each in table if each not in routes]
    # No exception reaches Starlette's own handler for errors: the door answers them itself.
    handlers = {HTTPException: refuse}
    guard = Middleware(Guard, journal=desk.journal)
    app = Starlette(
        routes=routes, middleware=[guard], exception_handlers=handlers, lifespan=lifespan
    )
    app.state.patterns = patterns_of(routes)
    return app
