"""Where what lies beside a store lies: its keys, its published log, its policy."""

from __future__ import annotations

import os
import re
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

DATABASE: Final = ("postgresql://", "postgres://")
"""How the address of a store in PostgreSQL begins."""
HOME: Final = "RAFIQA_HOME"
"""Names the folder in which things lie beside stores that are no files."""


def is_database(store: str) -> bool:
    """Returns whether a store is named by the address of a database."""
    return store.startswith(DATABASE)


def place_of(store: str) -> Path:
    """Returns the path beside which a store's keys and log lie; of a file the file itself.

    A database is on another machine perhaps, and keys never lie in it: beside it is a folder of
    this machine, ``RAFIQA_HOME`` or one of the user's data. The name tells databases apart and
    holds no password.
    """
    if not is_database(store):
        return Path(store)
    parts = urlsplit(store)
    host = parts.hostname or next(iter(parse_qs(parts.query).get("host", ["local"])))
    database = unquote(parts.path.strip("/")) or "rafiqa"
    told = f"{host}:{parts.port or 5432}/{database}"
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", database)[:40]
    home = os.environ.get(HOME)
    folder = Path(home) if home else Path.home() / ".local" / "share" / "rafiqa"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}-{sha256(told.encode()).hexdigest()[:12]}.rafiqa"


def told_store(store: str) -> str:
    """Returns a store's name as it may be printed: of an address without user and password."""
    if not is_database(store):
        return store
    parts = urlsplit(store)
    return f"postgresql://{parts.hostname or ''}{parts.path}"
