"""A filled form without some of its answers, and otherwise as it came.

What is left is a form of the same shape under the same id, its cut answers empty.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from rafiqa.wire.filled import JSON_DEPTH, NAME_LETTERS
from rafiqa.wire.markup import run_parser, strict_parser
from rafiqa.wire.strictjson import parse_json

Cut = Callable[[tuple[str, ...]], bool]
"""Says of an answer's path, its groups and name, whether it is cut."""


def cut_by_name(shut: Collection[str]) -> Cut:
    """Returns what cuts answers of some names, and those in groups of these names."""
    names = frozenset(shut)
    return lambda path: not names.isdisjoint((path[-1], *path[-2:-1]))


@dataclass(slots=True)
class _Writing:
    """An XML document written again, element by element."""

    cut: Cut
    out: list[str] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    leaf: bool = False
    n_cut: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._flush(inner=True)
        told = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
        self.out.append(f"<{name}{told}>")
        self.path.append(name.rpartition(":")[2][:NAME_LETTERS])
        self.leaf = True

    def end(self, name: str) -> None:
        self._flush(inner=not self.leaf)
        self.out.append(f"</{name}>")
        self.path.pop()
        self.leaf = False

    def text(self, words: str) -> None:
        self.words.append(words)

    def _flush(self, *, inner: bool) -> None:
        words = "".join(self.words)
        self.words.clear()
        path = tuple(self.path[1:])
        # Words beside elements are no answer that anybody reads; in a cut group they go too.
        if words.strip() and path and self.cut(path):
            self.n_cut += 1
            return
        if words.strip() or not inner:
            self.out.append(escape(words))


def cut_xml(content: bytes, cut: Cut) -> tuple[str, int]:
    """Returns an XML instance without some answers, as text, and how many it had of them.

    Raises:
        InvalidInput: it is no plain XML.
    """
    writing = _Writing(cut)
    parser = strict_parser()
    parser.buffer_text = True
    parser.StartElementHandler = writing.start
    parser.EndElementHandler = writing.end
    parser.CharacterDataHandler = writing.text
    run_parser(parser, content)
    return "".join(writing.out), writing.n_cut


def cut_json(content: bytes, cut: Cut) -> tuple[str, int]:
    """Returns a JSON submission without some answers, as text, and how many it had of them.

    Raises:
        InvalidInput: it is no strict JSON.
    """
    sent: Any = parse_json(content, levels=JSON_DEPTH)
    n_cut = 0

    def kept(value: Any, path: tuple[str, ...]) -> Any:
        nonlocal n_cut
        if isinstance(value, list) and any(isinstance(each, dict) for each in value):
            return [kept(each, path) for each in value]
        if isinstance(value, dict) and value.keys().isdisjoint({"coordinates", "geometries"}):
            return {name: kept(each, (*path, name[:NAME_LETTERS])) for name, each in value.items()}
        # A list of plain values, or a place, may hold nothing that can be hashed.
        empty = not isinstance(value, list | dict) and value in {None, ""}
        if not path or empty or not cut(path):
            return value
        n_cut += 1
        return None

    left = {**sent, "values": kept(sent.get("values"), ())}
    return json.dumps(left, ensure_ascii=False, separators=(",", ":")), n_cut
