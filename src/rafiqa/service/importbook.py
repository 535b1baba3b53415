"""The import book: what each import brought, saved mappings and decided pairs, kept up."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from rafiqa.land import Recorded, RecordWithdrawn
from rafiqa.ledger import MappingSaved, PairDecided, RowsImported


@dataclass(slots=True, eq=False)
class ImportStory:
    """One import: the first group of its rows as it was recorded, and the entries of all."""

    first: Recorded
    entry_ids: list[str] = field(default_factory=list)

    @property
    def fact(self) -> RowsImported:
        """What says which file it was, and as what it was taken in."""
        assert isinstance(self.first.fact, RowsImported)  # noqa: S101 - from take
        return self.first.fact


@dataclass(slots=True, eq=False)
class ImportBook:
    """Everything known of imports.

    Attributes:
        imports: by id, oldest first.
        places: every entry that a row of a file made, and its place in the ledger.
        owners: the import that brought each of them.
        said_again: entries to the imports whose files told of the same row later.
        withdrawn: entries taken back, and by which record.
        mappings: every version of each source's mapping, oldest first.
        pairs: what was decided of two records, by their ids in order; the last word counts.
    """

    seq: int = 0
    imports: dict[str, ImportStory] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    said_again: dict[str, set[str]] = field(default_factory=dict)
    withdrawn: dict[str, Recorded] = field(default_factory=dict)
    mappings: dict[str, list[Recorded]] = field(default_factory=dict)
    pairs: dict[tuple[str, str], Recorded] = field(default_factory=dict)

    def take(self, facts: Iterable[Recorded]) -> None:
        """Takes in further facts, in the order of the ledger."""
        for recorded in facts:
            self.seq = recorded.seq
            if recorded.entry_id.startswith("import:"):
                self.places.setdefault(recorded.entry_id, recorded.seq)
            match recorded.fact:
                case RowsImported() as fact:
                    self._rows(recorded, fact)
                case RecordWithdrawn() as fact:
                    self.withdrawn.setdefault(fact.entry_id, recorded)
                case MappingSaved() as fact:
                    self.mappings.setdefault(fact.source, []).append(recorded)
                case PairDecided() as fact:
                    self.pairs[pair_of(fact.one, fact.other)] = recorded

    def _rows(self, recorded: Recorded, fact: RowsImported) -> None:
        story = self.imports.setdefault(fact.import_id, ImportStory(recorded))
        # What stood before these rows came was brought by others, whatever is listed here.
        for item in fact.entry_ids:
            if self.places.get(item, 0) > fact.after_seq:
                story.entry_ids.append(item)
                self.owners.setdefault(item, fact.import_id)
        for item in fact.again or ():
            self.said_again.setdefault(item, set()).add(fact.import_id)

    def tells_of(self, import_id: str, entry_id: str) -> bool:
        """Returns whether it is on record that an import tells of a row, as the first or again."""
        own = self.owners.get(entry_id) == import_id
        return own or import_id in self.said_again.get(entry_id, ())

    def others_saying(self, entry_id: str, wrong: Collection[str]) -> list[str]:
        """Returns the imports that told of a row again, beside those that are wrong or undone."""
        told = self.said_again.get(entry_id, set()) - {self.owners.get(entry_id)}
        return sorted(item for item in told if item not in wrong and not self._is_undone(item))

    def _is_undone(self, import_id: str) -> bool:
        own = self._entries(import_id)
        return bool(own) and all(item in self.withdrawn for item in own)

    def import_id(self, kind: str, file_sha256: str) -> str:
        """Returns the id of an import of a file: the same where it goes on after a crash.

        Once something of it was taken back, the same file is another import.
        """
        first = sha256(f"{kind} {file_sha256}".encode()).hexdigest()[:16]
        n_undone, import_id = 1, first
        while any(item in self.withdrawn for item in self._entries(import_id)):
            n_undone += 1
            import_id = f"{first}~{n_undone}"
        return import_id

    def _entries(self, import_id: str) -> list[str]:
        story = self.imports.get(import_id)
        return [] if story is None else story.entry_ids

    def entry_id(self, first_id: str) -> str:
        """Returns the id under which a row goes on record: another after the first was undone."""
        n_taken_back, entry_id = 1, first_id
        while entry_id in self.withdrawn:
            n_taken_back += 1
            entry_id = f"{first_id}~{n_taken_back}"
        return entry_id


def pair_of(one: str, other: str) -> tuple[str, str]:
    """Returns two ids in order, so that a pair is the same whichever is named first."""
    return (one, other) if one <= other else (other, one)
