"""A PostGIS of our own for a while: a cluster in a temporary folder, reached by its socket only."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

INSTALL = "apt-get install postgresql postgresql-15-postgis-3"
_HOME = Path("/usr/lib/postgresql")
_SHARE = Path("/usr/share/postgresql")


def version() -> str | None:
    """The newest PostgreSQL here that has PostGIS, or None."""
    found = [
        home.name
        for home in (_HOME.iterdir() if _HOME.exists() else [])
        if (home / "bin" / "initdb").exists()
        and (_SHARE / home.name / "extension" / "postgis.control").exists()
    ]
    return max(found, key=int, default=None)


def missing() -> str | None:
    """Why there is no PostGIS to ask, and what to do; None where there is one."""
    if version() is None:
        return f"PostGIS is not installed ({INSTALL})"
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg is not installed (make setup)"
    if os.geteuid() == 0 and not (shutil.which("runuser") and _has_user("postgres")):
        return "PostgreSQL does not run as root, and there is no user postgres to run it as"
    return None


def _has_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def run(command: str, *arguments: str, within: Sequence[str] = ()) -> None:
    program = str(_HOME / str(version()) / "bin" / command)
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*within, *as_user, program, *arguments],
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@contextmanager
def cluster(settings: Sequence[str] = ()) -> Iterator[Any]:
    """Yields a connection to an empty database with PostGIS; the cluster is gone afterwards.

    Args:
        settings: further settings of the server, such as ``jit=off``.
    """
    import psycopg

    folder = Path(tempfile.mkdtemp(prefix="rafiqa-pg-", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        data = str(folder / "data")
        run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
        given = ["listen_addresses=''", f"unix_socket_directories='{folder}'", "fsync=off"]
        options = " ".join(f"-c {item}" for item in (*given, *settings))
        log = str(folder / "log")
        run("pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start")
        try:
            with psycopg.connect(host=str(folder), user="postgres", dbname="postgres") as link:
                link.autocommit = True
                link.execute("CREATE EXTENSION postgis")
                yield link
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
