"""A PostgreSQL of our own whose commits reach the disk before they return."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests import postgis

# There a sync costs nothing, and is asked for all the same.
_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
_SETTINGS = ("listen_addresses=''", "shared_buffers=32MB", "max_connections=60")


class Server:
    """A cluster in a folder of its own, which may be stopped as by a lost power.

    Args:
        folder: nothing else lies there.
        settings: further settings of the server.
        copy_of: a server that runs; the cluster is a base copy of it, and follows it.
        how: further arguments of ``initdb``.
    """

    def __init__(
        self,
        folder: Path,
        settings: tuple[str, ...] = (),
        copy_of: Server | None = None,
        how: tuple[str, ...] = (),
    ) -> None:
        self.folder = folder
        self._settings = settings
        self._number = itertools.count(1)
        owned(folder)
        data = str(folder / "data")
        if copy_of is None:
            form = ("-A", "trust", "-E", "UTF8", "--locale=C", *how)
            postgis.run("initdb", "-D", data, "-U", "postgres", *form)
        else:
            copy_of.base_copy(folder / "data", "-R")

    def base_copy(self, target: Path, *more: str) -> None:
        """Copies the whole cluster while it runs; it begins at once."""
        source = ("-h", str(self.folder), "-U", "postgres", "-c", "fast", "-X", "stream")
        postgis.run("pg_basebackup", "-D", str(target), *source, *more)

    @property
    def pid(self) -> int:
        """The process that all others come from."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    @contextmanager
    def link(self, database: str = "postgres") -> Iterator[psycopg.Connection[Any]]:
        """A superuser's connection."""
        with psycopg.connect(self.address(database), autocommit=True) as link:
            yield link

    def start(self, within: tuple[str, ...] = (), *more: str) -> None:
        """Starts it, within what a further command makes; with further settings."""
        given = (f"unix_socket_directories='{self.folder}'", *_SETTINGS, *self._settings, *more)
        options = " ".join(f"-c {item}" for item in given)
        data, log = str(self.folder / "data"), str(self.folder / "log")
        postgis.run("pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start", within=within)

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


def owned(folder: Path) -> None:
    """Gives a folder to who runs servers."""
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")


@contextmanager
def new_folder() -> Iterator[Path]:
    """A folder in which a server may lie; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="rafiqa-pg-", dir=_MEMORY))
    try:
        owned(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server(
    settings: tuple[str, ...] = (), copy_of: Server | None = None, how: tuple[str, ...] = ()
) -> Iterator[Server]:
    """A server that runs, and is gone afterwards with all it held."""
    with new_folder() as folder:
        made = Server(folder, settings, copy_of, how)
        made.start()
        try:
            yield made
        finally:
            with suppress(AssertionError):  # a test may have ended it before
                made.stop()


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
