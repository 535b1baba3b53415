"""A reader who follows a page: its commands, in order, in a folder that is their machine."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from rafiqa.cli import main
from tests.docs.page import ROOT, writer

BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
ABSOLUTE = re.compile(r"(?<![\w./:])/(?:mnt|media|etc/rafiqa|var/lib/rafiqa|a|b)(?=/|$)")
"""Places of the reader's machine, which lie in the folder here."""
HOW_TO = ROOT / "docs" / "how-to"
PATIENCE_S = 300
"""How long a server is waited for: on a machine under load it takes minutes."""
Said = Callable[[], str]


class Walk:
    """What a page shows as commands, run in order; ``said`` is all that they printed.

    Args:
        page: its name among the how-to pages.
        folder: where they are run.
        capsys: what is printed in this process.
        words: what the page writes for what only the reader has → what that is here.
        unrun: a command as the page begins it → why it is not run here.
        ends: a command as the page begins it → how it ends, where not by 0.
    """

    def __init__(
        self,
        page: str,
        folder: Path,
        capsys: pytest.CaptureFixture[str],
        words: Mapping[str, str | Said] | None = None,
        unrun: Mapping[str, str] | None = None,
        ends: Mapping[str, int] | None = None,
    ) -> None:
        self.folder, self.said, self.stdin = folder, "", ""
        self._capsys, self._words = capsys, dict(words or {})
        self._unrun, self._ends = dict(unrun or {}), dict(ends or {})
        self._used: set[str] = set()
        text = (HOW_TO / page).read_text("utf-8")
        self._blocks = [each[1] for each in BLOCK.finditer(text)]
        assert self._blocks, f"{page} shows no command"

    def go(self, n_blocks: int | None = None) -> None:
        """Runs the next blocks, or all that are left."""
        for _ in range(len(self._blocks) if n_blocks is None else n_blocks):
            block = self._blocks.pop(0)
            for line in block.replace("\\\n", " ").splitlines():
                if line.strip() and not line.strip().startswith("#"):
                    self._line(line.strip())

    def ended(self) -> None:
        """Asserts that the page was followed to its end, and that what was told of it is on it."""
        assert not self._blocks
        told = {*self._words, *self._unrun, *self._ends}
        assert told - self._used == set(), "stands on the page no more"

    def _line(self, line: str) -> None:
        for beginning in self._unrun:
            if line.startswith(beginning):
                self._used.add(beginning)
                return
        status = 0
        for beginning, expected in self._ends.items():
            if line.startswith(beginning):
                self._used.add(beginning)
                status = expected
        asked = self._mine(line)
        words = shlex.split(asked, comments=True)
        if words[:2] == ["rafiqa", "serve"]:
            self.said += _served(asked, self.folder)
        elif words[0] == "export":
            name, _, value = words[1].partition("=")
            os.environ[name] = value  # the test's monkeypatch puts it back
        elif words[0] == "rafiqa" and not set(words) & {"|", ">", "&&"}:
            assert self._command(words[1:]) == status, (line, self.said[-2_000:])
        else:
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", asked],
                cwd=self.folder,
                env=_environment(),
                input=self.stdin,
                capture_output=True,
                text=True,
                check=False,
            )
            self.said += done.stdout
            assert done.returncode == status, (line, done.stdout + done.stderr)

    def _command(self, words: list[str]) -> int:
        self._capsys.readouterr()
        try:
            return main(words)
        except SystemExit as ended:
            return int(str(ended.code))
        finally:
            told = self._capsys.readouterr()
            self.said += told.out + told.err

    def _mine(self, line: str) -> str:
        """The command as this reader types it."""
        for word, is_here in self._words.items():
            if word in line:
                self._used.add(word)
                line = line.replace(word, is_here if isinstance(is_here, str) else is_here())
        for found in re.findall(rf"(?:{ABSOLUTE.pattern})/[^\s'\"]+", line):
            path = self.folder / found.lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
        return ABSOLUTE.sub(lambda found: f"{self.folder}{found[0]}", line)

    def last(self, pattern: str) -> str:
        """What was said last that a pattern fits."""
        found = re.findall(pattern, self.said)
        assert found, (pattern, self.said)
        return str(found[-1])


def _environment() -> dict[str, str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {**os.environ, "PATH": path}


def _served(line: str, folder: Path) -> str:
    """What a server says of itself to whoever asks, once it is there; then it is stopped."""
    with serving(line, folder) as port, urllib.request.urlopen(_at(port)) as answer:  # noqa: S310
        return str(answer.read().decode())


def _at(port: int) -> str:
    return f"http://127.0.0.1:{port}/health"


@contextmanager
def serving(line: str, folder: Path) -> Iterator[int]:
    """The port of a server that a line of a page starts, once it answers."""
    port = writer().free_port()
    asked = f"exec {re.sub(r' --port [0-9]+', '', line)} --port {port}"
    with subprocess.Popen(
        ["bash", "-c", asked], cwd=folder, env=_environment(), stdout=subprocess.DEVNULL
    ) as server:
        try:
            end = time.monotonic() + PATIENCE_S
            while True:
                try:
                    with urllib.request.urlopen(_at(port)):  # noqa: S310
                        break
                except urllib.error.HTTPError:
                    break  # it answers, though not there
                except OSError:
                    assert server.poll() is None, line
                    assert time.monotonic() < end, f"{line} does not answer"
                    time.sleep(0.1)
            yield port
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)
    assert server.returncode in {0, -signal.SIGTERM}
