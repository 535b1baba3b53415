"""A table of results, and the page that holds the tables of all benches."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HEAD = """# Benchmarks

Written by `make bench` (`python -m bench`); every figure is measured beside its peer in the
same run. Read the ratios first: absolute figures are those of the machine named in each
section. Wall time; medians of the repeats named; the spread is the shortest and the longest
repeat against the median.
"""
_MARK = re.compile(r"^<!-- bench: (\w+) -->$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Table:
    """One promise: its title, what the peer is, and the rows that were measured.

    Attributes:
        title: what is promised and measured.
        notes: sentences on peer, method and limits; shown before the table.
        header: names of the columns, with their units.
        rows: one tuple of texts per row.
    """

    title: str
    notes: Sequence[str]
    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def text(self) -> str:
        """Returns the table as Markdown."""
        lines = [f"### {self.title}", "", *self.notes, ""] if self.notes else [f"### {self.title}"]
        lines += [_line(self.header), _line(["---", *["---:"] * (len(self.header) - 1)])]
        return "\n".join([*lines, *map(_line, self.rows), ""])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def section(name: str, machine: str, tables: Sequence[Table]) -> str:
    """Returns the section of one bench: its command, the machine, its tables."""
    command = f"Command: `python -m bench {name}`."
    parts = [f"## {name}", f"{command} {machine}", *(table.text() for table in tables)]
    return "\n\n".join(parts).rstrip() + "\n"


def rewrite(page: Path, order: Sequence[str], new: Mapping[str, str]) -> None:
    """Rewrites the sections given and keeps the page's others, in the order given."""
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    kept = {**sections(text), **new}
    # What somebody wrote over the sections, such as the goals missed, is not the benches' to drop.
    head = _MARK.split(text)[0].rstrip() + "\n" if text else HEAD
    parts = [f"<!-- bench: {name} -->\n\n{kept[name]}" for name in order if name in kept]
    page.write_text("\n".join([head, *parts]), encoding="utf-8")


def sections(text: str) -> dict[str, str]:
    """Returns the sections of a page by the name of their bench."""
    parts = _MARK.split(text)
    names, bodies = parts[1::2], parts[2::2]
    return {name: body.strip() + "\n" for name, body in zip(names, bodies, strict=True)}
