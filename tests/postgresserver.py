"""A PostgreSQL of our own whose commits reach the disk before they return."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql

from tests import postgis

# There a sync costs nothing, and is asked for all the same.
_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
_SETTINGS = ("listen_addresses=''", "shared_buffers=32MB", "max_connections=60")


class Server:
    """A cluster in a folder of its own, which may be stopped as by a lost power."""

    def __init__(self, folder: Path, settings: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self._settings = settings
        self._number = itertools.count(1)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        data = str(folder / "data")
        postgis.run(
            "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"
        )

    def start(self) -> None:
        given = (f"unix_socket_directories='{self.folder}'", *_SETTINGS, *self._settings)
        options = " ".join(f"-c {item}" for item in given)
        data, log = str(self.folder / "data"), str(self.folder / "log")
        postgis.run("pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start")

    def stop(self, how: str = "immediate") -> None:
        postgis.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", how, "stop")

    def address(self, database: str, user: str = "postgres") -> str:
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """The address of a database in which nothing is."""
        name = f"site{next(self._number)}"
        with psycopg.connect(self.address("postgres"), autocommit=True) as link:
            link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.address(name)

    def drop(self, address: str) -> None:
        name = address.partition("@/")[2].partition("?")[0]
        with psycopg.connect(self.address("postgres"), autocommit=True) as link:
            link.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def server(settings: tuple[str, ...] = ()) -> Iterator[Server]:
    """A server that runs, and is gone afterwards with all it held."""
    folder = Path(tempfile.mkdtemp(prefix="rafiqa-pg-", dir=_MEMORY))
    try:
        made = Server(folder, settings)
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@cache
def shared_server() -> Server:
    """A server for all tests of this process."""
    running = server()
    made = running.__enter__()
    atexit.register(running.__exit__, None, None, None)
    return made


def missing() -> str | None:
    """Why there is no PostgreSQL to ask, and what to do; None where there is one."""
    return postgis.missing()
