"""A newer version and back, as docs/how-to/deploy.md tells it: bundles, our installer, a service.

`sudo` and `systemctl` are stand-ins on the way of programs; what they are asked to run is run. The
newer versions are this one under another number, one of them with a further form of the store.
"""

from __future__ import annotations

import http.client
import json
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from sysconfig import get_path

import pytest

from rafiqa import __version__
from rafiqa.store.migrations import migrations
from rafiqa.store.postgresopening import changes
from tests import postgresserver
from tests.conformance.test_deploy import DEPLOY, ROOT, free_port, listed

pytestmark = pytest.mark.slow
SEEN = {"kind": "hazard", "seen": "mine", "lon_deg": 38.9901, "lat_deg": 35.9501, "code": ""}


def bundle_of(folder: Path, version: str, form: str | None = None) -> Path:
    """A bundle of this program under a number; with a further step of the store's form, if given.

    What the program needs is one small wheel that leads to the packages of the tests: that all of
    these are in a real bundle, and install without a network, is held by `test_deploy`.
    """
    (folder / "wheels").mkdir(parents=True)
    source = ROOT / "src" / "rafiqa"
    files = {
        f"rafiqa/{path.relative_to(source)}": path.read_bytes()
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    was, now = f'__version__ = "{__version__}"'.encode(), f'__version__ = "{version}"'.encode()
    assert was in files["rafiqa/__init__.py"]
    files["rafiqa/__init__.py"] = files["rafiqa/__init__.py"].replace(was, now)
    if form is not None:
        for room, known in (("sql", migrations()), ("sql/postgres", changes())):
            name = f"rafiqa/store/{room}/{known[-1].number + 1:03}_later.sql"
            files[name] = form.encode()
    wheel_of(folder / "wheels", "rafiqa", version, files)
    leading = {"needed.pth": get_path("purelib").encode()}
    digest = sha256(wheel_of(folder / "wheels", "needed", "1.0", leading).read_bytes())
    (folder / "requirements.txt").write_text(f"needed==1.0 --hash=sha256:{digest.hexdigest()}\n")
    shutil.copy(DEPLOY / "install", folder / "install")
    listed(folder)
    return folder


def wheel_of(folder: Path, name: str, version: str, files: dict[str, bytes]) -> Path:
    told = f"{name}-{version}.dist-info"
    inside = {
        **files,
        f"{told}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{told}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if name == "rafiqa":
        inside[f"{told}/entry_points.txt"] = b"[console_scripts]\nrafiqa = rafiqa.cli:main\n"
    inside[f"{told}/RECORD"] = "".join(
        f"{each},,\n" for each in (*inside, f"{told}/RECORD")
    ).encode()
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for each, data in inside.items():
            archive.writestr(each, data)
    return path


@dataclass
class Centre:
    """A machine: the folders that the page names lie under one, and a service runs there.

    Attributes:
        folder: everything lies in it.
        store: the path or the address of what is served.
        process: the service, where it runs.
        told: what it answered last.
    """

    folder: Path
    store: str
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    told: str = ""

    @property
    def places(self) -> dict[str, str]:
        """What the page says, and what it is here."""
        return {
            "/opt/rafiqa": str(self.folder / "opt"),
            "/var/lib/rafiqa/site.rafiqa": self.store,
            "/var/lib/rafiqa": str(self.folder / "lib"),
            "/var/backups/rafiqa": str(self.folder / "backups"),
            "/media/usb/backup.key": str(self.folder / "backup.key"),
            "0.1.0": __version__,
        }

    def __post_init__(self) -> None:
        for name in ("lib", "backups", "bin"):
            (self.folder / name).mkdir()
        sudo = self.folder / "bin" / "sudo"
        sudo.write_text('#!/bin/sh\n[ "$1" = -u ] && shift 2\nexec "$@"\n')
        sudo.chmod(0o755)

    def env(self) -> dict[str, str]:
        return {
            "PATH": f"{self.folder / 'bin'}:/usr/bin:/bin",
            "PYTHON": sys.executable,
            "RAFIQA_HOME": str(self.folder / "home"),
            "RAFIQA_LANG": "en",
        }

    def rafiqa(self, *words: str, status: int = 0) -> str:
        program = str(self.folder / "opt" / "current" / "bin" / "rafiqa")
        done = subprocess.run(
            [program, *words], capture_output=True, text=True, check=False, env=self.env()
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def run(self, block: str, replaced: dict[str, str] | None = None) -> str:
        """What the commands of a block of the page print, each run in its turn."""
        printed = ""
        for was, now in ({**self.places, **(replaced or {})}).items():
            block = block.replace(was, now)
        for line in block.strip().splitlines():
            told = re.fullmatch(r"sudo systemctl (\w+) rafiqa", line)
            if told is not None:
                self.systemctl(told[1])
                continue
            done = subprocess.run(
                ["bash", "-euc", line],
                capture_output=True,
                text=True,
                check=False,
                env=self.env(),
                cwd=self.folder,
            )
            assert done.returncode == 0, line + done.stdout + done.stderr
            printed += done.stdout
        return printed

    def systemctl(self, verb: str) -> None:
        if verb in {"stop", "restart"} and self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(60) == 0
            self.process = None
        if verb in {"start", "restart"}:
            unit = (DEPLOY / "rafiqa.service").read_text("utf-8")
            starts = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE)
            assert starts is not None
            line = starts[1].replace("8321", str(self.port))
            for was, now in self.places.items():
                line = line.replace(was, now)
            with (self.folder / "journal").open("ab") as said:
                words, env = shlex.split(line), self.env()
                self.process = subprocess.Popen(words, env=env, stdout=said, stderr=said)
            self.wait()

    def wait(self) -> None:
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            assert self.process is not None
            assert self.process.poll() is None, (self.folder / "journal").read_text()
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError("it does not answer")

    def report(self, name: str) -> int:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"X-Rafiqa": "desk", "Content-Type": "application/json"}
        line.request("PUT", f"/api/reports/{name * 18}", json.dumps(SEEN), headers)
        answer = line.getresponse()
        self.told = answer.read().decode()
        line.close()
        return answer.status

    def version(self) -> str:
        return self.rafiqa("--version").split()[1]

    def entries(self) -> tuple[int, str]:
        told = json.loads(self.rafiqa("check", self.store, "--json"))
        return told["entries"], told["root"]


PATIENCE_S = 300
"""How long a service is waited for: on a machine under load it takes minutes."""
PAGE = (ROOT / "docs" / "how-to" / "deploy.md").read_text("utf-8")


def blocks(title: str, number: int) -> list[str]:
    """The commands of a section of the page, block by block."""
    section = PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]
    found = re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert len(found) == number
    return found


def new_line() -> str:
    """The line of the page by which the service's store is made."""
    (line,) = re.findall(r"^sudo -u rafiqa \S+/rafiqa new \S+site.rafiqa .*$", PAGE, re.MULTILINE)
    return str(line)


@pytest.fixture(params=["file", "database"])
def centre(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Centre]:
    """A service of the old version with one report in its store."""
    store, server = str(tmp_path / "lib" / "site.rafiqa"), None
    if request.param == "database":
        why = postgresserver.missing()
        if why is not None:
            pytest.skip(why)
        server = postgresserver.shared_server()
        store = server.new_database()
    made = Centre(tmp_path, store)
    (install,) = blocks("Pack, carry, install", 1)
    made.run(install, {"rafiqa-bundle": str(bundle_of(tmp_path / "first", __version__))})
    made.run(new_line())
    made.systemctl("start")
    assert made.report("a") == 201
    yield made
    made.systemctl("stop")
    if server is not None:
        server.drop(store)


def test_a_newer_version_and_back(centre: Centre, tmp_path: Path) -> None:
    backup, forward, back, as_before = blocks("A newer version, and back", 4)
    made = re.search(r"age1\w+", centre.rafiqa("backup-key", str(tmp_path / "backup.key")))
    assert made is not None
    recipient = {"age1…": made[0]}
    root = centre.entries()
    assert root[1] in centre.run(backup, recipient)

    # A version with the same form: there, and back, and nothing that came meanwhile is lost.
    other = bundle_of(tmp_path / "other", "90.0.0")
    assert f"{root[1]}" in centre.run(forward, {"rafiqa-newer": str(other)})
    assert centre.version() == "90.0.0"
    assert centre.report("b") == 201
    centre.run(back)
    assert centre.version() == __version__
    assert centre.report("c") == 201
    assert centre.entries()[0] == root[0] + 2

    # A version of another form: the older one reads what it wrote, and writes nothing.
    form = "CREATE TABLE later (a INTEGER);"
    last = bundle_of(tmp_path / "last", "91.0.0", form)
    centre.run(forward, {"rafiqa-newer": str(last)})
    assert centre.version() == "91.0.0"
    assert centre.report("d") == 201
    centre.run(back)
    assert centre.report("e") == 503
    assert centre.entries()[0] == root[0] + 3
    assert "store.newer" in centre.told
    # What was before comes back beside it; what came since is in the other one.
    if "://" in centre.store:
        centre.systemctl("stop")
        was, centre.store = centre.store, postgresserver.shared_server().new_database()
        restore = next(line for line in as_before.splitlines() if " restore " in line)
        centre.run(restore)
        centre.systemctl("start")
    else:
        centre.run(as_before)
        was = str(tmp_path / "lib.newer" / "site.rafiqa")
    assert centre.entries() == root
    assert centre.report("f") == 201
    assert json.loads(centre.rafiqa("check", was, "--json"))["entries"] == root[0] + 3
