"""The commands as plain data, read from their parsers: what may be typed where."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rafiqa.cli.usage import children

FILE: Final = "<file>"
"""Stands where the name of any file or folder may be typed."""
_FILES: Final = ("STORE", "FILE", "FOLDER", "DIR", "DEST", "SRC")
_ENDLESS: Final = ("+", "*")


@dataclass(frozen=True, slots=True)
class Option:
    """One option: how it is written, whether a value follows, and which.

    Attributes:
        names: such as ``--lang``.
        help: what it means.
        takes: whether a value follows.
        values: what may follow: words, or ``FILE`` alone; nothing where it is free.
    """

    names: tuple[str, ...]
    help: str
    takes: bool
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """What may be typed after some words.

    Attributes:
        words: the command, and its act where it has acts.
        help: what it does.
        options: its options.
        places: by place, what may be typed there: words, ``FILE`` alone, or nothing known.
        endless: whether the last place goes on.
        acts: what it can be told to do, by name.
    """

    words: tuple[str, ...]
    help: str
    options: tuple[Option, ...]
    places: tuple[tuple[str, ...], ...]
    endless: bool
    acts: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """The words as one text; empty of ``rafiqa`` itself."""
        return " ".join(self.words)


def command_tree(top: argparse.ArgumentParser) -> Iterator[Command]:
    """Yields ``rafiqa`` itself, every command, and every act of one."""
    yield from _walk(top, (), "")


def _walk(parser: argparse.ArgumentParser, words: tuple[str, ...], help_: str) -> Iterator[Command]:
    under = dict(children(parser))
    told = {name: each.description or "" for name, each in under.items()}
    actions = parser._actions  # noqa: SLF001 - argparse shows them nowhere else
    options = tuple(_option(item) for item in actions if item.option_strings)
    placed = [
        item
        for item in actions
        if not item.option_strings and not isinstance(item, argparse._SubParsersAction)  # noqa: SLF001
    ]
    places = tuple(_values(item) for item in placed)
    endless = bool(placed) and placed[-1].nargs in _ENDLESS
    yield Command(words, help_, options, places, endless, tuple(told.items()))
    for name, each in under.items():
        yield from _walk(each, (*words, name), told[name])


def _option(item: argparse.Action) -> Option:
    return Option(tuple(item.option_strings), item.help or "", item.nargs != 0, _values(item))


def _values(item: argparse.Action) -> tuple[str, ...]:
    if item.choices is not None:
        return tuple(map(str, item.choices))
    named = item.metavar if isinstance(item.metavar, str) else ""
    is_file = item.type is Path or named.rpartition("=")[2].startswith(_FILES)
    return (FILE,) if is_file else ()
