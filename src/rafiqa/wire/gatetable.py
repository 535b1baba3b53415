"""The gate of everything as a Parquet table, for people who count elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

_TEXT = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("kind", _TEXT),
        ("outcome", _TEXT),
        ("class", _TEXT),
        ("depth", _TEXT),
        ("access", _TEXT),
        ("codes", pa.list_(_TEXT)),
        ("area_ids", pa.list_(_TEXT)),
    ]
)
"""Columns of the table. ``class`` is that of the ground that decides, ``depth`` what is said of
the depth asked about, ``access`` of a project's way in; none where nothing is known or asked."""


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """A column of texts: a number into a few of them for each row; -1 where there is none."""

    number: npt.NDArray[np.int64]
    texts: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False)
class ToldLists:
    """A column of lists of texts: a number into a few lists for each row.

    Attributes:
        number: ``(n,)`` which list each row has.
        first: ``(lists + 1,)`` where each list's entries begin.
        entries: numbers into the texts, list by list.
        texts: the texts.
    """

    number: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    entries: npt.NDArray[np.int64]
    texts: Sequence[str]

    @classmethod
    def of(cls, number: npt.NDArray[np.int64], lists: Iterable[Sequence[str]]) -> ToldLists:
        """Returns the column of some lists."""
        known: dict[str, int] = {}
        each = [[known.setdefault(text, len(known)) for text in one] for one in lists]
        first = np.cumsum([0, *map(len, each)], dtype=np.int64)
        entries = np.array([at for one in each for at in one], dtype=np.int64)
        return cls(number, first, entries, list(known))

    def lists(self, which: npt.NDArray[np.int64] | None = None) -> list[list[str]]:
        """Returns some of the lists that a row's number chooses from; all where None."""
        asked = np.arange(len(self.first) - 1) if which is None else which
        bounds = zip(self.first[asked].tolist(), self.first[asked + 1].tolist(), strict=True)
        return [[self.texts[at] for at in self.entries[a:b].tolist()] for a, b in bounds]


@dataclass(frozen=True, slots=True, eq=False)
class GateBlock:
    """Rows of the table, column by column."""

    ids: pa.Array
    kind: str
    outcome: Told
    class_: Told
    depth: Told
    access: Told
    codes: ToldLists
    area_ids: ToldLists

    def __len__(self) -> int:
        return len(self.ids)


class GateTable:
    """The table, written block by block, so that it need never be in memory whole.

    It is written beside its place and takes it only when it is whole: a table that broke off
    would leave out what is closed, over one that told it.
    """

    def __init__(self, path: Path) -> None:
        path = path.resolve()
        self._path = path
        whole = path.is_file() or not path.exists()
        self._part = path.with_name(f".{path.name}.{os.getpid()}.part") if whole else path
        self._writer = pq.ParquetWriter(
            self._part,
            SCHEMA,
            compression="zstd",
            compression_level=1,
            # Every id is another: a dictionary of them would only be built and thrown away.
            use_dictionary=[*SCHEMA.names[1:6], "codes.list.element", "area_ids.list.element"],
            write_statistics=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        try:
            self._writer.close()
            if error is None and self._part != self._path:
                self._part.replace(self._path)
        finally:
            if self._part != self._path:
                self._part.unlink(missing_ok=True)

    def write(self, block: GateBlock) -> None:
        """Writes some rows."""
        self._writer.write_batch(batch_of(block), row_group_size=max(len(block), 1))


def batch_of(block: GateBlock) -> pa.RecordBatch:
    """Returns some rows as Arrow columns."""
    kind = Told(np.zeros(len(block), dtype=np.int64), [block.kind])
    ids = block.ids if pa.types.is_string(block.ids.type) else block.ids.cast(pa.string())
    columns = [
        ids,
        *map(_texts, (kind, block.outcome, block.class_, block.depth, block.access)),
        _lists(block.codes),
        _lists(block.area_ids),
    ]
    return pa.record_batch(columns, schema=SCHEMA)


def _texts(told: Told) -> pa.Array:
    number = told.number.astype(np.int32)
    absent = number < 0
    codes = pa.array(number, mask=absent if absent.any() else None)
    return pa.DictionaryArray.from_arrays(codes, pa.array(list(told.texts), pa.string()))


def _lists(told: ToldLists) -> pa.Array:
    counts = np.diff(told.first)[told.number]
    offsets = np.zeros(len(counts) + 1, dtype=np.int32)
    np.cumsum(counts, out=offsets[1:])
    begins = np.repeat(told.first[told.number] - offsets[:-1], counts)
    entries = told.entries[begins + np.arange(len(begins))].astype(np.int32)
    values = pa.DictionaryArray.from_arrays(
        pa.array(entries), pa.array(list(told.texts), pa.string())
    )
    return pa.ListArray.from_arrays(pa.array(offsets), values)


class GateRows:
    """Columns of Python values of the same length: one row for each asset and project."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.kind: list[str] = []
        self.outcome: list[str] = []
        self.codes: list[list[str]] = []
        self.area_ids: list[list[str]] = []

    def write(self, block: GateBlock) -> None:
        """Takes some rows."""
        columns: dict[str, list[Any]] = batch_of(block).to_pydict()
        self.ids += columns["id"]
        self.kind += columns["kind"]
        self.outcome += columns["outcome"]
        self.codes += columns["codes"]
        self.area_ids += columns["area_ids"]
