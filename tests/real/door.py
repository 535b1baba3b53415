"""The commands as a person calls them: words in, an exit status and one JSON document out."""

from __future__ import annotations

import contextlib
import io
import json
import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rafiqa.cli import main
from rafiqa.service import Office, open_office

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Imported:
    """What ``rafiqa import --json`` told of one file."""

    status: int
    answer: Told

    @property
    def counts(self) -> tuple[int, int]:
        """Rows accepted and rows quarantined."""
        return self.answer["accepted"], self.answer["quarantined"]

    def refused(self) -> dict[str, list[int | None]]:
        """Returns the rows of each code that refused any."""
        return _rows(self.answer["refused"])

    def warned(self) -> dict[str, list[int | None]]:
        """Returns the rows of each code that warned of any."""
        return _rows(self.answer["warnings"])


def _rows(faults: Sequence[Told]) -> dict[str, list[int | None]]:
    rows: dict[str, list[int | None]] = {}
    for fault in faults:
        rows.setdefault(fault["code"], []).append(fault["row"])
    return rows


def rafiqa(*words: object) -> tuple[int, Told]:
    """Returns the exit status and the JSON document of one command."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        status = main([*(str(word) for word in words), "--json", "--lang", "en"])
    return status, json.loads(out.getvalue())


@dataclass(frozen=True, slots=True)
class City:
    """A store on the disk and the commands asked of it."""

    store: Path

    @classmethod
    def new(cls, store: Path, lon_deg: float, lat_deg: float) -> City:
        """Returns an empty store with its origin at a place."""
        status, _ = rafiqa("new", store, "--name", "City", "--lon", lon_deg, "--lat", lat_deg)
        assert status == 0
        return cls(store)

    def take(self, file: Path, kind: str, mapping: str | None = None) -> Imported:
        """Returns what became of a file."""
        chosen = [] if mapping is None else ["--map", mapping]
        return Imported(*rafiqa("import", self.store, file, "--as", kind, *chosen))

    def at(self, place: tuple[float, float]) -> Told:
        """Returns what is known of a place given as longitude and latitude."""
        lon_deg, lat_deg = place
        status, answer = rafiqa("at", self.store, f"--lon={lon_deg:.9f}", f"--lat={lat_deg:.9f}")
        assert status == 0
        return answer

    def account(self) -> Told:
        """Returns the land account, which must balance."""
        status, answer = rafiqa("account", self.store)
        assert status == 0
        assert answer["balance_error_m2"] == 0
        return answer

    def gate(self, *words: object) -> Told:
        """Returns the gate of a project, or the count of all with ``--all``."""
        status, answer = rafiqa("gate", self.store, *words)
        assert status == 0
        return answer

    def entries(self) -> int:
        """Returns how many entries the ledger holds, after the whole of it was checked."""
        status, answer = rafiqa("check", self.store)
        assert (status, answer["intact"], answer["faults"]) == (0, True, [])
        return int(answer["entries"])

    def office(self) -> Office:
        """Returns the open office, to look at what the commands have kept."""
        return open_office(
            str(self.store), now_us=lambda: time.time_ns() // 1_000, entropy=os.urandom
        )

    def facts(self, kind: Literal["areas", "evidence", "accidents"]) -> dict[str, Any]:
        """Returns the newest fact of each subject of one kind."""
        records = getattr(self.office().register(), kind)
        return {subject: record.fact for subject, record in records.items()}

    def quarantine(self) -> Counter[str]:
        """Returns how many originals of each file are kept in the quarantine."""
        return Counter(item.file_name for item in self.office().store.quarantined())
