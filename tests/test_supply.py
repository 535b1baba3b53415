"""What Rafiqa is made of: pinned by hash, under licences that were looked at, and audited."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from threading import Thread
from typing import Any

import pytest

from tests.docs.page import ROOT

ALLOWED = {
    *("MIT", "MIT-0", "MIT-CMU", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC"),
    *("PSF-2.0", "MPL-2.0", "LGPL-3.0-only", "Zlib", "CC0-1.0", "OFL-1.1", "Unlicense", "HPND"),
    *("CC-BY-4.0", "BlueOak-1.0.0", "Python-2.0", "LGPL-2.1-or-later", "CNRI-Python"),
}
"""SPDX names of licences that may be linked: permissive, or weak copyleft."""
SAME = {
    "BSD License": "BSD-3-Clause",
    "BSD": "BSD-3-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "Python Software Foundation License": "PSF-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "OSI Approved": "",
    "any-OSI": "MIT",
}
"""Names of older metadata, and what they stand for."""
READ = {
    "axe-playwright-python": "MIT, in its file LICENSE",
    "pyodk": "Apache-2.0, in its file LICENSE.md",
    "pypdfium2": "BSD-3-Clause or Apache-2.0; PDFium and what is in it: BSD, MIT and the like",
    "pyrage": "MIT, in its file LICENSE",
    "pyxform": "BSD-2-Clause, in its file LICENSE",
    "apsw": "any licence of the OSI's list: MIT is taken",
    "codespell": "GPL-2.0-only: run by `make lint` as a program of its own, linked by nothing",
}
"""Packages whose metadata say too little or something else, and what was read of them by hand."""
DEVELOPMENT = {"codespell"}


def licences(told: Any) -> list[str]:
    """The licences that a package's metadata name, as they name them."""
    expression = told.get("License-Expression")
    if expression:
        return [
            each for each in re.split(r"\s+(?:AND|OR|WITH)\s+|[()]", expression) if each.strip()
        ]
    classes = [
        each.rpartition("::")[2].strip()
        for each in told.get_all("Classifier") or ()
        if each.startswith("License ::")
    ]
    if classes:
        return classes
    return [each.strip() for each in re.split(r",|;", (told.get("License") or "")[:80])]


def unknown(name: str, told: list[str]) -> list[str]:
    """Those of a package's licences that are not allowed; all of them where it names none."""
    if name in READ:
        return []
    plain = [SAME.get(each, each) for each in told]
    named = [each for each in plain if each]
    return [each for each in named if each not in ALLOWED] if named else ["none named"]


def _runtime() -> set[str]:
    """What the installed command needs, by the lock, with all that may be asked for."""
    packages = {
        each["name"]: each for each in tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    }
    own = packages["rafiqa"]
    waiting = [each["name"] for each in own["dependencies"]]
    waiting += [
        each["name"] for extra in own.get("optional-dependencies", {}).values() for each in extra
    ]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [each["name"] for each in packages[name].get("dependencies", ())]
    return found


def test_every_python_package_has_a_licence_that_may_be_linked() -> None:
    bad, seen = {}, set()
    for each in metadata.distributions():
        name = each.name.lower().replace("_", "-")
        seen.add(name)
        if name != "rafiqa" and (told := unknown(name, licences(each.metadata))):
            bad[name] = told
    assert not bad
    assert set(READ) <= seen, "read of a package that is not there any more"
    assert not DEVELOPMENT & _runtime(), "a program that may only be run is linked"


def test_every_web_package_has_a_licence_that_may_be_linked() -> None:
    told = json.loads((ROOT / "web" / "package-lock.json").read_text("utf-8"))["packages"]
    bad = {
        path: each.get("license")
        for path, each in told.items()
        if path
        and not {part for part in re.split(r"[() ]|OR|AND", each.get("license", "none")) if part}
        <= ALLOWED
    }
    assert not bad


@pytest.mark.parametrize("told", [[], [""], ["UNKNOWN"], ["AGPL-3.0-only"], ["MIT", "BUSL-1.1"]])
def test_a_licence_nobody_looked_at_would_be_seen(told: list[str]) -> None:
    assert unknown("new-package", told)
    assert not unknown("new-package", ["MIT"])


def test_everything_is_pinned_by_its_hash_and_set_up_from_the_locks() -> None:
    python = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]
    for each in python:
        files = [*each.get("wheels", ()), *([each["sdist"]] if "sdist" in each else ())]
        if "registry" in each["source"]:
            assert files, each["name"]
            assert all(file["hash"].startswith("sha256:") for file in files), each["name"]
        else:
            assert each["name"] == "rafiqa"
    web = json.loads((ROOT / "web" / "package-lock.json").read_text("utf-8"))["packages"]
    assert all(
        each.get("integrity", "").startswith("sha512-") for path, each in web.items() if path
    )
    assert "sync --locked" in (ROOT / "scripts" / "setup").read_text("utf-8")
    assert "npm ci" in (ROOT / "scripts" / "build-web").read_text("utf-8")


@pytest.mark.slow
def test_what_it_is_made_of_is_written_from_the_locks() -> None:
    done = subprocess.run([ROOT / "scripts" / "sbom"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    python = json.loads((ROOT / "build" / "sbom-python.json").read_text("utf-8"))
    web = json.loads((ROOT / "build" / "sbom-web.json").read_text("utf-8"))
    assert python["bomFormat"] == web["bomFormat"] == "CycloneDX"
    named = {each["name"] for each in python["components"]}
    assert _runtime() - named == set()
    assert {each["name"] for each in web["components"]} >= {"maplibre-gl", "preact"}


@contextmanager
def _answering(answer: Any) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told = answer(asked["queries"])
            if isinstance(told, str):
                self.wfile.write(told.encode())
                return
            self.send_response(200 if told is not None else 500)
            self.end_headers()
            self.wfile.write(told if isinstance(told, bytes) else json.dumps(told).encode())

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def _audit(url: str) -> tuple[int, str]:
    command = [sys.executable, str(ROOT / "scripts" / "audit"), "--url", url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def _none(queries: list[Any]) -> Any:
    return {"results": [{} for _ in queries]}


def _one(queries: list[Any]) -> Any:
    bad = [each["package"]["name"] == "starlette" for each in queries]
    return {"results": [{"vulns": [{"id": "GHSA-test"}]} if each else {} for each in bad]}


@pytest.mark.parametrize(
    ("answer", "status", "says"),
    [
        (_none, 0, "0 known weaknesses"),
        (_one, 1, "GHSA-test  PyPI starlette"),
        (lambda _: None, 3, "COULD NOT LOOK"),
        (lambda _: b"<html>log in first</html>", 3, "COULD NOT LOOK"),
        (lambda queries: {"results": [{}] * (len(queries) - 1)}, 3, "COULD NOT LOOK"),
        (lambda queries: {"results": [{"next_page_token": "x"}] * len(queries)}, 3, "COULD NOT"),
        (lambda _: {}, 3, "COULD NOT LOOK"),
        (lambda queries: {"results": [{"vulns": 1}] * len(queries)}, 3, "COULD NOT LOOK"),
        (lambda _: b"[" * 100_000, 3, "RecursionError"),
        # As of a proxy that breaks off; http.client raises what is no OSError.
        (lambda _: "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{", 3, "JSONDecodeError"),
        (lambda _: "HTTP/1.1 200 OK\r\n" + "X: y\r\n" * 200 + "\r\n", 3, "HTTPException"),
        (lambda _: "what is this\r\n\r\n", 3, "BadStatusLine"),
    ],
)
def test_an_audit_that_could_not_look_is_no_clean_one(answer: Any, status: int, says: str) -> None:
    with _answering(answer) as url:
        code, told = _audit(url)
    assert (code, says in told) == (status, True), told


def test_nobody_there_is_told_as_such() -> None:
    code, told = _audit("http://127.0.0.1:9/")
    assert (code, "COULD NOT LOOK" in told, "0 known" in told) == (3, True, False)
