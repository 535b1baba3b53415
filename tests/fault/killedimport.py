"""A file to import, the import as a process that is killed, and what is found afterwards.

What an import acknowledges, and when:

* a line ``accepted N`` on standard error says that the first N acceptable rows of the file are
  on the disk: it is written after the commit of their group;
* the answer on standard output, or exit status 0, says so of every row, and that whatever was
  refused lies in the quarantine with its original.

Before the first line nothing is acknowledged; of the quarantine nothing is before the end.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rafiqa.cli import main
from rafiqa.store import open_store
from tests.contract.drafts import Clock, Salts

CARELESS = Path(__file__).with_name("import_carelessly.py")
ORIGIN = ("38.55", "34.9")
N_ROWS = 3_000
TAKEN_EVERY = 110


@dataclass(frozen=True)
class Source:
    """A file, as what it is imported, and the entry of each acceptable row, in order."""

    path: Path
    kind: str
    entries: tuple[str, ...]


@dataclass(frozen=True)
class Kill:
    """When the process dies: so many seconds after so many lines of progress."""

    after_lines: int
    wait_s: float


@dataclass
class Told:
    """What one process acknowledged before it ended: rows, and whether everything."""

    n_rows: int = 0
    everything: bool = False
    status: int = 0


@dataclass
class Content:
    """All that a store holds but for the times and salts of its keeping."""

    entries: list[tuple[object, ...]] = field(default_factory=list)
    quarantine: list[tuple[object, ...]] = field(default_factory=list)


HEADER = "id,kind,evidence_source,lon,lat,statement"


def evidence_file(path: Path, n_rows: int = N_ROWS) -> Source:
    """Evidence, some of it refused: a code that no list knows, an id twice, an id taken before.

    The ids taken before are those of ``earlier_file``, which says other things under them.
    """
    expected, lines = [], [HEADER]
    for number in range(n_rows):
        row_id, kind = f"E{number}", "eo_seen"
        if number % 70 == 13:
            kind = "rumour"
        elif number % 90 == 31:
            row_id = f"E{number - 8}"
        elif number % TAKEN_EVERY:
            expected.append(f"import:evidence:{row_id}")
        lon, lat = 38.5 + number % 70 / 1000, 34.85 + number // 70 / 1000
        lines.append(f"{row_id},{kind},visual,{lon:.4f},{lat:.4f},seen from the road")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Source(path, "evidence", tuple(expected))


def earlier_file(path: Path, n_rows: int = N_ROWS) -> Source:
    """What was imported before: other words under some ids of the evidence."""
    ids = [f"E{number}" for number in range(0, n_rows, TAKEN_EVERY)]
    lines = [HEADER, *(f"{row_id},crater,visual,38.55,34.9,seen from the air" for row_id in ids)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Source(path, "evidence", tuple(f"import:evidence:{row_id}" for row_id in ids))


def new_store(folder: Path) -> Path:
    store = folder / "site.rafiqa"
    arguments = ["new", str(store), "--name", "Old Town", "--lon", ORIGIN[0], "--lat", ORIGIN[1]]
    assert main(arguments) == 0
    return store


def arguments_of(store: Path, source: Source) -> list[str]:
    return ["import", str(store), str(source.path), "--as", source.kind, "--json"]


def run_and_kill(store: Path, source: Source, kill: Kill, careless: str | None = None) -> Told:
    """Import in a process of its own; SIGKILL falls when the kill says; what it told."""
    start = [sys.executable, "-m", "rafiqa"] if careless is None else [
        sys.executable, str(CARELESS), careless,
    ]  # fmt: skip
    environment = {**os.environ, "TMPDIR": str(store.parent)}
    process = subprocess.Popen(
        [*start, *arguments_of(store, source)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    answer: list[str] = []
    listener = threading.Thread(target=lambda out: answer.append(out.read()), args=[process.stdout])
    listener.start()
    try:
        lines: list[str] = []
        while len(lines) < kill.after_lines and (line := process.stderr.readline()):
            lines.append(line)
        time.sleep(kill.wait_s)
        process.kill()
        lines += process.stderr.readlines()
        status = process.wait()
        listener.join()
    finally:
        process.kill()
        process.stderr.close()
        process.stdout.close()
    return Told(_rows_told(lines), status == 0 or _is_whole("".join(answer)), status)


def _rows_told(lines: Iterable[str]) -> int:
    """The highest number in a whole line of progress; a line cut short says nothing."""
    numbers = [line.split() for line in lines if line.endswith("\n")]
    assert all(words[0] == "accepted" for words in numbers), lines
    return max((int(words[1]) for words in numbers), default=0)


def _is_whole(answer: str) -> bool:
    try:
        json.loads(answer)
    except ValueError:
        return False
    return True


def send(store: Path, source: Source, capsys: Any) -> dict[str, Any]:
    """Import to the end, undisturbed; the answer."""
    capsys.readouterr()
    assert main(arguments_of(store, source)) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def content_of(store: Path) -> Content:
    kept = open_store(store, entropy=Salts(), now_us=Clock())
    try:
        return Content(
            [
                (
                    entry.entry_id,
                    entry.kind,
                    entry.subject,
                    entry.valid_at_us,
                    entry.actor,
                    entry.organisation,
                    entry.role,
                    entry.body,
                )
                for entry in kept.read(after_seq=1)
            ],
            sorted(
                (
                    item.quarantine_id,
                    item.file_name,
                    item.row or 0,
                    item.original,
                    repr(item.faults),
                )
                for item in kept.quarantined()
            ),
        )
    finally:
        kept.close()


def lost(store: Path, source: Source, told: Told, whole: Content) -> list[object]:
    """What was acknowledged and is not there: rows by entry, quarantine by item."""
    found = content_of(store)
    held = {entry[0] for entry in found.entries}
    n_rows = len(source.entries) if told.everything else told.n_rows
    missing: list[object] = [name for name in source.entries[:n_rows] if name not in held]
    if told.everything:
        missing += [entry[0] for entry in whole.entries if entry not in found.entries]
        missing += [item for item in whole.quarantine if item not in found.quarantine]
    return missing


def intact(store: Path, capsys: Any) -> bool:
    """What ``rafiqa check`` says of the store as the kill left it."""
    capsys.readouterr()
    status = main(["check", str(store), "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert (status == 0) == answer["intact"], answer
    return bool(answer["intact"]) and answer["faults"] == []
