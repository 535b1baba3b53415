"""The pages on PostgreSQL, followed on real servers: made, served, moved, backed up, read along.

What a page says of another machine is said here of this one: `db.example` and `standby.example` are
servers of the test's own, each at a socket in its folder.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from rafiqa.cli import main
from tests import postgis, postgresserver
from tests.docs.walk import Walk, serving
from tests.postgresserver import Server
from tests.unit.cli.conftest import EXAMPLE, ORIGIN

pytestmark = pytest.mark.slow
Caught = pytest.CaptureFixture[str]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A cluster in which nobody but its superuser is; its tools speak to it."""
    why = postgresserver.missing()
    if why is not None:
        pytest.skip(why)
    monkeypatch.chdir(tmp_path)
    for name, value in (("RAFIQA_LANG", "en"), ("RAFIQA_HOME", "home"), ("PGUSER", "postgres")):
        monkeypatch.setenv(name, value)
    with postgresserver.server() as made:
        monkeypatch.setenv("PGHOST", str(made.folder))
        yield made


def at(server: Server, role: str, name: str = "site") -> str:
    return f"postgresql://{role}@/{name}?host={server.folder}"


def entries(capsys: Caught, address: str) -> tuple[int, str]:
    capsys.readouterr()
    assert main(["check", address, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    return told["entries"], told["root"]


def test_a_store_in_postgresql(server: Server, tmp_path: Path, capsys: Caught) -> None:
    walk = Walk(
        "postgresql.md",
        tmp_path,
        capsys,
        {
            "postgresql://centre@db.example/site": f"'{at(server, 'centre')}'",
            "postgresql://desk@db.example/site": f"'{at(server, 'desk')}'",
            "postgresql://centre@db.example/again": f"'{at(server, 'centre', 'again')}'",
            "postgresql://centre@db.example/moved": f"'{at(server, 'centre', 'moved')}'",
            "age1…": lambda: walk.last(r"age1\w+"),
        },
    )
    walk.stdin = "words of a password\n" * 2
    walk.go(3)
    assert walk.said.count('"status":"ok"') == 2, "served by one process, and by two"
    assert main(["new", "site.rafiqa", "--name", "Old Town", *ORIGIN]) == 0
    assert main(["import", "site.rafiqa", str(EXAMPLE), "--as", "hazard-areas"]) == 0
    before = entries(capsys, "site.rafiqa")
    walk.go(1)
    assert entries(capsys, at(server, "centre", "moved")) == before
    assert main(["import", "site.rafiqa", str(EXAMPLE), "--as", "hazard-areas"]) == 1
    assert main(["backup-key", "backup.key"]) == 0
    walk.said += capsys.readouterr().out
    walk.go()
    walk.ended()
    assert entries(capsys, at(server, "centre", "again")) == entries(capsys, at(server, "centre"))


def test_a_server_that_reads_along(server: Server, tmp_path: Path, capsys: Caught) -> None:
    """Set up, served with its age, waited for, and taken over once the first is gone."""
    with postgresserver.new_folder() as place:
        standby = Server.__new__(Server)
        standby.__dict__ |= server.__dict__ | {"folder": place}
        program = Path("/usr/lib/postgresql") / str(postgis.version()) / "bin" / "pg_basebackup"
        as_user = "runuser -u postgres -- " if os.geteuid() == 0 else ""
        for line in ("CREATE ROLE centre LOGIN CREATEROLE", "CREATE DATABASE site OWNER centre"):
            with server.link() as link:
                link.execute(line.encode())
        assert main(["new", at(server, "centre"), "--name", "Old Town", *ORIGIN]) == 0
        walk = Walk(
            "follow-a-database.md",
            tmp_path,
            capsys,
            {
                "pg_basebackup": f"{as_user}{program}",
                "/var/lib/postgresql/15/main": str(place / "data"),
                "db.example": str(server.folder),
                "postgresql://desk@standby.example/site": f"'{at(standby, 'centre')}'",
                "standby.example": str(place),
            },
            {"sudo pg_ctlcluster": "Debian's own starter: started by the test, at a socket"},
        )
        walk.go(1)
        standby.start()
        try:
            walk.go(1)
            assert '"read-only"' in walk.said
            assert (
                main(["import", at(standby, "centre"), str(EXAMPLE), "--as", "hazard-areas"]) == 1
            )
            walk.go(1)
            with server.link() as link:
                assert link.execute("SHOW synchronous_standby_names").fetchone() == ("*",)
            # Nothing is acknowledged that the standby has not: so nothing is lost with the first.
            taken = ["import", at(server, "centre"), str(EXAMPLE), "--as", "hazard-areas"]
            assert main(taken) == 0
            was = entries(capsys, at(server, "centre"))
            server.stop("immediate")
            walk.go()
            walk.ended()
            assert entries(capsys, at(standby, "centre")) == was
            with serving(f"rafiqa serve '{at(standby, 'centre')}'", tmp_path) as port:
                asked = ["curl", "-s", f"http://127.0.0.1:{port}/health"]
                told = json.loads(subprocess.run(asked, check=True, capture_output=True).stdout)
            assert (told["writable"], told["entries"]) == (True, was[0])
        finally:
            standby.stop()
