"""Load: the dictionary from its data files, checked as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType

from rafiqa.dictionary.building import codelist_of, fields_of, record_of, terms_of
from rafiqa.dictionary.codelist import CodeList
from rafiqa.dictionary.record import Record
from rafiqa.dictionary.soundness import unsound
from rafiqa.dictionary.table import Table, read_table
from rafiqa.dictionary.term import Term
from rafiqa.errors import Fault, InvalidInput


@dataclass(frozen=True, slots=True, eq=False)
class Dictionary:
    """Every record, code list and term, by name."""

    records: Mapping[str, Record]
    lists: Mapping[str, CodeList]
    terms: Mapping[str, Term]

    def record_of(self, kind: str) -> Record | None:
        """The record that describes an import kind such as ``hazard-areas``, or None."""
        return next((one for one in self.records.values() if kind in one.import_kinds), None)

    def import_kinds(self) -> tuple[str, ...]:
        """Every import kind, sorted."""
        return tuple(sorted(kind for one in self.records.values() for kind in one.import_kinds))

    def code_texts(self, lang: str) -> dict[str, str]:
        """Every label of every code under ``<list>.<code>``, for a page's catalogue."""
        return {
            f"{one.name}.{code.code}": code.labels.of(lang)
            for one in self.lists.values()
            for code in one.codes
        }


@cache
def dictionary() -> Dictionary:
    """The dictionary that ships with Rafiqa, read once.

    Raises:
        InvalidInput: listing every fault of the data files.
    """
    return load(resources.files("rafiqa.dictionary") / "data")


def load(folder: Traversable) -> Dictionary:
    """The dictionary in a folder of data files, checked as a whole.

    The folder holds ``records/*.toml``, ``lists/*.toml``, ``shared_fields.toml`` (fields that
    several records use) and ``glossary.toml``.

    Raises:
        InvalidInput: listing every fault with its file.
    """
    faults: list[Fault] = []
    lists = [codelist_of(table) for table in _files(folder, "lists", faults)]
    shared = fields_of(read_table(folder / "shared_fields.toml", "shared_fields.toml", faults))
    records = [record_of(table, shared) for table in _files(folder, "records", faults)]
    terms = terms_of(read_table(folder / "glossary.toml", "glossary.toml", faults))
    faults += unsound(records, lists, terms)
    if faults:
        raise InvalidInput(faults)
    return Dictionary(
        MappingProxyType({one.name: one for one in records}),
        MappingProxyType({one.name: one for one in lists}),
        MappingProxyType({one.name: one for one in terms}),
    )


def _files(folder: Traversable, name: str, faults: list[Fault]) -> list[Table]:
    try:
        found = sorted(file.name for file in (folder / name).iterdir())
    except OSError as error:
        faults.append(Fault("dictionary.data.unreadable", name, params={"detail": str(error)}))
        return []
    return [
        read_table(folder / name / file, f"{name}/{file}", faults)
        for file in found
        if file.endswith(".toml")
    ]
