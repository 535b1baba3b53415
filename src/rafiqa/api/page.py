"""The desk's page and its files, as the web build left them."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from rafiqa.api.ask import Ask
from rafiqa.api.reply import Reply, pack
from rafiqa.errors import Fault, NotFound
from rafiqa.locale import direction, text

TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
}
"""Types by ending, written out: the operating system's own table lacks or garbles some."""
FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"
_HASHED = re.compile(r"-[A-Z0-9]{8}\.(?:js|css)$")
"""Names that carry a hash of their content; another content gets another name."""


def static_folder() -> Path:
    """Returns the folder that the web build writes into; it may not be there."""
    return Path(str(files("rafiqa.api"))) / "static"


def show_page(ask: Ask) -> Reply:
    """Returns the desk's page, or where the web build is missing, a page that says so."""
    file = static_folder() / "index.html"
    if not file.is_file():
        return unbuilt(ask.lang)
    return _file(ask, file)


def show_copy_worker(ask: Ask) -> Reply:
    """Returns the script that keeps the desk for reading without a network, at the scope it needs.

    Raises:
        NotFound: the web build is missing.
    """
    file = static_folder() / "desk-worker.js"
    if not file.is_file():
        raise NotFound(Fault("api.route.unknown", "path"))
    return _file(ask, file)


def show_file(ask: Ask) -> Reply:
    """Returns one file of the page.

    Raises:
        NotFound: no such file, or none of a type that the page uses.
    """
    root = static_folder().resolve()
    path = ask.path["path"]
    file = (root / path).resolve() if "\0" not in path else root
    if not (file.is_relative_to(root) and file.suffix in TYPES and file.is_file()):
        raise NotFound(Fault("api.route.unknown", "path"))
    return _file(ask, file)


def _file(ask: Ask, file: Path) -> Reply:
    stat = file.stat()
    key = ("file", str(file), stat.st_mtime_ns, stat.st_size)
    return ask.desk.replies.get(key, lambda: _read(file))


def _read(file: Path) -> Reply:
    body = file.read_bytes()
    media_type = TYPES[file.suffix]
    caching = FOREVER if _HASHED.search(file.name) else ASK_AGAIN
    packed = None if media_type.startswith(("font/", "image/png")) else pack(body)
    return Reply(body, media_type, headers={"Cache-Control": caching}, packed=packed)


def unbuilt(lang: str) -> Reply:
    """Returns the page that says that the web build is missing, and what to do."""
    told = text("api.page.unbuilt", {}, lang)
    step = text("api.page.unbuilt.next", {}, lang)
    body = (
        f'<!doctype html><html lang="{lang}" dir="{direction(lang)}"><head>'
        '<meta charset="utf-8"><title>Rafiqa</title></head>'
        f"<body><h1>Rafiqa</h1><p>{told}</p><p>{step}</p>"
        '<p><a href="/api/openapi.json">/api/openapi.json</a></p></body></html>'
    )
    return Reply(body.encode(), "text/html", 503, {"Cache-Control": "no-store"})
