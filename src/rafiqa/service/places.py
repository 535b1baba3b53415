"""Compiling a gazetteer: lists of places that somebody gives and the curated ones, as one file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rafiqa import wire
from rafiqa.errors import Fault, InvalidInput
from rafiqa.study.folded import fold
from rafiqa.study.gazetteer import Gazetteer
from rafiqa.study.placecore import core_gazetteer
from rafiqa.study.placematch import mentions
from rafiqa.study.placemerge import merged
from rafiqa.study.record import PlaceMention
from rafiqa.wire.gazetteerfile import gazetteer_bytes, parse_gazetteer, read_gazetteer

if TYPE_CHECKING:
    from rafiqa.wire import PlaceList

REFUSED_SUFFIX = ".refused.jsonl"
"""What is put after the gazetteer's name for the file of the rows that were not taken."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """What came of compiling.

    Attributes:
        gazetteer: as it can be read again from the file.
        n_bytes: of the file. lists: what each file gave.
        refused: the file of the rows that were not taken; None where all were.
    """

    gazetteer: Gazetteer
    n_bytes: int
    lists: tuple[PlaceList, ...]
    refused: Path | None

    def reasons(self) -> list[tuple[Fault, int]]:
        """Returns the first fault of each code for which rows were not taken, and how many were."""
        faults = [one.fault for made in self.lists for one in made.refused]
        counts = Counter(fault.code for fault in faults)
        first = {fault.code: fault for fault in reversed(faults)}
        return [(first[code], counts[code]) for code in sorted(counts)]


def compile_places(
    paths: Sequence[Path],
    out: Path,
    licence: str,
    tell: Callable[[int, int], None] = lambda _done, _all: None,
) -> Compiled:
    """Returns what came of compiling files of places into a gazetteer, which is written.

    The rows that are not taken are written beside it, each with its reason and as it came. The same
    files in the same order give the same bytes.

    Args:
        paths: the files, the most trusted first: the first that has a place gives its point.
        out: the gazetteer to write.
        licence: under what files of no source that is known are given out.
        tell: is told how many files are read, of how many.

    Raises:
        InvalidInput: a file cannot be read, or nothing is left of all of them.
    """
    lists: list[PlaceList] = []
    faults: list[Fault] = []
    for number, path in enumerate(paths):
        tell(number, len(paths))
        try:
            lists.append(wire.read_places(path, licence))
        except InvalidInput as error:
            faults += [Fault(one.code, path.name, one.row, one.params) for one in error.faults]
    if faults:
        raise InvalidInput(faults)
    if not any(made.rows for made in lists):
        raise InvalidInput(Fault("service.places.none", str(out)))
    made = merged([one.rows for one in lists], [one.source for one in lists])
    data = gazetteer_bytes(made)
    out.write_bytes(data)
    return Compiled(parse_gazetteer(data, out.name), len(data), tuple(lists), _kept(out, lists))


def gazetteer_for(path: Path | None) -> Gazetteer:
    """Returns the gazetteer of a file, or the curated places where none is named.

    Raises:
        InvalidInput: as ``wire.gazetteerfile.read_gazetteer`` refuses.
    """
    return core_gazetteer() if path is None else read_gazetteer(path)


def places_in(text: str, gazetteer: Gazetteer) -> tuple[PlaceMention, ...]:
    """Returns every place that a text names, with the places that each name may mean.

    Positions in the text are code points of it; positions on earth are the gazetteer's.
    """
    return mentions(fold(text), gazetteer)


def _kept(out: Path, lists: Sequence[PlaceList]) -> Path | None:
    rows = [
        {
            "source": made.source.name,
            "row": one.fault.row,
            "code": one.fault.code,
            "original": one.original,
        }
        for made in lists
        for one in made.refused
    ]
    if not rows:
        return None
    kept = out.with_name(out.name + REFUSED_SUFFIX)
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    kept.write_text("".join(lines), encoding="utf-8")
    return kept
