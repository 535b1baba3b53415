"""Table: one TOML table read strictly, every fault noted instead of raised."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources.abc import Traversable

from rafiqa.dictionary.label import LANGUAGES, Labels, LabelSource
from rafiqa.errors import Fault

_SOURCES = frozenset({"authors", "glossary", "machine"})


class Table:
    """One table of a data file; each key is asked for once, and keys never asked for are faults.

    Args:
        values: the parsed table.
        place: where it stands, such as ``records/accident.toml: killed``.
        faults: list to which faults are added.
    """

    def __init__(self, values: Mapping[str, object], place: str, faults: list[Fault]) -> None:
        self.place = place
        self._values = values
        self._faults = faults
        self._asked: set[str] = set()

    def fault(self, code: str, /, **params: str | int) -> None:
        """Note a fault of this table."""
        self._faults.append(Fault(code, self.place, params=params))

    def text(self, key: str, *, needed: bool = False) -> str:
        """The text at a key, or empty."""
        value = self._take(key, str, needed=needed)
        return value if isinstance(value, str) else ""

    def integer(self, key: str, *, needed: bool = False) -> int | None:
        """The whole number at a key, or None."""
        value = self._take(key, int, needed=needed)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def boolean(self, key: str) -> bool:
        """True where the key says so, else False."""
        return self._take(key, bool) is True

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts in the list at a key, or none."""
        value = self._take(key, list)
        found = value if isinstance(value, list) else []
        if any(not isinstance(one, str) for one in found):
            self.fault("dictionary.data.type", key=key, wanted="list of texts")
        return tuple(one for one in found if isinstance(one, str))

    def has(self, key: str) -> bool:
        """Whether the key stands in the table."""
        return key in self._values

    def peek(self, key: str) -> object:
        """The raw value at a key, without asking for it."""
        return self._values.get(key)

    def words(self) -> dict[str, str]:
        """Every text of this table by its key; for tables whose keys are the writer's own."""
        return {key: self.text(key) for key in self._values}

    def keys(self) -> tuple[str, ...]:
        """The keys of this table, in order."""
        return tuple(self._values)

    def table(self, key: str, *, needed: bool = False) -> Table:
        """The table at a key, empty where there is none."""
        value = self._take(key, dict, needed=needed)
        return Table(value if isinstance(value, dict) else {}, self.place, self._faults)

    def tables(self, key: str, name: str) -> list[Table]:
        """The tables in the list at a key, each placed by the value of its key ``name``."""
        value = self._take(key, list)
        found = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
        return [
            Table(one, f"{self.place}: {one.get(name) or one.get('use') or number}", self._faults)
            for number, one in enumerate(found, start=1)
        ]

    def labels(self, key: str = "label") -> Labels:
        """The labels at a key; every language must be there."""
        table = self.table(key, needed=True)
        words = {lang: table.text(lang).strip() for lang in LANGUAGES}
        for lang, label in words.items():
            if not label:
                self.fault("dictionary.data.label", key=key, lang=lang)
        table.finish()
        return Labels(**words)

    def sources(self) -> dict[str, LabelSource]:
        """Who wrote the labels, per language; every language must be there."""
        table = self.table("label_source", needed=True)
        return {lang: table.table(lang, needed=True).source() for lang in LANGUAGES}

    def source(self) -> LabelSource:
        """This table as the source of labels."""
        by = self.text("by", needed=True)
        if by not in _SOURCES:
            self.fault("dictionary.data.source", value=by)
        return LabelSource(by, self.boolean("reviewed"))

    def finish(self) -> None:
        """Note every key that was never asked for: a misspelt key must not be lost."""
        for key in self._values.keys() - self._asked:
            self.fault("dictionary.data.key", key=key)

    def _take(self, key: str, kind: type, *, needed: bool = False) -> object:
        self._asked.add(key)
        value = self._values.get(key)
        if value is None:
            if needed:
                self.fault("dictionary.data.missing", key=key)
        elif not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fault("dictionary.data.type", key=key, wanted=kind.__name__)
            return None
        return value


def read_table(file: Traversable, place: str, faults: list[Fault]) -> Table:
    """The top table of a TOML file; empty, with a fault, where it cannot be read."""
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.append(Fault("dictionary.data.unreadable", place, params={"detail": str(error)}))
        values = {}
    return Table(values, place, faults)
