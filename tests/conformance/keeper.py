"""A store asked through its commands, and looked into behind them: what changed, what is kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rafiqa.store import Quarantined, open_store
from tests.real.door import rafiqa

LON_DEG, LAT_DEG = 38.0, 35.0


@dataclass(frozen=True, slots=True)
class State:
    """What a store holds: the end of its ledger and everything in quarantine."""

    head: tuple[int, str]
    quarantine: tuple[Quarantined, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What one import said, and the store before and after it."""

    status: int
    answer: dict[str, Any]
    before: State
    after: State

    @property
    def named(self) -> list[tuple[str, int | None, str | None]]:
        """Code, row and field of every refusal, in order."""
        return [(one["code"], one["row"], one["field"]) for one in self.answer["refused"]]

    @property
    def codes(self) -> set[str]:
        """The codes of the refusals."""
        return {one["code"] for one in self.answer["refused"]}

    @property
    def warned(self) -> set[str]:
        """The codes of the warnings."""
        return {one["code"] for one in self.answer["warnings"]}

    def new_quarantine(self) -> list[Quarantined]:
        """Returns what this import put aside."""
        return [item for item in self.after.quarantine if item not in self.before.quarantine]


@dataclass(frozen=True, slots=True)
class Keeper:
    """A store on the disk."""

    store: Path

    @classmethod
    def new(cls, folder: Path) -> Keeper:
        """Returns an empty store."""
        store = folder / "city.rafiqa"
        status, _ = rafiqa("new", store, "--name", "T", "--lon", LON_DEG, "--lat", LAT_DEG)
        assert status == 0
        return cls(store)

    def state(self) -> State:
        """Returns what the store holds, read past every command."""
        store = open_store(self.store, entropy=bytes, now_us=lambda: 0)
        try:
            head = store.head()
            return State((head.seq, head.entry_hash.hex()), tuple(store.quarantined()))
        finally:
            store.close()

    def take(self, file: Path, kind: str, *more: object) -> Taken:
        """Returns what became of a file."""
        before = self.state()
        status, answer = rafiqa("import", self.store, file, "--as", kind, *more)
        return Taken(status, dict(answer), before, self.state())

    def refuse(self, file: Path, kind: str, *more: object) -> Taken:
        """Returns what became of a file of which nothing may be taken in.

        Whatever is wrong with it: exit status 1, words for every refusal, the original kept
        where it can be found, the ledger as it was and found intact.
        """
        taken = self.take(file, kind, *more)
        assert (taken.status, taken.answer["accepted"]) == (1, 0), taken.answer
        assert taken.answer["refused"]
        for one in taken.answer["refused"]:
            assert one["detail"] not in {"", one["code"]}, one
            assert "{" not in one["detail"].replace(str(one["field"]), ""), one
            assert one["next"], one
        assert taken.after.head == taken.before.head
        kept = taken.new_quarantine()
        assert len(kept) == taken.answer["quarantined"] > 0
        assert all(item.original and item.file_name == file.name for item in kept)
        quarantined = {(f.code, f.row) for item in kept for f in item.faults}
        assert quarantined == {(code, row) for code, row, _ in taken.named}
        self.intact()
        return taken

    def intact(self) -> int:
        """Returns the number of entries of a store that the whole check finds nothing wrong in."""
        status, answer = rafiqa("check", self.store)
        assert (status, answer["intact"], answer["faults"]) == (0, True, [])
        return int(answer["entries"])

    def layers(self) -> list[dict[str, Any]]:
        """Returns every version of every layer on record."""
        status, answer = rafiqa("layers", self.store)
        assert status == 0
        return list(answer["layers"])
